"""What the Set-up page changes and puts back: the packaged handler, as splunkd runs it."""

from __future__ import annotations

import csv
import io

import pytest
from admin import APP, HIJACK, LEDGER, Admin, Refused

ES = "SplunkEnterpriseSecuritySuite"
BRIDGE, RISK = "Okta ITDR - Incidents - Alert", "Okta ITDR - Risk - Alert"
DATA, FINDINGS = "okta_itdr_index", "okta_itdr_findings_index"


def table(admin: Admin) -> list[dict]:
    file = admin.splunk.apps.folder / APP / "lookups" / "okta_itdr_detections.csv"
    return list(csv.DictReader(io.StringIO(file.read_text())))


def starting(admin: Admin) -> set[str]:
    return {row["search"] for row in table(admin) if row["severity"] != "informational"}


def kinds(names: list[str]) -> list[str]:
    return [name.rpartition(" - ")[2] for name in names]


def conf(admin: Admin) -> dict[str, dict[str, str]]:
    """Every saved search and macro as they are in force."""
    found = {}
    for kind in ("savedsearches", "macros"):
        stanzas = admin.splunk.apps.conf(kind)
        found.update({f"{kind}/{name}": dict(stanzas.stanza(name)) for name in stanzas})
    return found


def test_starting_set_is_switched_on_in_order_and_undone(admin):
    before = conf(admin)
    result, steps = admin.act("switch_on")
    assert result["complete"] == "1", result["message"]
    assert not [step for step in steps.values() if step["did"] != "changed"]
    names = list(steps)
    order = kinds(names)
    places = ["Gen", "Rule", "Copy", "Alert"]
    assert order == sorted(order, key=places.index) and set(order) == set(places)
    ranks = {row["search"]: row["rank"] for row in table(admin)}
    assert [ranks[name] for name in names if name in ranks] == sorted(ranks[name] for name in names if name in ranks)
    assert {name for name in names if name.endswith("Rule")} == starting(admin) != set(ranks)
    assert set(admin.on()) == set(names)
    assert {admin.states()[name] for name in ("gen_searches", "detections", "alerts")} == {"ok"}
    result, steps = admin.act("undo")
    assert result["complete"] == "1" and list(steps) == names[::-1]
    assert conf(admin) == before
    assert admin.remembered() == []


def test_all_detections_can_be_switched_on_after_the_starting_set(admin):
    admin.act("switch_on")
    result, steps = admin.act("switch_on", detections="all")
    rest = {row["search"] for row in table(admin)} - starting(admin)
    assert {name for name, step in steps.items() if step["did"] == "changed"} == rest
    assert result["message"].startswith(f"Done: {len(rest)} changed")


def test_second_run_changes_nothing_and_undo_still_knows_what_was_before(admin):
    before = conf(admin)
    admin.act("switch_on")
    remembered = admin.remembered()
    result, steps = admin.act("switch_on")
    assert {step["did"] for step in steps.values()} == {"already so"} and result["message"].startswith(
        "Done: 0 changed"
    )
    assert admin.remembered() == remembered
    admin.splunk.restart()
    again = Admin(admin.splunk)
    again.act("undo")
    assert conf(again) == before
    assert again.act("undo")[0]["message"] == "Done: 0 changed, 0 already so."


def test_dry_run_would_change_something(admin):
    before = conf(admin)
    result, steps = admin.act("switch_on", dry_run="1")
    assert {step["did"] for step in steps.values()} == {"would change"}
    assert steps[HIJACK]["says"] == "on"
    assert f"{len(steps)} would be changed" in result["message"]
    assert admin.act("indexes", findings_index="main", dry_run="1")[0]["complete"] == "1"
    assert (conf(admin), admin.remembered()) == (before, [])
    admin.act("switch_on")
    on = admin.on()
    _, steps = admin.act("undo", dry_run="1")
    assert {step["did"] for step in steps.values()} == {"would change"}
    assert (admin.on(), len(admin.remembered())) == (on, len(steps))


