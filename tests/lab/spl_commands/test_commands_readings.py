"""Questions that public text leaves open: both readings run, and the default is the first."""

import pytest

CASES = [
    ("null in sort", "* | sort n | table n", [{"n": "2"}, {}, {"n": "1"}], ["1", "2", None], [None, "1", "2"], "n"),
    (
        "dedup sortby",
        "* | dedup g sortby n | table n",
        [{"g": "a", "n": "2"}, {"g": "a", "n": "1"}],
        ["1"],
        ["2"],
        "n",
    ),
    ("mvexpand of null", "* | mvexpand n", [{"n": ["1", "2"]}, {"m": "x"}], ["1", "2", None], ["1", "2"], "n"),
    ("accum of null", "* | accum n AS t", [{"n": "1"}, {}, {"n": "2"}], [1, None, 3], [1, 1, 3], "t"),
    ("foreach absent", "* | foreach x [eval n=1]", [{"y": "1"}], [1], [None], "n"),
    (
        "numeric groups",
        "* | stats count BY n",
        [{"n": "10"}, {"n": "9"}],
        ["10", "9"],
        ["9", "10"],
        "n",
    ),
    (
        "time_window boundary",
        "* | streamstats time_window=10s count",
        [{"_time": 20}, {"_time": 10}],
        [1, 1],
        [1, 2],
        "count",
    ),
    ("spath index", "* | spath input=j path=a{1} output=n", [{"j": '{"a":[5,6]}'}], ["6"], ["5"], "n"),
    (
        "lookup without match",
        "* | lookup t.csv k OUTPUT n",
        [{"k": "z", "n": "old"}],
        [None],
        ["old"],
        "n",
    ),
    (
        "format of a multivalue",
        "* | format",
        [{"k": ["a", "b"]}],
        ['( ( ( k="a" OR k="b" ) ) )'],
        ['( ( k="a" OR k="b" ) )'],
        "search",
    ),
]


@pytest.mark.parametrize("question, spl, rows, first, second, field", CASES, ids=[case[0] for case in CASES])
def test_each_reading_gives_what_it_says(question, spl, rows, first, second, field, search):
    from lab.spl.readings import QUESTIONS

    settings = {"lookup_files": {"t.csv": "k,n\na,1\n"}}
    for reading, expected in zip(QUESTIONS[question].readings, (first, second)):
        found = search(spl, [dict(row) for row in rows], settings, {question: reading})
        assert [row.get(field) for row in found] == expected, reading
    assert [row.get(field) for row in search(spl, [dict(row) for row in rows], settings)] == first
