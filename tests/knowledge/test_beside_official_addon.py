"""Both add-ons on one search head: our fields keep their values, and what does not is what the page says.

The official one is a stand-in (bench/official_addon), installed under its name because precedence goes by names: of two
apps that are not the search's own the last by name counts, and Splunk_TA_… is before TA_…; at index time the first.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from indexed import SAMPLES, event, indexed, raw, samples, simulated, target

from bench import neighbour
from lab.cli.installed import APP
from lab.knowledge.conf import read_conf

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "beside-the-official-add-on.md"
OURS = read_conf(ROOT / "default" / "props.conf").stanzas["OktaIM2:log"]
THEIRS = read_conf(neighbour.SOURCE / "default" / "props.conf").stanzas["OktaIM2:log"]
CALCULATED = {key.partition("-")[2] for key in OURS if key.startswith("EVAL-")}
LOOKED_UP = {"cim_model", "object_category", "change_type"}
CONTESTED = {key.partition("-")[2] for key in THEIRS if key.startswith("EVAL-")} & CALCULATED
ALL = f'sourcetype="OktaIM2:log" | table {" ".join(sorted(CALCULATED | LOOKED_UP))}'


# What public text leaves open (lab.spl.readings): our values may depend on none of it.
READINGS = [
    {order: by, unmatched: then}
    for order, by in (("order of automatic lookups", "name"), ("order of automatic lookups", "reverse"))
    for unmatched, then in (("lookup without match", "clear"), ("lookup without match", "keep"))
]


@pytest.fixture(scope="module", params=READINGS, ids=lambda reading: "-".join(reading.values()))
def both(request):
    """The rows of a log before the official add-on was there, and the log with it."""
    raws = simulated()
    if SAMPLES.is_file():
        raws += [raw(body) for body in samples()]
    with indexed(raws) as log:
        log.instance.knowledge.readings = request.param
        log.instance.reload()
        alone = {app: ours(log, app) for app in (APP, "search")}
        neighbour.install(log.instance.apps.folder)
        log.instance.reload()
        yield alone, log


def ours(log, app):
    """All our fields of every event. What kind of object was changed is asked of changes alone (the page says so)."""
    rows = log.rows(ALL, app)
    for row in rows:
        if row.get("cim_model") != "change":
            row.pop("object_category", None)
            row.pop("change_type", None)
    return rows


def test_the_stand_in_does_something(both):
    """Where it alone speaks its fields are there: nothing below is true because it is not heard."""
    _, log = both
    heard = log.row('sourcetype="OktaIM2:log" | stats count(targetUserId) AS targets dc(transport) AS transports')
    assert heard["targets"] > 100 and heard["transports"] == 1
    assert log.rows('sourcetype="OktaIM2:log" tag=communicate OR eventtype=okta_identity_cloud_authentication | head 1')


@pytest.mark.parametrize("app", [APP, "search"])
def test_our_fields_keep_their_values_wherever_people_search(both, app):
    alone, log = both
    assert ours(log, app) == alone[app]


@pytest.mark.parametrize("app", [APP, "search"])
def test_an_address_is_one_though_the_other_add_on_gives_the_whole_chain(both, app):
    _, log = both
    assert THEIRS["EVAL-src_ip"].value.count("ipChain")
    assert log.rows('sourcetype="OktaIM2:log" | where mvcount(src_ip) > 1 OR mvcount(src) > 1', app) == []


def test_inside_the_other_add_on_only_what_the_page_says_has_its_values(both):
    """A search in an app sees the app's own settings first."""
    alone, log = both
    changed = set()
    for mine, there in zip(alone["search"], ours(log, neighbour.NAME)):
        changed |= {field for field in CALCULATED | LOOKED_UP if mine.get(field) != there.get(field)}
    assert changed <= CONTESTED
    said = re.search(r"These (?:\w+ )*fields .*?: (.*?)\.\n", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    assert set(re.findall(r"`(\w+)`", said[1])) == CONTESTED


def test_large_events_are_indexed_whole_and_at_their_time():
    """At index time the other app's settings count first: it has no TRUNCATE, whose default cuts at 10,000 bytes."""
    body = event(
        "group.user_membership.add", target=[target("User", "n" * 90, f"u{n}@example.com") for n in range(300)]
    )
    with indexed() as log:
        neighbour.install(log.instance.apps.folder)
        log.instance.reload()
        log.index([raw(body)])
        row = log.row('sourcetype="OktaIM2:log" | table _raw _time user')
    assert json.loads(row["_raw"]) == body and len(row["_raw"]) > 40_000
    assert row["_time"] == 1757412000
    assert row["user"] == "u0@example.com"


def test_its_search_time_settings_can_be_hidden_as_the_page_says(both):
    alone, log = both
    hidden = PAGE.read_text(encoding="utf-8").partition("```ini\n")[2].partition("```")[0]
    meta = log.instance.apps.home(neighbour.NAME) / "metadata" / "local.meta"
    meta.write_text(hidden, encoding="utf-8")
    log.instance.reload()
    try:
        (heard,) = log.rows('sourcetype="OktaIM2:log" | stats count(targetUserId) AS targets', "search")
        assert heard["targets"] == 0
        names = log.row('sourcetype="OktaIM2:log" | stats values(eventtype) AS names', "search")["names"]
        assert "okta_log" in names and not [name for name in names if name.startswith("okta_identity_cloud_")]
        assert ours(log, "search") == alone["search"]
    finally:
        meta.unlink()
        log.instance.reload()
