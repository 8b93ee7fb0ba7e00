"""The event store: what a search finds must be what was indexed, in the order Splunk gives it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lab.store.events import Event, EventStore, StoreError
from lab.store.terms import MAJOR_SEQUENCES, answered, dotted_terms, words_holding

INFINITY = float("inf")


def event(raw: str, time: float, index_time: float = 0.0, index: str = "main", host: str = "acme.example.com") -> Event:
    return Event(raw, time, index_time or time, index, "OktaIM2:log", "okta_system_log://acme", host)


@pytest.fixture
def store(tmp_path: Path) -> EventStore:
    return EventStore(tmp_path / "store")


def test_an_event_comes_back_as_it_was_indexed(store):
    kept = event('{"name": "Zoë"}\twith text', 1000.25, 1060.5, "okta", "acme.example.com")
    assert store.append([kept]) == 1
    assert store.event(0) == kept
    assert store.raw(0) == kept.raw.encode()
    assert len(store) == 1


def test_the_newest_event_comes_first_and_of_equal_times_the_later_indexed(store):
    store.append([event("a", 10), event("b", 30), event("c", 20)])
    store.append([event("d", 20), event("e", 5)])
    assert [store.event(ordinal).raw for ordinal in store.scan()] == ["b", "d", "c", "a", "e"]


def test_a_late_event_takes_its_place_in_time_after_a_scan(store):
    store.append([event("a", 10), event("b", 20)])
    assert list(store.scan()) == [1, 0]
    store.append([event("late", 15), event("new", 30)])
    assert [store.event(ordinal).raw for ordinal in store.scan()] == ["new", "b", "late", "a"]


def test_earliest_is_inclusive_and_latest_exclusive_for_both_times(store):
    store.append([event(str(time), time, index_time=time + 100) for time in range(10)])

    def found(*bounds):
        return [store.event(ordinal).raw for ordinal in store.scan(*bounds)]

    assert found(3, 6) == ["5", "4", "3"]
    assert found(0, INFINITY, 103, 106) == ["5", "4", "3"]
    assert found(4, 6, 103, 105) == ["4"]
    assert found(6, 3) == []


def test_index_time_is_filtered_right_when_events_were_not_indexed_in_its_order(store):
    store.append([event("a", 1, 300), event("b", 2, 100), event("c", 3, 200)])
    assert [store.event(ordinal).raw for ordinal in store.scan(index_earliest=150)] == ["c", "a"]


def test_an_event_type_is_found_by_term_without_its_neighbours(store):
    store.append(
        [
            event('{"eventType":"user.session.start"}', 1),
            event('{"eventType":"user.session.start.extra"}', 2),
            event('{"eventType":"user.session.started"}', 3),
            event('{"eventType":"USER.SESSION.START"}', 4),
            event('{"eventType":"user.session.end"}', 5),
            event("x@user.session.start", 6),
        ]
    )
    assert list(store.scan(terms=[["user.session.start"]])) == [3, 1, 0]  # a minor breaker ends a term too
    assert list(store.scan(terms=[["user.session.start", "user.session.end"]])) == [4, 3, 1, 0]
    assert list(store.scan(terms=[["user.session.start"], ["user.session.end"]])) == []
    assert list(store.scan(earliest=3, terms=[["user.session"]])) == [4, 3, 2]


def test_a_term_the_index_does_not_hold_is_refused_rather_than_not_found(store):
    store.append([event("203.0.113.7", 1)])
    assert not store.answers("203.0.113.7")
    with pytest.raises(ValueError, match="cannot answer"):
        store.scan(terms=[["203.0.113.7"]])


def test_a_scan_can_be_kept_to_some_origins(store):
    store.append([event("a", 1, index="main"), event("b", 2, index="summary"), event("c", 3, index="main")])
    main = frozenset(number for number, origin in enumerate(store.origins) if origin.index == "main")
    assert list(store.scan(origins=main)) == [2, 0]


def test_a_store_opened_again_is_the_same_and_takes_more(tmp_path):
    store = EventStore(tmp_path)
    store.append([event('{"eventType":"user.session.start"}', 2), event("b", 1)])
    store.close()
    again = EventStore(tmp_path)
    again.append([event('{"eventType":"user.session.start"}', 3)])
    assert [again.event(ordinal).time for ordinal in again.scan()] == [3, 2, 1]
    assert list(again.scan(terms=[["user.session.start"]])) == [2, 0]
    assert again.origin(2) == again.origin(0)


def test_what_a_killed_append_left_behind_is_not_an_event(tmp_path):
    store = EventStore(tmp_path)
    store.append([event('"user.session.start"', 1)])
    sizes = {path.name: path.stat().st_size for path in tmp_path.iterdir()}
    store.append([event('"user.session.start"', 2), event('"app.generic.thing"', 3)])
    store.close()
    with (tmp_path / "events").open("r+b") as file:  # the other files got further than the records
        file.truncate(sizes["events"] + 7)
    again = EventStore(tmp_path)
    assert len(again) == 1
    again.append([event('"app.generic.thing"', 9)])
    assert again.event(1).raw == '"app.generic.thing"'
    assert list(again.scan(terms=[["app.generic.thing"]])) == [1]
    assert list(again.scan(terms=[["user.session.start"]])) == [0]


def test_a_malformed_event_leaves_the_store_as_it_was(store):
    store.append([event("a", 1)])
    for bad in [
        ("raw", "no time", 1.0, "i", "st", "s", "h"),
        ("raw", 1.0, 1.0, "no origin"),
        (None, 1.0, 1.0, "i", "st", "s", "h"),
    ]:
        with pytest.raises((TypeError, AttributeError)):
            store.append([event('"user.session.start"', 2), bad])
    assert list(store.scan()) == [0]
    assert list(store.scan(terms=[["user.session.start"]])) == []


def test_a_store_whose_raws_are_gone_says_so(tmp_path):
    store = EventStore(tmp_path)
    store.append([event("something", 1)])
    store.close()
    (tmp_path / "raw").write_bytes(b"")
    with pytest.raises(StoreError, match="shorter"):
        EventStore(tmp_path)


_MAJOR = re.compile("|".join(map(re.escape, [*"[]<>(){}|!;,'\"*\n\r\t &?+", *MAJOR_SEQUENCES.lower().split()])))


def _holds(raw: str, term: str) -> bool:
    """TERM() told slowly: a piece between major breakers is the term, or begins with it and a minor breaker."""
    return any(
        piece == term or (piece.startswith(term) and piece[len(term)] in "/:=@.-$#%\\_")
        for piece in _MAJOR.split(raw.lower())
    )


_PIECES = st.lists(st.sampled_from(["user", "session", "a1", "X", "É", "9", *'_.-%"@/ ', ".", ".", "--", "%20"]))


@given(_PIECES.map("".join), st.sampled_from(["user.session", "user.session.a1", "a1.user", "user_session.a1"]))
def test_the_index_answers_a_term_as_the_event_itself_would(raw, term):
    assert answered(term)
    assert bool(words_holding(term, sorted(dotted_terms(raw.encode())))) == _holds(raw, term)
