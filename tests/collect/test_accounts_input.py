"""Every account of a tenant, then what changes, by the inventory input."""

from __future__ import annotations

import json

import pytest
from okta_itdr.collect.accounts import FIELDS
from shipped import ROOT, Done
from tenants import NOW

from lab.okta import faults
from lab.okta.directory import made

HOUR = 3600.0


def accounts(*runs: Done) -> list[dict]:
    return [
        json.loads(event.raw)
        for run in runs
        for event in run.all_events
        if event.sourcetype == "okta_itdr:inventory:account"
    ]


@pytest.fixture
def there():
    return made.many(900, 3, seed="accounts", now=NOW)


@pytest.fixture
def tenant(tenant_of, there):
    return tenant_of([], directory=there, role="SUPER_ADMIN")


def test_documentation_would_leave_out_a_field():
    text = (ROOT / "docs" / "inventory.md").read_text(encoding="utf-8")
    assert [name for name, meaning in FIELDS.items() if f"| `{name}` | {meaning} |" not in text] == []


def test_account_would_be_missing_from_the_list(tenant, there, inventory):
    """All of them, the deprovisioned too, with what tells one from another."""
    done = inventory.run()
    found = accounts(done)
    assert sorted(each["id"] for each in found) == sorted(there.users)
    one = next(each for each in found if each["status"] == "DEPROVISIONED")
    user = there.users[one["id"]]
    profile = user["profile"]
    assert one == {
        "collected": one["collected"],
        "tenant": "localhost",
        "id": user["id"],
        "login": profile["login"],
        "name": profile.get("displayName") or f"{profile['firstName']} {profile['lastName']}",
        "status": "DEPROVISIONED",
        "type": user["type"]["id"],
        "created": user["created"],
        "changed": user["lastUpdated"],
    }


def test_whole_list_would_be_read_at_every_run(tenant, there, inventory):
    inventory.run()
    tenant.clock.set(NOW + 6 * HOUR)
    before = len(tenant.paths)
    again = inventory.run()
    recent = [
        id
        for id, user in there.users.items()
        if user["lastUpdated"] >= max(each["lastUpdated"] for each in there.users.values())
    ]
    assert len(accounts(again)) < 100 and set(recent) <= {each["id"] for each in accounts(again)}
    assert tenant.paths[before:].count("/api/v1/users") == 1
    tenant.clock.set(NOW + 12 * HOUR)
    there.add_user("new.person@example.com", NOW + 11 * HOUR, name="New Person")
    changed = next(iter(there.users))
    there.suspend(changed, NOW + 11.5 * HOUR)
    found = {each["login"]: each["status"] for each in accounts(inventory.run())}
    assert found["new.person@example.com"] == "ACTIVE"
    assert found[there.users[changed]["profile"]["login"]] == "SUSPENDED"


def test_kill_would_begin_the_list_anew(tenant, there, inventory):
    """The place is kept after each page."""
    inventory.settings["factors"] = "administrators"
    killed = inventory.run(KILL_AT_SYNC="56")
    done = inventory.run()
    assert {each["id"] for each in accounts(killed, done)} == set(there.users)


def test_cursor_that_okta_forgot_would_end_the_list(tenant, there, inventory):
    tenant.faults.add(faults.expired_cursor(path="/api/v1/users"))
    done = inventory.run()
    assert done.code == 0 and {each["id"] for each in accounts(done)} == set(there.users)


def test_right_that_is_missing_would_fail_the_input(tenant, inventory, splunk):
    refusal = '{"errorCode":"E0000006","errorSummary":"You do not have permission","errorId":"oae1"}'
    tenant.faults.add(faults.Fault("status", status=403, body=refusal, path="/api/v1/users", query="search=", times=9))
    done = inventory.run()
    assert (done.code, accounts(done)) == (0, [])
    assert "The accounts come from the log alone: Okta does not let this key read /api/v1/users" in splunk.log()


def test_accounts_that_are_not_wanted_would_come(tenant, inventory):
    inventory.settings["accounts"] = "0"
    assert accounts(inventory.run()) == []
    assert "/api/v1/users" not in tenant.paths
