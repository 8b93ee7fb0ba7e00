"""The flat fields mean the same in every event, however large, in whatever order and writing; the log's times, bounds.

All of it through the packaged add-on in the lab, which stops automatic extraction where Splunk does.
"""

from __future__ import annotations

import json
from itertools import count
from typing import Dict, Iterable, Iterator, List, Tuple

import pytest
from indexed import THE_DAY_AFTER, Indexed, Row, indexed
from log_events import (
    APPLICATION,
    FIELDS,
    LARGE,
    MISSING,
    PATHS,
    PUBLISHED,
    USER,
    WRITINGS,
    Event,
    changed,
    crowd,
    okta,
    orders,
    small,
)

NAMES = list(FIELDS)
_hosts = count()


@pytest.fixture(scope="module")
def addon(tarball) -> Iterator[Indexed]:
    with indexed(now=THE_DAY_AFTER) as found:
        yield found


def fields(addon: Indexed, raw: str, names: Iterable[str] = NAMES) -> Row:
    """The fields of an event, indexed as a tenant's only one."""
    host = f"tenant-{next(_hosts)}.okta.example"
    assert addon.receive(raw, host) == 1
    return addon.one(host, list(names))


def differences(found: Row, expected: Dict[str, object]) -> Dict[str, Tuple[object, object]]:
    """Fields that are not as expected: what they are, and what they should be."""
    return {
        name: (found.get(name), expected.get(name))
        for name in {*found, *expected}
        if found.get(name) != expected.get(name)
    }


def every_writing(event: Event, seeds: int = 2) -> Iterator[str]:
    for ordered in orders(event, seeds):
        for write in WRITINGS.values():
            yield write(ordered)


# The same event, small and large


def test_a_field_would_depend_on_the_order_of_keys_or_on_blanks(addon):
    for raw in every_writing(small(), seeds=6):
        assert len(raw) < 5000
        assert differences(fields(addon, raw), FIELDS) == {}, raw


@pytest.mark.parametrize("how", LARGE)
def test_a_field_would_depend_on_the_size_of_the_event(addon, how):
    event = LARGE[how](small())
    for raw in every_writing(event):
        assert len(raw) > 25_000
        assert differences(fields(addon, raw), FIELDS) == {}, raw[:3000]


CIM = [
    "signature", "command", "app", "src", "src_user", "src_user_id", "src_user_name", "src_user_type", "user",
    "user_id", "user_name", "user_type", "reason", "action", "object", "object_id", "object_attrs",
    "object_category", "change_type", "status", "result", "id", "description", "severity", "vendor_severity",
    "type", "authentication_method", "authentication_service", "cim_model",
]  # fmt: skip


@pytest.mark.parametrize("how", LARGE)
def test_a_cim_field_would_depend_on_the_size_of_the_event_or_the_order_of_keys(addon, how):
    expected = fields(addon, okta(small()), CIM)
    assert (expected["user"], expected["action"], expected["object"]) == (
        USER["alternateId"],
        "modified",
        USER["alternateId"],
    )
    for raw in (*every_writing(small(), seeds=3), *every_writing(LARGE[how](small()))):
        assert differences(fields(addon, raw, CIM), expected) == {}, raw[:3000]


