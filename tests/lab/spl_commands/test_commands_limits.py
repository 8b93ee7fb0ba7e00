"""Limits that bite in production truncate here too, and say so."""

import pytest

from lab.spl.search import parse


def run(world, spl, rows=({},), settings=None):
    context = world(rows, settings)
    return parse(spl, context).run(context).rows, context.warnings


def test_sort_keeps_10000_rows_and_says_so(world):
    rows, warnings = run(world, "| makeresults count=10005 | streamstats count AS n | sort - n")
    assert len(rows) == 10000 and rows[0]["n"] == 10005
    assert warnings == ["sort keeps the first 10000 of 10005 rows: use sort 0 for all"]


def test_sort_with_a_count_of_its_own_cuts_in_silence_as_asked(world):
    rows, warnings = run(world, "| makeresults count=9 | streamstats count AS n | sort 2 - n")
    assert [row["n"] for row in rows] == [9, 8] and not warnings


def test_list_keeps_100_values_and_says_so_once_for_all_groups(world):
    rows, warnings = run(
        world, "| makeresults count=303 | streamstats count AS n | eval g=n%2 | stats list(n) AS l values(n) AS v BY g"
    )
    assert [len(row["l"]) for row in rows] == [100, 100]
    assert [len(row["v"]) for row in rows] == [151, 152]
    assert len(warnings) == 1 and "100" in warnings[0]


def test_map_runs_ten_searches_and_says_so(world):
    rows, warnings = run(
        world, '| makeresults count=12 | streamstats count AS n | map search="| makeresults | eval m=$n$"'
    )
    assert [row["m"] for row in rows] == list(range(1, 11))
    assert len(warnings) == 1 and "10 of 12" in warnings[0]


def test_append_cuts_the_subsearch_where_maxout_says(world):
    rows, warnings = run(world, "* | append maxout=3 [| makeresults count=5]")
    assert len(rows) == 4 and len(warnings) == 1


def test_spath_extracts_fields_from_the_first_5000_characters_only(world):
    raw = '{"early":"1","pad":"' + "x" * 5000 + '","late":"2"}'
    (found,), _ = run(world, "* | spath | table early late", [{"_raw": raw}])
    assert found == {"early": "1"}
    (found,), _ = run(world, "* | spath late | table late", [{"_raw": raw}])
    assert found == {"late": "2"}


def test_a_span_too_small_for_the_time_range_is_an_error_not_a_hang(world):
    with pytest.raises(Exception, match="span is too small"):
        run(world, "* | timechart span=1s count", [{"_time": 1}, {"_time": 1e9}])


def test_mvexpand_cuts_off_what_takes_too_much_memory_and_says_so(world):
    context = world([{"pad": "x" * 100_000, "n": [str(number) for number in range(20)]} for _ in range(4)])
    context.limit = lambda stanza, key: {"max_mem_usage_mb": 5}[key]
    rows = parse("* | mvexpand n", context).run(context).rows
    assert len(rows) == 40
    assert len(context.warnings) == 1 and "max_mem_usage_mb" in context.warnings[0]


def test_join_cuts_the_subsearch_where_limits_conf_says(world):
    context = world([{"k": "3"}])
    given = context.limit
    context.limit = lambda stanza, key: 2 if (stanza, key) == ("join", "subsearch_maxout") else given(stanza, key)
    rows = parse("* | join k [| makeresults count=3 | streamstats count AS k | table k]", context).run(context).rows
    assert rows == [] and "subsearch_maxout" in context.warnings[0]


def test_a_sparkline_shows_as_many_buckets_as_the_limit_allows_and_says_so(world):
    rows = [{"_time": 100 * 60}, {"_time": 60}]
    ((found,), warnings) = run(world, "* | stats sparkline(count, 30s) AS s", rows)
    assert len(found["s"]) == 101 and found["s"][:2] == ["##__SPARKLINE__##", 1]
    assert len(warnings) == 1 and "sparkline_maxsize" in warnings[0]


@pytest.mark.parametrize("command", ["top", "rare"])
def test_top_and_rare_return_no_more_rows_than_maxresultrows_and_say_so(world, monkeypatch, command):
    context = world([{"n": str(n)} for n in range(5)])
    limit = context.limit
    monkeypatch.setattr(context, "limit", lambda stanza, key: 3 if key == "maxresultrows" else limit(stanza, key))
    assert len(parse(f"* | {command} limit=0 n", context).run(context).rows) == 3
    assert len(context.warnings) == 1 and "maxresultrows" in context.warnings[0]


def test_a_time_window_holds_no_more_rows_than_max_stream_window_and_says_so(world, monkeypatch):
    context = world([{"_time": 9 - n} for n in range(5)])
    limit = context.limit
    monkeypatch.setattr(context, "limit", lambda stanza, key: 3 if key == "max_stream_window" else limit(stanza, key))
    found = parse("* | streamstats time_window=1h count", context).run(context).rows
    assert [row["count"] for row in found] == [1, 2, 3, 3, 3]
    assert len(context.warnings) == 1 and "max_stream_window" in context.warnings[0]
