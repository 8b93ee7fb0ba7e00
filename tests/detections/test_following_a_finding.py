"""From a finding to what belongs to it: the workflow actions' searches, and the scope of an intrusion."""

import json
import re
from pathlib import Path

import pytest
from installed_addon import LOG, addon, moment

from lab.knowledge.conf import read_conf

pytestmark = pytest.mark.usefixtures("tarball")

ROOT = Path(__file__).resolve().parents[2]
ACTIONS = {
    name: {key: setting.value for key, setting in stanza.items()}
    for name, stanza in read_conf(ROOT / "default" / "workflow_actions.conf").stanzas.items()
}
FOLLOWED = [name for name, action in ACTIONS.items() if not action["search.search_string"].startswith("| okta")]
CASE = ROOT / "tests" / "detections" / "admin_takeover_chain"
FILE = CASE / "attack_console_refused_then_report_and_account_by_the_api.jsonl"
TENANT = "acme.okta.com"
DAY = 86400.0


@pytest.fixture(scope="module")
def followed():
    """The add-on with the events of a stolen session, one finding that holds all but the last of them, and the now."""
    events = [json.loads(line) for line in FILE.read_text().splitlines()]
    (expected,) = json.loads(FILE.with_suffix(".findings.json").read_text())
    stolen = [event for event in events if event["uuid"] in expected["evidence_includes"]]
    now = moment(events[-1]["published"]) + 3600
    with addon(now) as splunk:
        splunk.index(LOG, events)
        splunk.write(
            "okta_itdr_findings",
            {
                "_key": "f1",
                "finding_id": "f1",
                "incident_key": "i1",
                "detection_id": "session_hijack",
                "severity": "high",
                "tenant": TENANT,
                "user": expected["user"],
                "src_ip": stolen[0]["client"]["ipAddress"],
                "session_id": expected["session_id"],
                "evidence": [event["uuid"] for event in stolen[:-1]],
                "first_time": moment(stolen[0]["published"]),
                "last_time": moment(stolen[-1]["published"]),
                "message": "somebody else's hands",
            },
        )
        yield splunk, splunk.documents("okta_itdr_findings")["f1"], stolen, now


@pytest.mark.parametrize("name", FOLLOWED)
def test_a_workflow_action_opens_a_search_that_finds_something(name, followed):
    splunk, finding, _, now = followed
    action = ACTIONS[name]
    fields = [field.strip() for field in action["fields"].split(",")]
    aliases = {"session_key": "session_id", "actor_user": "user", "target_user": "user"}
    for field in fields:
        value = finding[aliases.get(field, field)]
        text = re.sub(r"\$(@field_value|[a-z_]+)\$", lambda _, value=value: value, action["search.search_string"])
        assert splunk.search(text, now, now - 30 * DAY), f"{name} finds nothing by {field}"


def test_the_scope_is_what_shares_a_session_address_agent_or_cookie(followed):
    splunk, finding, stolen, now = followed
    report = f'| savedsearch "Okta ITDR - Scope Of Intrusion - Report" finding_id="{finding["finding_id"]}"'
    rows = splunk.search(report, now, now - 30 * DAY)
    told = {(row["kind"], row["what"]): row for row in rows}
    created = stolen[-1]["target"][0]["alternateId"]
    # The account was not among the finding's events: it shares the session and the second address with them.
    account = told["account", created]
    assert account["in_the_finding"] == "no"
    assert {"session", "address"} <= set(account["shares"])
    assert ("change", f"user.lifecycle.create of {created}") in told
    assert told["session", finding["session_id"]]["in_the_finding"] == "yes"
    assert {what for kind, what in told if kind == "user"} == {finding["user"]}
    # Colleagues in the same office share nothing with the intruder, nor does the victim's own office.
    office = {event["client"]["ipAddress"] for event in stolen}
    assert {what for kind, what in told if kind == "address" and told[kind, what]["shares"] != "session"} == office


def test_a_finding_that_is_not_there_has_no_scope(followed):
    splunk, _, _, now = followed
    report = '| savedsearch "Okta ITDR - Scope Of Intrusion - Report" finding_id="none"'
    assert splunk.search(report, now, now - 30 * DAY) == []