@pytest.mark.parametrize("padding", ["x", "ü", "漢", "😀"], ids=["1 byte", "2 bytes", "3 bytes", "4 bytes"])
def test_a_field_would_be_cut_where_automatic_extraction_stops(addon, padding):
    """It counts bytes, eval counts characters; the list of targets is the last thing in Okta's order."""
    for size in (*range(4980, 5030, 3), 4999, 5000, 5001):
        event = small()
        left = size - len(okta({**event, "displayMessage": ""}).encode())
        event["displayMessage"] = padding * (left // len(padding.encode()))
        assert differences(fields(addon, okta(event)), FIELDS) == {}, size


def test_a_field_would_be_lost_in_an_event_of_more_than_a_hundred_fields(addon):
    for more in range(20, 80, 3):
        event = small()
        event["debugContext"]["debugData"] = {
            **{f"k{number}": str(number) for number in range(more)},
            **{f"list{number}": [] for number in range(3)},
            **{f"filled{number}": ["a", "b"] for number in range(5)},
            **event["debugContext"]["debugData"],
        }
        for ordered in orders(event, seeds=2):
            assert differences(fields(addon, okta(ordered)), FIELDS) == {}, more


def test_the_lists_of_targets_would_be_cut_in_a_large_event(addon):
    for place in ("first", "middle", "last"):
        event = crowd(small(), place)
        found = fields(addon, okta(event), ["target_id", "target_name"])
        assert found["target_id"] == [target["id"] for target in event["target"]]
        assert found["target_name"] == [target["displayName"] for target in event["target"]]
    found = fields(addon, okta(small()), ["target_id", "target_name"])
    assert found == {"target_id": ["0oa3payroll", "00u2victim"], "target_name": ["Payroll – Zürich", "Dana Weiß"]}


def test_the_way_of_a_request_would_be_cut_in_a_large_event(addon):
    for event in (small(), *(crowd(small(), place) for place in ("first", "middle", "last"))):
        assert fields(addon, okta(event), ["ip_chain"]) == {"ip_chain": ["203.0.113.7", "198.51.100.9"]}
    for request in (None, {}, {"ipChain": None}, {"ipChain": []}):
        assert fields(addon, okta({**small(), "request": request}), ["ip_chain"]) == {}


def test_the_tenant_would_not_be_the_host(addon):
    for event in (small(), crowd(small(), "last")):
        host = f"tenant-{next(_hosts)}.okta.example"
        addon.receive(okta(event), host)
        assert addon.one(host, ["tenant"]) == {"tenant": host}


# What stands for nothing


@pytest.mark.parametrize("size", ["small", *LARGE])
@pytest.mark.parametrize("nothing", [None, MISSING, "null", "unknown", "-", ""], ids=repr)
def test_a_word_for_nothing_would_be_taken_for_a_value(addon, size, nothing):
    """null, in whatever way, is no value; other words are Okta's and stay, but no session or device has such a name."""
    without_type = dict.fromkeys(set(PATHS) - {"event_type", "uuid"}, nothing)
    event = small(**without_type)
    raw = okta(LARGE[size](event) if size in LARGE else event)
    word = nothing if nothing in ("unknown", "-", "") else None
    expected = {**FIELDS, **dict.fromkeys(without_type, word)}
    expected["session_key"] = None
    expected["dthash"] = None if word == "-" else word
    found = fields(addon, raw)
    assert {name: value for name, value in differences(found, expected).items() if value != ("", None)} == {}


@pytest.mark.parametrize("size", ["small", *LARGE])
@pytest.mark.parametrize("root", [None, MISSING, "", "null", "unknown", "-", "--", "trsRequest1"], ids=repr)
def test_a_session_would_be_lost_when_it_has_no_root(addon, size, root):
    event = small(session_key=root)
    found = fields(addon, okta(LARGE[size](event) if size in LARGE else event), ["session_key"])
    assert found == {"session_key": "102External1"}


@pytest.mark.parametrize("size", ["small", *LARGE])
@pytest.mark.parametrize("nothing", [None, MISSING, "null"], ids=repr)
@pytest.mark.parametrize("key", ["alternateId", "displayName", "id"])
def test_a_target_without_a_name_would_be_given_that_of_another(addon, size, nothing, key):
    """Some exports leave keys without a value out."""
    fieldnames = {
        "alternateId": {"User": ["target_user"], "AppInstance": []},
        "displayName": {"User": ["target_user_name"], "AppInstance": ["target_app"]},
        "id": {"User": ["target_user_id"], "AppInstance": []},
    }[key]
    for kind, names in fieldnames.items():
        targets = [
            {name: value for name, value in {**target, key: nothing}.items() if value is not MISSING}
            if target["type"] == kind
            else target
            for target in (APPLICATION, USER)
        ]
        event = {**small(), "target": targets}
        expected = {**FIELDS, **dict.fromkeys(names)}
        found = fields(addon, okta(LARGE[size](event) if size in LARGE else event))
        assert differences(found, expected) == {}, kind


@pytest.mark.parametrize("targets", [None, [], MISSING, [APPLICATION]], ids=["null", "empty", "missing", "no user"])
def test_an_event_about_nobody_would_be_about_somebody(addon, targets):
    event = {name: value for name, value in {**small(), "target": targets}.items() if value is not MISSING}
    expected = {**FIELDS, **dict.fromkeys(("target_user", "target_user_id", "target_user_name"))}
    if targets != [APPLICATION]:
        expected["target_app"] = None
    for each in (event, changed(event)):
        for raw in every_writing(each):
            assert differences(fields(addon, raw), expected) == {}, raw[:3000]


@pytest.mark.parametrize("large", [False, True], ids=["small", "large"])
def test_an_actor_without_a_client_would_have_one(addon, large):
    empty = dict.fromkeys(("asNumber", "asOrg", "isp", "domain", "isProxy"))
    for client in (None, {"userAgent": None, "ipAddress": None, "geographicalContext": None}):
        event = {**small(), "client": client, "securityContext": empty, "device": None}
        event["debugContext"] = {"debugData": {}}
        gone = (
            "src_ip user_agent os browser zone country city lat lon asn as_org is_proxy dthash request_uri request_url"
        )
        expected = {**FIELDS, **dict.fromkeys([*gone.split(), "tunnels", "proxy_type", "privilege", "factor"])}
        raw = okta(crowd(event, "last") if large else event)
        assert differences(fields(addon, raw), expected) == {}


# Values that look like JSON


@pytest.mark.parametrize(
    "value",
    [
        'say "yes"',
        "back\\slash\\",
        "two\nlines\r\nand\ttabs",
        '"},{"type":"User"',
        "[{]}",
        "\\u0041",
        'a,"published":"',
    ],
)
def test_a_value_would_be_taken_for_json(addon, value):
    """In every field of text, and in targets before the user."""
    given = dict.fromkeys(set(PATHS) - {"event_type", "uuid"}, value)
    event = small(**given)
    event["target"] = [
        {"id": value, "type": "UserGroup", "alternateId": value, "displayName": value, "detailEntry": {"type": "User"}},
        {**APPLICATION, "displayName": value},
        {**USER, "alternateId": value, "displayName": value, "id": value},
    ]
    texts = ("target_user", "target_user_id", "target_user_name", "target_app")
    expected = {**FIELDS, **given, **dict.fromkeys(texts, value)}
    for each in (event, *(make(event) for make in LARGE.values())):
        for raw in every_writing(each, seeds=1):
            assert differences(fields(addon, raw), expected) == {}, raw[:3000]


def test_an_address_would_be_two(addon):
    twice = okta(small()).replace('"client":{', '"client":{"ipAddress":"198.51.100.1",', 1)
    assert twice.count('"ipAddress"') == 2
    chain = [{"ip": f"198.51.100.{number}"} for number in range(200)]
    event = {**small(), "request": {"ipChain": chain}}
    assert fields(addon, twice, ["src_ip"])["src_ip"] in ("203.0.113.7", "198.51.100.1")
    for raw in every_writing(event):
        assert fields(addon, raw, ["src_ip"]) == {"src_ip": "203.0.113.7"}


def test_a_proxy_would_not_be_one(addon):
    anonymous, other = (f'[{{"anonymous": {word},"operator":"X"}}]' for word in ("true", "false"))
    cases = [(True, None, "true"), (False, anonymous, "true"), (False, other, "false"), (None, other, None)]
    for is_proxy, tunnels, expected in cases:
        event = small()
        event["securityContext"]["isProxy"] = is_proxy
        event["debugContext"]["debugData"]["tunnels"] = tunnels
        for raw in (*every_writing(event, 1), *every_writing(changed(event), 1)):
            found = fields(addon, raw, ["is_proxy", "tunnels"])
            assert (found.get("is_proxy"), found.get("tunnels")) == (expected, tunnels)


# Times

AT = 1773144000.123


@pytest.mark.parametrize(
    "where",
    [
        lambda event: event["actor"].update(displayName='x","published":"2001-01-01T00:00:00.000Z'),
        lambda event: event["debugContext"]["debugData"].update(published="2001-01-01T00:00:00.000Z"),
        lambda event: event["debugContext"]["debugData"].update(change='{"published":"2001-01-01T00:00:00.000Z"}'),
        lambda event: event["target"][0].update(detailEntry={"published": "2001-01-01T00:00:00.000Z"}),
        lambda event: event.update(displayMessage="published"),
        lambda event: event.update(displayMessage='\\"published\\":'),
    ],
    ids=["a name", "debugData", "a text of JSON", "a target", "the word", "escapes"],
)
def test_an_event_would_have_the_time_of_something_in_it(addon, where):
    for size in ("small", *LARGE):
        event = small()
        where(event)
        for write in WRITINGS.values():
            raw = write(LARGE[size](event) if size in LARGE else event)
            assert fields(addon, raw, ["_time"]) == {"_time": AT}, raw[:3000]


def test_milliseconds_would_be_lost(addon):
    for text, seconds in ((".000Z", 0.0), (".001Z", 0.001), (".999Z", 0.999)):
        raw = okta(small()).replace(PUBLISHED, PUBLISHED[:-5] + text)
        assert fields(addon, raw, ["_time"])["_time"] == pytest.approx(AT - 0.123 + seconds, abs=1e-6)


# Where an event begins and ends


def lines(addon: Indexed, data: str) -> List[object]:
    """The uuids of what the data became, in its order."""
    host = f"tenant-{next(_hosts)}.okta.example"
    addon.receive(data, host)
    found = addon.rows(f'index=* host="{host}" | table uuid _time')
    return sorted(str(row["uuid"]) for row in found)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\n\n", "\r\n\r\n"], ids=repr)
def test_two_events_would_be_one(addon, end):
    one, two = (small(uuid=f"uuid-{number}", outcome_reason="two\nlines\r\n") for number in (1, 2))
    for write in WRITINGS.values():
        assert lines(addon, write(one) + end + write(two) + end) == ["uuid-1", "uuid-2"]


def test_a_large_event_would_be_truncated(addon):
    """Up to TRUNCATE it is whole; what is longer keeps what stands before the cut."""
    event = crowd(small(), "last")
    event["displayMessage"] = "x" * (999_990 - len(okta(event).encode()))
    raw = okta(event)
    assert 999_900 < len(raw.encode()) <= 1_000_000
    found = fields(addon, raw, [*NAMES, "_raw"])
    assert found.pop("_raw") == raw
    assert differences(found, FIELDS) == {}
    for longer in (raw.replace(PUBLISHED, PUBLISHED + "x" * 50_000), json.dumps(event) * 2):
        assert fields(addon, longer, ["actor_user", "src_ip"]) == {
            "actor_user": FIELDS["actor_user"],
            "src_ip": FIELDS["src_ip"],
        }
    assert THE_DAY_AFTER > AT
