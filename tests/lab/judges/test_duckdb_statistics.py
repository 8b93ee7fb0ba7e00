"""DuckDB as a second opinion: statistics, windows and time buckets over random scalar rows.

Compared: `stats`, `eventstats` and `streamstats` with 0 to 3 BY fields that may be null, `top` and `rare`,
`chart` and `timechart` cell by cell, `bin`. Rows without one of the BY
fields belong to no group. Percentiles are those of nearest rank (facts/spl.md B.2). Not compared: which of
equally frequent values `top`, `rare` and `mode` prefer.
"""

from __future__ import annotations

from typing import Dict, List

from hypothesis import given
from hypothesis import strategies as st
from judge_settings import examples
from judge_table import Events, agree, events, sql


def _percentile(percent: float) -> str:
    sorted_values = "list_sort(list({f}) FILTER (WHERE {f} IS NOT NULL))"
    return f"{sorted_values}[1 + least(floor({percent} * count({{f}}) / 100), count({{f}}) - 1)::BIGINT]"


# How each function reads in SQL over a column {f} whose text is {text}; the spread of one value is 0.
NUMERIC: Dict[str, str] = {
    "sum({f})": "sum({f})",
    "avg({f})": "avg({f})",
    "mean({f})": "avg({f})",
    "range({f})": "max({f}) - min({f})",
    "sumsq({f})": "sum({f}*{f})",
    "stdev({f})": "CASE WHEN count({f})=1 THEN 0 ELSE stddev_samp({f}) END",
    "stdevp({f})": "stddev_pop({f})",
    "var({f})": "CASE WHEN count({f})=1 THEN 0 ELSE var_samp({f}) END",
    "varp({f})": "var_pop({f})",
    "median({f})": _percentile(50),
    "p10({f})": _percentile(10),
    "perc90({f})": _percentile(90),
    "exactperc99.5({f})": _percentile(99.5),
    "perc100({f})": _percentile(100),
    "sum(eval({f}*2))": "sum({f}*2)",
    "count(eval({f}>0))": "count(*) FILTER (WHERE {f}>0)",
    "max(eval(abs({f})))": "max(abs({f}))",
}
ANY: Dict[str, str] = {
    "count": "count(*)",
    "count({f})": "count({f})",
    "c({f})": "count({f})",
    "dc({f})": "count(DISTINCT {text})",
    "estdc({f})": "count(DISTINCT {text})",
    "min({f})": "min({f})",
    "max({f})": "max({f})",
    "values({f})": "list_sort(list(DISTINCT {text}) FILTER (WHERE {text} IS NOT NULL))",
    "list({f})": "list({text} ORDER BY n) FILTER (WHERE {text} IS NOT NULL)",
    "first({f})": "arg_min({text}, n) FILTER (WHERE {text} IS NOT NULL)",
    "last({f})": "arg_max({text}, n) FILTER (WHERE {text} IS NOT NULL)",
    "earliest({f})": 'arg_min({text}, "_time") FILTER (WHERE {text} IS NOT NULL)',
    "latest({f})": 'arg_max({text}, "_time") FILTER (WHERE {text} IS NOT NULL)',
    "earliest_time({f})": 'min("_time") FILTER (WHERE {text} IS NOT NULL)',
    "latest_time({f})": 'max("_time") FILTER (WHERE {text} IS NOT NULL)',
    "dc(eval(upper({f})))": "count(DISTINCT upper({text}))",
}
RUNNING = ("sum({f})", "avg({f})", "range({f})", "sumsq({f})", "stdevp({f})", "perc90({f})", "count(eval({f}>0))")
RUNNING_ANY = (
    "count",
    "count({f})",
    "min({f})",
    "max({f})",
    "first({f})",
    "last({f})",
    "list({f})",
    "values({f})",
    "dc({f})",
)
_FIELDS = {"i": "i_text", "j": "j_text", "d": "d_text", "s": "s", "t": "t"}
_BY = st.lists(st.sampled_from(["g", "h", "s", "k"]), max_size=3, unique=True)


