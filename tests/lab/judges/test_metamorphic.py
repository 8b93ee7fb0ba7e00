"""What must hold between searches, whatever the rows: two ways to one result, the order of rows, halves and doubles.

The rows hold text, numbers, text that looks like numbers, multivalues and nulls (judge_pipelines). No result is
known here beforehand; each test says a law that Splunk's documentation implies.
"""

from __future__ import annotations

import json
from typing import Any, Dict, List, Tuple

from hypothesis import assume, given
from hypothesis import strategies as st
from judge_laws import outcome, same
from judge_pipelines import SCALARS, conditions, expressions, rows, searches
from judge_search import Row, result_of, same_rows, same_value, search
from judge_settings import examples

from lab.spl.errors import SearchError
from lab.spl.values import as_text, scalars

ORDERLESS = "count count(a) dc(a) sum(b) avg(b) min(c) max(c) range(b) stdev(b) var(c) stdevp(b) varp(c) sumsq(b) "
ORDERLESS += "median(b) p20(c) perc95(b) values(a) estdc(c) count(eval(isnotnull(c))) AS present"
BY = st.sampled_from(["", "BY g", "BY g h", "BY a", "BY b g"])
SCALAR_BY = st.sampled_from(["", "BY g", "BY g h"])


# ---- the order and the number of rows


@examples(80)
@given(given_rows=rows(), by=BY, data=st.data())
def test_permuted_rows_have_the_same_statistics(given_rows: List[Row], by: str, data: st.DataObject) -> None:
    permuted = data.draw(st.permutations(given_rows))
    spl = f"* | stats {ORDERLESS} {by}"
    assert same_rows(search(spl, given_rows), search(spl, permuted)), (spl, given_rows, permuted)


@examples(60)
@given(given_rows=rows(), by=BY, cut=st.integers(0, 8))
def test_two_halves_are_the_whole(given_rows: List[Row], by: str, cut: int) -> None:
    whole = f"* | stats {ORDERLESS} {by}"
    for halves in (
        f"n<={cut} | append [search n>{cut}]",
        f"| multisearch [search n<={cut}] [search n>{cut}]",
        f"| union [search n<={cut}] [search n>{cut}]",
        f"n<={cut} | union [search n>{cut}]",
        f"* | where n<={cut} | append [search * | where NOT n<={cut}]",
    ):
        same(whole, f"{halves} | stats {ORDERLESS} {by}", given_rows)


@examples(60)
@given(given_rows=rows(), by=BY)
def test_repeated_rows_count_double_and_are_nothing_new(given_rows: List[Row], by: str) -> None:
    spl = f"* | stats count sum(b) AS s avg(b) dc(c) values(a) min(c) max(c) median(b) p20(b) {by}"
    once = search(spl, given_rows)
    twice = search(spl, [*given_rows, *(dict(row) for row in given_rows)])
    doubled = [{**row, "count": row["count"] * 2, **({"s": row["s"] * 2} if "s" in row else {})} for row in once]
    assert same_rows(twice, doubled), (once, twice)


# ---- filters


@examples(150)
@given(given_rows=rows(), one=conditions(), other=conditions())
def test_where_obeys_its_logic(given_rows: List[Row], one: str, other: str) -> None:
    same(f"* | where {one} | where {other}", f"* | where ({one}) AND ({other})", given_rows)
    same(f"* | where ({one}) AND ({other})", f"* | where ({other}) AND ({one})", given_rows)
    same(f"* | where NOT (({one}) OR ({other}))", f"* | where NOT ({one}) AND NOT ({other})", given_rows)
    same(f"* | where {one}", f'* | eval k=if({one},"yes","no") | where k="yes" | fields - k', given_rows)
    numbers = [
        {row["n"] for row in search(f"* | where {text}", given_rows)}
        for text in (one, other, f"({one}) OR ({other})", f"NOT ({one})")
    ]
    assert numbers[0] | numbers[1] == numbers[2]
    assert not numbers[0] & numbers[3]


@examples(150)
@given(given_rows=rows(), one=searches(), other=searches())
def test_search_obeys_its_logic(given_rows: List[Row], one: str, other: str) -> None:
    same(f"{one}", f"* | search {one}", given_rows)
    same(f"{one} | search {other}", f"({one}) ({other})", given_rows)
    same(f"({one}) AND ({other})", f"({other}) ({one})", given_rows)
    same(f"NOT ({one} OR {other})", f"NOT ({one}) NOT ({other})", given_rows)
    numbers = [
        {row["n"] for row in search(text, given_rows)} for text in (one, other, f"({one}) OR ({other})", f"NOT ({one})")
    ]
    assert numbers[0] | numbers[1] == numbers[2]
    assert not numbers[0] & numbers[3]
    assert numbers[0] | numbers[3] == {row["n"] for row in given_rows}


