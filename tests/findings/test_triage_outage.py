"""oktatriage and oktasuppress where splunkd refuses in the middle: said clearly, never half done, safe to run again."""

from __future__ import annotations

import http.client
from pathlib import Path
from typing import Callable, Iterator, List, Optional
from urllib.parse import quote, urlencode, urlsplit

import pytest
from servers import Reply, Request, Server
from triage_world import ADMIN, ANN, APP, CHANGES, NOW, SUPPRESSIONS, TRIAGE, TriageSplunk

from tests.commands.command_process import Answered, run

ONE = f"{1:064x}"
CLOSE = ["finding_id=" + ONE, "status=closed"]
HIDE = ["finding_id=" + ONE, "by=user", "reason=scanner"]


class Between:
    """Stands between the command and splunkd. `fails(request)` may give a Reply in place of splunkd's."""

    def __init__(self, world: TriageSplunk, python: Path) -> None:
        self.world = world
        self.fails: Callable[[Request], Optional[Reply]] = lambda request: None
        self._python = python
        self._server = Server(self._answer)
        self.stop = self._server.stop

    def run(self, command: str, options: List[str], who: str = ADMIN, **more: object) -> Answered:
        script = self.world.instance.apps.folder / APP / "bin" / f"{command}.py"
        return run(
            self._python,
            script,
            options,
            [],
            splunkd_uri=f"http://127.0.0.1:{self._server.port}",
            session_key=self.world.instance.sessions.open(who),
            username=who,
            sid=f"{int(self.world.now)}.1",
            **more,
        )

    def _answer(self, request: Request) -> Reply:
        failed = self.fails(request)
        if failed:
            return failed
        splunkd = http.client.HTTPConnection(urlsplit(self.world.instance.uri).netloc)
        path = quote(request.path) + ("?" + urlencode(request.query) if request.query else "")
        kept = {name: request.headers[name] for name in ("Authorization", "Content-Type") if name in request.headers}
        splunkd.request(request.method, path, request.body, kept)
        answer = splunkd.getresponse()
        return Reply(answer.status, answer.read(), [("Content-Type", answer.headers["Content-Type"])])


@pytest.fixture
def between(triage_splunk: TriageSplunk, shipped_python: Path) -> Iterator[Between]:
    proxy = Between(triage_splunk, shipped_python)
    yield proxy
    proxy.stop()


def refusing(part: str, status: int = 503, method: str = "") -> Callable[[Request], Optional[Reply]]:
    def fails(request: Request) -> Optional[Reply]:
        wrong = part in request.path and method in ("", request.method)
        return Reply(status, b"KV Store is shutting down") if wrong else None

    return fails


def errors(answered: Answered) -> List[str]:
    return [text for level, text in answered.messages if level == "ERROR"]


def test_a_preview_changes_nothing(between):
    previewed = between.run("oktatriage", CLOSE, preview=True)
    assert (previewed.code, previewed.rows, previewed.messages) == (0, [], [])
    assert between.world.documents(CHANGES) == []
    assert between.run("oktatriage", CLOSE).rows[0]["status"] == "closed"


def test_it_runs_on_the_search_head_alone_and_never_for_previews(between):
    described = between.run("oktatriage", CLOSE).description.metadata
    assert (described["type"], described["generating"], described["run_in_preview"]) == ("stateful", True, False)


@pytest.mark.parametrize(
    "command, options, kept", [("oktatriage", CLOSE, TRIAGE), ("oktasuppress", HIDE, SUPPRESSIONS)]
)
@pytest.mark.parametrize("part", ["data/okta_itdr_findings", CHANGES + "/batch_save", "{kept}/batch_save", "data/"])
def test_without_the_kv_store_nothing_is_changed_and_it_can_be_run_again(between, command, options, kept, part):
    between.fails = refusing(part.format(kept=kept))
    failed = between.run(command, options)
    (said,) = errors(failed)
    assert failed.code == 1 and failed.rows == []
    assert "splunkd refused collection okta_itdr_" in said and "503" in said
    between.fails = lambda request: None
    assert between.world.documents(kept) == []
    between.world.copy()
    assert between.world.audited() == []
    assert between.run(command, options).code == 0
    assert len(between.world.documents(kept)) == len(between.world.audited()) == 1


def test_a_change_whose_undoing_failed_too_is_told_once_when_it_is_repeated(between):
    """The KV store goes down between the change and its effect and stays down for a while."""
    saved = []

    def fails(request: Request) -> Optional[Reply]:
        if request.path.endswith("batch_save"):
            saved.append(request.path)
        down = len(saved) > 1 and "collections" in request.path
        return Reply(503, b"KV Store is shutting down") if down else None

    between.fails = fails
    assert "Nothing was changed" in errors(between.run("oktatriage", CLOSE))[0]
    assert len(between.world.documents(CHANGES)) == 1
    between.fails = lambda request: None
    assert between.run("oktatriage", CLOSE).code == 0
    assert [change["status"] for change in between.world.audited(once=False)] == ["closed"]


def test_a_full_index_is_said_and_the_event_follows_with_the_next_run(between):
    between.fails = refusing("receivers/simple")
    failed = between.run("oktatriage", CLOSE)
    (said,) = errors(failed)
    assert failed.code == 1 and "The change is saved, but its event is not in the index yet" in said
    assert between.world.state()["status"] == "closed" and between.world.audited() == []
    between.fails = lambda request: None
    again = between.run("oktatriage", CLOSE)
    assert (again.code, again.rows[0]["changed"]) == (0, "no")
    assert len(between.world.audited(once=False)) == 1


def test_an_index_that_the_macro_does_not_name_is_said(between):
    between.world.instance.configure(APP, "macros", "okta_itdr_findings_index", {"definition": "(index=a OR index=b)"})
    failed = between.run("oktatriage", CLOSE)
    assert failed.code == 1 and "names no single index" in errors(failed)[0]
    assert between.world.state()["status"] == "closed"


def test_who_may_not_write_to_an_index_is_not_bothered(between):
    done = between.run("oktatriage", CLOSE, who=ANN)
    assert (done.code, done.messages) == (0, [])
    assert [change["state"] for change in between.world.documents(CHANGES)] == ["pending"]
    between.world.copy()
    assert [change["state"] for change in between.world.documents(CHANGES)] == ["written"]
    assert [change["changed_by"] for change in between.world.audited()] == [ANN]


def test_the_person_is_the_searchs_and_the_time_its_own(between):
    between.run("oktatriage", CLOSE, who=ANN, owner="somebody.else")
    state = between.world.state()
    assert (state["changed_by"], round(state["changed"])) == (ANN, NOW + 300)


def test_the_session_key_is_told_to_nobody(between):
    between.fails = refusing("batch_save", 401)
    failed = between.run("oktatriage", CLOSE)
    keys = between.world.instance.sessions
    assert errors(failed) and keys.open(ADMIN)[:8] not in str(failed.messages)
