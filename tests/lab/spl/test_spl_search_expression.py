"""What the search command finds where no shared vector says it (Search Reference: search)."""

from dataclasses import replace

import pytest

from lab.spl.errors import SearchError, Unsupported
from lab.spl.search import parse
from lab.spl.search_expression.expression import parse_search_expression, predicate

EVENTS = [
    {
        "_raw": "User access DENIED for bob eventType=user.session.start ip=192.0.2.1",
        "k": "1", "host": "a", "status": "200", "ip": "192.0.2.1", "mv": ["x", "y"], "_time": 1699999000.0,
    },
    {
        "_raw": 'failed_login from 192.0.2.10 {"eventType":"user.session.start"}',
        "k": "2", "host": "B", "status": "404", "path": "C:\\temp\\x", "_time": 1699990000.0,
    },
    {"_raw": "user.session.startle q=%20quoted", "k": "3", "status": "abc", "n": 5, "f": 2.0, "and": "1"},
]  # fmt: skip

FOUND = [
    ("", "123"),
    ("search denied", "1"),
    ("denied bob", "1"),
    ("access bob OR failed_login", "1"),
    ('"bob for"', ""),
    ("2.0.192", ""),
    ("192.0.2.1", "1"),
    ("192.0.2.1*", "12"),
    ("92.0.2.1", ""),
    ("TERM(192.0.2.1)", ""),
    ("TERM(ip=192.0.2.1)", "1"),
    ("TERM(user.session.start)", "2"),
    ("TERM(USER.session)", "23"),
    ("TERM(session.start)", ""),
    ("TERM(user.session.st*)", "23"),
    ("TERM(quoted)", "3"),
    ("CASE(denied)", ""),
    ("CASE(DENIED)", "1"),
    ("login", "2"),
    ("*nied", "1"),
    ("den*ob", ""),
    ("host=A", "1"),
    ("host = a", "1"),
    ("host::a", "1"),
    ("host IN (a, b)", "12"),
    ("status IN (2*, 404)", "12"),
    ("status>300", "23"),
    ("n=5 f=2", "3"),
    ("n=5.0", ""),
    ("host=CASE(B)", "2"),
    ("host=CASE(b)", ""),
    ("ip=TERM(192.0.2.1)", "1"),
    ("mv!=x", "1"),
    ("NOT mv=x", "23"),
    (r'path="C:\\temp\\x"', "2"),
    (r"path=C:\temp\x", "2"),
    ("ip=192.0.2.0/30", "1"),
    ("and=1", "3"),
    ("host=a and", ""),
    ("earliest=-1d latest=-30m", "2"),
    ("NOT host=a OR denied", "123"),
    ("NOT (host=a host=b)", "123"),
    ("NOT ()", ""),
    ('host=[ | makeresults | eval host="a" | return $host ]', "1"),
    ("NOT [ | makeresults | where 1=2 | fields host ]", "123"),
    ("[ | makeresults | where 1=2 | fields host ]", ""),
    ("[ search host=a | fields host ]", "1"),
]


@pytest.mark.parametrize(("expression", "expected"), FOUND, ids=[expression for expression, _ in FOUND])
def test_search_finds_just_these_events(expression, expected, search):
    found = search(f"{expression} | fields k" if expression else "* | fields k", EVENTS)
    assert "".join(row["k"] for row in found) == expected


@pytest.mark.parametrize(
    "expression",
    ["host=a AND", "OR host=a", "host=a OR", "(host=a", "host=a)", "host=", 'host="a', "NOT", "host IN (a",
     "host IN ()", "[]", "[ host=a ]", "[ stats count ]", "tag=", "TERM()", "a ]"],
)  # fmt: skip
def test_a_wrong_search_expression_is_refused(expression, search):
    with pytest.raises(SearchError):
        search(expression, EVENTS)


@pytest.mark.parametrize(
    "expression", ["ho*t=a", "searchtimespandays=5", "earliest=rt-5m", "savedsearch=x", "host IN ([search a=1])"]
)
def test_what_is_not_implemented_says_so(expression, search):
    with pytest.raises(Unsupported):
        search(expression, EVENTS)


def test_a_multivalue_differs_by_the_chosen_reading(search):
    assert len(search("mv!=x", EVENTS, chosen={"multivalue !=": "any"})) == 1
    assert len(search("mv!=x", EVENTS, chosen={"multivalue !=": "none"})) == 0


NOW, INFINITY = 1700000000, float("inf")
RANGES = [
    ("host=a", (1, 2, INFINITY)),
    ("earliest=-2h _index_latest=-5m host=a", (NOW - 7200, NOW, NOW - 300)),
    ("latest=-2h", (1, NOW - 7200, INFINITY)),
    ("earliest=-2h earliest=-1h latest=-1m latest=-2m", (NOW - 3600, NOW - 120, INFINITY)),
    ("(earliest=-4h latest=-3h) OR (earliest=-2h latest=-1h)", (NOW - 14400, NOW - 3600, INFINITY)),
    ("(earliest=-4h latest=-3h) OR host=a", (1, 2, INFINITY)),
    ("NOT earliest=-4h", (1, 2, INFINITY)),
    ("[ search earliest=-1h latest=-1m | fields k ]", (1, 2, INFINITY)),
]


@pytest.mark.parametrize(("expression", "range_"), RANGES, ids=[expression for expression, _ in RANGES])
def test_a_time_limit_in_the_search_replaces_the_range_of_the_search(expression, range_, context):
    asked = []
    world = context(EVENTS, {"now": NOW, "earliest": 1, "latest": 2})
    world.events = lambda request: iter(asked.append(request) or ())
    parse(expression, world).run(world)
    main = asked[-1]  # of a subsearch it is the last: what stands in brackets runs first
    assert (main.earliest, main.latest, main.index_latest) == range_


def test_a_search_with_regard_to_case_finds_only_what_is_written_so(context):
    world = context()
    rows = [{"a": "x"}, {"a": "X"}, {"a": "Y"}]
    for text, found in [
        ("a=x", [0]),
        ("a=*", [0, 1, 2]),
        ("a IN (x, Y)", [0, 2]),
        ("NOT a=X*", [0, 2]),
        ("a!=x", [1, 2]),
    ]:
        matches = predicate(parse_search_expression(text, world), world, case_sensitive=True)
        assert [index for index, row in enumerate(rows) if matches(row)] == found, text


@pytest.mark.parametrize(
    ("text", "column"),
    [("a=1 country=IN", 13), ("a=1 XOR b=2", 5), ("a=1 earliest=-5x", 5), ("status NOT IN (1)", 12), ("a=1 (b=2", 5),
     ("a=1 b IN (1", 12), ("a=f(x)", 4), ("* | head 5 limit=3", 19), ("* | return a = b", 14),
     ("| multisearch [search a=1 | sort a] [search b]", 15)],
)  # fmt: skip
def test_an_error_points_at_what_is_wrong(text, column, context):
    with pytest.raises(SearchError) as refused:
        parse(text, context())
    assert refused.value.column == column


def test_an_event_type_that_names_itself_is_an_error_not_a_hang(search):
    with pytest.raises(SearchError, match="defined by itself"):
        search("eventtype=a", EVENTS, {"eventtypes": {"a": {"search": "eventtype=b"}, "b": {"search": "eventtype=a"}}})


def test_a_subsearch_that_is_cut_off_warns(context, surroundings):
    world = context(EVENTS)
    world.surroundings = replace(surroundings, limit=lambda stanza, key: 2)
    parse("[ search * | fields k ]", world).run(world)
    assert any("more than 2 rows" in warning for warning in world.warnings)
