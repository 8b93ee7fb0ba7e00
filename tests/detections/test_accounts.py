"""The list of accounts, from Okta's own list and from the log: the same documents whatever comes first."""

from __future__ import annotations

import hashlib
import json
from itertools import permutations

import pytest
from installed_addon import LOG, TENANT, addon, after_each, iso, moment

from lab.okta.tenant import Tenant

pytestmark = pytest.mark.usefixtures("tarball")

GEN = "Okta ITDR - Accounts - Gen"
LISTED = "okta_itdr:inventory:account"
NOW = moment("2026-03-10T12:00:00Z")
ANN = {"id": "00uann", "type": "User", "alternateId": "ann@acme.com", "displayName": "Ann Ames"}
ADMIN = {"id": "00uadmin", "type": "User", "alternateId": "admin@acme.com", "displayName": "Ada Min"}
GROUP = {"id": "00gall", "type": "UserGroup", "alternateId": "unknown", "displayName": "Everyone"}
HOUR = 3600.0


def said(event_type, ago, about=None, outcome="SUCCESS", actor=ADMIN, reason=None):
    """An event of the log, `ago` seconds before NOW; the account stands behind another target."""
    target = None if about is None else [GROUP, about]
    return LOG, {
        "actor": actor,
        "eventType": event_type,
        "outcome": {"result": outcome, "reason": reason},
        "published": iso(NOW - ago),
        "uuid": f"{event_type}-{ago}",
        "target": target,
    }


def signed_in(ago, who=ANN, outcome="SUCCESS"):
    return said("user.session.start", ago, outcome=outcome, actor=who)


def listed(status, changed_ago, collected_ago=0.0, **other):
    """Ann as Okta lists her."""
    return LISTED, {
        "collected": iso(NOW - collected_ago), "tenant": TENANT, "id": "00uann", "login": "ann@acme.com",
        "name": "Ann Ames", "status": status, "type": "oty1", "created": "2024-05-06T07:08:09.010Z",
        "changed": iso(NOW - changed_ago), **other,
    }  # fmt: skip


def write(splunk, told, tenant=TENANT):
    for sourcetype, event in told:
        splunk.index(sourcetype, [event], tenant)


def accounts(*parts):
    """The documents by account after each part has arrived and the search has run, ten minutes from part to part."""
    states = []
    for splunk in after_each(GEN, parts, NOW, write):
        documents = splunk.documents("okta_itdr_accounts")
        states.append({document["id"]: document for document in documents.values()})
        for key, document in documents.items():
            assert key == hashlib.md5(f"{document['tenant']}|{document['id']}".encode()).hexdigest()
    return states


def ann(*told):
    (found,) = accounts(told)
    return found.get("00uann")


def known(document):
    """What an analyst reads of it."""
    return {name: document.get(name) for name in ("login", "name", "status", "type", "created", "source")}


def test_from_okta_s_list_alone():
    document = ann(listed("PROVISIONED", 5 * HOUR))
    assert known(document) == {
        "login": "ann@acme.com", "name": "Ann Ames", "status": "PROVISIONED", "type": "oty1",
        "created": moment("2024-05-06T07:08:09.010+00:00"), "source": "users",
    }  # fmt: skip
    assert document["changed"] == document["status_time"] == NOW - 5 * HOUR and document["status_from"] == "users"
    assert document["tenant"] == TENANT


