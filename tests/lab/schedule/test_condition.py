"""What triggers an alert (savedsearches.conf.spec: counttype, relation, quantity, alert_condition)."""

from __future__ import annotations

import pytest

from lab.schedule.condition import counted, triggers
from lab.schedule.saved_search import saved_search

ROWS = [{"host": "a", "source": "x"}, {"host": "a", "source": ["x", "y"]}, {"host": "b"}, {"n": "1"}]


def saved(**settings):
    return saved_search("app", "s", {"search": "index=a", "counttype": "number of events", **settings})


def met(search, count, previous=None):
    return triggers(search, [{}] * count, previous, lambda text, rows: pytest.fail("no custom condition here"))


@pytest.mark.parametrize(
    ("relation", "expected"),
    [
        ("greater than", [False, False, True]),
        ("less than", [True, False, False]),
        ("equal to", [False, True, False]),
        ("not equal to", [True, False, True]),
    ],
)
def test_a_number_of_events_is_compared(relation, expected):
    search = saved(relation=relation, quantity="1")
    assert [met(search, count) for count in (0, 1, 2)] == expected


def test_always_needs_no_result():
    assert met(saved(counttype="always"), 0)


@pytest.mark.parametrize(
    ("kind", "count"), [("number of events", 4), ("number of hosts", 2), ("number of sources", 2), ("always", 4)]
)
def test_hosts_and_sources_are_counted_once_each(kind, count):
    assert counted(saved(counttype=kind), ROWS) == count


@pytest.mark.parametrize(
    ("relation", "quantity", "previous", "counts"),
    [
        ("rises by", "2", 3, [5, 6]),
        ("drops by", "2", 3, [0, 1]),
        ("rises by", "50%", 4, [6]),
        ("drops by", "50%", 4, [0, 1, 2]),
        ("rises by", "0", 3, [4, 5, 6]),  # what stays has not risen
        ("rises by", "1", None, []),  # nothing to compare with
    ],
)
def test_a_change_is_measured_against_the_last_run(relation, quantity, previous, counts):
    search = saved(relation=relation, quantity=quantity)
    assert [count for count in range(7) if met(search, count, previous)] == counts


def test_a_custom_condition_triggers_when_anything_comes_out_of_it():
    search = saved(counttype="custom", alert_condition="where n > 1")
    asked = []

    def count_after(text, rows):
        asked.append((text, rows))
        return 1

    assert triggers(search, ROWS, None, count_after)
    assert asked == [("where n > 1", ROWS)]
    assert not triggers(search, ROWS, None, lambda text, rows: 0)
