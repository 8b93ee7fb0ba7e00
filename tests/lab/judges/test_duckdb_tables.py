"""DuckDB as a second opinion: several sets of rows. Compared: `lookup`, `join`, subsearches in a search, `append`
and `appendcols`, over a lookup file whose keys may repeat."""

from __future__ import annotations

from typing import Dict, List

from hypothesis import given
from hypothesis import strategies as st
from judge_settings import examples
from judge_table import Events, agree, events

_PAIRS = st.lists(st.tuples(st.sampled_from(["k1", "k2", "k3", "k9"]), st.sampled_from("pqr")), max_size=5)


def _table(pairs: List[tuple]) -> str:
    values = ", ".join(f"({number}, '{key}', '{value}')" for number, (key, value) in enumerate(pairs))
    source = f"(VALUES {values}) made(row, k, extra)" if pairs else "(SELECT 0, '', '') made(row, k, extra)"
    return f"(SELECT * FROM {source} WHERE k != '')"


def _lookup_file(pairs: List[tuple]) -> Dict[str, Dict[str, str]]:
    return {"lookup_files": {"t.csv": "k,extra\n" + "".join(f"{key},{value}\n" for key, value in pairs)}}


@examples(80)
@given(given_events=events(), pairs=_PAIRS)
def test_lookup_and_join(given_events: Events, pairs: List[tuple]) -> None:
    """`lookup` gives all values of a key as a multivalue, in the order of the file; `join` takes the first."""
    table, settings = _table(pairs), _lookup_file(pairs)
    agree(
        "* | lookup t.csv k OUTPUT extra | table n extra",
        f"SELECT n, (SELECT list(extra ORDER BY row) FROM {table} t WHERE t.k=events.k) AS extra "
        "FROM events ORDER BY n",
        given_events,
        True,
        settings,
    )
    first = f"(SELECT k, arg_min(extra, row) AS extra FROM {table} GROUP BY k)"
    for kind, join in (("type=left", "LEFT JOIN"), ("type=outer", "LEFT JOIN"), ("", "JOIN"), ("type=inner", "JOIN")):
        agree(
            f"* | join {kind} k [| inputlookup t.csv] | table n extra",
            f"SELECT n, extra FROM events {join} {first} t USING (k) ORDER BY n",
            given_events,
            True,
            settings,
        )
    agree(
        "* | join max=0 k [| inputlookup t.csv] | table n extra",
        f"SELECT n, extra FROM events JOIN {table} t USING (k)",
        given_events,
        False,
        settings,
    )
    agree(
        "* | search [| inputlookup t.csv | fields k | dedup k] | table n",
        f"SELECT n FROM events WHERE k IN (SELECT k FROM {table})" + (" ORDER BY n" if pairs else " AND false"),
        given_events,
        True,
        settings,
    )


@examples(40)
@given(given_events=events(), pairs=_PAIRS)
def test_appending(given_events: Events, pairs: List[tuple]) -> None:
    table, settings = _table(pairs), _lookup_file(pairs)
    agree(
        "* | table n k | append [| inputlookup t.csv] | table n k extra",
        f"SELECT n, k, NULL AS extra FROM events UNION ALL SELECT NULL, k, extra FROM {table}",
        given_events,
        False,
        settings,
    )
    if len(pairs) <= len(given_events.rows):
        agree(
            "* | table n | appendcols [| inputlookup t.csv | fields extra] | table n extra",
            "SELECT n, extra FROM (SELECT n, row_number() OVER (ORDER BY n) AS place FROM events) one LEFT JOIN "
            f"(SELECT extra, row_number() OVER (ORDER BY row) AS place FROM {table}) other USING (place) ORDER BY n",
            given_events,
            False,
            settings,
        )