@pytest.mark.parametrize(
    ("told", "status"),
    [
        ([said("user.lifecycle.create", 900, ANN)], "STAGED"),
        ([said("user.lifecycle.create", 900, ANN), said("user.lifecycle.activate", 890, ANN)], "ACTIVE"),
        ([said("user.lifecycle.create", 900, ANN), signed_in(800)], "ACTIVE"),
        ([said("user.lifecycle.suspend", 900, ANN)], "SUSPENDED"),
        ([said("user.lifecycle.suspend", 900, ANN), said("user.lifecycle.unsuspend", 800, ANN)], "ACTIVE"),
        ([said("user.lifecycle.suspend", 900, ANN), signed_in(800)], "SUSPENDED"),
        ([said("user.lifecycle.deactivate", 900, ANN)], "DEPROVISIONED"),
        ([said("user.lifecycle.deactivate", 900, ANN), said("user.lifecycle.reactivate", 800, ANN)], "ACTIVE"),
        ([said("user.lifecycle.deactivate", 900, ANN), said("user.lifecycle.delete.initiated", 800, ANN)],
         "DEPROVISIONED"),
        ([said("user.lifecycle.deactivate", 900, ANN), said("user.lifecycle.delete.completed", 800, ANN)], "DELETED"),
        ([said("user.account.lock", 900, ANN)], "LOCKED_OUT"),
        ([said("user.account.lock", 900, ANN), said("user.account.unlock", 800, ANN)], "ACTIVE"),
        ([said("user.account.update_profile", 900, ANN)], None),
        ([signed_in(900)], "ACTIVE"),
    ],
)  # fmt: skip
def test_from_the_log_alone(told, status):
    document = ann(*told)
    assert (document["login"], document["name"]) == ("ann@acme.com", "Ann Ames")
    assert (document.get("status"), document["source"], document.get("type")) == (status, "log", None)
    created = NOW - 900 if told[0][1]["eventType"] == "user.lifecycle.create" else None
    assert document.get("created") == created and document["changed"] >= NOW - 900
    assert ann(*told[::-1]) == document


def test_okta_writes_a_lock_as_a_failure_and_often_without_a_target():
    lock = said("user.account.lock", 900, actor=ANN, outcome="FAILURE", reason="LOCKED_OUT")
    assert ann(lock)["status"] == "LOCKED_OUT"


def test_failed_attempts_change_nothing():
    failed = [
        said("user.lifecycle.deactivate", 100, ANN, outcome="FAILURE"),
        said("user.account.update_profile", 100, {**ANN, "alternateId": "other@acme.com"}, outcome="DENY"),
        signed_in(50, {**ANN, "alternateId": "guess@acme.com"}, outcome="FAILURE"),
    ]
    assert ann(*failed) is None
    before, after = accounts([listed("ACTIVE", HOUR)], failed)
    assert after == before


def test_others_of_the_event_are_no_accounts():
    """The administrator who did it, a group among the targets, an application that signs in, events that only
    mention a type."""
    service = {"id": "0oaapp", "type": "PublicClientApp", "alternateId": "unknown", "displayName": "Job"}
    other = said("group.user_membership.add", 60, ANN)
    other[1]["debugContext"] = {"debugData": {"cause": "user.lifecycle.create"}}
    (found,) = accounts([said("user.lifecycle.suspend", 90, ANN), signed_in(80, service), other])
    assert set(found) == {"00uann"} and found["00uann"]["status"] == "SUSPENDED"


def test_either_order_late_and_repeated_give_the_same():
    """A life in five pieces, in every order of arrival, each piece a run of its own; one comes twice."""
    told = [
        said("user.lifecycle.create", 9000, {**ANN, "alternateId": "ann.old@acme.com"}),
        listed("ACTIVE", 7000, login="ann.b@acme.com", created=iso(NOW - 9000.2)),
        said("user.account.update_profile", 5000, {**ANN, "displayName": "Ann Ames-Boyd"}),
        said("user.lifecycle.suspend", 4000, {**ANN, "displayName": "unknown"}),
        signed_in(3000, {**ANN, "alternateId": "ann.c@acme.com", "displayName": ""}),
    ]
    (whole,) = accounts(told)
    expected = whole["00uann"]
    assert known(expected) == {
        "login": "ann.c@acme.com", "name": "Ann Ames-Boyd", "status": "SUSPENDED", "type": "oty1",
        "created": NOW - 9000.2, "source": "users",
    }  # fmt: skip
    assert (expected["login_time"], expected["name_time"]) == (NOW - 3000, NOW - 5000)
    assert (expected["status_time"], expected["type_time"], expected["changed"]) == (NOW - 4000, NOW - 7000, NOW - 3000)
    for order in list(permutations(told))[::11]:
        last = accounts(*([one] for one in order), [order[0]])[-1]
        assert last == whole, [event.get("eventType", "listed") for _, event in order]