def test_what_the_admin_had_switched_on_before_would_be_switched_off_by_undo(admin):
    admin.change_search(HIJACK, disabled="0")
    _, steps = admin.act("switch_on")
    assert steps[HIJACK]["did"] == "already so"
    admin.act("undo")
    assert admin.on() == [HIJACK]


def test_what_the_admin_has_changed_since_would_be_overwritten_by_undo(admin):
    admin.act("switch_on")
    admin.act("indexes", findings_index="main")
    admin.change_search(HIJACK, enableSched="0")  # to be asked by hand (docs/tuning.md)
    admin.change_search(LEDGER, disabled="1")
    admin.splunk.configure(APP, "macros", FINDINGS, {"definition": "index=history"})
    result, steps = admin.act("undo")
    assert {name for name, step in steps.items() if step["did"] == "left alone"} == {HIJACK, FINDINGS}
    assert "2 left alone, because somebody changed them since" in result["message"]
    assert steps[FINDINGS]["says"] == "changed since by somebody else, it is now: index=history"
    assert steps[HIJACK]["says"] == "changed since by somebody else, it is now: on, without its schedule"
    assert admin.search(HIJACK) == {"disabled": False, "scheduled": False}
    assert admin.search(LEDGER)["disabled"] and admin.macro(FINDINGS) == "index=history"
    assert admin.on() == []
    assert admin.remembered() == []


def test_undo_would_go_back_to_before_the_admins_own_change(admin):
    """Set, changed by hand, set again: what the admin chose by hand is what was before."""
    admin.act("indexes", findings_index="main")
    admin.splunk.configure(APP, "macros", FINDINGS, {"definition": "index=history"})
    admin.act("indexes", findings_index="main")
    admin.act("undo")
    assert admin.macro(FINDINGS) == "index=history"


def test_set_twice_goes_back_to_the_first(admin):
    shipped = admin.macro(FINDINGS)
    for name in ("main", "history"):
        admin.act("indexes", findings_index=name)
    _, steps = admin.act("undo")
    assert list(steps) == [FINDINGS] and admin.macro(FINDINGS) == shipped


def test_failure_midway_would_pass_for_done(admin, monkeypatch):
    """The seventh change is refused; what was done is said, and done on the next run; undo knows all of it."""
    before = conf(admin)
    from lab.splunkd.rest import objects

    write, written = objects.write_local, []

    def full_disk(folder, name, stanza, settings, *rest, **more):
        if name == "savedsearches" and len(written) == 6:
            raise objects.Refusal(500, "No space left on device")
        written.append(stanza)
        return write(folder, name, stanza, settings, *rest, **more)

    monkeypatch.setattr(objects, "write_local", full_disk)
    result, steps = admin.act("switch_on")
    monkeypatch.undo()
    assert result["complete"] == "0"
    did = [step["did"] for step in steps.values()]
    assert did == ["changed"] * 6 + ["failed"] + ["not reached"] * (len(did) - 7)
    failed = list(steps)[6]
    assert result["message"].startswith(f"Stopped at {failed}: splunkd refused to change the saved search {failed}")
    assert "No space left on device" in result["message"] and "6 changed" in result["message"]
    assert f"{len(did) - 7} not reached. Run it again" in result["message"]
    assert len(admin.on()) == 6
    _, steps = admin.act("undo", dry_run="1")
    assert [step["did"] for step in steps.values()] == ["already so"] + ["would change"] * 6
    result, steps = admin.act("switch_on")
    assert result["complete"] == "1" and result["message"].startswith(f"Done: {len(did) - 6} changed, 6 already so")
    admin.act("undo")
    assert conf(admin) == before


def test_change_that_cannot_be_remembered_would_be_made(admin):
    admin.splunk.kvstore.status = "failed"
    result, _ = admin.act("switch_on")
    assert result["complete"] == "0" and "KV Store initialization failed" in result["message"]
    assert admin.on() == []


