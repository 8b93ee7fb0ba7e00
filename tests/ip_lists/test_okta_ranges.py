"""Okta's own addresses, from the list that Okta publishes by cell, in the KV store beside the admin's own rows."""

from __future__ import annotations

import json

import pytest
from listed import ADDON, DAY, NOW

COLLECTION = "okta_itdr_okta_ranges"
# As https://s3.amazonaws.com/okta-ip-ranges/ip_ranges.json is built: cells, each with its ranges.
CELLS = {
    "us_cell_1": {"ip_ranges": ["192.0.2.0/25", "192.0.2.16/28", "198.51.100.7/32"]},
    "emea_cell_1": {"ip_ranges": ["203.0.113.0/24", "198.51.100.7/32"]},
}
OWN = {"_key": "mine", "range": "203.0.113.64/26", "owner": "jo", "reason": "a proxy of ours", "expires": 1}
OWNER = "okta_itdr_ip_list://okta"
MIDNIGHT_AFTER = 1773014400  # 2026-03-09 00:00 UTC: seven whole days after NOW's


class Ranges:
    """What is in the collection; the admin's own row is from the beginning."""

    def __init__(self, admin) -> None:
        self._admin = admin
        self._collection = admin.splunk.kvstore.collection(ADDON, COLLECTION)
        self._collection.batch_save([OWN])

    def documents(self) -> list[dict]:
        return sorted(self._collection.documents(), key=lambda document: document["range"])

    def by_range(self) -> dict[str, str]:
        return {document["range"]: document["owner"] for document in self.documents()}


@pytest.fixture
def ranges(admin) -> Ranges:
    return Ranges(admin)


def publishes(lists, cells: dict) -> None:
    lists.has(json.dumps(cells))


def test_okta_s_addresses_would_be_no_excuse_for_its_servers(admin, lists, ranges):
    """Those of the cell, each once, found by the lookup that the searches use; the admin's own row is left alone."""
    publishes(lists, CELLS)
    admin.wants("okta", type="okta", parts="us_cell_1")
    told = admin.refreshed("okta")
    assert (told["list"], told["entries"]) == ("written", 2)
    assert ranges.by_range() == {"192.0.2.0/25": OWNER, "198.51.100.7/32": OWNER, OWN["range"]: "jo"}
    (row,) = [document for document in ranges.documents() if document["range"] == "192.0.2.0/25"]
    assert (row["reason"], row["expires"]) == (f"{lists.address} (us_cell_1)", MIDNIGHT_AFTER)
    found = admin.rows(
        '| makeresults | eval src_ip = split("192.0.2.20 198.51.100.7 203.0.113.9", " ") | mvexpand src_ip '
        "| lookup okta_itdr_okta_ranges range AS src_ip OUTPUT range AS okta_range"
    )
    assert {row["src_ip"]: row.get("okta_range") for row in found} == {
        "192.0.2.20": "192.0.2.0/25", "198.51.100.7": "198.51.100.7/32", "203.0.113.9": None,
    }  # fmt: skip
    assert not (admin.lookups / "okta_itdr_ip_list_okta.csv").exists()


def test_address_that_okta_gave_back_would_excuse_its_next_holder(admin, lists, ranges):
    publishes(lists, CELLS)
    admin.wants("okta", type="okta")
    admin.refreshed("okta")
    assert len(ranges.documents()) == 4
    publishes(lists, {"us_cell_1": {"ip_ranges": ["192.0.2.0/25", "192.0.2.128/25"]}})
    admin.refreshed("okta")
    assert ranges.by_range() == {"192.0.2.0/25": OWNER, "192.0.2.128/25": OWNER, OWN["range"]: "jo"}
    assert [document for document in ranges.documents() if document["owner"] == "jo"] == [{**OWN, "_user": "nobody"}]


