"""Statistics that must agree with each other: stats, windows, permutations, splits."""

import random
from itertools import islice

import pytest

ON_VALUES = """
count dc sum sumsq avg min max range median perc90 mode first last earliest latest earliest_time latest_time values
list stdev varp rate
"""
FUNCTIONS = ["count", *(f"{name}(n)" for name in ON_VALUES.split())]
STATISTICS = " ".join(f'{function} AS "{function}"' for function in FUNCTIONS)


def rows_of(seed, count=60):
    """Events newest first: numbers, texts, multivalues and gaps."""
    dice = random.Random(seed)
    choices = [
        lambda: str(dice.randrange(20)),
        lambda: round(dice.random() * 9, 2),
        lambda: "abc"[: dice.randrange(1, 4)],
        lambda: [str(dice.randrange(5)), "x"],
        lambda: None,
    ]
    found = []
    for index in range(count):
        row = {"_time": 10000 - 7 * index, "g": dice.choice("pqr"), "i": index}
        value = dice.choice(choices)()
        if value is not None:
            row["n"] = value
        found.append(row)
    return found


def rounded(row):
    return {
        name: round(value, 6) if isinstance(value, float) else value
        for name, value in row.items()
        if name in FUNCTIONS or name == "g"
    }


@pytest.mark.parametrize("seed", range(3))
def test_the_last_row_of_streamstats_is_what_stats_gives(search, seed):
    rows = rows_of(seed)
    (whole,) = search(f"* | stats {STATISTICS}", rows)
    *_, last = search(f"* | streamstats {STATISTICS}", rows)
    assert rounded({**last, "g": None}) == rounded({**whole, "g": None})


@pytest.mark.parametrize("options, size", [("window=4", 4), ("window=1", 1), ("window=7 current=f", 7)])
def test_a_window_counts_its_rows_as_stats_counts_them_alone(search, options, size):
    rows = rows_of(7)
    for index, row in enumerate(search(f"* | streamstats {options} {STATISTICS}", rows)):
        end = index if "current=f" in options else index + 1
        (alone,) = search(f"* | stats {STATISTICS}", rows[max(0, end - size) : end])
        assert rounded({**row, "g": ""}) == rounded({**alone, "g": ""}), index


@pytest.mark.parametrize("reading, most", [("excluded", 34), ("included", 35)])
def test_a_time_window_counts_the_rows_of_the_group_that_are_near_enough(search, reading, most):
    rows = rows_of(11)
    found = search(
        f"* | streamstats time_window=35s {STATISTICS} BY g", rows, readings={"time_window boundary": reading}
    )
    for index, row in enumerate(found):
        near = [
            other
            for other in rows[: index + 1]
            if other["g"] == row["g"] and other["_time"] - rows[index]["_time"] <= most
        ]
        (alone,) = search(f"* | stats {STATISTICS} BY g", near)
        assert rounded(row) == rounded(alone), index


def test_one_window_for_all_groups_counts_only_the_rows_own_group(search):
    rows = [{"_time": 9 - index, "g": group} for index, group in enumerate("ppqpqq")]
    shared = search("* | streamstats window=3 count BY g", rows)
    own = search("* | streamstats window=3 global=f count BY g", rows)
    assert [row["count"] for row in shared] == [1, 2, 1, 2, 2, 2]
    assert [row["count"] for row in own] == [1, 2, 1, 3, 2, 3]


def test_the_order_of_the_rows_does_not_change_what_does_not_depend_on_order(search):
    rows = rows_of(3)
    free = "count dc(n) sum(n) avg(n) min(n) max(n) median(n) values(n)"
    shuffled = list(rows)
    random.Random(5).shuffle(shuffled)
    first = search(f"* | stats {free} BY g", rows)
    second = search(f"* | stats {free} BY g", shuffled)
    for one, other in zip(first, second):
        for name, value in one.items():
            assert other[name] == (pytest.approx(value) if isinstance(value, float) else value), name


def test_sums_of_parts_are_the_sum_of_the_whole(search):
    rows = rows_of(4)
    parts = [
        search("* | stats count(n) AS c sum(eval(if(isnum(n),1,0))) AS s", part) for part in (rows[:25], rows[25:])
    ]
    (whole,) = search("* | stats count(n) AS c sum(eval(if(isnum(n),1,0))) AS s", rows)
    assert {name: sum(part[0][name] for part in parts) for name in ("c", "s")} == whole


