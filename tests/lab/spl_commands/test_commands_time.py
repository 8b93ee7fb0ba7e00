"""Buckets of time: calendars, time zones, the search's own range, automatic spans."""

import pytest

NEW_YORK = {"tz": "America/New_York"}
SPRING = 1678597200  # 2023-03-12 00:00 in New York; clocks go forward that night


def test_a_day_is_the_local_day_also_when_the_clocks_change(search):
    rows = [{"_time": SPRING + hours * 3600} for hours in (30, 23, 22, 1)]
    found = search("* | bin _time span=1d | stats count BY _time", rows, NEW_YORK)
    assert [(row["_time"], row["count"]) for row in found] == [(SPRING, 2), (SPRING + 23 * 3600, 2)]


def test_timechart_of_days_has_no_gap_and_no_double_where_the_clocks_change(search):
    rows = [{"_time": SPRING + 47 * 3600}, {"_time": SPRING - 3600}]
    found = search("* | timechart span=1d count", rows, NEW_YORK)
    assert [row["_time"] - SPRING for row in found] == [-86400, 0, 82800, 82800 + 86400]


def test_hours_count_from_the_epoch_unless_aligned(search):
    rows = [{"_time": 1700000000}]
    assert search("* | bin span=12h _time", rows)[0]["_time"] == 1699963200
    assert search("* | bin span=12h aligntime=@d+3h _time", rows)[0]["_time"] == 1699974000


@pytest.mark.parametrize(
    "span, start",
    [("1w@w1", 1677456000), ("1mon", 1677628800), ("1q", 1672531200), ("1y", 1672531200), ("15m", 1678024800)],
)
def test_calendar_spans_begin_where_the_calendar_says(search, span, start):
    assert search(f"* | bin span={span} _time", [{"_time": 1678025229}])[0]["_time"] == start


@pytest.mark.parametrize(
    "minutes, span",
    [(15, 10), (60, 60), (4 * 60, 300), (24 * 60, 1800), (7 * 24 * 60, 86400), (30 * 24 * 60, 86400)],
)
def test_timechart_takes_the_documented_span_for_the_usual_ranges(search, minutes, span):
    """Search Manual, default time spans of the time range picker."""
    end = 1700006400
    found = search(
        "* | timechart count", [{"_time": end - 30}], {"earliest": end - minutes * 60, "latest": end, "now": end}
    )
    assert found[1]["_time"] - found[0]["_time"] == span
    assert found[0]["_time"] <= end - minutes * 60 < found[1]["_time"]
    assert found[-1]["_time"] < end


def test_timechart_covers_the_range_of_the_search_or_only_that_of_the_events(search):
    settings = {"earliest": 1000, "latest": 1500}
    rows = [{"_time": 1250}]
    assert [row["_time"] for row in search("* | timechart span=100s count", rows, settings)] == list(
        range(1000, 1500, 100)
    )
    assert [row["_time"] for row in search("* | timechart span=100s fixedrange=f count", rows, settings)] == [1200]
    assert [row["_time"] for row in search("* | timechart span=200s partial=f count", rows, settings)] == [1000, 1200]


def test_rates_are_sums_by_the_length_of_the_bucket(search):
    found = search("* | timechart span=1m per_second(n) AS s per_hour(n) AS h", [{"_time": 60, "n": "30"}])
    assert found == [{"_time": 60, "s": 0.5, "h": 1800}]


def test_the_columns_of_a_chart_stand_in_the_order_of_their_names_also_where_cells_are_empty(world):
    from lab.spl.search import parse

    context = world([{"h": "x", "k": "b", "n": "1"}, {"h": "y", "k": "a", "n": "2"}, {"h": "y", "n": "2"}])
    assert parse("* | chart sum(n) OVER h BY k", context).run(context).columns == ["h", "a", "b", "NULL"]
    rows = [{"_time": 0, "k": "b", "n": 1}, {"_time": 0, "k": "a", "n": 1}, {"_time": 0, "k": "c", "n": 5}]
    context = world(rows)
    found = parse("* | timechart span=1s limit=1 sum(n) BY k", context).run(context)
    assert found.columns == ["_time", "c", "OTHER"] and found.rows == [{"_time": 0, "c": 5, "OTHER": 2}]


def test_several_statistics_rank_series_by_how_often_they_occur(search):
    """Search Reference, timechart: limit."""
    rows = [{"_time": 0, "k": "rare", "n": 99}, {"_time": 0, "k": "often", "n": 1}, {"_time": 0, "k": "often", "n": 1}]
    (found,) = search("* | timechart span=1s limit=1 count max(n) AS m BY k", rows)
    assert found == {"_time": 0, "count: often": 2, "count: OTHER": 1, "m: often": 1, "m: OTHER": 99}


def test_a_where_clause_chooses_the_series(search):
    rows = [{"h": "x", "k": name, "n": size} for name, size in (("a", 1), ("b", 5), ("c", 9))]
    assert search("* | chart sum(n) OVER h BY k WHERE max > 4", rows) == [{"h": "x", "b": 5, "c": 9, "OTHER": 1}]
    assert search("* | chart useother=f sum(n) OVER h BY k WHERE sum in bottom1", rows) == [{"h": "x", "a": 1}]