@examples(60)
@given(given_rows=rows(), one=searches())
def test_searchmatch_is_search(given_rows: List[Row], one: str) -> None:
    quoted = one.replace("\\", "\\\\").replace('"', '\\"')
    same(f"* | search {one}", f'* | where searchmatch("{quoted}")', given_rows)


@examples(80)
@given(given_rows=rows(), condition=conditions(), expression=expressions())
def test_eval_of_another_field_commutes_with_a_filter(given_rows: List[Row], condition: str, expression: str) -> None:
    same(f"* | eval new={expression} | where {condition}", f"* | where {condition} | eval new={expression}", given_rows)


@examples(80)
@given(given_rows=rows(), one=expressions(), other=expressions())
def test_eval_in_one_list_or_two_commands(given_rows: List[Row], one: str, other: str) -> None:
    same(f"* | eval p={one}, q={other}", f"* | eval p={one} | eval q={other}", given_rows)
    same(f"* | eval p={one}", f"* | eval p=({one})", given_rows)
    same(f"* | eval p={one} | eval q=if(isnull(p),1,2)", f"* | eval p={one}, q=if(isnull({one}),1,2)", given_rows)


# ---- order, repetition, columns

_KEYS = st.lists(
    st.tuples(st.sampled_from("+-"), st.sampled_from(["a", "b", "g", "num(c)", "str(a)", "ip(b)", "n"])).map("".join),
    min_size=1,
    max_size=3,
).map(" ".join)


@examples(80)
@given(given_rows=rows(), keys=_KEYS, data=st.data())
def test_sort_is_stable_and_settles_the_order(given_rows: List[Row], keys: str, data: st.DataObject) -> None:
    same(f"* | sort 0 {keys}", f"* | sort 0 {keys} | sort 0 {keys}", given_rows)
    same(f"* | sort 0 {keys}", "* | sort 0 " + keys, given_rows)
    last_first = " | ".join(f"sort 0 {key}" for key in reversed(keys.split()))
    same(f"* | sort 0 {keys}", f"* | {last_first}", given_rows)
    same(f"* | sort 2 {keys}", f"* | sort 0 {keys} | head 2", given_rows)
    permuted = data.draw(st.permutations(given_rows))
    spl = f"* | sort 0 {keys} n"
    assert same_rows(search(spl, given_rows), search(spl, permuted)), (keys, given_rows, permuted)


@examples(60)
@given(given_rows=rows(), fields=st.sampled_from(["g", "g h", "a", "a b", "n", "g a"]), number=st.integers(1, 3))
def test_dedup_laws(given_rows: List[Row], fields: str, number: int) -> None:
    once = f"* | dedup {number} {fields}"
    same(once, f"{once} | dedup {number} {fields}", given_rows)
    same(f"* | dedup {fields}", f"{once} | dedup {fields}", given_rows)
    same(f"* | dedup {fields}", f"* | dedup 1 {fields} keepempty=f", given_rows)
    same("* | uniq", "* | uniq | uniq", given_rows)
    if "a" not in fields:  # a multivalue belongs to several groups of stats
        same(f"* | dedup {fields} | stats count", f"* | stats count BY {fields} | stats count", given_rows)


@examples(60)
@given(given_rows=rows(), number=st.integers(0, 9))
def test_head_tail_reverse(given_rows: List[Row], number: int) -> None:
    same("*", "* | reverse | reverse", given_rows)
    same(f"* | tail {number}", f"* | reverse | head {number}", given_rows)
    same(f"* | head {number}", f"* | head limit={number}", given_rows)
    same(f"* | head {number} | head 2", f"* | head 2 | head {number}", given_rows)
    rest = max(0, len(given_rows) - number)
    same("*", f"* | head {number} | append [search * | tail {rest} | reverse]", given_rows)


