"""Relative time modifiers and time formats (Search Reference: Time modifiers)."""

from datetime import timezone
from zoneinfo import ZoneInfo

import pytest

from lab.spl.errors import SearchError, Unsupported
from lab.spl.time_format import format_time, parse_time
from lab.spl.times import relative_time, time_of

NOW = 1678025229.0  # Sunday 5 March 2023, 14:07:09 UTC


@pytest.mark.parametrize(
    ("modifier", "moved"),
    [
        ("-15m@m", 1678024320),
        ("@h", 1678024800),
        ("@w0", 1677974400),
        ("@w7", 1677974400),
        ("@w6", 1677888000),
        ("-1w@w1", 1676851200),
        ("+1mon@mon", 1680307200),
        ("-d", 1677938829),
        ("@y-1s", 1672531199),
        ("-2h@h+30m", 1678019400),
        ("-1qtr@qtr", 1664582400),
        ("-90seconds", 1678025139),
    ],
)
def test_a_window_begins_where_its_modifier_says(modifier, moved):
    assert relative_time(NOW, modifier, timezone.utc) == moved


@pytest.mark.parametrize("modifier", ["", "-", "5", "-5x", "@", "@w9", "@d1", "-5m@", "m5", "-5 m", "--5m"])
def test_a_wrong_modifier_is_refused(modifier):
    with pytest.raises(SearchError):
        relative_time(NOW, modifier, timezone.utc)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("now", NOW),
        ("1678000000", 1678000000),
        ("-1d@d", 1677888000),
        ("03/05/2023:14:07:09", NOW),
        ("2023-03-05T14:07:09Z", NOW),
        ("2023-03-05T15:07:09.500+0100", NOW + 0.5),
        ("2023-03-05", 1677974400),
    ],
)
def test_earliest_and_latest_take_every_documented_form(text, moment):
    assert time_of(text, NOW, timezone.utc) == moment


def test_a_real_time_window_is_unsupported_and_nonsense_an_error():
    with pytest.raises(Unsupported):
        time_of("rt-5m", NOW, timezone.utc)
    with pytest.raises(SearchError):
        time_of("yesterday", NOW, timezone.utc)


def test_the_hour_that_occurs_twice_in_autumn_keeps_its_place():
    berlin = ZoneInfo("Europe/Berlin")
    second = 1667094600.0  # 30 October 2022, 02:50 in Berlin for the second time
    assert relative_time(second, "@h", berlin) == 1667091600
    assert format_time(second, "%H:%M %Z", berlin) == "02:50 CET"


@pytest.mark.parametrize(
    "form", ["%Y-%m-%dT%H:%M:%S.%3N%z", "%d %B %Y %I:%M:%S.%6N %p %:z", "%a, %e %b %y %T.%Q %Z", "%s.%3N"]
)
def test_a_time_written_in_a_format_is_read_back_from_it(form):
    written = format_time(NOW + 0.25, form, timezone.utc)
    assert parse_time(written, form, timezone.utc) == NOW + 0.25


@pytest.mark.parametrize(
    ("text", "form"), [("x", "%Y"), ("2023-13-01", "%Y-%m-%d"), ("2023-02-30", "%Y-%m-%d"), ("12:00", "%H:%M")]
)
def test_what_does_not_fit_the_format_is_null_not_a_guess(text, form):
    assert parse_time(text, form, timezone.utc) is None