def test_running_it_again_writes_nothing():
    told = [listed("ACTIVE", HOUR), said("user.lifecycle.suspend", 900, ANN), signed_in(800, ADMIN)]
    with addon(NOW) as splunk:
        write(splunk, told)
        assert [row["written"] for row in splunk.run(GEN, NOW + 60)] == [2]
        once = splunk.documents("okta_itdr_accounts")
        assert splunk.run(GEN, NOW + 600) == []
        write(splunk, told)
        write(splunk, [listed("ACTIVE", HOUR, collected_ago=-300)])
        assert splunk.run(GEN, NOW + 660) == []
        assert splunk.documents("okta_itdr_accounts") == once


def test_any_window_again_changes_nothing():
    midnight = moment("2026-03-10T00:00:00Z")
    with addon(midnight) as splunk:
        splunk.index(LOG, [json.loads(event.raw) for event in Tenant("accounts", 24, "2026-03-09").events()])
        (told,) = splunk.run(GEN, midnight + 60)
        once = splunk.documents("okta_itdr_accounts")
        assert len(once) == told["written"] > 20
        assert splunk.written_again("Okta ITDR - Accounts - Backfill", "2026-03-09", midnight + 700) == 0
        assert splunk.documents("okta_itdr_accounts") == once


def test_empty_never_overwrites_what_is_known():
    before, after = accounts(
        [listed("ACTIVE", HOUR)], [listed("SUSPENDED", 60, login="", name=None, type=None, created=None)]
    )
    assert after["00uann"]["status"] == "SUSPENDED"
    kept = {"login", "name", "type", "created"}
    assert {name: after["00uann"][name] for name in kept} == {name: before["00uann"][name] for name in kept}


def test_better_knowledge_of_the_status_wins_over_a_sign_in_whenever_it_comes():
    for parts in permutations([[listed("PASSWORD_EXPIRED", 5 * HOUR)], [signed_in(60)]]):
        assert accounts(*parts)[-1]["00uann"]["status"] == "PASSWORD_EXPIRED"


def test_tenants_are_kept_apart():
    with addon(NOW) as splunk:
        write(splunk, [said("user.lifecycle.suspend", 900, ANN)])
        write(splunk, [said("user.lifecycle.deactivate", 800, ANN)], "beta.okta.com")
        splunk.run(GEN, NOW + 60)
        documents = splunk.documents("okta_itdr_accounts").values()
        assert {(one["tenant"], one["status"]) for one in documents} == {
            (TENANT, "SUSPENDED"),
            ("beta.okta.com", "DEPROVISIONED"),
        }


def test_names_are_kept_as_they_are():
    name = "Zoë | O'Neil, 2nd"
    assert ann(listed("ACTIVE", HOUR, name=name, login="12345"))["name"] == name
    document = ann(listed("ACTIVE", HOUR, login="12345"))
    assert document["login"] == "12345"


def test_the_account_is_found_behind_what_cuts_the_automatic_extraction():
    """Okta writes target last: beyond 5,000 characters it is read from the raw text."""
    sourcetype, event = said("user.lifecycle.suspend", 900)
    event["debugContext"] = {"debugData": {"padding": "x" * 6000}}
    event["target"] = [GROUP, ANN]
    document = ann((sourcetype, event))
    assert (document["login"], document["name"], document["status"]) == ("ann@acme.com", "Ann Ames", "SUSPENDED")
