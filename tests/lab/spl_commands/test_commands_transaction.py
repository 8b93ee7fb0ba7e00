"""transaction: which events belong together (Search Reference: transaction)."""

import pytest


def events(*parts):
    """`t s st`: newest first."""
    found = []
    for part in parts:
        time, session, state = part.split()
        row = {"_time": int(time), "st": state, "_raw": f"{time}{state}"}
        if session != "-":
            row["s"] = session
        found.append(row)
    return found


def shape(rows):
    return [(row["_time"], row["eventcount"], row["duration"]) for row in rows]


def test_maxspan_and_maxpause_cut_where_the_next_event_is_too_old(search):
    rows = events("100 a x", "90 a x", "70 a x", "10 a x")
    assert shape(search("* | transaction s maxspan=30s", rows)) == [(70, 3, 30), (10, 1, 0)]
    assert shape(search("* | transaction s maxpause=15s", rows)) == [(90, 2, 10), (70, 1, 0), (10, 1, 0)]
    assert shape(search("* | transaction s maxevents=2", rows)) == [(90, 2, 10), (10, 2, 60)]


def test_incomplete_transactions_are_evicted_unless_kept(search):
    rows = events("100 a end", "90 b mid", "80 a start", "70 b start", "60 c end")
    spl = '* | transaction s startswith="st=start" endswith=(st=end)'
    assert shape(search(spl, rows)) == [(80, 2, 20)]
    kept = search(f"{spl} keepevicted=true", rows)
    assert [(row["s"], row["closed_txn"]) for row in kept] == [("a", 1), ("b", 0), ("c", 0)]


def test_a_second_end_begins_a_second_transaction(search):
    rows = events("100 a end", "90 a end", "80 a start")
    found = search('* | transaction s startswith=eval(st=="start") endswith=eval(st=="end")', rows)
    assert shape(found) == [(80, 2, 10)]


def test_events_join_over_fields_they_share_and_do_not_contradict(search):
    rows = [
        {"_time": 40, "user": "u", "ip": "1"},
        {"_time": 30, "ip": "1"},
        {"_time": 20, "user": "u", "ip": "2"},
        {"_time": 10, "other": "x"},
    ]
    assert shape(search("* | transaction user ip", rows)) == [(30, 2, 10), (20, 1, 0)]


def test_values_are_a_set_or_with_mvlist_a_list_with_gaps_named(search):
    rows = [{"_time": 3, "s": "a", "n": "2"}, {"_time": 2, "s": "a"}, {"_time": 1, "s": "a", "n": "2"}]
    assert search("* | transaction s", rows)[0]["n"] == "2"
    assert search("* | transaction s mvlist=n", rows)[0]["n"] == ["2", "NULL", "2"]
    assert search("* | transaction s mvlist=t", rows)[0]["s"] == ["a", "a", "a"]


def test_events_out_of_order_are_an_error_not_a_wrong_transaction(search):
    with pytest.raises(Exception, match="newest first"):
        search("* | transaction s", events("1 a x", "2 a x"))


def test_a_condition_that_is_wrong_is_an_error_where_the_option_stands(search):
    with pytest.raises(Exception, match="startswith: unknown function 'nosuch'") as caught:
        search("* | transaction s startswith=eval(nosuch(st))", events("1 a x"))
    assert caught.value.column == 19


def test_transactions_evicted_for_want_of_room_are_said(world):
    from lab.spl.search import parse

    context = world(events("3 a x", "2 b x", "1 c x"))
    found = parse("* | transaction s maxopentxn=2", context).run(context).rows
    assert sorted(row["s"] for row in found) == ["b", "c"]
    assert context.warnings == ["transaction: 1 transactions were evicted, too many were open at a time"]


def test_a_transaction_that_its_span_has_closed_takes_no_room(search):
    rows = events("300 a x", "200 b x", "100 c x")
    assert len(search("* | transaction s maxspan=30s maxopentxn=1", rows)) == 3
    assert len(search("* | transaction s maxpause=30s maxopenevents=1", rows)) == 3


def test_a_start_or_end_without_the_field_belongs_to_the_transaction_used_last(search):
    rows = events("40 a x", "30 b x", "20 - start", "10 a start")
    spl = "* | transaction s startswith=(st=start)"
    assert sorted(shape(search(spl, rows))) == [(10, 2, 30), (20, 2, 10)]
    assert shape(search(f"{spl} unifyends=true", rows)) == [(10, 2, 30)]
