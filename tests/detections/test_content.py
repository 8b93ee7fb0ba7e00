"""What every detection must have (DESIGN section 3), and that lists and conf agree; the rest is the content lint's."""

import csv
import json
import re
from pathlib import Path

import pytest

from lab.knowledge.conf import read_conf

ROOT = Path(__file__).resolve().parents[2]
SEARCHES = {
    name: {key: setting.value for key, setting in stanza.items()}
    for name, stanza in read_conf(ROOT / "default" / "savedsearches.conf").stanzas.items()
}
MACROS = read_conf(ROOT / "default" / "macros.conf").stanzas
RULES = [name for name in SEARCHES if name.endswith(" - Rule")]
GENERATORS = [name for name in SEARCHES if name.endswith(" - Gen")]


def table(name):
    with open(ROOT / "package" / "lookups" / name, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


DETECTIONS = {row["search"]: row for row in table("okta_itdr_detections.csv")}


def test_every_search_is_of_a_known_kind_and_every_rule_is_listed():
    others = {name for name in SEARCHES if name.endswith((" - Alert", " - Backfill", " - Copy", " - Report"))}
    assert set(SEARCHES) == set(RULES) | set(GENERATORS) | others
    assert set(DETECTIONS) == set(RULES)


@pytest.mark.parametrize("name", RULES)
def test_a_detection_registers_every_result_and_throttles_none(name):
    settings = SEARCHES[name]
    assert {
        key: settings[key] for key in settings if key.startswith(("counttype", "relation", "quantity", "alert."))
    } == {
        "counttype": "number of events",
        "relation": "greater than",
        "quantity": "0",
        "alert.digest_mode": "1",
        "alert.track": "0",
    }
    assert {key: settings[key] for key in settings if key.startswith("action.")} == {
        "action.okta_itdr_register": "1",
        # by which Enterprise Security's content pages know a detection
        "action.correlationsearch.enabled": "1",
        "action.correlationsearch.label": name,
        "action.correlationsearch.annotations": json.dumps(
            {"mitre_attack": DETECTIONS[name]["mitre_attack"].split(",")}
        ),
    }


@pytest.mark.parametrize("name", RULES)
def test_a_detection_ends_in_its_finding_and_the_admins_own_filter(name):
    identity = DETECTIONS[name]["detection_id"]
    ending = [clause.strip() for clause in SEARCHES[name]["search"].split("\n| ")[-2:]]
    assert ending == [f"`okta_itdr_finding({identity})`", f"`{identity}_filter`"]
    assert MACROS[f"{identity}_filter"]["definition"].value == "search *"
    assert re.fullmatch(r"T\d{4}(\.\d{3})?(,T\d{4}(\.\d{3})?)*", DETECTIONS[name]["mitre_attack"])


@pytest.mark.parametrize("name", RULES)
def test_a_detections_description_says_what_looks_like_it_and_what_to_do_next(name):
    """The detection reference (docs/detections.md) is made of these three parts."""
    assert re.fullmatch(r".+\. False positives: .+\. Next: .+\.", SEARCHES[name]["description"])