def test_somebody_with_the_capability_alone_could_change_what_splunk_keeps_from_them(splunk):
    """The handler works with the caller's own authority: the capability opens the page, not the saved searches."""
    splunk.configure("system", "authorize", "role_setter", {"importRoles": "power", "okta_itdr_setup": "enabled"})
    splunk.add_user("sam", "correct horse", "setter")
    sam = Admin(splunk, "sam")
    assert sam.states()["detections"] == "not yet"
    result, _ = sam.act("switch_on")
    assert result["complete"] == "0" and sam.on() == []


def test_enterprise_security_would_be_handed_nothing_or_searches_run_for_nobody(admin):
    """Its switches are thrown where it is there to take what they give, and back; the risk search is its alone."""

    def thrown() -> list[str]:
        bridge, risk = (admin.splunk.apps.conf("savedsearches").stanza(name) for name in (BRIDGE, RISK))
        return [bridge["disabled"], bridge["action.notable"], risk["disabled"], risk["action.risk"]]

    _, steps = admin.act("switch_on")
    assert thrown() == ["0", "0", "1", "0"] and RISK not in steps
    assert admin.states()["alerts"] == "ok"
    admin.install(ES)
    assert admin.states()["alerts"] == "attention"
    _, steps = admin.act("switch_on")
    assert thrown() == ["0", "1", "0", "1"]
    assert {name for name, step in steps.items() if step["did"] == "changed"} == {BRIDGE, RISK}
    admin.act("undo")
    assert thrown() == ["1", "0", "1", "0"]


@pytest.mark.parametrize(
    "given, definition",
    [("main", "index=main"), ("main, summary", "(index=main OR index=summary)"), ("", "()"),
     ("okta_of_the_indexers", "index=okta_of_the_indexers")],
)  # fmt: skip
def test_index_of_the_data_is_where_searches_look(admin, given, definition):
    admin.splunk.configure(APP, "macros", DATA, {"definition": "index=x"})
    admin.log()
    result, _ = admin.act("indexes", data_index=given)
    assert (result["complete"], admin.macro(DATA)) == ("1", definition)
    assert (admin.states()["data"] == "ok") == (given != "okta_of_the_indexers")
    assert admin.checks()["data"]["value"] == given


@pytest.mark.parametrize(
    "form, words",
    [
        ({"findings_index": "nowhere"}, "knows no index nowhere: create it here"),
        ({"findings_index": "main,summary"}, "give the name of one"),
        ({"findings_index": ""}, "give the name of one"),
        ({"data_index": "main) OR (index=*"}, "is no name of an index"),
        ({"data_index": "_internal"}, "is no name of an index"),
        ({}, "Name the index"),
        ({"findings_index": "main", "detections": "all"}, "indexes takes no detections"),
        ({"findings_index": "main", "dry_run": "maybe"}, "dry_run is 1 or 0"),
    ],
)
def test_wrong_index_would_be_saved(admin, form, words):
    before = conf(admin)
    with pytest.raises(Refused) as refused:
        admin.act("indexes", **form)
    assert refused.value.status == 400 and words in str(refused.value)
    assert (conf(admin), admin.remembered()) == (before, [])


def test_unknown_set_or_action_would_do_something(admin):
    with pytest.raises(Refused, match="starting or all"):
        admin.act("switch_on", detections="some")
    with pytest.raises(Refused) as refused:
        admin.act("switch_off")
    assert refused.value.status == 404
    assert admin.on() == []


def test_detection_that_somebody_renamed_is_named_before_anything_is_changed(admin):
    """A table of detections that names a search which is not there."""
    file = admin.splunk.apps.folder / APP / "lookups" / "okta_itdr_detections.csv"
    file.write_text(file.read_text().replace(HIJACK, "Okta ITDR - Renamed - Rule"))
    with pytest.raises(Refused, match="no saved search Okta ITDR - Renamed - Rule"):
        admin.act("switch_on")
    assert admin.on() == []
