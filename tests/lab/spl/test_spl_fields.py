"""Only the fields a search needs are asked of the events: the hunt's speed, and its truth."""

import pytest

from lab.spl.search import parse

CASES = [
    ("*", None),
    ("user=a | stats count by host", {"user", "host", "_time"}),
    ("* | eval x=lower(user) | table x", {"user", "_time"}),
    ("* | eval x=1 | where user=\"a\"", None),
    ("* | eval a=b | fields a | stats count by c", {"_time"}),
    ("* | stats values(*) as * by host", None),
    ("denied | stats count", {"_raw", "_time"}),
    ("eventtype=failed | stats count by user", {"action", "user", "_time"}),
    ("* | where searchmatch(\"host=a\") | stats count", {"host", "_time"}),
    ("[ search x=1 | fields user ] | stats count", {"user", "x", "_time", "_raw", "_indextime"}),
    ("* | stats count by a | append [ search b=1 | stats count by c ]", {"a", "b", "c", "_time"}),
    ("| makeresults | eval x=user", set()),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), CASES, ids=[text for text, _ in CASES])
def test_a_search_asks_for_the_fields_it_needs_and_no_less(text, expected, context):
    world = context(settings={"eventtypes": {"failed": {"search": "action=fail"}}})
    found = parse(text, world).base_fields()
    assert found == (None if expected is None else expected)


def test_columns_come_in_the_order_the_commands_fix_or_else_of_first_appearance(context):
    world = context([{"b": "1"}, {"a": "2", "b": "3"}])
    assert parse("* | table c a", world).run(world).columns == ["c", "a"]
    assert parse("*", world).run(world).columns == ["b", "a"]


def test_a_search_run_twice_gives_the_same_rows_and_leaves_the_events_alone(context):
    rows = [{"user": "a", "mv": ["x", "y"]}]
    world = context(rows)
    found = parse('* | eval user="changed" | mvexpand mv', world)
    assert found.run(world).rows == found.run(world).rows
    assert rows == [{"user": "a", "mv": ["x", "y"]}]
