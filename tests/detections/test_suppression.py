"""A whole detection, without and with an entry in the list of suppressions."""

import json
from pathlib import Path

import pytest
from installed_addon import LOG, TENANT, addon, moment

pytestmark = pytest.mark.usefixtures("tarball")

RULE = "Okta ITDR - Watchlisted Address - Rule"
CASES = Path(__file__).parent / "ioc_ip"
EVENTS = [
    json.loads(line) for line in (CASES / "attack_two_victims_listed_late_and_twice.jsonl").read_text().splitlines()
]
NOW = max(moment(event["published"]) for event in EVENTS) + 3600


def entry(finding, expires):
    """By the user alone, as oktasuppress writes it."""
    match = f"ioc_ip|{finding['tenant']}|||{finding['user']}"
    return {"_key": "entry", "detection_id": "ioc_ip", "tenant": TENANT, "match": match, "expires": expires}


def test_of_two_victims_the_suppressed_one_is_found_no_more_until_the_entry_ends():
    with addon(NOW) as splunk:
        splunk.index(LOG, EVENTS)

        def found():
            return {row["user"]: row for row in splunk.run_over(RULE, 0, NOW, NOW)}

        everybody = found()
        assert len(everybody) == 2
        finding, other = everybody.values()
        last = float(finding["last_time"])
        splunk.write("okta_itdr_suppressions", entry(finding, last))
        assert found() == {other["user"]: other}
        splunk.write("okta_itdr_suppressions", entry(finding, last - 0.001))
        assert found() == everybody
