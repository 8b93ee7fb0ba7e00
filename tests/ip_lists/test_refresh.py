"""Lists that the admin chose, refreshed by the packaged input in an emulated Splunk, from a server over TLS."""

from __future__ import annotations

import csv
import gzip
import json
import threading
from datetime import date

import pytest
from listed import DAY, NOW
from okta_itdr.ip_lists.bounded import within
from okta_itdr.ipintel.intelligence import Intelligence
from okta_itdr.trouble import Trouble
from servers import Proxy, Reply

LARGEST = 8 * 1024 * 1024  # bytes
EXITS = ["192.0.2.7", "198.51.100.0/28", "2001:db8::7"]
NETWORKS = ["192.0.2.7/32", "198.51.100.0/28", "2001:db8::7/128"]
LAST_DAY = "2026-03-08"  # seven days after NOW


# What searches see


def test_list_would_not_stand_where_searches_read_it(admin, lists):
    lists.has("# Tor exits", "", *EXITS, "192.0.2.7", "198.51.100.3  # within the other")
    admin.saves(provider="Tor")
    told = admin.refreshed()
    row = {"type": "tor", "provider": "Tor", "owner": "tor", "reason": lists.address, "expires": LAST_DAY}
    wanted = [{"network": each, **row, "dated": "2026-03-01"} for each in NETWORKS]
    assert admin.rows("| inputlookup okta_itdr_ip_list_tor.csv") == wanted
    assert (told["list"], told["entries"], told["left_out"], told["status"]) == ("written", 3, 0, "ok")
    assert (told["scheme"], told["input"]) == ("okta_itdr_ip_list", "tor") and "pages" not in told
    assert list(csv.DictReader((admin.lookups / "okta_itdr_ip_list_tor.csv").open())) == wanted


def test_list_would_change_no_verdict(admin, lists):
    """The engine of ipintel reads the file as it was written, until its last day is over."""
    lists.has("24.0.0.9", "2600:1700::/48")
    admin.wants(provider="Tor")
    admin.refreshed()
    verdict = Intelligence.open(admin.lookups.parent, NOW).verdict("24.0.0.9")
    assert (verdict.type, verdict.provider, verdict.network) == ("tor", "Tor", "24.0.0.9/32")
    assert "list:tor 2026-03-01" in verdict.source and verdict.reason == lists.address
    assert Intelligence.open(admin.lookups.parent, NOW).verdict("2600:1700::1").is_tor == "true"
    assert Intelligence.open(admin.lookups.parent, NOW).warnings == []
    after = Intelligence.open(admin.lookups.parent, NOW + 8 * DAY)
    assert after.verdict("24.0.0.9").is_tor == "false" and after.warnings == []


def test_list_would_be_the_admins_private_one(admin, lists):
    """Shared as all lookups of the add-on, so that analysts and other apps see it, and administrators may delete it."""
    lists.has(*EXITS)
    admin.wants()
    admin.refreshed()
    entry = admin.rest("data/lookup-table-files/okta_itdr_ip_list_tor.csv")
    assert (entry["acl"]["sharing"], entry["acl"]["owner"], entry["acl"]["app"]) == ("global", "nobody", "TA_okta_itdr")
    assert entry["acl"]["perms"] == {"read": ["*"], "write": ["admin", "sc_admin"]}
    assert len(admin.rows("| inputlookup okta_itdr_ip_list_tor.csv", user="analyst")) == 3
    assert list(admin.staging.iterdir()) == []


def test_same_list_would_be_sent_to_every_peer_with_every_run(admin, lists):
    """Written anew once a day, so that its last day moves on, and when it has changed."""
    lists.has(*EXITS)
    admin.wants()
    admin.refreshed()
    first = admin.kept()
    lists.has(*reversed(EXITS))  # in another order it is the same list
    assert admin.refreshed()["list"] == "unchanged"
    assert admin.kept() == first
    admin.days_later(1)
    assert admin.refreshed()["list"] == "written"
    second = admin.kept()
    assert {row["expires"] for row in admin.rows("| inputlookup okta_itdr_ip_list_tor.csv")} == {"2026-03-09"}
    assert admin.refreshed()["list"] == "unchanged" and admin.kept() == second
    lists.has(*EXITS, "203.0.113.9")
    assert (admin.refreshed()["entries"], len(admin.networks())) == (4, 4)


def test_unchanged_list_would_be_fetched_whole_every_hour(admin, lists):
    """A server that knows its version sends nothing; the list's last day moves on all the same."""
    lists.has(*EXITS, ETag='"v1"')
    admin.wants()
    admin.refreshed()
    admin.days_later(3)
    told = admin.refreshed()
    assert lists.requests[-1].headers["If-None-Match"] == '"v1"'
    assert (told["list"], told["entries"]) == ("written", 3)
    assert {row["expires"] for row in admin.rows("| inputlookup okta_itdr_ip_list_tor.csv")} == {"2026-03-11"}
    lists.has(*EXITS, "203.0.113.9", ETag='"v2"')
    assert admin.refreshed()["entries"] == 4


