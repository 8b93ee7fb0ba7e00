"""Random rows of typed columns, as events for the search language and as a table for DuckDB.

Columns: `n` 1, 2, 3 … in the order of the rows, `_time` (`moment` in SQL) falling from row to row, `i` and `j`
integers, `d` decimals of two places, `s` and `t` ASCII texts, `g` and `h` few different texts, `k` and `m`
for joins; all but `n` and `_time` may be null. Texts never look like numbers, so that both languages have
the same types. A numeric column may reach the search as text, as events have it, or as numbers; `i_text`,
`j_text`, `d_text` hold its text in SQL.
"""

from __future__ import annotations

from functools import cache
from typing import Any, Dict, List, NamedTuple, Optional, Sequence

import duckdb
from hypothesis import reject
from hypothesis import strategies as st
from judge_expressions import TEXT_VALUES
from judge_search import Row, same_rows, search

_COLUMNS = {
    "i": st.integers(-9, 9).map(str),
    "j": st.integers(-9, 30).map(str),
    "d": st.integers(-400, 400).map(lambda cents: f"{cents / 100:g}"),
    "s": st.sampled_from(TEXT_VALUES),
    "t": st.sampled_from(TEXT_VALUES),
    "g": st.sampled_from(["x", "y"]),
    "h": st.sampled_from(["u", "v", "w"]),
    "k": st.sampled_from(["k1", "k2", "k3", "k4"]),
}
_NUMERIC = ("i", "j", "d")
_SCHEMA = """
    n BIGINT, moment TIMESTAMP, "_time" DOUBLE, i DOUBLE, j DOUBLE, d DOUBLE,
    s VARCHAR, t VARCHAR, g VARCHAR, h VARCHAR, k VARCHAR, i_text VARCHAR, j_text VARCHAR, d_text VARCHAR
"""
_START = 1_700_000_000


@cache
def database() -> duckdb.DuckDBPyConnection:
    """One for all examples; the tests' end lets go of it, for DuckDB complains on exit of what is still held."""
    connection = duckdb.connect(config={"threads": 1})
    connection.execute("SET TimeZone='UTC'")
    return connection


class Events(NamedTuple):
    """The same rows twice."""

    rows: List[Row]  # for the search language
    values: List[Dict[str, Optional[str]]]  # for SQL: everything as text


@st.composite
def events(draw: st.DrawFn, most: int = 9, complete: Sequence[str] = ()) -> Events:
    """Up to `most` rows; the columns of `complete` are nowhere null."""
    columns = {
        name: column if name in complete else st.one_of(column, column, st.none()) for name, column in _COLUMNS.items()
    }
    values = draw(st.lists(st.fixed_dictionaries(columns), max_size=most))
    steps = draw(st.lists(st.sampled_from([1, 7, 600, 5000, 90000, 2500000]), min_size=most, max_size=most))
    as_numbers = draw(st.booleans())
    rows: List[Row] = []
    time = _START
    for number, row in enumerate(values, 1):
        time -= steps[number - 1]
        row["n"], row["_time"] = str(number), str(time)
        shown: Row = {name: value for name, value in row.items() if value is not None}
        for name in (*_NUMERIC, "n", "_time"):
            if name in shown and (as_numbers or name == "_time"):
                shown[name] = float(shown[name]) if "." in shown[name] else int(shown[name])
        rows.append(shown)
    return Events(rows, values)


def sql(query: str, given: Events) -> List[Row]:
    """The rows of a query over the table `events`; a null is no field, a list a multivalue."""
    connection = database()
    connection.execute(f"CREATE OR REPLACE TABLE events({_SCHEMA})")  # emptied often, DuckDB 2.0's LIMIT loses rows
    if given.values:
        connection.execute("INSERT INTO events VALUES " + ",".join(map(_values, given.values)))
    try:
        connection.execute(query)
    except duckdb.InvalidInputException as error:
        if "BindBuiltinScalarFunction" not in str(error):  # DuckDB 2.0's own trouble with CASE in CASE: no opinion
            raise
        reject()
    names = [column[0] for column in connection.description]
    return [
        {name: value for name, value in zip(names, row) if value is not None and value != []}
        for row in connection.fetchall()
    ]


def _values(row: Dict[str, Optional[str]]) -> str:
    def text(name: str) -> str:
        return "NULL" if row[name] is None else f"'{row[name]}'"

    numeric = [f"{text(name)}::DOUBLE" for name in ("_time", *_NUMERIC)]
    texts = [text(name) for name in ("s", "t", "g", "h", "k", *_NUMERIC)]
    return f"({row['n']},make_timestamp({row['_time']}::BIGINT * 1000000),{','.join(numeric + texts)})"


def agree(
    spl: str, query: str, given: Events, ordered: bool = False, settings: Optional[Dict[str, Any]] = None
) -> None:
    """The search and the query give the same rows."""
    found, expected = search(spl, given.rows, settings or {}), sql(query, given)
    assert same_rows(found, expected, ordered), (
        f"\nSPL  {spl}\nSQL  {query}\nover {given.rows}\nSPL gave {found}\nSQL gave {expected}"
    )
