"""DuckDB as a second opinion: random searches over random scalar rows, and the same said in SQL.

Compared: filters (`where` in three-valued logic, `search` in two-valued), eval expressions and calculations,
`sort`, `dedup`, `head`, `tail`, `fillnull`, `filldown`, `accum`, `delta`, `autoregress`, `addtotals`, `mvexpand`.
Statistics, windows, time and joins are in test_duckdb_statistics.py and test_duckdb_tables.py. Not compared,
because SQL has nothing of the kind or open questions decide: multivalues, columns of mixed types, text that looks
like numbers, nulls under sort, what lies outside the domain of a function.
"""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from judge_expressions import CALCULATIONS, Both, conditions, numbers, texts
from judge_settings import examples
from judge_table import Events, agree, events

COLUMNS = ("i", "j", "d", "s", "t", "g")


@examples(150)
@given(given_events=events(), condition=conditions())
def test_where(given_events: Events, condition: Both) -> None:
    agree(
        f"* | where {condition.spl} | table n",
        f"SELECT n FROM events WHERE {condition.sql} ORDER BY n",
        given_events,
        True,
    )


@examples(120)
@given(given_events=events(), number=numbers(), text=texts(), condition=conditions(2))
def test_eval(given_events: Events, number: Both, text: Both, condition: Both) -> None:
    agree(
        f'* | eval a={number.spl}, b={text.spl}, c=if({condition.spl},"yes","no") | table n a b c',
        f"SELECT n, {number.sql} AS a, {text.sql} AS b, CASE WHEN {condition.sql} THEN 'yes' ELSE 'no' END AS c "
        "FROM events ORDER BY n",
        given_events,
        True,
    )


@examples(6)
@given(given_events=events())
def test_calculations(given_events: Events) -> None:
    for spl, sql in CALCULATIONS.items():
        agree(f"* | eval a={spl} | table n a", f"SELECT n, {sql} AS a FROM events ORDER BY n", given_events, True)


# ---- search: two values, = compares text without regard to case, a missing field is no match


def _quoted(text: str) -> str:
    return f'"{text}"' if " " in text or not text else text


@st.composite
def _term(draw: st.DrawFn) -> Both:
    if draw(st.booleans()):
        name = draw(st.sampled_from(("i", "j", "d")))
        sign, value = (
            draw(st.sampled_from(["=", "!=", "<", "<=", ">", ">="])),
            draw(st.sampled_from(["0", "1", "-2", "1.5", "03"])),
        )
        if sign in ("=", "!="):  # "1" is not "1.0" (Search Reference, search)
            same = f"coalesce({name}_text {sign.replace('!=', '<>')} '{value}', false)"
            return Both(f"{name}{sign}{value}", same)
        return Both(f"{name}{sign}{value}", f"coalesce({name}{sign}({value})::DOUBLE, false)")
    name = draw(st.sampled_from(("s", "t", "g", "i")))
    column = f"lower({name}_text)" if name == "i" else f"lower({name})"
    kind = draw(st.integers(0, 5))
    if kind == 0:
        return Both(f"{name}=*", f"({name} IS NOT NULL)")
    if kind == 1 and name != "i":
        values = draw(st.lists(st.sampled_from(["A", "b", "a b", "x", "ba", "zz"]), min_size=1, max_size=3))
        spl = ", ".join(map(_quoted, values))
        sql = ", ".join(f"'{value.lower()}'" for value in values)
        return Both(f"{name} IN ({spl})", f"coalesce({column} IN ({sql}), false)")
    pattern = draw(st.sampled_from(["a*", "*b", "*A*", "a*b", "*-*", "*b*a*", "-*", "1*", "*1"]))
    like = f"{column} LIKE '{pattern.lower().replace('*', '%')}'"
    if kind == 2:
        return Both(f"{name}!={pattern}", f"coalesce(NOT {like}, false)")
    if kind == 3 or name == "i":
        return Both(f"{name}={pattern}", f"coalesce({like}, false)")
    value = draw(st.sampled_from(["a", "AB", "a b", "x", "B"]))
    if kind == 4:
        return Both(f"{name}={_quoted(value)}", f"coalesce({column}='{value.lower()}', false)")
    return Both(f"{name}!={_quoted(value)}", f"coalesce({column}<>'{value.lower()}', false)")


@st.composite
def _search(draw: st.DrawFn, depth: int = 2) -> Both:
    if depth == 0:
        return draw(_term())
    kind = draw(st.integers(0, 5))
    if kind <= 1:
        return draw(_term())
    one, other, third = (draw(_search(depth - 1)) for _ in range(3))
    spl, sql = [
        ("({0} {1})", "({0} AND {1})"),
        ("({0} AND {1} OR {2})", "({0} AND ({1} OR {2}))"),
        ("({0} OR {1} {2})", "(({0} OR {1}) AND {2})"),
        ("(NOT {0} OR {1})", "((NOT {0}) OR {1})"),
    ][kind - 2]
    parts = (one, other, third)
    return Both(spl.format(*(part.spl for part in parts)), sql.format(*(part.sql for part in parts)))


@examples(100)
@given(given_events=events(), first=_search(), second=_search(1))
def test_search(given_events: Events, first: Both, second: Both) -> None:
    agree(
        f"{first.spl} NOT {second.spl} | table n",
        f"SELECT n FROM events WHERE {first.sql} AND NOT {second.sql} ORDER BY n",
        given_events,
        True,
    )
    agree(
        f"* | search {first.spl} OR NOT {second.spl} | table n",
        f"SELECT n FROM events WHERE {first.sql} OR NOT {second.sql} ORDER BY n",
        given_events,
        True,
    )