def test_version_of_another_list_would_keep_a_lost_or_changed_one_away(admin, lists):
    """What the version stands for is no longer there, or something else is wanted: all is fetched."""
    lists.has(json.dumps({"a": ["192.0.2.0/24"], "b": ["198.51.100.0/24"]}), ETag='"v1"')
    admin.wants(parts="a")
    admin.refreshed()
    admin.wants(parts="b")
    admin.refreshed()
    assert admin.networks() == ["198.51.100.0/24"]
    (admin.lookups / "okta_itdr_ip_list_tor.csv").unlink()
    admin.splunk.reload()
    admin.refreshed()
    assert admin.networks() == ["198.51.100.0/24"]
    assert all("If-None-Match" not in request.headers for request in lists.requests)


def test_two_lists_would_get_in_each_others_way(admin, lists):
    lists.has(*EXITS)
    lists.replies["/cloud.json"] = Reply(body=b'{"prefixes": [{"ip_prefix": "203.0.113.0/24"}]}')
    admin.wants()
    admin.wants("cloud", type="hosting", provider="Example Cloud", address=f"https://{lists.host}/cloud.json")
    admin.refreshed("tor"), admin.refreshed("cloud")
    assert (admin.networks("tor"), admin.networks("cloud")) == (NETWORKS, ["203.0.113.0/24"])


# What is not believed

BEFORE = [f"192.0.2.{n}" for n in range(40, 50)]
CUT = Reply(body="\n".join(BEFORE).encode(), cut=30)
REFUSED = {
    "web page": (Reply(body=b"<!DOCTYPE html><html>Log in"), "a web page or XML and no list: check the address"),
    "empty": (Reply(), "what came is empty"),
    "comments alone": (Reply(body=b"# moved\n# to another place\n"), "no line of it is an address"),
    "binary": (Reply(body=b"\xff\xfe\x00\x01" * 9), "what came is no text"),
    "text": (Reply(body=b"Not found\nnothing here\n"), "no line of it is an address or CIDR; it begins 'Not found'"),
    "half text": (Reply(body=("\n".join(BEFORE) + "\nsorry\nno more").encode()), "2 of its 12 lines are neither"),
    "cut": (CUT, "could not be reached or broke off"),
    "cut JSON": (Reply(body=b'{"prefixes": ["192.0.2.0/24", '), "begins as JSON and cannot be read"),
    "nested JSON": (Reply(body=b"[" * 200_000), "begins as JSON and cannot be read"),
    "JSON of something else": (Reply(body=b'{"error": "no such list"}'), "no text in it is an address or CIDR"),
    "too few": (Reply(body=b"192.0.2.1\n192.0.2.2\n"), "it has 2 networks and should have 3 at least"),
    "half": (Reply(body=b"192.0.2.1\n192.0.2.2\n192.0.2.3\n192.0.2.4"), "4 networks, less than half of the 10 of last"),
    "too many": (Reply(body="\n".join(f"198.51.100.{n}" for n in range(101)).encode()), "more than 100 networks"),
    "too many in JSON": (
        Reply(body=json.dumps([f"198.51.100.{n}" for n in range(101)]).encode()),
        "more than 100 networks",
    ),
    "too large": (Reply(body=b"#" * (LARGEST + 1)), "it is larger than 8 MB"),
    "too large once unpacked": (
        Reply(body=gzip.compress(b"#" * (LARGEST + 1)), headers=[("Content-Encoding", "gzip")]),
        "it is larger than 8 MB",
    ),
    "not packed": (Reply(body=b"192.0.2.1", headers=[("Content-Encoding", "gzip")]), "cannot be unpacked"),
    "everything": (Reply(body="\n".join([*BEFORE, "0.0.0.0/0"]).encode()), "0.0.0.0/0 in it is wider than a /8"),
    "half of everything": (Reply(body="\n".join([*BEFORE, "128.0.0.0/7"]).encode()), "128.0.0.0/7 in it is wider"),
    "all of IPv6": (Reply(body="\n".join([*BEFORE, "2000::/3"]).encode()), "2000::/3 in it is wider than a /16"),
    "private": (Reply(body="\n".join([*BEFORE, "10.1.2.0/24"]).encode()), "10.1.2.0/24 in it is private"),
    "carrier": (Reply(body="\n".join([*BEFORE, "100.64.0.1"]).encode()), "100.64.0.1/32 in it is private"),
    "around private": (Reply(body="\n".join([*BEFORE, "172.0.0.0/8"]).encode()), "172.0.0.0/8 in it is private"),
    "link-local": (Reply(body="\n".join([*BEFORE, "fe80::1"]).encode()), "fe80::1/128 in it is private"),
    "gone": (Reply(404, b"gone"), "has no list there (404): check the address on the Inputs page"),
    "not for us": (Reply(403), "does not give it to us (403): it may want a key"),
    "too often": (Reply(429), "could not answer (429) and is asked again at the next interval"),
    "failing": (Reply(503), "could not answer (503) and is asked again at the next interval"),
    "not modified at all": (Reply(304), "has no list there (304)"),
    "elsewhere without TLS": (
        Reply(302, headers=[("Location", "http://localhost:1/list")]),
        "leads on to localhost:1 without https",
    ),
    "in circles": (Reply(301, headers=[("Location", "/list.txt")]), "leads on from address to address"),
    "nowhere": (Reply(302), "leads on from address to address"),
    "hung up": (Reply(close=True), "could not be reached or broke off"),
}