@st.composite
def _statistics(draw: st.DrawFn, numeric: object = tuple(NUMERIC), any_kind: object = tuple(ANY)) -> Dict[str, str]:
    """One to four items: in SPL → in SQL, each with the name p, q, r, u."""
    numbers = st.tuples(st.sampled_from(numeric), st.sampled_from(["i", "j", "d"]))
    others = st.tuples(st.sampled_from(any_kind), st.sampled_from(sorted(_FIELDS)))
    chosen = draw(
        st.lists(st.one_of(numbers, others), min_size=1, max_size=4, unique_by=lambda item: item[0].format(f=item[1]))
    )
    found: Dict[str, str] = {}
    for name, (function, field) in zip("pqru", chosen):
        query = NUMERIC.get(function) or ANY[function]
        found[f"{function.format(f=field)} AS {name}"] = query.format(f=field, text=_FIELDS[field]) + f" AS {name}"
    return found


def _by(fields: List[str]) -> str:
    return f"BY {' '.join(fields)}" if fields else ""


def _present(fields: List[str]) -> str:
    return " AND ".join(f"{field} IS NOT NULL" for field in fields) or "true"


@examples(120)
@given(given_events=events(most=12), statistics=_statistics(), by=_BY)
def test_stats(given_events: Events, statistics: Dict[str, str], by: List[str]) -> None:
    fields = "".join(f"{field}, " for field in by)
    agree(
        f"* | stats {' '.join(statistics)} {_by(by)}",
        f"SELECT {fields}{', '.join(statistics.values())} FROM events WHERE {_present(by)} "
        + (f"GROUP BY {', '.join(by)} ORDER BY {', '.join(by)}" if by else ""),
        given_events,
        ordered=True,
    )


@examples(100)
@given(given_events=events(most=12), statistics=_statistics(), by=_BY)
def test_eventstats(given_events: Events, statistics: Dict[str, str], by: List[str]) -> None:
    if by:
        same = " AND ".join(f"events.{field}=groups.{field}" for field in by)
        query = (
            f"SELECT events.n, groups.* EXCLUDE ({', '.join(by)}) FROM events LEFT JOIN (SELECT {', '.join(by)}, "
            f"{', '.join(statistics.values())} FROM events GROUP BY {', '.join(by)}) groups ON {same} ORDER BY n"
        )
    else:
        query = f"SELECT n, whole.* FROM events, (SELECT {', '.join(statistics.values())} FROM events) whole ORDER BY n"
    agree(f"* | eventstats {' '.join(statistics)} {_by(by)} | table n p q r u", query, given_events, ordered=True)


def _windowed(statistics: Dict[str, str], frame: str, alias: str = "past") -> str:
    """Each row beside the statistics over those rows (`past`) that the condition `frame` puts into its window."""
    items = ", ".join(
        f"(SELECT {query.rpartition(' AS ')[0]} FROM events past WHERE {frame}) AS {query.rpartition(' AS ')[2]}"
        for query in statistics.values()
    )
    return f"SELECT now.n, {items} FROM events now ORDER BY now.n"


@examples(120)
@given(
    given_events=events(most=10),
    statistics=_statistics(RUNNING, RUNNING_ANY),
    by=st.lists(st.sampled_from(["g", "h"]), max_size=2, unique=True),
    current=st.booleans(),
    window=st.integers(0, 4),
)
def test_streamstats(
    given_events: Events, statistics: Dict[str, str], by: List[str], current: bool, window: int
) -> None:
    """A window counts the rows of the row's own group (global=f)."""
    same_group = " AND ".join(f"past.{field}=now.{field}" for field in by) or "true"
    between = (
        "(SELECT count(*) FROM events mid WHERE mid.n > past.n AND mid.n <= now.n AND "
        + (" AND ".join(f"mid.{field}=now.{field}" for field in by) or "true")
        + ")"
    )
    reach = f"past.n <{'=' if current else ''} now.n"
    if window:
        reach += f" AND {between} < {window if current else window + 1}"
    options = f"current={'t' if current else 'f'}" + (f" window={window} global=f" if window else "")
    found = _windowed(statistics, f"{same_group} AND {reach}")
    nothing = ", ".join(f"CASE WHEN {_present(by)} THEN {name} END AS {name}" for name in "pqru"[: len(statistics)])
    agree(
        f"* | streamstats {options} {' '.join(statistics)} {_by(by)} | table n p q r u",
        f"SELECT n, {nothing} FROM ({found}) found JOIN (SELECT n, g, h FROM events) USING (n) ORDER BY n",
        given_events,
        ordered=True,
    )


