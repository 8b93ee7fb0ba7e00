"""An emulated Splunk with the packaged add-on and lookups of accounts, and the command lookalike run against it."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import Any, Iterable

from lab.clock import Clock
from lab.splunkd.chunk_rows import columns_of, encoded
from lab.splunkd.instance import Instance
from lab.store.kvstore import Collection
from tests.commands.command_process import APP, Answered, run

NOW = 1_700_000_000.0
_METADATA = """[]
access = read : [ * ], write : [ admin ]
export = system
[transforms/hidden]
access = read : [ admin ], write : [ admin ]
export = system
[lookups/hidden.csv]
access = read : [ admin ], write : [ admin ]
export = system
"""
OTHER_APP = "acme_staff"  # an admin's own, with lookups that are shared with every app


class LookalikeSplunk:
    """`python` runs the command; splunkd's REST is the emulated one."""

    def __init__(self, folder: Path, tarball: Path) -> None:
        self.instance = Instance(folder / "splunk", Clock(folder / "clock", NOW))
        self.instance.install(tarball)
        self._app = self.instance.apps.folder / OTHER_APP
        self._write("default/app.conf", "[launcher]\n")
        self._write("metadata/default.meta", _METADATA)
        self.instance.start()

    def _write(self, name: str, text: str) -> None:
        path = self._app / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def stop(self) -> None:
        self.instance.stop()

    @property
    def accounts(self) -> Collection:
        """okta_itdr_accounts."""
        return self.instance.kvstore.collection(APP, "okta_itdr_accounts")

    def file(self, name: str, text: str, definition: str = "") -> None:
        """A lookup's file; `definition`: the lookup's name and settings, if it is to have one."""
        path = self._app / "lookups" / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(gzip.compress(text.encode()) if name.endswith(".gz") else text.encode())
        if definition:
            self.define(definition)

    def define(self, definition: str, conf: str = "transforms") -> None:
        path = self._app / "default" / f"{conf}.conf"
        known = path.read_text(encoding="utf-8") if path.exists() else ""
        path.write_text(f"{known}{definition}\n", encoding="utf-8")
        self.instance.reload()

    def lookalike(
        self, python: Path, arguments: str, *chunks: Iterable[dict[str, Any]], user: str = "ann", **info: Any
    ) -> Answered:
        """`| lookalike arguments` over the chunks, as that user."""
        bodies = [encoded(rows, columns_of(rows)) for rows in map(list, chunks)]
        key = self.instance.sessions.open(user)
        info = {"splunkd_uri": self.instance.uri, "session_key": key, "owner": user, "username": user, **info}
        script = self.instance.apps.folder / APP / "bin" / "lookalike.py"
        answered = run(python, script, arguments.split(), bodies, **info)
        assert (answered.code, answered.stderr) == (0, "")
        return answered