def test_what_is_no_list_would_replace_the_last_good_one(admin, lists):
    lists.has(*BEFORE)
    admin.wants(fewest="3", most="100")
    admin.refreshed()
    before = admin.kept()
    admin.days_later(2)
    said = {}
    for what, (lists.reply, _) in REFUSED.items():
        run = admin.run()
        assert (what, run.exit_code, len(run.problems), admin.kept() == before) == (what, 1, 1, True)
        said[what] = run.problems[0]
        told = admin.health[-1]
        assert (told["status"], told["list"]) == ("error", "kept") and said[what].endswith(told["error"])
    begins = f"ERROR List tor was not taken from {lists.address}: "
    ends = f". The last good one stays: 10 networks that count until {LAST_DAY}."
    assert {what: text for what, text in said.items() if begins not in text or not text.endswith(ends)} == {}
    assert {what: text for what, text in said.items() if REFUSED[what][1] not in text} == {}
    assert admin.log().count("was not taken") == len(REFUSED) and "Traceback" not in admin.log()


def test_refused_list_would_be_known_by_its_version_and_never_read(admin, lists):
    """Its version is not remembered: the next run fetches it whole, and takes it once it is allowed."""
    lists.has(*EXITS)
    admin.wants(most="3")
    admin.refreshed()
    lists.has(*EXITS, "203.0.113.9", ETag='"v2"')
    assert admin.run().exit_code == 1
    admin.wants(most="4")
    assert admin.refreshed()["entries"] == 4


def test_list_that_has_really_shrunk_would_never_be_taken(admin, lists):
    """What was kept of it stands in its way until its last day, or until the admin deletes it."""
    lists.has(*BEFORE)
    admin.wants()
    admin.refreshed()
    lists.has(*BEFORE[:4])
    admin.days_later(7)
    assert "less than half of the 10 of last time" in admin.run().problems[0]
    admin.days_later(8)
    assert admin.refreshed()["entries"] == 4
    lists.has(BEFORE[0])
    assert admin.run().exit_code == 1
    admin.service.delete("data/lookup-table-files/okta_itdr_ip_list_tor.csv")
    assert admin.refreshed()["entries"] == 1


def test_some_odd_lines_would_cost_the_list(admin, lists):
    """A heading and one stray line of a hundred are left out and counted."""
    lists.has("ip,country", *(f"198.51.100.{n},DE" for n in range(150)), "host.example.com,DE")
    admin.wants()
    told = admin.refreshed()
    assert (told["entries"], told["left_out"]) == (150, 2)


def test_file_that_somebody_has_changed_would_end_the_refresh(admin, lists):
    lists.has(*EXITS)
    admin.wants()
    for spoilt in (b"", b"network\n192.0.2.1\n", b"\xff\xfe\x00", b"network,expires\nnobody,2026-03-09\n"):
        admin.refreshed()
        (admin.lookups / "okta_itdr_ip_list_tor.csv").write_bytes(spoilt)
        admin.splunk.reload()
    admin.refreshed()
    assert admin.networks() == NETWORKS


# How it is reached


def test_list_that_has_moved_would_not_be_found(admin, lists):
    lists.has(*EXITS)
    lists.replies["/old"] = Reply(301, headers=[("Location", "/older")])
    lists.replies["/older"] = Reply(302, headers=[("Location", lists.address)])
    admin.wants(address=f"https://{lists.host}/old")
    admin.refreshed()
    assert admin.networks() == NETWORKS
    assert admin.rows("| inputlookup okta_itdr_ip_list_tor.csv")[0]["reason"] == f"https://{lists.host}/old"


def test_anybody_could_answer_in_the_servers_name(admin, lists):
    lists.has(*EXITS)
    admin.wants(ca_certificates="")
    (problem,) = admin.run().problems
    assert f"{lists.host} could not be trusted" in problem and "paste its CA certificate as PEM" in problem
    assert problem.endswith("There is no earlier one.") and lists.requests == []