# ---- order, repetition, neighbours

_KEYS = st.lists(
    st.tuples(st.sampled_from(["i", "j", "d", "s", "g", "num(j)", "str(t)"]), st.booleans()),
    min_size=1,
    max_size=3,
    unique_by=lambda key: key[0],
)


@examples(100)
@given(given_events=events(complete=("i", "j", "d", "s", "t", "g")), keys=_KEYS, limit=st.sampled_from([0, 0, 3]))
def test_sort(given_events: Events, keys: list, limit: int) -> None:
    spl = " ".join(f"{'-' if descending else '+'}{name}" for name, descending in keys)
    sql = ", ".join(
        f"{name.replace('num(', '').replace('str(', '').rstrip(')')}{' DESC' if descending else ''}"
        for name, descending in keys
    )
    agree(
        f"* | sort {limit} {spl} | table n",
        f"SELECT n FROM events ORDER BY {sql}, n {f'LIMIT {limit}' if limit else ''}",
        given_events,
        True,
    )


@examples(100)
@given(
    given_events=events(),
    number=st.integers(1, 3),
    fields=st.lists(st.sampled_from(["g", "h", "s", "i"]), min_size=1, max_size=3, unique=True),
    keepempty=st.booleans(),
)
def test_dedup(given_events: Events, number: int, fields: list, keepempty: bool) -> None:
    some_null = " OR ".join(f"{field} IS NULL" for field in fields)
    keep = f"({some_null}) OR" if keepempty else f"NOT ({some_null}) AND"
    agree(
        f"* | dedup {number} {' '.join(fields)} keepempty={'true' if keepempty else 'f'} | table n",
        f"SELECT n FROM events QUALIFY {keep} "
        f"row_number() OVER (PARTITION BY {', '.join(fields)} ORDER BY n) <= {number} ORDER BY n",
        given_events,
        True,
    )


@examples(60)
@given(given_events=events(complete=("g", "h")), fields=st.sampled_from([["g"], ["g", "h"]]))
def test_dedup_consecutive(given_events: Events, fields: list) -> None:
    differs = " OR ".join(f"lag({field}) OVER (ORDER BY n) IS DISTINCT FROM {field}" for field in fields)
    agree(
        f"* | dedup {' '.join(fields)} consecutive=true | table n",
        f"SELECT n FROM events QUALIFY {differs} ORDER BY n",
        given_events,
        True,
    )


@examples(60)
@given(given_events=events(), number=st.integers(0, 12), condition=conditions(1))
def test_head_and_tail(given_events: Events, number: int, condition: Both) -> None:
    agree(f"* | head {number} | table n", f"SELECT n FROM events ORDER BY n LIMIT {number}", given_events, True)
    agree(f"* | tail {number} | table n", f"SELECT n FROM events ORDER BY n DESC LIMIT {number}", given_events, True)
    agree("* | reverse | table n", "SELECT n FROM events ORDER BY n DESC", given_events, True)
    agree(
        f"* | head ({condition.spl}) | table n",
        f"SELECT n FROM events WHERE n < "
        f"coalesce((SELECT min(n) FROM events WHERE ({condition.sql}) IS NOT TRUE), 999) ORDER BY n",
        given_events,
        True,
    )


@examples(60)
@given(given_events=events(complete=("i",)))
def test_neighbours(given_events: Events) -> None:
    agree("* | accum i AS x | table n x", "SELECT n, sum(i) OVER (ORDER BY n) AS x FROM events", given_events)
    agree(
        "* | delta i AS x | delta i AS y p=2 | table n x y",
        "SELECT n, i - lag(i) OVER (ORDER BY n) AS x, i - lag(i, 2) OVER (ORDER BY n) AS y FROM events",
        given_events,
    )
    agree(
        "* | autoregress i AS x | autoregress i p=2-3 | table n x i_p2 i_p3",
        "SELECT n, lag(i) OVER (ORDER BY n) AS x, lag(i, 2) OVER (ORDER BY n) AS i_p2, "
        "lag(i, 3) OVER (ORDER BY n) AS i_p3 FROM events",
        given_events,
    )


@examples(60)
@given(given_events=events())
def test_filling(given_events: Events) -> None:
    agree(
        "* | fillnull value=none s g | fillnull i | table n s g i",
        "SELECT n, coalesce(s,'none') AS s, coalesce(g,'none') AS g, coalesce(i,0) AS i FROM events",
        given_events,
    )
    agree(
        "* | filldown s i | table n s i",
        "SELECT n, last_value(s IGNORE NULLS) OVER (ORDER BY n) AS s, "
        "last_value(i IGNORE NULLS) OVER (ORDER BY n) AS i FROM events",
        given_events,
    )
    agree(
        "* | addtotals fieldname=x i j d | table n x",
        "SELECT n, coalesce(i,0)+coalesce(j,0)+coalesce(d,0) AS x FROM events",
        given_events,
    )
    agree(
        '* | eval m=split(t,"-") | mvexpand m | table n m',
        "SELECT n, CASE WHEN t IS NULL THEN NULL ELSE m END AS m FROM "
        "(SELECT n, t, unnest(coalesce(string_split(t,'-'), [''])) AS m FROM events)",
        given_events,
    )