@examples(100)
@given(
    given_events=events(most=10, complete=("g", "h")),
    statistics=_statistics(RUNNING, RUNNING_ANY),
    current=st.booleans(),
    window=st.integers(1, 4),
)
def test_streamstats_with_one_window_for_all_groups(
    given_events: Events, statistics: Dict[str, str], current: bool, window: int
) -> None:
    nearest = "now.n" if current else "now.n - 1"
    agree(
        f"* | streamstats current={'t' if current else 'f'} window={window} {' '.join(statistics)} BY g "
        "| table n p q r u",
        _windowed(statistics, f"past.g=now.g AND past.n <= {nearest} AND past.n > {nearest} - {window}"),
        given_events,
        ordered=True,
    )


@examples(60)
@given(
    given_events=events(most=10, complete=("g",)), seconds=st.sampled_from([2, 8, 601, 10000]), current=st.booleans()
)
def test_streamstats_over_time(given_events: Events, seconds: int, current: bool) -> None:
    """No two rows are exactly `seconds` apart: whether the border counts is an open question."""
    frame = f'past.g=now.g AND past.n <{"=" if current else ""} now.n AND past."_time" - now."_time" < {seconds}'
    agree(
        f"* | streamstats current={'t' if current else 'f'} time_window={seconds}s count AS a sum(i) AS b BY g "
        "| table n a b",
        _windowed({"": "count(*) AS a", " ": "sum(i) AS b"}, frame),
        given_events,
        ordered=True,
    )


@examples(60)
@given(given_events=events(most=10, complete=("g", "h")))
def test_streamstats_starts_anew(given_events: Events) -> None:
    """reset_on_change begins again with each run of equal BY values, reset_after after the row that says so."""
    changes = "sum(CASE WHEN g IS DISTINCT FROM before THEN 1 ELSE 0 END) OVER (ORDER BY n)"
    agree(
        "* | streamstats reset_on_change=true count AS a sum(i) AS b BY g | table n a b",
        "SELECT n, count(*) OVER w AS a, sum(i) OVER w AS b FROM "
        f"(SELECT *, {changes} AS run FROM (SELECT *, lag(g) OVER (ORDER BY n) AS before FROM events)) "
        "WINDOW w AS (PARTITION BY run ORDER BY n)",
        given_events,
    )
    ends = "coalesce(sum(CASE WHEN h='v' THEN 1 ELSE 0 END) OVER (ORDER BY n ROWS BETWEEN {0}), 0)"
    for option, rows in (
        ("reset_after", "UNBOUNDED PRECEDING AND 1 PRECEDING"),
        ("reset_before", "UNBOUNDED PRECEDING AND CURRENT ROW"),
    ):
        agree(
            f'* | streamstats {option}=(h="v") count AS a list(t) AS b BY g | table n a b',
            "SELECT n, count(*) OVER w AS a, list(t) FILTER (WHERE t IS NOT NULL) OVER w AS b FROM "
            f"(SELECT *, {ends.format(rows)} AS run FROM events) WINDOW w AS (PARTITION BY run, g ORDER BY n)",
            given_events,
        )


# ---- frequencies, charts, time