def test_server_that_is_down_would_be_a_traceback(admin, lists):
    admin.wants(address="https://localhost:1/list")
    (problem,) = admin.run().problems
    assert "localhost:1 could not be reached" in problem and "whether a proxy is needed" in problem


@pytest.mark.parametrize("password", ["right", "wrong"])
def test_proxy_of_the_proxy_page_would_be_passed_by(admin, lists, password):
    proxy = Proxy("okta:right-proxy-password")
    lists.has(*EXITS)
    set_up = {
        "proxy_enabled": "1", "proxy_type": "http", "proxy_url": "127.0.0.1", "proxy_port": str(proxy.port),
        "proxy_username": "okta", "proxy_password": f"{password}-proxy-password",
    }  # fmt: skip
    admin.service.post("TA_okta_itdr_settings/proxy", **set_up)
    admin.wants()
    run = admin.run()
    proxy.stop()
    assert proxy.asked == [lists.host]
    if password == "right":
        assert run.problems == [] and admin.networks() == NETWORKS
    else:
        assert f"the proxy 127.0.0.1:{proxy.port} did not lead to {lists.host}" in run.problems[0]
        assert "on the Proxy page" in run.problems[0] and lists.requests == []


def test_key_in_the_address_would_be_shown_to_everybody(admin, lists):
    lists.has(*EXITS)
    admin.wants(address=f"{lists.address}?key=of-this-customer")
    admin.refreshed()
    assert lists.requests[-1].query == {"key": "of-this-customer"}
    lists.reply = Reply(403)
    run = admin.run()
    said = [admin.log(), *run.problems, json.dumps(admin.health), admin.kept()[1].decode()]
    assert not any("of-this-customer" in text for text in said)


def test_server_that_drips_would_hold_the_input_for_ever():
    """The bound itself; in the input it is three minutes. What work raises in time is raised as it is."""
    dripping = threading.Event()
    with pytest.raises(Trouble, match="still not all come"):
        within(0.01, dripping.wait, Trouble("still not all come"))
    dripping.set()
    assert within(60, lambda: "a list", Trouble("late")) == "a list"
    with pytest.raises(ZeroDivisionError):
        within(60, lambda: 1 // 0, Trouble("late"))


# What is asked for


def test_settings_that_cannot_work_would_be_saved(admin):
    """By UCC's page, or by the input itself where one setting does not fit another."""
    pattern = "Not matching the pattern"
    for settings, why in (
        ({"address": "http://lists.example.com/tor"}, pattern),
        ({"address": "https://user:pass@lists.example.com/tor"}, pattern),
        ({"type": "evil"}, pattern),
        ({"name": "../tor"}, pattern),
        ({"ca_certificates": "MIIB"}, pattern),
        ({"keep_for": "0"}, "between 1 and 365"),
        ({"most": "200001"}, "between 1 and 200000"),
        ({"fewest": "30", "most": "20"}, "No list has 30 networks at least and 20 at most"),
    ):
        assert why in admin.refusal(**settings)


def test_settings_of_a_conf_file_would_be_taken_as_they_are(admin, lists):
    """inputs.conf written by hand passes no page."""
    for settings, why in (
        ({"address": "http://localhost:1/tor"}, "beginning with https://"),
        ({"address": "https://user:pass@localhost:1/tor"}, "a user name or password"),
        ({"address": "https://localhost:port/tor"}, "is none to fetch a list from"),
        ({"address": "https:///tor"}, "is none to fetch a list from"),
        ({"type": "evil"}, "'evil': choose one of tor, hosting"),
        ({"keep_for": "soon"}, "Keep for is 'soon': give a whole number from 1 to 365"),
        ({"ca_certificates": "MIIB"}, "The CA certificates of the list tor cannot be read"),
    ):
        admin.wants(**{"keep_for": "7", **settings})
        run = admin.run()
        assert run.exit_code == 1 and why in run.problems[0]
        assert run.problems[0].endswith(admin.health[-1]["error"])
    assert lists.requests == []


def test_name_of_a_conf_file_would_lead_out_of_the_lookups(admin, lists):
    admin.wants("../../x")
    assert "names a file too" in admin.run("../../x").problems[0]
    assert lists.requests == []


def test_deleted_input_would_be_counted_for_ever(admin, lists):
    """Its file stays, and says until when it counts."""
    lists.has(*EXITS)
    admin.saves(keep_for="2")
    admin.refreshed()
    admin.service.delete("TA_okta_itdr_okta_itdr_ip_list/tor")
    assert {date.fromisoformat(row["expires"]) for row in admin.rows("| inputlookup okta_itdr_ip_list_tor.csv")} == {
        date.fromtimestamp(NOW + 2 * DAY)
    }
