"""Index time: which events there are in the data of an input, and what their times are."""

from __future__ import annotations

from datetime import datetime, timezone
from zoneinfo import ZoneInfo

import pytest

from lab.knowledge.apps import Apps
from lab.knowledge.conf import ConfError
from lab.knowledge.indexing import Indexer
from lab.knowledge.timestamps import time_reader
from lab.spl.errors import Unsupported

OKTA = """
[OktaIM2:log]
SHOULD_LINEMERGE = false
LINE_BREAKER = ([\\r\\n]+)
TRUNCATE = 200
TIME_PREFIX = "published":\\s*"
TIME_FORMAT = %Y-%m-%dT%H:%M:%S.%3N%Z
MAX_TIMESTAMP_LOOKAHEAD = 30
TZ = UTC
"""
NOW = datetime(2026, 3, 1, tzinfo=timezone.utc).timestamp()


def indexed(installed, data: str, props: str = OKTA, now: float = NOW, sourcetype: str = "OktaIM2:log"):
    installed.app("a", {"props": props})
    indexer = Indexer(Apps(installed.apps))
    return indexer.events(data.encode(), now=now, index="main", sourcetype=sourcetype, source="s", host="h")


def utc(*parts: int) -> float:
    return datetime(*parts, tzinfo=timezone.utc).timestamp()


def test_each_line_is_an_event_with_its_own_time_and_the_index_time_is_now(installed):
    data = '{"published":"2026-02-28T23:59:59.123Z"}\r\n\n{"published": "2026-02-28T10:00:00.000Z"}\n'
    events = indexed(installed, data)
    assert [event.raw for event in events] == [
        '{"published":"2026-02-28T23:59:59.123Z"}',
        '{"published": "2026-02-28T10:00:00.000Z"}',
    ]
    assert [event.time for event in events] == [utc(2026, 2, 28, 23, 59, 59, 123_000), utc(2026, 2, 28, 10)]
    assert {(event.index_time, event.index, event.sourcetype, event.source, event.host) for event in events} == {
        (NOW, "main", "OktaIM2:log", "s", "h")
    }


def test_an_event_without_a_time_takes_that_of_the_one_before_and_the_first_one_now(installed):
    events = indexed(installed, 'no time\n{"published":"2026-02-28T10:00:00.000Z"}\nno time either\n')
    assert [event.time for event in events] == [NOW, utc(2026, 2, 28, 10), utc(2026, 2, 28, 10)]


def test_a_time_too_far_from_now_is_not_believed(installed):
    events = indexed(installed, '{"published":"2026-03-09T10:00:00.000Z"}\n{"published":"1999-03-09T10:00:00.000Z"}\n')
    assert [event.time for event in events] == [NOW, NOW]


def test_a_time_behind_the_lookahead_is_not_seen(installed):
    props = OKTA.replace("= 30", "= 10")
    assert indexed(installed, '{"published":"2026-02-28T10:00:00.000Z"}', props)[0].time == NOW


def test_truncate_cuts_bytes_and_never_half_a_character(installed):
    assert indexed(installed, "é" * 150)[0].raw == "é" * 100
    assert indexed(installed, "é" * 150, OKTA.replace("= 200", "= 0"))[0].raw == "é" * 150


def test_only_the_group_of_line_breaker_is_lost(installed):
    props = OKTA.replace(r"([\r\n]+)", r"\}(,)\{")
    assert [event.raw for event in indexed(installed, '{"a":1},{"b":2}', props)] == ['{"a":1}', '{"b":2}']


def test_bytes_that_are_not_utf8_are_replaced_not_lost(installed):
    installed.app("a", {"props": OKTA})
    events = Indexer(Apps(installed.apps)).events(
        b"caf\xe9", now=NOW, index="main", sourcetype="OktaIM2:log", source="s", host="h"
    )
    assert events[0].raw == "caf\ufffd"


def test_settings_of_source_beat_those_of_host_and_sourcetype(installed):
    props = OKTA + "[host::h*]\nTRUNCATE = 4\n[source::s]\nTRUNCATE = 3\n[source::/other/...]\nTRUNCATE = 2\n"
    assert indexed(installed, "abcdef", props)[0].raw == "abc"


@pytest.mark.parametrize(
    ("setting", "reason"),
    [
        ("SHOULD_LINEMERGE = true", "merge lines"),
        ("TRANSFORMS-x = y", "TRANSFORMS-x"),
        ("SEDCMD-x = s/a/b/", "SEDCMD-x"),
        ("INDEXED_EXTRACTIONS = json", "INDEXED_EXTRACTIONS"),
        ("TIME_FORMAT = %G", "%G"),
        ("TIME_FORMAT =", "guess"),
        ("DATETIME_CONFIG = /etc/x.xml", "DATETIME_CONFIG"),
    ],
)
def test_what_the_lab_does_not_do_at_index_time_it_says(installed, setting, reason):
    with pytest.raises(Unsupported, match=reason):
        indexed(installed, "x", OKTA + setting)


def test_a_setting_of_the_wrong_kind_names_its_line(installed):
    with pytest.raises(ConfError, match=r"props\.conf:5: TRUNCATE is a whole number"):
        indexed(installed, "x", OKTA.replace("= 200", "= many"))


def test_datetime_config_current_takes_now(installed):
    events = indexed(installed, '{"published":"2026-02-28T10:00:00.000Z"}', OKTA + "DATETIME_CONFIG = CURRENT")
    assert events[0].time == NOW


@pytest.mark.parametrize(
    ("time_format", "text", "expected"),
    [
        ("%Y-%m-%dT%H:%M:%S.%3N%Z", "2024-02-29T00:00:00.5Z", utc(2024, 2, 29, 0, 0, 0, 500_000)),
        ("%Y-%m-%dT%H:%M:%S.%6N%z", "2024-02-29T01:30:00.000001+01:30", utc(2024, 2, 29, 0, 0, 0, 1)),
        ("%Y-%m-%d %H:%M:%S,%Q %z", "  2024-02-29 00:00:00,250 -0800", utc(2024, 2, 29, 8, 0, 0, 250_000)),
        ("%d/%b/%Y:%T", "29/Feb/2024:23:59:60", utc(2024, 3, 1)),
        ("%B %e %y %I:%M %p", "february  9 70 12:05 AM", utc(1970, 2, 9, 0, 5)),
        ("%a %d %b %Y %k", "Thu 29 Feb 2024  7", utc(2024, 2, 29, 7)),
        ("%s", "1709164800", 1709164800.0),
        ("%s.%3N", "1709164800.125", 1709164800.125),
        ("%F %H:%M:%S", "2023-02-29 00:00:00", None),
        ("%F %T", "yesterday", None),
    ],
)
def test_a_time_format_reads_what_it_describes(time_format, text, expected):
    assert time_reader(time_format, timezone.utc)(text, 0) == expected


def test_a_local_time_is_read_in_its_zone_on_both_sides_of_summer_time():
    read = time_reader("%F %T", ZoneInfo("Europe/Berlin"))
    assert read("2024-03-31 01:30:00", 0) == utc(2024, 3, 31, 0, 30)
    assert read("2024-03-31 03:30:00", 0) == utc(2024, 3, 31, 1, 30)
