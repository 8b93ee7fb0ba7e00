"""What the Set-up page says: the packaged handler, as splunkd runs it."""

from __future__ import annotations

import pytest
from admin import DAY, HIJACK, LEDGER, NOW, Admin, Refused

BRIDGE, RISK = "Okta ITDR - Incidents - Alert", "Okta ITDR - Risk - Alert"


def test_fresh_installation_says_what_is_missing_and_what_to_do(admin):
    checks = admin.checks()
    states = {name: check["state"] for name, check in checks.items()}
    not_yet = {"data", "inputs", "gen_searches", "ledgers", "detections", "alerts", "lists"}
    assert {name for name, state in states.items() if state == "not yet"} == not_yet
    assert {state for name, state in states.items() if name not in not_yet} == {"ok"}
    assert all(check["todo"] for name, check in checks.items() if name in not_yet)
    assert "indexes that your role searches by default" in checks["data"]["says"]
    assert "nothing is watched" in checks["detections"]["says"]
    assert checks["findings_index"]["value"] == "summary"
    assert [checks[name]["order"] for name in checks] == [str(number) for number in range(len(checks))]


def test_one_check_can_be_asked_for_alone(admin):
    (entry,) = admin.ask("okta_itdr_setup/kv_store")
    assert entry["content"]["state"] == "ok"
    with pytest.raises(Refused) as refused:
        admin.ask("okta_itdr_setup/nonsense")
    assert refused.value.status == 404


def test_log_that_comes_in_and_one_that_stopped_look_the_same(admin):
    admin.log(120)
    admin.log(7200, host="small.okta.com")
    said = admin.checks()["data"]
    assert said["state"] == "ok"
    assert "acme.okta.com 2 minutes ago, small.okta.com 2 hours ago" in said["says"]
    admin.splunk.clock.set(NOW + 2 * DAY)
    admin.log(60)
    said = admin.checks()["data"]
    assert said["state"] == "attention" and "small.okta.com 2 days ago" in said["says"]
    assert "small.okta.com" in said["todo"] and "acme" not in said["todo"]


@pytest.mark.parametrize(
    "definition, found", [("index=main", True), ("index=summary", False), ("(index=summary OR index=main)", True),
                          ('index IN ("main")', True)]
)  # fmt: skip
def test_log_would_be_looked_for_in_another_index_than_the_searches_use(admin, definition, found):
    admin.log()
    admin.splunk.configure("TA_okta_itdr", "macros", "okta_itdr_index", {"definition": definition})
    assert admin.states()["data"] == ("ok" if found else "not yet")


@pytest.mark.parametrize(
    "said, state, words",
    [
        ({}, "ok", "no error"),
        ({"status": "error", "error": "Okta refused the key: create a new one."}, "attention", "refused the key"),
        ({"age": 7200}, "attention", "told nothing of itself for 2 hours"),
        ({"age": 7200, "scheme": "okta_inventory"}, "ok", "no error"),
    ],
)
def test_input_in_trouble_would_pass_for_well(admin, said, state, words):
    admin.health(**said)
    check = admin.checks()["inputs"]
    assert (check["state"], words in check["says"]) == (state, True), check


@pytest.mark.parametrize("status", ["starting", "failed"])
def test_data_without_a_kv_store_says_so_once_and_hides_nothing_else(admin, status):
    admin.log()
    admin.splunk.kvstore.status = status
    checks = admin.checks()
    assert checks["kv_store"]["state"] == "attention" and status in checks["kv_store"]["says"]
    assert checks["data"]["state"] == "ok"
    unknown = {name for name, check in checks.items() if check["says"].startswith("Unknown while the KV store")}
    assert unknown == {"findings_index", "ledgers", "lists", "undo"}


def test_findings_index_that_is_not_there_would_swallow_findings(admin):
    admin.splunk.configure("TA_okta_itdr", "macros", "okta_itdr_findings_index", {"definition": "index=nowhere"})
    said = admin.checks()["findings_index"]
    assert said["state"] == "attention" and "knows no index nowhere" in said["says"]
    admin.splunk.configure("TA_okta_itdr", "macros", "okta_itdr_findings_index", {"definition": "index=a OR index=b"})
    assert "names no single index" in admin.checks()["findings_index"]["says"]


