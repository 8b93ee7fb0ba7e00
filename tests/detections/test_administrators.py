"""The ledger of administrators, from the log and from Okta's own list: the same documents whatever comes first."""

from __future__ import annotations

import hashlib
import json
from itertools import permutations

import pytest
from installed_addon import LOG, TENANT, addon, after_each, iso, moment

from lab.okta.tenant import Tenant

pytestmark = pytest.mark.usefixtures("tarball")

GEN = "Okta ITDR - Administrators Ledger - Gen"
BACKFILL = "Okta ITDR - Administrators Ledger - Backfill"
NOW = moment("2026-03-10T12:00:00Z")
HOUR = 3600.0
ANN = {"id": "00uann", "type": "User", "alternateId": "ann@acme.com", "displayName": "Ann Ames"}
CHIEF = {"id": "00uchief", "type": "User", "alternateId": "chief@acme.com", "displayName": "Chi Ef"}
TEAM = {"id": "00gteam", "type": "UserGroup", "alternateId": "unknown", "displayName": "Platform, EU"}
APP = {"id": "0oaapp", "type": "PublicClientApp", "alternateId": "unknown", "displayName": "Terraform"}
READERS = {"id": "cr0read", "type": "CUSTOM_ROLE", "alternateId": "unknown", "displayName": "Report readers"}
RESOURCES = {"id": "iamall", "type": "RESOURCE_SET", "alternateId": "unknown", "displayName": "Everything"}


def said(event_type, ago, *targets, roles=None, actor=CHIEF, outcome="SUCCESS"):
    """An event of the log, `ago` seconds before NOW."""
    return LOG, {
        "actor": actor,
        "eventType": event_type,
        "outcome": {"result": outcome, "reason": None},
        "published": iso(NOW - ago),
        "uuid": f"{event_type}-{ago}",
        "debugContext": {"debugData": {"privilegeGranted": roles} if roles else {}},
        "target": list(targets),
    }


def granted(ago, roles, about=ANN, **other):
    return said("user.account.privilege.grant", ago, about, roles=roles, **other)


def revoked(ago, about=ANN):
    return said("user.account.privilege.revoke", ago, about)


def opened(ago, who=ANN, outcome="SUCCESS"):
    return said("user.session.access_admin_app", ago, actor=who, outcome=outcome)


def bound(ago, *targets):
    return said("iam.resourceset.bindings.add", ago, READERS, RESOURCES, *(targets or (ANN,)))


def listed(ago, **role):
    """One of Ann's roles as Okta lists it."""
    about = {"user_id": "00uann"} if not {"group_id", "client_id"} & set(role) else {}
    return "okta_itdr:inventory:role", {
        "collected": iso(NOW - ago), "snapshot_id": "s1", "tenant": TENANT, "inventory_key": "k", **about,
        "id": "ra1", "label": "Super Administrator", "type": "SUPER_ADMIN", "status": "ACTIVE", **role,
    }  # fmt: skip


def person(ago):
    """Ann as Okta lists an administrator."""
    return "okta_itdr:inventory:administrator", {
        "collected": iso(NOW - ago), "snapshot_id": "s1", "tenant": TENANT, "inventory_key": "00uann",
        "id": "00uann", "status": "ACTIVE", "type": {"id": "oty1"}, "profile": {"login": "ann@acme.com"},
    }  # fmt: skip


def write(splunk, told, tenant=TENANT):
    for sourcetype, event in told:
        splunk.index(sourcetype, [event], tenant)


def administrators(*parts):
    """The documents by principal after each part has arrived and the search has run."""
    states = []
    for splunk in after_each(GEN, parts, NOW, write):
        documents = splunk.documents("okta_itdr_administrators")
        states.append({document["id"]: document for document in documents.values()})
        for key, document in documents.items():
            assert key == hashlib.md5(f"{document['tenant']}|{document['id']}".encode()).hexdigest()
    return states


def ann(*told):
    (found,) = administrators(told)
    return found.get("00uann")


def stamp(ago, roles):
    return f"{NOW - ago:.3f}|{roles}"


def as_list(value):
    return [value] if isinstance(value, str) else list(value or [])


def test_a_grant_tells_all_that_is_held():
    document = ann(granted(900, "Help Desk administrator (all)"), granted(600, "Super administrator, Read only admin"))
    assert as_list(document["history"]) == [
        stamp(900, "help desk administrator"),
        stamp(600, "read only administrator,super administrator"),
    ]
    assert (document["login"], document["kind"], document["source"]) == ("ann@acme.com", "user", "log")
    assert (document["since"], document["privileges_time"]) == (NOW - 900, NOW - 600)
    assert (document["privileges"], document["super"]) == ("read only administrator, super administrator", 1)


