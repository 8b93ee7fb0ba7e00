# ruff: noqa: F811  an imported fixture is asked for by its own name
"""A splunkd that does not take the lookup file, or a disk that does not: said, and nothing is left behind."""

from __future__ import annotations

import json
from typing import Iterator, Optional

import pytest
from servers import Reply, Request, Splunkd
from shipped import Done, Splunk, app, input_definition, splunk  # noqa: F401

FILE = "okta_itdr_ip_list_tor.csv"


class Refusing(Splunkd):
    """Has the endpoint data/lookup-table-files, and no such file; a POST there gets `answer`."""

    def __init__(self) -> None:
        super().__init__()
        self.answer = Reply(403, b"<response/>")
        self.staged: list[str] = []
        self.fails = self._lookup_files

    def _lookup_files(self, request: Request) -> Optional[Reply]:
        if "/data/lookup-table-files" not in request.path:
            return None
        if request.method == "GET":
            return Reply(404, b"<response/>")
        self.staged.append(request.body.decode())
        return self.answer


@pytest.fixture
def refusing() -> Iterator[Refusing]:
    daemon = Refusing()
    yield daemon
    daemon.stop()


@pytest.fixture
def refresh(splunk: Splunk, refusing: Refusing, lists, authority):
    """One run of input tor, as splunkd starts it."""
    lists.has("192.0.2.7", "198.51.100.0/28")
    settings = {"address": lists.address, "type": "tor", "index": "main"}
    settings["ca_certificates"] = authority.cert_pem.bytes().decode()
    folder = splunk.checkpoints.parent / "okta_itdr_ip_list"
    written = input_definition(refusing.uri, refusing.session_key, folder, **settings)

    def run() -> Done:
        stanza = written.replace("okta_system_log://main", "okta_itdr_ip_list://tor")
        return splunk.run("okta_itdr_ip_list.py", stdin=stanza)

    return run


@pytest.mark.parametrize(
    "answer, why",
    [
        (Reply(403, b"<response/>"), "splunkd refused lookup file okta_itdr_ip_list_tor.csv (HTTP 403"),
        (Reply(500, b"<response/>"), "splunkd refused lookup file okta_itdr_ip_list_tor.csv (HTTP 500"),
        (Reply(409, b"<response/>"), "splunkd refused lookup file okta_itdr_ip_list_tor.csv (HTTP 409"),
        (Reply(close=True), "splunkd did not answer about lookup file okta_itdr_ip_list_tor.csv"),
    ],
    ids=["may not write", "fails", "says it is there", "hangs up"],
)
def test_splunkd_that_refuses_would_be_taken_for_a_list_in_use(refresh, refusing, splunk, lists, answer, why):
    """Said in a health event too; the staged file is taken away, and the version is not remembered as had."""
    refusing.answer = answer
    lists.reply.headers.append(("ETag", '"v1"'))
    for _ in range(2):
        done = refresh()
        assert done.code == 1 and why in done.err and "Traceback" not in done.err + splunk.log()
        assert (done.health[-1]["status"], done.health[-1]["list"]) == ("error", "kept")
        assert why in done.health[-1]["error"]
    assert list((splunk.home / "var" / "run" / "splunk" / "lookup_tmp").iterdir()) == []
    assert len(refusing.staged) == 2 and f"name={FILE}" in refusing.staged[0]
    assert all("If-None-Match" not in request.headers for request in lists.requests)


def test_disk_that_cannot_be_written_would_be_a_traceback(refresh, refusing, splunk):
    (splunk.home / "var" / "run").write_text("a file where the staging folder should be")
    done = refresh()
    assert done.code == 1 and refusing.staged == []
    assert f"The lookup file {FILE} cannot be prepared in" in done.err and "make room on the disk" in done.err
    assert "Traceback" not in done.err + splunk.log()


def test_file_that_cannot_be_read_would_be_a_traceback(refresh, refusing, splunk):
    place = splunk.home / "gone" / FILE
    entry = {"entry": [{"name": FILE, "content": {"eai:data": str(place)}}]}
    refusing.fails = lambda request: (
        Reply(body=json.dumps(entry).encode()) if "/data/lookup-table-files" in request.path else None
    )
    done = refresh()
    assert done.code == 1 and f"The lookup file {place} cannot be read" in done.err
    assert "Traceback" not in done.err + splunk.log()