@examples(60)
@given(given_rows=rows(), fields=st.sampled_from(["a", "a b", "n a*", "_time n", "missing a", "*"]))
def test_columns(given_rows: List[Row], fields: str) -> None:
    same("*", "* | rename a AS z | rename z AS a", given_rows)
    same("*", "* | rename a AS z, b AS a, z AS b | rename a AS z, b AS a, z AS b", given_rows)
    for command in ("fields", "table"):
        once, twice = f"* | {command} {fields}", f"* | {command} {fields} | {command} {fields}"
        same(once, twice, given_rows)
        assert result_of(once, given_rows).columns == result_of(twice, given_rows).columns
    same(f"* | fields {fields} | fields - _*", f"* | table {fields} | fields - _*", given_rows)
    same("* | fields - a b", "* | fields - a | fields - b", given_rows)


# ---- multivalues


@examples(80)
@given(given_rows=rows(), field=st.sampled_from("abc"))
def test_multivalues_apart_and_together(given_rows: List[Row], field: str) -> None:
    (expanded,) = search(f"* | mvexpand {field} | stats count", given_rows)
    assert expanded["count"] == sum(max(1, len(scalars(row.get(field)))) for row in given_rows)
    same(f"* | stats count({field}) AS k", f"* | mvexpand {field} | stats count({field}) AS k", given_rows)
    same(
        f"* | stats count BY {field}",
        f"* | where isnotnull({field}) | mvexpand {field} | stats count BY {field}",
        given_rows,
    )
    same(
        f'* | eval {field}=mvjoin({field},"##")',
        f'* | eval {field}=mvjoin({field},"##") | makemv delim="##" {field} | eval {field}=mvjoin({field},"##")',
        [row for row in given_rows if "" not in scalars(row.get(field))],
    )
    same(f"* | eval k=mvcount({field})", f"* | eval k=mvcount(mvsort({field}))", given_rows)
    same(f"* | eval k=mvdedup({field})", f"* | eval k=mvdedup(mvappend({field},{field}))", given_rows)
    same(f"* | eval k=mvindex({field},0,-1)", f"* | eval k={field}", given_rows)


@examples(60)
@given(given_rows=rows(), fields=st.sampled_from(["a", "a b", "a b c g"]))
def test_json_round_trip(given_rows: List[Row], fields: str) -> None:
    """What tojson writes spath reads: the same text, for spath makes text of everything, and of an array `name{}`."""
    found = search(f"* | tojson str(*) {fields} output_field=j | fields n j | spath input=j | fields - j", given_rows)
    for row, expected in zip(found, given_rows):
        for name in fields.split():
            value = row.get(name + "{}" if isinstance(expected.get(name), list) else name)
            assert list(map(as_text, scalars(value))) == list(map(as_text, scalars(expected.get(name)))), name


# ---- statistics


@examples(60)
@given(given_rows=rows(), by=SCALAR_BY)
def test_streamstats_ends_as_stats(given_rows: List[Row], by: str) -> None:
    items = "count AS p sum(b) AS q values(a) AS r list(c) AS u max(a) AS v first(b) AS w dc(c) AS k stdev(b) AS s"
    fields = by.replace("BY", "")
    same(
        f"* | stats {items} {by}",
        f"* | streamstats {items} {by} | reverse | dedup {fields} | table {fields} p q r u v w k s | sort 0 {fields}"
        if by
        else f"* | streamstats {items} | tail 1 | table p q r u v w k s",
        given_rows or [{"n": "1"}],
    )
    same(f"* | streamstats {items} {by}", f"* | streamstats window=0 current=t {items} {by}", given_rows)
    same(f"* | streamstats window=50 global=f {items} {by}", f"* | streamstats {items} {by}", given_rows)


@examples(60)
@given(given_rows=rows(), by=st.sampled_from(["g", "g h"]))
def test_eventstats_is_stats_joined_back(given_rows: List[Row], by: str) -> None:
    items = "count AS p sum(b) AS q values(a) AS r max(c) AS v"
    same(
        f"* | eventstats {items} BY {by} | table n p q r v",
        f"* | join type=left {by} [search * | stats {items} BY {by}] | table n p q r v",
        given_rows,
    )


