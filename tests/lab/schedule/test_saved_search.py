"""A stanza of savedsearches.conf: Splunk's defaults, and nothing accepted that would not be carried out."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from lab.schedule.saved_search import SavedSearchError, saved_search
from lab.spl.errors import Unsupported

SPEC_KEYS = Path(__file__).resolve().parents[4] / "shared" / "data" / "conf_spec_keys.json"


def saved(**settings):
    return saved_search("app", "My search", {"search": "index=a", **settings})


def test_defaults_are_splunks():
    search = saved()
    assert not search.disabled and not search.scheduled
    assert search.realtime_schedule and search.digest_mode
    assert search.count_type == "always"
    assert (search.earliest, search.latest, search.max_count, search.actions) == ("", "", 500_000, {})


def test_a_mistyped_key_is_named():
    with pytest.raises(SavedSearchError, match=r"\[My search\] savedsearches.conf knows no cron_shedule"):
        saved(cron_shedule="* * * * *")


def test_every_key_of_the_spec_is_carried_out_without_effect_or_refused_by_name():
    if not SPEC_KEYS.exists():
        pytest.skip("../shared/data/conf_spec_keys.json is not there")
    for key, _ in json.loads(SPEC_KEYS.read_text())["savedsearches.conf.spec"]["<stanza name>"]:
        if "<" in key or key.startswith("action."):
            continue
        try:
            saved(**{"search": "index=a", "enableSched": "0", key: "1"})
        except SavedSearchError as error:
            assert "knows no" not in str(error), key
        except Unsupported as error:
            assert key in str(error)


@pytest.mark.parametrize(
    "settings",
    [
        {"relation": "about"},
        {"dispatch.sample_ratio": "10"},
        {"dispatchAs": "user"},
        {"run_on_startup": "true"},
    ],
)
def test_what_the_lab_does_not_carry_out_is_refused(settings):
    with pytest.raises(Unsupported, match=r"\[My search\]"):
        saved(**settings)


def test_a_default_written_out_is_no_trouble():
    saved(dispatchAs="owner", run_on_startup="false", **{"dispatch.sample_ratio": "1", "dispatch.lookups": "true"})


@pytest.mark.parametrize(
    ("settings", "reason"),
    [
        ({"disabled": "perhaps"}, "neither true nor false"),
        ({"quantity": "many"}, "not a whole number"),
        ({"enableSched": "1"}, "it would never run"),
        ({"alert.suppress": "1"}, "alert.suppress.period"),
        ({"alert.suppress": "1", "alert.suppress.period": "1h", "alert.digest_mode": "0"}, "alert.suppress.fields"),
        ({"alert.suppress.period": "a while"}, "not a duration"),
        ({"search": ""}, "has no search"),
    ],
)
def test_a_stanza_that_cannot_work_is_refused(settings, reason):
    with pytest.raises(SavedSearchError, match=reason):
        saved(**settings)


def test_only_enabled_actions_are_started_with_their_own_settings():
    search = saved(
        **{
            "action.register": "1",
            "action.register.param.mode": "a.b",
            "action.email": "0",
            "action.email.to": "x@example.com",
        }
    )
    assert search.actions == {"register": {"param.mode": "a.b"}}


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"counttype": "custom"}, "alert_condition"),
        ({"alert_condition": "search n > 1"}, "counttype = custom"),
        ({"counttype": "number of events", "quantity": "10%"}, "a percentage of nothing"),
        ({"counttype": "number of events", "quantity": "many"}, "not a whole number"),
    ],
)
def test_a_condition_that_makes_no_sense_is_said_with_its_key(settings, said):
    with pytest.raises(SavedSearchError, match=said):
        saved(**settings)


@pytest.mark.parametrize(("text", "seconds"), [("90", 90), ("90s", 90), ("10m", 600), ("2 hours", 7200), ("1d", 86400)])
def test_a_throttling_period_is_read_as_splunk_does(text, seconds):
    assert saved(**{"alert.suppress.period": text}).suppress_seconds == seconds
