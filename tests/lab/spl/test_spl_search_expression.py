"""What the search command finds where no shared vector says it (Search Reference: search)."""

import pytest

from lab.spl.errors import SearchError, Unsupported

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
    ("n=5.0 f=2", "3"),
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


@pytest.mark.parametrize("expression", ["ho*t=a", "starttime=5", "earliest=rt-5m"])
def test_what_is_not_implemented_says_so(expression, search):
    with pytest.raises(Unsupported):
        search(expression, EVENTS)


def test_a_multivalue_differs_by_the_chosen_reading(search):
    assert len(search("mv!=x", EVENTS, chosen={"multivalue !=": "any"})) == 1
    assert len(search("mv!=x", EVENTS, chosen={"multivalue !=": "none"})) == 0


def test_a_time_limit_in_the_search_replaces_the_range_of_the_search(context):
    from lab.spl.search import parse

    asked = []
    world = context(EVENTS, {"now": 1700000000, "earliest": 1, "latest": 2})
    world.events = lambda request: iter(asked.append(request) or ())
    parse("earliest=-2h _index_latest=-5m host=a", world).run(world)
    (request,) = asked
    assert (request.earliest, request.latest, request.index_latest) == (1699992800, 2, 1699999700)


def test_an_event_type_that_names_itself_is_an_error_not_a_hang(search):
    with pytest.raises(SearchError, match="defined by itself"):
        search("eventtype=a", EVENTS, {"eventtypes": {"a": {"search": "eventtype=b"}, "b": {"search": "eventtype=a"}}})


def test_a_subsearch_that_is_cut_off_warns(context, surroundings):
    from lab.spl.conformance import Surroundings
    from lab.spl.search import parse

    world = context(EVENTS)
    world.surroundings = Surroundings(surroundings.lookup, lambda stanza, key: 2)
    parse("[ search * | fields k ]", world).run(world)
    assert any("more than 2 rows" in warning for warning in world.warnings)
