"""What the inputs brought as a search head sees it: the latest whole snapshot, the accounts, the hours that differ."""

from __future__ import annotations

import json

import pytest
import splunklib.results as results
from pages import ADDON, Pages
from tenants import NOW, Tenant, logged, moment

from lab.okta import faults
from lab.okta.directory import made
from lab.okta.tenant import Tenant as Simulated

HOUR = 3600.0
INVENTORY = "okta_inventory://main"


def at(pages: Pages, time: float) -> None:
    for clock in (pages.splunk.clock, pages.tenant.clock):
        clock.set(time)


def rows(pages: Pages, search: str) -> list[dict]:
    answer = pages.service.jobs.oneshot(search, output_mode="json", count=0, earliest_time="0", latest_time="now")
    return [row for row in results.JSONResultsReader(answer) if isinstance(row, dict)]


def run(pages: Pages, title: str) -> list[dict]:
    (saved,) = [saved for saved in pages.splunk.saved_searches(ADDON) if saved.title == title]
    job = pages.splunk.run(saved, pages.splunk.clock.now())
    assert job.error is None, job.error
    return list(job.rows)


# The inventory


@pytest.fixture
def there():
    return made.of(Simulated("searched", 20).organisation, now=NOW)


@pytest.fixture
def snapshot(pages, there, tmp_path, tls):
    """The input, created on the page; takes a snapshot at a moment."""
    pages.tenant.stop()
    folder = tmp_path / "with a directory"
    folder.mkdir()
    pages.tenant = Tenant(folder, tls, [], NOW, directory=there, role="SUPER_ADMIN")
    pages.account()
    given = {"account": "acme", "index": "main", "interval": "21600", "checkpoint": "file"}
    pages.post("okta_inventory", name="main", factors="administrators", accounts="1", **given)

    def take(time: float):
        at(pages, time)
        return pages.splunk.inputs.start(INVENTORY).wait()

    return take


def test_half_a_snapshot_would_count(pages, there, snapshot):
    """A search over the inventory sees each tenant's latest whole snapshot, and each object once."""
    assert snapshot(NOW).problems == []
    at(pages, NOW + 60)
    search = "search `okta_itdr_inventory(administrator)` | table id profile.login snapshot_id"
    first = rows(pages, search)
    assert {row["id"] for row in first} == there.administrators()
    gone = sorted(there.administrators())[0]
    there.delete_user(gone)
    refusal = '{"errorCode":"E0000011","errorSummary":"Invalid token provided","errorId":"oae1"}'
    pages.tenant.faults.add(faults.Fault("status", status=401, body=refusal, path="/api/v1/zones"))
    assert snapshot(NOW + 6 * HOUR).exit_code == 1
    assert rows(pages, search) == first
    assert snapshot(NOW + 6.1 * HOUR).problems == []
    at(pages, NOW + 6.2 * HOUR)
    second = rows(pages, search)
    assert {row["id"] for row in second} == there.administrators()
    assert len(second) == len(first) - 1
    weak = rows(pages, 'search `okta_itdr_inventory(factor)` | where factorType = "sms" | table user_id')
    assert len(weak) == len({row["user_id"] for row in weak}) == 1
    report = {row["login"]: row for row in run(pages, "Okta ITDR - Administrators - Report")}
    logins = {there.users[id]["profile"]["login"]: id for id in there.administrators()}
    assert report.keys() == logins.keys()
    for login, row in report.items():
        roles = there.roles_of_user(logins[login])
        said = {role["label"] + (" (by group)" if role["assignmentType"] == "GROUP" else "") for role in roles}
        assert set(row["roles"] if isinstance(row["roles"], list) else [row["roles"]]) == said
    assert sum("sms" in (row.get("factors") or "") for row in report.values()) == 1


def test_inventory_that_ended_would_not_be_missed(pages, snapshot):
    alert = "Okta ITDR - Inventory Not Collected - Alert"
    snapshot(NOW)
    at(pages, NOW + 25 * HOUR)
    assert run(pages, alert) == []
    at(pages, NOW + 27 * HOUR)
    (row,) = run(pages, alert)
    assert row["message"].startswith("Input main of account acme has not finished a snapshot of the tenant for 1+03")
    assert run(pages, "Okta ITDR - Log Not Collected - Alert") == []  # it is no log


