"""How often a detection would have fired, asked before it is switched on (docs/tuning.md).

`savedsearch` runs over the searcher's time range, and a search that is disabled cannot be run (Search Reference,
savedsearch; savedsearches.conf.spec, disabled).
"""

import json
from pathlib import Path

import pytest
from installed_addon import LOG, addon, moment

pytestmark = pytest.mark.usefixtures("tarball")

CASES = Path(__file__).parent / "console_denied_not_followed"
DENIED = "Okta ITDR - Admin Console Denied And Not Followed - Rule"
COUNT = f'| savedsearch "{DENIED}" | `okta_itdr_would_have_fired`'
REPORT = "Okta ITDR - Would Have Fired - Report"
DAY = 86400.0


@pytest.fixture
def denied():
    """The add-on with a denial that nobody followed, and when that was."""
    (expected,) = json.loads((CASES / "attack_denied_before_a_session_exists.findings.json").read_text())
    lines = (CASES / "attack_denied_before_a_session_exists.jsonl").read_text().splitlines()
    events = [json.loads(line) for line in lines]
    now = moment(events[-1]["published"]) + DAY
    with addon(now) as splunk:
        splunk.index(LOG, events)
        found = splunk.search(splunk.text(DENIED), now)
        assert [expected["user"]] == [finding["user"] for finding in found]
        yield splunk, float(found[0]["first_time"])


def test_it_counts_by_severity_over_the_chosen_days_and_changes_nothing(denied):
    splunk, at = denied
    with pytest.raises(AssertionError, match="disabled"):
        splunk.search(COUNT, at + DAY, at - 29 * DAY)
    splunk.unschedule(DENIED)
    (row,) = splunk.search(COUNT, at + DAY, at - 29 * DAY)
    assert (row["findings"], row["people"], float(row["a_day"])) == (1, 1, 0.03)
    assert splunk.documents("okta_itdr_findings") == {}
    (none,) = splunk.search(COUNT, at + 29 * DAY, at + DAY)
    assert (none["severity"], none["findings"]) == ("none", 0)


def test_an_absence_is_counted_once_its_hour_is_over(denied):
    splunk, at = denied
    splunk.unschedule(DENIED)
    assert splunk.search(COUNT, at + 3000, at - DAY)[0]["severity"] == "none"
    assert splunk.search(COUNT, at + 4500, at - DAY)[0]["findings"] == 1


def test_the_report_says_what_is_registered_and_how_each_would_be_counted(denied):
    splunk, at = denied
    splunk.write(
        "okta_itdr_findings",
        {"_key": "a", "detection_id": "session_hijack", "severity": "high", "first_time": at},
        {"_key": "b", "detection_id": "session_hijack", "severity": "high", "first_time": at - 60 * DAY},
    )
    rows = {row["detection"]: row for row in splunk.run_over(REPORT, at - 29 * DAY, at + DAY, at + DAY)}
    assert rows["Session used where its user never authenticated"]["registered"] == "1 high"
    denied_row = rows["Admin Console denied and not followed by a sign-in"]
    assert denied_row["would_have_found"] == COUNT
    assert "registered" not in denied_row
