"""docs/knowledge-objects.md tells of everything that ships, and the truth."""

from __future__ import annotations

import shutil

import pytest
from log_events import FIELDS

from tools import knowledge_objects
from tools.knowledge_objects import PAGE, NoPurpose, Source, flat_fields, is_setting, page, writer_of

LISTS = {"target_id", "target_name", "ip_chain"}


def test_page_would_be_stale():
    assert PAGE.read_text(encoding="utf-8") == page(), "run `python tools/run.py tools.knowledge_objects`"


def test_a_field_would_have_no_meaning_or_no_test():
    assert flat_fields().keys() == FIELDS.keys() | {"tenant"} | LISTS


def test_a_threshold_would_not_be_the_admins_to_change():
    for macro in Source("macros").entries():
        if macro.section == "thresholds":
            assert is_setting(macro), macro.name
        if is_setting(macro):
            assert "|" not in macro.settings["definition"].strip('"') or macro.settings["definition"].startswith('"')


def test_a_collection_would_have_writers_that_know_nothing_of_each_other():
    assert writer_of("okta_itdr_session_ledger") == "*Session Ledger - Gen*, *Session Ledger - Backfill* alone"
    assert writer_of("okta_itdr_accounts") == "*Accounts - Gen*, *Accounts - Backfill* alone"
    assert writer_of("okta_itdr_high_water") == (
        "*Session Ledger - Gen*, *User Baseline - Gen*, *Accounts - Gen*, *Administrators Ledger - Gen*, "
        "*Token Networks - Gen*, *Habits - Gen*, *Visitors - Gen* alone"
    )
    assert writer_of("okta_itdr_user_baseline").count("*User Baseline") == 3
    assert writer_of("okta_itdr_findings") == "the alert action `okta_itdr_register` alone"
    assert writer_of("okta_itdr_checkpoints") == "the inputs alone"
    assert writer_of("okta_itdr_console_endpoints") == knowledge_objects.ADMIN
    assert writer_of("okta_itdr_trusted_networks") == "the admin, also by the search command `oktasuppress`"
    assert writer_of("okta_itdr_triage") == "people, by the search command `oktatriage`"


@pytest.mark.parametrize(
    ("conf", "stanza"),
    [
        ("macros", "[added]\ndefinition = 1\n"),
        ("collections", "[added]\nfield.a = string\n"),
        ("collections", "# What it holds, but not for how long.\n[added]\nfield.a = string\n"),
        ("transforms", "[added]\ncollection = added\nexternal_type = kvstore\nfields_list = _key, a\n"),
        ("eventtypes", "# A comment, which Splunk Web does not show.\n[added]\nsearch = a\n"),
        ("props", "[added]\nKV_MODE = json\n"),
        ("savedsearches", "[Okta ITDR - Added - Report]\nsearch = x\n"),
        ("savedsearches", "[Okta ITDR - Added]\ndescription = Of no kind.\nsearch = x\n"),
    ],
)
def test_something_would_ship_without_a_purpose(tmp_path, monkeypatch, conf, stanza):
    shutil.copytree(knowledge_objects.ROOT / "default", tmp_path / "default")
    file = tmp_path / "default" / f"{conf}.conf"
    file.write_text(file.read_text(encoding="utf-8") + "\n\n" + stanza, encoding="utf-8")
    monkeypatch.setattr(knowledge_objects, "ROOT", tmp_path)
    with pytest.raises(NoPurpose):
        page()