def test_eventstats_gives_each_row_what_stats_gives_its_group(search):
    rows = rows_of(9)
    groups = {row["g"]: rounded(row) for row in search(f"* | stats {STATISTICS} BY g", rows)}
    for row in search(f"* | eventstats {STATISTICS} BY g", rows):
        assert rounded(row) == groups[row["g"]]


def test_a_row_without_the_by_field_is_in_no_group_and_a_multivalue_in_several(search):
    rows = [{"u": "a"}, {"v": "x"}, {"u": ["a", "b"]}]
    assert search("* | stats count BY u", rows) == [{"u": "a", "count": 2}, {"u": "b", "count": 1}]


def test_stats_over_nothing_has_one_row_without_by_and_none_with(search):
    assert search("* | where 1=2 | stats count sum(x) AS s dc(x) AS d", [{}]) == [{"count": 0, "d": 0}]
    assert search("* | where 1=2 | stats count BY x", [{}]) == []


def test_allnum_gives_nothing_where_one_value_is_no_number(search):
    rows = [{"n": "1"}, {"n": "x"}, {"m": "2"}]
    assert search("* | stats allnum=t sum(n) AS n sum(m) AS m count", rows) == [{"m": 2, "count": 3}]


def test_a_condition_can_be_counted_and_nothing_else(search):
    rows = [{"n": "1"}, {"n": "5"}, {"m": "2"}]
    assert search("* | stats count(eval(n>2)) AS big count(eval(n)) AS any", rows) == [{"big": 1, "any": 2}]
    with pytest.raises(Exception, match="only count takes one"):
        search("* | stats sum(eval(n>2))", rows)


def test_wildcards_count_each_field_they_match_and_leave_group_and_internal_fields_alone(search):
    rows = [{"_time": 1, "g": "p", "a_n": "1", "b_n": "2"}, {"_time": 2, "g": "p", "a_n": "3"}]
    assert search("* | stats sum(*_n) AS total_* BY g", rows) == [{"g": "p", "total_a": 4, "total_b": 2}]
    assert search("* | stats count(*) BY g", rows) == [{"g": "p", "count(a_n)": 2, "count(b_n)": 1}]


def test_a_time_window_over_unsorted_events_is_an_error_not_a_wrong_number(search):
    with pytest.raises(Exception, match="order of _time"):
        search("* | streamstats time_window=1h count", [{"_time": 5}, {"_time": 9}, {"_time": 1}])


def test_head_asks_for_no_more_rows_than_it_shows(world):
    from lab.spl.search import parse

    context = world([{"n": 1}, {"n": "x"}])
    assert list(islice(parse("* | head 1 | eval m=n+1", context).rows(context), 5)) == [{"n": 1, "m": 2}]


@pytest.mark.parametrize("seed", range(3))
def test_an_expression_over_statistics_is_computed_from_what_each_gives(search, seed):
    rows = [row for row in rows_of(seed) if isinstance(row.get("n"), float)]
    apart = {row["g"]: row for row in search("* | stats avg(n) AS a max(n) AS m count BY g", rows)}
    for row in search("* | chart eval(avg(n) / max(n) + count) AS x BY g", rows):
        parts = apart[row["g"]]
        assert row["x"] == pytest.approx(parts["a"] / parts["m"] + parts["count"])


@pytest.mark.parametrize("seed", range(3))
def test_series_and_other_together_count_every_row(search, seed):
    rows = rows_of(seed)
    (all_rows,) = search("* | chart count BY nothing i", [dict(row, nothing="x") for row in rows])
    assert sum(value for name, value in all_rows.items() if name != "nothing") == len(rows)
    assert "OTHER" in all_rows and len(all_rows) == 12


@pytest.mark.parametrize(
    "spl, column",
    [
        ("* | stats count avg(x) BY a*", 27),
        ("* | stats sum(x) AS a max(x) AS a", 23),
        ("* | streamstats time_window=5x count", 29),
        ("* | chart count BY a span=3log2", 27),
        ("* | timechart sum(h) BY h", 15),
        ("* | stats sparkline(sum) AS s", 11),
        ("* | chart eval(avg(x)+y) AS z BY h", 11),
        ("| tstats count BY _time span=10ms", 30),
    ],
)
def test_an_error_in_a_statistics_list_points_at_what_is_wrong(search, spl, column):
    from lab.spl.errors import SearchError

    with pytest.raises(SearchError) as caught:
        search(spl)
    assert caught.value.column == column