def test_accounts_of_a_tenant_would_not_be_known(pages, there, snapshot):
    snapshot(NOW)
    at(pages, NOW + 600)
    run(pages, "Okta ITDR - Accounts - Gen")
    documents = pages.splunk.kvstore.collection(ADDON, "okta_itdr_accounts").documents()
    known = {document["id"]: document for document in documents}
    assert known.keys() == there.users.keys()
    for id, user in there.users.items():
        assert (known[id]["login"], known[id]["status"]) == (user["profile"]["login"], user["status"])
        assert known[id]["created"] == moment(user["created"])


def test_deleted_input_would_leave_its_snapshot_behind(pages, snapshot):
    refusal = '{"errorCode":"E0000011","errorSummary":"Invalid token provided","errorId":"oae1"}'
    pages.tenant.faults.add(faults.Fault("status", status=401, body=refusal, path="/api/v1/zones"))
    snapshot(NOW)
    folder = pages.splunk.home / "var" / "lib" / "splunk" / "modinputs" / "okta_inventory"
    assert (folder / "main.snapshot.json").is_file()
    pages.delete("okta_inventory/main")
    assert [path.name for path in folder.iterdir()] == []


# The log's hours

ONE = NOW + HOUR
GAP = "Okta ITDR - Log Gap - Alert"


@pytest.fixture
def log(pages, tmp_path, tls):
    """A tenant whose hour from one to two has 500 events; the input began before."""
    pages.tenant.stop()
    folder = tmp_path / "with a log"
    folder.mkdir()
    events = [logged(f"event-{n:03d}", ONE + 7 * n) for n in range(500)]
    pages.tenant = Tenant(folder, tls, [*events, *(logged(f"next-{n}", ONE + HOUR + 100 * n) for n in range(20))], NOW)
    pages.account()
    pages.new_input(start="", interval="60")
    pages.collect()
    return pages


def test_event_between_okta_and_the_index_would_be_lost_for_ever(log, monkeypatch):
    """Some never come by polling, some are lost by Splunk itself: the first are collected, the second are named, and
    collected once an admin asks for their hour."""
    log.tenant.never_polled = {"event-007", "event-250"}
    lost = {"event-100", "event-101", "event-499"}
    append = log.splunk.store.append

    def lose(events) -> int:
        return append(event for event in events if json.loads(event[0]).get("uuid") not in lost)

    at(log, ONE + HOUR + 600)
    with monkeypatch.context() as losing:
        losing.setattr(log.splunk.store, "append", lose)
        log.collect()
    assert {f"event-{n:03d}" for n in range(500)} - set(log.uuids) == {"event-007", "event-250", *lost}
    at(log, ONE + 4 * HOUR + 60)
    log.collect()  # and the audit is due
    assert {f"event-{n:03d}" for n in range(500)} - set(log.uuids) == lost
    at(log, ONE + 4 * HOUR + 300)
    assert run(log, GAP) == []  # its events may be on their way still
    at(log, ONE + 4 * HOUR + 1200)
    (row,) = run(log, GAP)
    assert row["verdict"] == "missing" and (row["at_okta"], row["indexed"], row["missing"]) == (500, 497, 3)
    assert row["hour"] == "2026-03-10T13:00:00.000Z"
    assert "collect this hour again: Inputs page, input main, field Hours to collect again" in row["message"]

    log.post("okta_system_log/main", hours=row["hour"])
    log.collect()
    assert lost <= set(log.uuids)
    at(log, ONE + 4 * HOUR + 3000)
    assert run(log, GAP) == []
    whole = next(each for each in run(log, "Okta ITDR - Log Completeness - Report") if each["hour"] == row["hour"])
    assert (whole["verdict"], whole["indexed"], whole["copies"]) == ("equal", 500, 497)
