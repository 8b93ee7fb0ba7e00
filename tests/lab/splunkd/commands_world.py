"""An instance whose apps a test makes, and searches with its commands over given rows."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from lab.clock import Clock
from lab.knowledge.rows_context import RowsContext
from lab.spl.errors import SearchError, Unsupported
from lab.spl.search import parse
from lab.splunkd.instance import Instance

APP = "TA_commands"
START = 1_700_000_000.0
FIVE = [{"n": str(n), "user": f"u{n}"} for n in range(1, 6)]


class World:
    """An instance whose apps a test makes, and searches over given rows."""

    def __init__(self, folder: Path) -> None:
        self.home = folder / "splunk"
        self.messages: list[str] = []
        self._clock = Clock(folder / "clock", START)
        self._instance: Instance | None = None
        (self.home / "etc" / "apps" / APP / "default").mkdir(parents=True)
        self.file("default/app.conf", "[launcher]\n")

    def file(self, name: str, text: str, app: str = APP) -> Path:
        path = self.home / "etc" / "apps" / app / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return path

    def command(self, name: str, script: str, app: str = APP, **settings: str) -> None:
        """A stanza of commands.conf (beside those there are) and its script."""
        self.file(f"bin/{name}.py", script, app)
        lines = "".join(f"{key} = {value}\n" for key, value in {"chunked": "true", **settings}.items())
        path = self.home / "etc" / "apps" / app / "default" / "commands.conf"
        known = path.read_text() if path.exists() else ""
        self.file("default/commands.conf", f"{known}[{name}]\nfilename = {name}.py\n{lines}", app)

    @property
    def splunk(self) -> Instance:
        if self._instance is None:
            self._instance = Instance(self.home, self._clock)
        return self._instance

    def stop(self) -> None:
        if self._instance is not None:
            self._instance.stop()

    def context(self, rows=(), app: str = APP, **bounds) -> RowsContext:
        return RowsContext(
            self.splunk.knowledge,
            rows,
            kvstore=self.splunk.kvstore,
            now=START,
            app=app,
            warn=self.messages.append,
            commands=self.splunk.commands.of(),
            **bounds,
        )

    def run(self, text: str, rows=FIVE, **how):
        context = self.context(rows, **how)
        return parse(text, context).run(context).rows

    def limit_rows(self, number: int) -> None:
        self.file("local/limits.conf", f"[searchresults]\nmaxresultrows = {number}\n")

    def fails(self, text: str, rows=FIVE) -> str:
        with pytest.raises(SearchError) as error:
            self.run(text, rows)
        assert not isinstance(error.value, Unsupported)
        assert error.value.line == 1
        assert not self.splunk.commands._running
        return error.value.message


def gone(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return False
