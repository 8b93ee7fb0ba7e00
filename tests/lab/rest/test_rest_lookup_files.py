"""Lookup table files as splunk-sdk changes them (REST API Reference, "Knowledge endpoint descriptions":
data/lookup-table-files): moved from the staging folder, made by one address and changed by another."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from splunklib.binding import HTTPError

from .conftest import APP

FILES = "data/lookup-table-files"


@pytest.fixture
def lookups(splunk) -> Path:
    return splunk.home / "etc" / "apps" / APP / "lookups"


@pytest.fixture
def stage(splunk):
    def staged(text: str, name: str = "staged.csv", folder: str = "var/run/splunk/lookup_tmp") -> str:
        path = splunk.home / folder / name
        path.write_text(text)
        return str(path)

    return staged


def status(deed, *arguments, **settings) -> int:
    with pytest.raises(HTTPError) as refused:
        deed(*arguments, **settings)
    return refused.value.status


def test_a_file_is_moved_from_the_staging_folder_to_the_app(connect, stage, lookups):
    service = connect(owner="nobody", app=APP)
    staged = stage("a,b\n1,2\n")
    answer = service.post(FILES, name="t.csv", **{"eai:data": staged}, output_mode="json")
    (entry,) = json.loads(answer.body.read())["entry"]
    assert answer.status == 201 and entry["content"]["eai:data"] == str(lookups / "t.csv")
    assert (lookups / "t.csv").read_text() == "a,b\n1,2\n" and not Path(staged).exists()
    rows = service.jobs.oneshot("| inputlookup t.csv", output_mode="json")
    assert json.loads(rows.read())["results"] == [{"a": "1", "b": "2"}]


def test_what_is_there_is_changed_at_its_own_address_alone(connect, stage, lookups):
    service = connect(owner="nobody", app=APP)
    assert status(service.post, f"{FILES}/t.csv", **{"eai:data": stage("a\n1\n")}) == 404
    service.post(FILES, name="t.csv", **{"eai:data": stage("a\n1\n")})
    assert status(service.post, FILES, name="t.csv", **{"eai:data": stage("a\n2\n")}) == 409
    service.post(f"{FILES}/t.csv", **{"eai:data": stage("a\n3\n")})
    assert (lookups / "t.csv").read_text() == "a\n3\n"
    service.delete(f"{FILES}/t.csv")
    assert status(service.get, f"{FILES}/t.csv") == 404 and not (lookups / "t.csv").exists()


def test_no_file_comes_from_elsewhere(connect, stage):
    service = connect(owner="nobody", app=APP)
    elsewhere = stage("a\n1\n", folder="etc")
    gone = stage("a\n1\n")
    Path(gone).unlink()
    for place in (elsewhere, gone, f"{Path(gone).parent}/../../../../etc/staged.csv"):
        assert status(service.post, FILES, name="t.csv", **{"eai:data": place}) == 400
    assert status(service.post, FILES, name="../t.csv", **{"eai:data": stage("a\n1\n")}) == 400


def test_who_may_not_write_changes_nothing(connect, stage, lookups):
    connect(owner="nobody", app=APP).post(FILES, name="t.csv", **{"eai:data": stage("a\n1\n")})
    user = connect("ana", owner="nobody", app=APP)
    assert status(user.post, f"{FILES}/t.csv", **{"eai:data": stage("a\n2\n")}) == 403
    assert status(user.delete, f"{FILES}/t.csv") == 403
    assert (lookups / "t.csv").read_text() == "a\n1\n"


@pytest.mark.parametrize("namespace", [{"owner": "admin", "app": APP}, {}], ids=["of a user", "none"])
def test_a_private_file_is_refused_and_not_made_everybodys(splunk, connect, stage, lookups, namespace):
    """The reference's own example, servicesNS/admin/search/…, makes a file below etc/users."""
    staged = stage("a\n1\n")
    assert status(connect(**namespace).post, FILES, name="t.csv", **{"eai:data": staged}) == 400
    assert Path(staged).exists() and not (lookups / "t.csv").exists()
    assert any("would be private" in refused for refused in splunk.refused)