def test_a_revoke_takes_all_and_a_binding_adds_one():
    document = ann(granted(900, "Super administrator"), revoked(600))
    assert (document["privileges"], document["super"], document["since"]) == ("none", 0, NOW - 900)
    document = ann(granted(900, "Mobile administrator"), bound(600))
    assert document["privileges"] == "mobile administrator, report readers"
    document = ann(granted(900, "Mobile administrator"), revoked(700), bound(600))
    assert (document["privileges"], document["privileges_time"]) == ("report readers", NOW - 600)


def test_the_console_alone_makes_an_administrator_of_unknown_roles():
    document = ann(opened(900), opened(300), opened(100, outcome="FAILURE"))
    assert (document["since"], document["last_console"]) == (NOW - 900, NOW - 300)
    assert (document.get("privileges"), document["super"], document["login"]) == (None, 0, "ann@acme.com")


def test_groups_and_service_apps():
    (found,) = administrators(
        [
            said("group.privilege.grant", 900, TEAM, roles="Organization administrator"),
            said("app.oauth2.client.privilege.grant", 800, APP, roles="Read-only Administrator"),
            bound(700, TEAM),
            said("user.privileged_account.privilege.grant", 600, ANN, roles="Report administrator"),
        ]
    )
    assert {id: (one["kind"], one["name"], one.get("login"), one["privileges"]) for id, one in found.items()} == {
        "00gteam": ("group", "Platform, EU", None, "organization administrator, report readers"),
        "0oaapp": ("client", "Terraform", None, "read only administrator"),
        "00uann": ("user", "Ann Ames", "ann@acme.com", "report administrator"),
    }
    assert (found["00gteam"]["super"], found["0oaapp"]["super"]) == (1, 0)


def test_failed_attempts_and_others_of_the_event_are_no_administrators():
    told = [
        granted(900, "Super administrator", outcome="FAILURE"),
        opened(800, outcome="FAILURE"),
        said("user.lifecycle.suspend", 700, ANN, roles="Super administrator"),
    ]
    assert administrators(told) == [{}]


def test_by_okta_s_list_alone():
    told = [person(HOUR), listed(HOUR), listed(HOUR, type="CUSTOM", label="Report readers", id="irb1")]
    told += [listed(HOUR, group_id="00gteam", type="ORG_ADMIN"), listed(HOUR, client_id="0oaapp", type="APP_ADMIN")]
    (found,) = administrators(told)
    document = found["00uann"]
    assert (document["privileges"], document["super"]) == ("report readers, super administrator", 1)
    assert (document["login"], document["source"]) == ("ann@acme.com", "inventory")
    assert (document["since"], document["privileges_time"]) == (NOW - HOUR, NOW - HOUR)
    assert as_list(document.get("history")) == []
    assert (found["00gteam"]["kind"], found["00gteam"]["super"]) == ("group", 1)
    assert (found["0oaapp"]["kind"], found["0oaapp"]["privileges"]) == ("client", "application administrator")


def test_a_snapshot_that_says_the_same_again_grows_nothing():
    document = ann(*(listed(hour * HOUR) for hour in range(9, 0, -2)))
    assert (document["listed_first"], document["listed_last"]) == tuple(
        stamp(hour * HOUR, "super administrator") for hour in (9, 1)
    )


@pytest.mark.parametrize(
    "spelled",
    ["Super administrator", "Super Administrator", "SUPER_ADMIN", "Super Organization Administrator",
     "Organization administrator", "ORG_ADMIN", "Organizational Administrator", "Read only admin, Super administrator"],
)  # fmt: skip
def test_roles_by_which_all_else_can_be_had(spelled):
    assert ann(granted(900, spelled))["super"] == 1


@pytest.mark.parametrize(
    "spelled", ["Application administrator (all)", "Supervisor administrator", "Group administrator", "Super readers"]
)
def test_other_roles_are_not_super(spelled):
    assert ann(granted(900, spelled))["super"] == 0


LIFE = [
    granted(9000, "Help Desk administrator", about={**ANN, "alternateId": "ann.old@acme.com"}),
    listed(8000, type="HELP_DESK_ADMIN"),
    granted(7000, "Help Desk administrator, Super administrator"),
    opened(5000),
    revoked(4000),
    bound(3000),
]


def test_either_order_late_and_repeated_give_the_same():
    (whole,) = administrators(LIFE)
    assert (whole["00uann"]["login"], whole["00uann"]["privileges"]) == ("ann@acme.com", "report readers")
    for order in list(permutations(LIFE))[::97]:
        last = administrators(*([one] for one in order), [order[0]])[-1]
        assert last == whole, [event.get("eventType", "listed") for _, event in order]


def test_running_it_again_writes_nothing():
    with addon(NOW) as splunk:
        write(splunk, LIFE)
        assert [row["written"] for row in splunk.run(GEN, NOW + 60)] == [1]
        once = splunk.documents("okta_itdr_administrators")
        assert splunk.run(GEN, NOW + 600) == []
        write(splunk, LIFE)
        splunk.run(GEN, NOW + 660)
        assert splunk.documents("okta_itdr_administrators") == once


