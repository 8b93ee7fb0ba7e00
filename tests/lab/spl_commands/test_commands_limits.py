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
