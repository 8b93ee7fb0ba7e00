"""What an input says of itself, and the alert that misses it."""

from __future__ import annotations

import json

import pytest
from okta_itdr.collect.health import FIELDS
from pages import ADDON, INPUT
from shipped import ROOT
from tenants import NOW

from lab.okta import faults

ALERT = "Okta ITDR - Log Not Collected - Alert"
MINUTE = 60.0


def test_documentation_would_leave_out_a_field():
    text = (ROOT / "docs" / "collection.md").read_text(encoding="utf-8")
    assert [name for name, meaning in FIELDS.items() if f"| `{name}` | {meaning} |" not in text] == []


def health(pages) -> list[dict]:
    events = map(pages.splunk.store.event, range(len(pages.splunk.store)))
    return [json.loads(event.raw) for event in events if event.sourcetype == "okta_itdr:health"]


@pytest.fixture
def alert(pages):
    """The alert's rows at a moment, switched on as an admin does."""
    pages.splunk.configure(ADDON, "savedsearches", ALERT, {"disabled": "0"})

    def at(moment: float) -> list[dict]:
        (saved,) = [saved for saved in pages.splunk.saved_searches(ADDON) if saved.title == ALERT]
        job = pages.splunk.run(saved, moment)
        assert job.error is None
        return list(job.rows)

    return at


def test_silence_would_be_taken_for_peace(pages, alert):
    """An input that is killed, disabled or on a host that is down: missed after half an hour, not before."""
    pages.account()
    pages.new_input()
    pages.collect()
    assert alert(NOW + 25 * MINUTE) == []
    (row,) = alert(NOW + 31 * MINUTE)
    assert row["message"].startswith("Input main of account acme has not read Okta's log to its end for 00:31")
    assert "it has been silent since 2026-03-10" in row["message"]
    pages.splunk.clock.set(NOW + 32 * MINUTE)
    pages.tenant.clock.set(NOW + 32 * MINUTE)
    pages.collect()
    assert alert(NOW + 40 * MINUTE) == []


def test_error_would_be_known_to_readers_of_internal_logs_alone(pages, alert):
    """Its remedy stands in the index of the log itself, and in the alert."""
    pages.account()
    pages.new_input()
    pages.collect()
    refusal = '{"errorCode":"E0000011","errorSummary":"Invalid token provided","errorId":"oae1"}'
    for minute in range(5, 45, 5):
        for instance in (pages.splunk.clock, pages.tenant.clock):
            instance.set(NOW + minute * MINUTE)
        pages.tenant.faults.add(faults.Fault("status", status=401, body=refusal))
        assert pages.splunk.inputs.start(INPUT).wait().exit_code == 1
    last = health(pages)[-1]
    assert (last["status"], last["error_kind"]) == ("error", "Authentication Error")
    (row,) = alert(NOW + 41 * MINUTE)
    assert "create a new API token" in row["message"] and row["tenant"] == "localhost"


def test_how_far_behind_it_is_would_be_unknown(pages):
    """Lag, pages, budget, duplicates, late events: one event at the end of each run."""
    pages.account()
    pages.new_input()
    pages.collect()
    told = health(pages)[-1]
    assert told["tenant"] == "localhost" and told["account"] == "acme" and told["input"] == "main"
    assert told["events"] == 30 and told["lag_seconds"] == 0 and told["duplicates"] == 0 and told["late"] == 0
    assert told["rate_limit"] == 100_000 and told["rate_remaining"] > 99_900
    assert told["backfill"] == "sweep" and told["pages"] >= 1