def test_any_window_again_changes_nothing():
    midnight = moment("2026-03-10T00:00:00Z")
    events = [json.loads(event.raw) for event in Tenant("administrators", 60, "2026-03-09").events()]
    events = [event for event in events if event["published"] < "2026-03-10"]
    with addon(midnight) as splunk:
        splunk.index(LOG, events)
        (told,) = splunk.run(GEN, midnight + 60)
        once = splunk.documents("okta_itdr_administrators")
        assert len(once) == told["written"] > 2
        assert splunk.written_again(BACKFILL, "2026-03-09", midnight + 700) == 0
        assert splunk.documents("okta_itdr_administrators") == once


def test_the_history_is_bounded_to_the_newest():
    with addon(NOW) as splunk:
        splunk.index(LOG, [granted(40000 - n, f"Role {n:03}")[1] for n in range(130)])
        splunk.run(GEN, NOW + 60)
        (document,) = splunk.documents("okta_itdr_administrators").values()
        assert document["history"] == [stamp(40000 - n, f"role {n:03}") for n in range(30, 130)]
        assert document["since"] == NOW - 40000


def test_tenants_are_kept_apart():
    with addon(NOW) as splunk:
        write(splunk, [granted(900, "Super administrator")])
        write(splunk, [granted(800, "Mobile administrator")], "beta.okta.com")
        splunk.run(GEN, NOW + 60)
        documents = splunk.documents("okta_itdr_administrators").values()
        assert {(one["tenant"], one["super"]) for one in documents} == {(TENANT, 1), ("beta.okta.com", 0)}


def asked(splunk, ago, macro):
    rows = splunk.search(
        f'| makeresults | eval tenant="{TENANT}", login="ann@acme.com", id="00uann", at={NOW - ago:.3f} | {macro}', NOW
    )
    return rows[0]


def test_what_was_known_before_a_moment():
    """A rule asks in the ledger as it is at the end of all events what was so at its own moment."""
    with addon(NOW) as splunk:
        told = [opened(9000), granted(8000, "Help Desk administrator"), granted(6000, "SUPER_ADMIN")]
        write(splunk, [*told, revoked(4000), bound(3000), granted(2000, "Mobile administrator")])
        splunk.run(GEN, NOW + 60)
        expected = [
            (9500, 0, 0, None),
            (9000, 0, 0, None),
            (8500, 1, 0, None),
            (8000, 1, 0, None),
            (7999, 1, 0, "help desk administrator"),
            (5000, 1, 1, "super administrator"),
            (3500, 0, 0, "none"),
            (2500, 1, 0, "report readers"),
            (1000, 1, 0, "mobile administrator"),
        ]
        for ago, administrator, super_administrator, held in expected:
            row = asked(splunk, ago, "`okta_itdr_administrator(login,at)`")
            assert (row["administrator"], row["super_administrator"]) == (administrator, super_administrator), ago
            assert set(row) == {"_time", "tenant", "login", "id", "at", "administrator", "super_administrator"}
            assert asked(splunk, ago, "`okta_itdr_privileges_before(id,at)`").get("privileges_before") == held, ago


def test_who_opens_the_console_again_is_one_whatever_was_taken_away():
    with addon(NOW) as splunk:
        openings = [opened(90000), opened(5000), opened(3100), opened(2500)]
        write(splunk, [granted(9000, "Super administrator"), revoked(4000), *openings])
        splunk.run_over(BACKFILL, NOW - 100000, NOW, NOW)
        known = [asked(splunk, ago, "`okta_itdr_administrator(login,at)`") for ago in (4500, 3999, 3500, 2900, 1000)]
        assert [row["administrator"] for row in known] == [1, 0, 0, 1, 1]
        (document,) = splunk.documents("okta_itdr_administrators").values()
        assert [float(hour.split("|")[1]) for hour in document["opened"]] == [NOW - 90000, NOW - 5000, NOW - 3100]


def test_nobody_is_an_administrator_of_whom_nothing_is_known():
    with addon(NOW) as splunk:
        row = asked(splunk, 0, "`okta_itdr_administrator(login,at)` | `okta_itdr_privileges_before(id,at)`")
        assert (row["administrator"], row["super_administrator"], row.get("privileges_before")) == (0, 0, None)
        row = asked(splunk, 0, "eval login=null() | `okta_itdr_administrator(login,at)`")
        assert row["administrator"] == 0


def test_a_grant_compares_with_what_okta_s_list_said():
    compared = (
        'eval told="Super administrator, User administrator (all)" | eval now=`okta_itdr_role_names(told)` '
        "| `okta_itdr_privileges_before(id,at)`"
    )
    with addon(NOW) as splunk:
        write(splunk, [person(9000), listed(9000), listed(9000, type="USER_ADMIN", label="Group Administrator")])
        splunk.run(GEN, NOW + 60)
        row = asked(splunk, 0, compared)
        assert row["privileges_before"] == row["now"] == ["super administrator", "user administrator"]