@examples(60)
@given(given_rows=rows())
def test_statistics_of_statistics(given_rows: List[Row]) -> None:
    present = "g=* h=*"
    same(
        f"{present} | stats count sum(b) AS s BY g",
        f"{present} | stats count sum(b) AS s BY g h | stats sum(count) AS count sum(s) AS s BY g",
        given_rows,
    )
    same(
        f"{present} | stats count BY g h",
        f"{present} | chart limit=0 count OVER g BY h | untable g h count | where count>0 | sort 0 g h",
        given_rows,
    )
    same(
        "* | stats count BY g h",
        "* | stats count BY g h | xyseries g h count | untable g h count | sort 0 g h",
        given_rows,
    )
    same("* | top 0 g showperc=f", "* | stats count BY g | sort 0 -count | table g count", given_rows, ordered=False)
    same("* | rare limit=0 g showperc=f", "* | top limit=0 g showperc=f", given_rows, ordered=False)
    same(
        "* | table n | addcoltotals | tail 1 | table n",
        "* | stats sum(n) AS n | where isnotnull(n)",
        given_rows or [{"n": 1}],
    )
    same("* | table n | appendpipe [stats sum(n) AS s] | tail 1 | table s", "* | stats sum(n) AS s", given_rows)
    if given_rows:
        total = "stats sum(count) AS count sum(s) AS s"
        same(f"* | timechart span=1m count sum(n) AS s | {total}", "* | stats count sum(n) AS s", given_rows)
    same("* | bin _time span=1h", "* | bin _time span=1h | bin _time span=1h", given_rows)
    same("* | bin _time span=1h", "* | bin _time span=1m | bin _time span=1h", given_rows)


@examples(40)
@given(given_rows=rows(), by=st.sampled_from(["host", "sourcetype host"]))
def test_tstats_is_stats_over_index_fields(given_rows: List[Row], by: str) -> None:
    stored = [
        {**row, "host": f"h{index % 2}", "sourcetype": "st", "index": "main"} for index, row in enumerate(given_rows)
    ]
    same(f"| tstats count WHERE index=main BY {by}", f"index=main | stats count BY {by}", stored)
    same("| tstats count WHERE index=main host=h1", "index=main host=h1 | stats count", stored)


@examples(60)
@given(given_rows=rows())
def test_a_table_turned_twice(given_rows: List[Row]) -> None:
    texts = [{name: as_text(value) for name, value in row.items() if not isinstance(value, list)} for row in given_rows]
    assume(texts)
    same(
        "* | table n a g",
        "* | table n a g | transpose 0 | transpose 0 header_field=column | fields - column | table n a g",
        texts,
    )


# ---- subsearches, macros


@examples(80)
@given(given_rows=rows(), one=searches(), value=SCALARS)
def test_a_subsearch_finds_the_rows_it_names(given_rows: List[Row], one: str, value: Any) -> None:
    found = outcome(one, given_rows)
    assert not isinstance(found, str)
    if found:
        same(one, f"[search {one} | fields n]", given_rows)
        same(one, f"* | search [search {one} | fields n | format]", given_rows)
        same(one, f"[search {one} | return 100 n]", given_rows)
        same(one, f"* | join n [search {one} | table n]", given_rows)
    same(f"NOT ({one})", f"NOT [search {one} | fields n]", given_rows)
    if as_text(value).strip("*") and "*" not in as_text(value):
        known = [*given_rows, {"n": "99", "k": value}]
        assert [row["n"] for row in search("* | search [search n=99 | fields k]", known)] == ["99"]


@examples(40)
@given(given_rows=rows(), condition=conditions(), expression=expressions())
def test_macros_are_their_text(given_rows: List[Row], condition: str, expression: str) -> None:
    macros: Dict[str, Any] = {
        "chosen": {"definition": f"where {condition}"},
        "put(2)": {"definition": "eval $name$=$what$", "args": "name, what"},
    }
    assume("$" not in condition + expression)
    quoted = expression.replace("\\", "\\\\").replace('"', '\\"')
    spl = f'* | `chosen` | `put(new,"{quoted}")`'
    try:
        found = search(spl, given_rows, {"macros": macros})
    except SearchError as error:
        assert isinstance(outcome(f"* | where {condition} | eval new={expression}", given_rows), str), error
        return
    expected = outcome(f"* | where {condition} | eval new={expression}", given_rows)
    assert same_rows(found, expected), (spl, macros, given_rows)


def test_same_value_tells_different_values_apart() -> None:
    """The comparison that all judges stand on."""
    different: List[Tuple[Any, Any]] = [("a", "A"), (1, 2), ("1", ["1", "1"]), (None, ""), (["a", "b"], ["b", "a"])]
    assert not any(same_value(one, other) for one, other in different)
    assert same_value(json.loads("1"), "1.0")
