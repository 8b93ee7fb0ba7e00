"""The table of event types: whole, consistent, and the only place that has to know a new type."""

from __future__ import annotations

import csv
import json
from collections import Counter
from pathlib import Path

import pytest
from cim import AUTHENTICATION, CHANGE
from indexed import event, indexed, raw, target

from tools.event_types import COLUMNS, TABLE, proposal
from tools.event_types import rows as event_types

CATALOGUE = Path(__file__).resolve().parents[3] / "shared" / "data" / "okta_event_types.json"
ROWS = {row["event_type"]: row for row in event_types()}
NEW = "user.hologram.project"  # Okta has no such type yet


def actions():
    with open(TABLE.with_name("okta_itdr_authentication_actions_builtin.csv"), encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.skipif(not CATALOGUE.is_file(), reason="../shared/data is not here")
def test_every_type_of_okta_s_catalogue_has_a_row_and_no_other():
    assert set(ROWS) == set(json.loads(CATALOGUE.read_text(encoding="utf-8")))


def test_a_type_has_one_row_and_they_are_sorted():
    listed = [row["event_type"] for row in event_types()]
    assert listed == sorted(set(listed))
    assert all(tuple(row) == COLUMNS for row in event_types())


def test_a_change_has_all_that_changes_need_and_nothing_else_has_any_of_it():
    for name, row in ROWS.items():
        of_changes = (row["command"], row["action"], row["object_category"], row["change_type"])
        if row["cim_model"] == "change":
            assert row["command"] == name and all(of_changes)
            assert row["action"] in CHANGE.prescribed["action"]
        else:
            assert row["cim_model"] in ("authentication", "alert", "none")
            assert not any(of_changes)


def test_a_sign_in_has_an_action_for_every_class_of_outcome_and_nothing_else_has():
    """So only one of the lookups that fill `action` knows a type, and their order is of no consequence."""
    counted = Counter((row["event_type"], row["outcome_class"]) for row in actions())
    sign_ins = [name for name, row in ROWS.items() if row["cim_model"] == "authentication"]
    classes = ("error", "failure", "pending", "success")
    assert counted == Counter((name, outcome) for name in sign_ins for outcome in classes)
    assert {row["action"] for row in actions()} <= AUTHENTICATION.prescribed["action"]


def test_what_an_administrator_does_has_class_and_weight():
    for name, row in ROWS.items():
        marks = (row["admin_class"], row["admin_weight"], row["self_service"])
        assert all(marks) or not any(marks), name
        assert row["admin_weight"] in ("", "1", "2", "3", "4", "5")
        assert row["self_service"] in ("", "0", "1")
        assert row["anchor"] in ("", "1")
        assert not row["anchor"] or row["cim_model"] == "authentication"


def test_the_macros_take_from_it_what_the_detections_weigh():
    bodies = [
        event("zone.update"),
        event("user.mfa.factor.deactivate", target=[target("User", "Ann", "ann@example.com", "00u1")]),
        event("user.mfa.factor.deactivate", target=[target("User", "Bob", "bob@example.com", "00u2")]),
        event("user.session.start"),
        event(NEW),
    ]
    with indexed(map(raw, bodies)) as log:
        rows = log.rows(
            """`okta_itdr_log` | `okta_itdr_admin_action` | `okta_itdr_anchor`
            | table event_type target_user admin_class admin_weight on_oneself anchor"""
        )
        terms = log.rows("search `okta_itdr_log` `okta_itdr_anchor_terms` | table event_type")
        admin = log.rows("search `okta_itdr_log` `okta_itdr_admin_event_terms` | stats count BY event_type")
    seen = {(row["event_type"], row.get("target_user")): row for row in rows}
    zone, own, other = (
        seen[key]
        for key in (
            ("zone.update", None),
            ("user.mfa.factor.deactivate", "ann@example.com"),
            ("user.mfa.factor.deactivate", "bob@example.com"),
        )
    )
    assert (zone["admin_class"], zone["admin_weight"], zone["anchor"]) == ("zone", "4", 0)
    assert own["on_oneself"] == 1 and not {"admin_class", "admin_weight"} & set(own)
    assert (other["admin_class"], other["admin_weight"]) == ("factor", "4")
    assert seen["user.session.start", None]["anchor"] == 1
    assert seen[NEW, None]["anchor"] == 0 and "admin_class" not in seen[NEW, None]
    assert [row["event_type"] for row in terms] == ["user.session.start"]
    assert {row["event_type"] for row in admin} == {"zone.update", "user.mfa.factor.deactivate"}


def test_a_type_without_a_row_shows_itself_until_an_admin_s_own_table_has_one():
    """docs/cim.md: the lookup definition points to a table of the admin's; an upgrade replaces neither."""
    own = proposal("user.hologram.update") | {"event_type": NEW, "command": NEW, "admin_class": "account"}
    own |= {"admin_weight": "3", "self_service": "0"}
    look = f'sourcetype="OktaIM2:log" eventType={NEW} | table action object_category cim_model tag'
    with indexed([raw(event(NEW)), raw(event("user.session.start"))]) as log:
        (missing,) = log.rows("search `okta_itdr_event_types_without_row`")
        assert (missing["event_type"], missing["count"]) == (NEW, 1)
        assert log.rows(look) == [{}]

        app = log.instance.apps.home("TA_okta_itdr")
        table = app / "lookups" / "okta_itdr_event_types.csv"
        with open(table, "w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, COLUMNS, restval="")
            writer.writeheader()
            writer.writerows([*event_types(), own])
        (app / "local").mkdir(exist_ok=True)
        (app / "local" / "transforms.conf").write_text(
            "[okta_itdr_event_types]\nfilename = okta_itdr_event_types.csv\n"
        )
        log.instance.reload()

        assert log.rows("search `okta_itdr_event_types_without_row`") == []
        row = log.row(look)
        assert (row["action"], row["object_category"], row["cim_model"]) == ("modified", "user", "change")
        assert row["tag"] == ["account", "change", "cloud"]
        (weighed,) = log.rows(f"`okta_itdr_log` event_type={NEW} | `okta_itdr_admin_action` | table admin_class")
        assert weighed == {"admin_class": "account"}


def test_the_tool_reads_from_a_name_what_it_can():
    row = proposal("system.api_token.create")
    assert (row["cim_model"], row["action"], row["object_category"], row["change_type"]) == (
        "change",
        "created",
        "api_token",
        "AAA",
    )
    assert proposal("iam.role.permissions.add")["action"] == "acl_modified"
    assert proposal("system.import.start") == {"event_type": "system.import.start", "cim_model": "none"}