@examples(60)
@given(given_events=events(most=12), by=st.sampled_from([[], ["g"]]))
def test_top_and_rare(given_events: Events, by: List[str]) -> None:
    present = _present([*by, "h"])
    whole = f"sum(count(*)) OVER ({'PARTITION BY g' if by else ''})"
    query = (
        f"SELECT {'g, ' if by else ''}h, count(*) AS count, 100.0 * count(*) / {whole} AS percent FROM events "
        f"WHERE {present} GROUP BY {'g, ' if by else ''}h"
    )
    agree(f"* | top 0 h {_by(by)}", query, given_events)
    agree(f"* | rare limit=0 h {_by(by)}", query, given_events)
    agree(
        f"* | top limit=2 countfield=c showperc=f h {_by(by)} | fields - h",
        f"SELECT {'g, ' if by else ''}count AS c FROM ({query}) "
        f"QUALIFY row_number() OVER ({'PARTITION BY g ' if by else ''}ORDER BY count DESC) <= 2",
        given_events,
    )


@examples(60)
@given(given_events=events(most=12))
def test_chart(given_events: Events) -> None:
    """Cell by cell: a missing split-by value is the column NULL, and no events count 0."""
    agree(
        "* | chart count OVER g BY h | untable g h count",
        "SELECT down.g, across.h, count(n) AS count FROM (SELECT DISTINCT g FROM events WHERE g IS NOT NULL) down "
        "CROSS JOIN (SELECT DISTINCT coalesce(h,'NULL') AS h FROM events WHERE g IS NOT NULL) across "
        "LEFT JOIN events ON events.g=down.g AND coalesce(events.h,'NULL')=across.h GROUP BY ALL",
        given_events,
    )
    agree(
        "* | chart limit=0 usenull=f sum(i) AS total max(d) AS most OVER g | table g total most",
        "SELECT g, sum(i) AS total, max(d) AS most FROM events WHERE g IS NOT NULL GROUP BY g",
        given_events,
    )
    agree(
        "* | chart limit=0 usenull=f sum(i) AS total OVER g BY h | untable g h total",
        "SELECT g, h, sum(i) AS total FROM events WHERE g IS NOT NULL AND h IS NOT NULL GROUP BY g, h "
        "HAVING sum(i) IS NOT NULL",
        given_events,
    )


_SPANS = {
    "10s": "INTERVAL 10 SECONDS",
    "5m": "INTERVAL 5 MINUTES",
    "1h": "INTERVAL 1 HOUR",
    "1d": "INTERVAL 1 DAY",
    "1mon": "INTERVAL 1 MONTH",
}


@examples(40)
@given(given_events=events(most=10), span=st.sampled_from(sorted(_SPANS)))
def test_time_buckets(given_events: Events, span: str) -> None:
    bucket = f"epoch(time_bucket({_SPANS[span]}, moment))::BIGINT"
    agree(
        f"* | bin _time span={span} | stats count sum(i) AS total BY _time g",
        f'SELECT {bucket} AS "_time", g, count(*) AS count, sum(i) AS total FROM events '
        "WHERE g IS NOT NULL GROUP BY ALL",
        given_events,
    )
    if span == "10s" or not given_events.rows:
        return  # a month of ten-second buckets says no more than one of days
    ends = f"(SELECT time_bucket({_SPANS[span]}, min(moment)) AS first, max(moment) AS last FROM events)"
    steps = f"(SELECT unnest(generate_series(first, last, {_SPANS[span]})) AS step FROM {ends})"
    if len(sql(f"SELECT * FROM {steps}", given_events)) < 5000:
        agree(
            f"* | timechart span={span} count sum(i) AS total | table _time count total",
            f'SELECT epoch(step)::BIGINT AS "_time", count(n) AS count, sum(i) AS total FROM {steps} '
            f"LEFT JOIN events ON time_bucket({_SPANS[span]}, moment)=step GROUP BY step ORDER BY step",
            given_events,
            ordered=True,
        )


@examples(40)
@given(given_events=events(most=10), width=st.sampled_from([1, 2, 5, 10]))
def test_numeric_buckets(given_events: Events, width: int) -> None:
    low = f"floor(i/{width})*{width}"
    agree(
        f"* | bin span={width} i AS bucket | stats count BY bucket",
        f"SELECT ({low})::BIGINT || '-' || ({low}+{width})::BIGINT AS bucket, count(*) AS count FROM events "
        "WHERE i IS NOT NULL GROUP BY bucket",
        given_events,
    )