def test_same_list_would_be_written_with_every_run(admin, lists, ranges):
    publishes(lists, CELLS)
    admin.wants("okta", type="okta")
    admin.refreshed("okta")
    first = ranges.documents()
    assert admin.refreshed("okta")["list"] == "unchanged"
    admin.days_later(1)
    assert admin.refreshed("okta")["list"] == "written"
    theirs = [document["expires"] for document in ranges.documents() if document["owner"] == OWNER]
    assert set(theirs) == {MIDNIGHT_AFTER + DAY} and len(ranges.documents()) == len(first)


def test_two_lists_of_okta_would_take_each_others_addresses_away(admin, lists, ranges):
    publishes(lists, CELLS)
    admin.wants("us", type="okta", parts="us_cell_1")
    admin.wants("emea", type="okta", parts="emea_cell_1")
    admin.refreshed("us"), admin.refreshed("emea"), admin.refreshed("us")
    owners = sorted(document["owner"] for document in ranges.documents() if document["range"] == "198.51.100.7/32")
    assert owners == ["okta_itdr_ip_list://emea", "okta_itdr_ip_list://us"]


def test_row_that_has_expired_would_hide_one_that_counts(admin, lists, ranges):
    """An address in several ranges, the admin's own and the list's: the one that counts longest excuses."""
    publishes(lists, CELLS)
    admin.wants("okta", type="okta")
    admin.refreshed("okta")
    search = (
        '| makeresults | eval src_ip = "{}", _time = {}, user_agent = "Okta", event_type = "user.session.access", '
        "'client.id' = \"okta.b58d5b75-07d4-5f25-bf59-368a1261a405\" | `okta_itdr_okta_backend`"
    )

    def excused(src_ip: str, moment: int) -> str:
        return admin.rows(search.format(src_ip, moment))[0]["okta_backend"]

    assert excused("203.0.113.70", NOW) == "1"  # the admin's row has expired long ago, the list's has not
    assert excused("203.0.113.70", MIDNIGHT_AFTER + 1) == "0"
    never = {name: value for name, value in OWN.items() if name != "expires"}
    admin.splunk.kvstore.collection(ADDON, COLLECTION).batch_save([never])
    assert excused("203.0.113.70", MIDNIGHT_AFTER + 1) == "1"
    assert excused("203.0.113.9", MIDNIGHT_AFTER + 1) == "0"
    assert excused("24.0.0.1", NOW) == "0"


def test_unknown_cell_would_be_taken_for_one_without_addresses(admin, lists, ranges):
    publishes(lists, CELLS)
    admin.wants("okta", type="okta", parts="us_cell_1, us_cell_99")
    (problem,) = admin.run("okta").problems
    assert "it has no part named 'us_cell_99'; its parts are us_cell_1, emea_cell_1" in problem
    assert ranges.by_range() == {OWN["range"]: "jo"}


def test_list_that_is_no_longer_to_be_had_would_take_the_addresses_away(admin, lists, ranges):
    publishes(lists, CELLS)
    admin.wants("okta", type="okta")
    admin.refreshed("okta")
    before = ranges.documents()
    lists.has("<html>", status=200)
    admin.days_later(3)
    (problem,) = admin.run("okta").problems
    assert "The last good one stays: 3 networks that count until 2026-03-08." in problem
    assert ranges.documents() == before
    assert NOW + 6 * DAY < MIDNIGHT_AFTER < NOW + 8 * DAY


def test_kv_store_that_refuses_would_be_said_to_be_written(admin, lists, ranges, monkeypatch):
    publishes(lists, CELLS)
    admin.wants("okta", type="okta")
    right = admin.splunk.kvstore.collection

    def failing(app: str, name: str):
        if name == COLLECTION:
            raise RuntimeError("KV Store is initializing. Please try again later.")
        return right(app, name)

    monkeypatch.setattr(admin.splunk.kvstore, "collection", failing)
    run = admin.run("okta")
    monkeypatch.undo()
    assert run.exit_code == 1 and COLLECTION in run.problems[-1]
    assert (admin.health[-1]["status"], ranges.by_range()) == ("error", {OWN["range"]: "jo"})