def test_findings_that_wait_for_their_index_would_not_be_seen(admin):
    finding = {"_key": "f", "state": "pending", "updated": NOW - 3600, "severity": "high"}
    admin.put("okta_itdr_findings", finding, {**finding, "_key": "g", "updated": NOW - 10})
    said = admin.checks()["findings_index"]
    assert said["state"] == "attention" and "1 finding could not be copied to index summary" in said["says"]


def test_ledger_that_is_no_longer_written_would_pass_for_filled(admin):
    admin.log()
    admin.put("okta_itdr_session_ledger", *({"_key": str(n), "tenant": "acme"} for n in range(1200)))
    admin.put("okta_itdr_high_water", {"_key": "session_ledger", "high_water": NOW - 60})
    said = admin.checks()["ledgers"]
    assert said["state"] == "ok" and "session ledger 1,200" in said["says"] and "2026-03-01 21:19 UTC" in said["says"]
    admin.put("okta_itdr_high_water", {"_key": "session_ledger", "high_water": NOW - 3 * DAY})
    assert admin.states()["ledgers"] == "attention"


def test_detections_on_without_gen_searches_would_look_right(admin):
    admin.change_search(HIJACK, disabled="0")
    said = admin.checks()["detections"]
    assert said["state"] == "attention" and "not all Gen searches" in said["says"]
    admin.change_search(LEDGER, disabled="0")
    assert "Off:" in admin.checks()["gen_searches"]["says"]


def test_search_that_is_enabled_but_not_scheduled_would_count_as_on(admin):
    admin.change_search(HIJACK, disabled="0", enableSched="0")
    assert admin.checks()["detections"]["says"].startswith("0 of ")


def test_ip_list_that_is_no_longer_fetched_would_pass_for_fresh(admin):
    stanza = {"address": "https://lists.example.com/tor", "type": "tor", "keep_for": "7", "disabled": "0"}
    admin.splunk.configure("TA_okta_itdr", "inputs", "okta_itdr_ip_list://tor", stanza)
    assert "list tor: nothing fetched" in admin.checks()["ip_data"]["says"]
    lookup = admin.splunk.apps.folder / "TA_okta_itdr" / "lookups" / "okta_itdr_ip_list_tor.csv"
    for dated, state in (("2026-02-28", "ok"), ("2026-02-01", "attention")):
        lookup.write_text(
            f"network,type,provider,owner,reason,expires,dated\n192.0.2.0/24,tor,,tor,x,2026-03-07,{dated}\n"
        )
        admin.splunk.reload()
        check = admin.checks()["ip_data"]
        assert (check["state"], f"list tor of {dated}" in check["says"]) == (state, True)


def test_own_networks_would_be_forgotten(admin):
    admin.put("okta_itdr_trusted_networks", {"_key": "1", "network": "AS64500"})
    said = admin.checks()["lists"]
    assert said["state"] == "ok" and "trusted networks 1" in said["says"]


def test_neighbours_are_told_of(admin):
    admin.install("SplunkEnterpriseSecuritySuite")
    admin.install("Splunk_TA_okta_identity_cloud")
    checks = admin.checks()
    assert checks["official_addon"]["state"] == "ok" and "work on what it collects" in checks["official_addon"]["says"]
    admin.splunk.configure("TA_okta_itdr", "inputs", "okta_system_log://main", {"account": "acme"})
    assert "each event comes twice" in admin.checks()["official_addon"]["todo"]
    assert checks["enterprise_security"]["state"] == "not yet"
    admin.change_search(BRIDGE, disabled="0")
    assert admin.states()["enterprise_security"] == "not yet"
    admin.change_search(BRIDGE, **{"action.notable": "1"})
    assert f"Only {BRIDGE} hands" in admin.checks()["enterprise_security"]["says"]
    admin.change_search(RISK, disabled="0", **{"action.risk": "1"})
    assert admin.states()["enterprise_security"] == "ok"


@pytest.mark.parametrize("method", ["look", "change"])
def test_somebody_without_the_capability_would_see_or_change_the_set_up(splunk, method):
    boss = Admin(splunk, "boss")
    with pytest.raises(Refused) as refused:
        boss.checks() if method == "look" else boss.act("switch_on")
    assert refused.value.status == 403 and "okta_itdr_setup" in str(refused.value)
    assert boss.on() == []
