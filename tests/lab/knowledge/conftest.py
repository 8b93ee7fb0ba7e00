"""Apps made for a test: conf files as text, in a folder as Splunk has it."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Callable, Dict, List, Optional

import pytest

from lab.knowledge import Knowledge
from lab.spl.search import parse
from lab.store.events import EventStore
from lab.store.kvstore import KVStore

SHARED = Path(__file__).resolve().parents[4] / "shared"


class Installed:
    """A folder of apps that a test fills; `etc` is $SPLUNK_HOME/etc."""

    def __init__(self, etc: Path) -> None:
        self.etc = etc
        self.apps = etc / "apps"
        self.apps.mkdir(parents=True)

    def app(self, name: str, files: Dict[str, str]) -> Path:
        """`files`: path inside the app → text; a bare `props` is default/props.conf."""
        folder = self.apps / name
        folder.mkdir(exist_ok=True)
        for path, text in files.items():
            target = folder / (path if "/" in path else f"default/{path}.conf")
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, encoding="utf-8")
        return folder


@pytest.fixture
def shared_file() -> Callable[[str], Path]:
    """A file of ../shared beside the checkout; the test is skipped where there is none."""

    def find(name: str) -> Path:
        path = SHARED / name
        if not path.exists():
            pytest.skip(f"../shared/{name} is not here")
        return path

    return find


@pytest.fixture
def installed(tmp_path: Path) -> Installed:
    return Installed(tmp_path / "etc")


class Searches:
    """Searches over events and lookups in an app `app` that a test makes; the store and KV store are real."""

    def __init__(self, installed: Installed, folder: Path) -> None:
        self.installed = installed
        self.store = EventStore(folder)
        self.kvstore = KVStore()
        self.warnings: List[str] = []
        self.options: Dict[str, Any] = {}
        self._knowledge: Optional[Knowledge] = None

    @property
    def knowledge(self) -> Knowledge:
        """Loaded when first asked for: a test makes its apps before."""
        if self._knowledge is None:
            self._knowledge = Knowledge(self.installed.apps, **self.options)
        return self._knowledge

    def add(self, *raws: str, time: float = 1000.0, index: str = "main", sourcetype: str = "st", **origin: str) -> None:
        """Index raws, a second apart."""
        source, host = origin.get("source", "src"), origin.get("host", "h")
        start = len(self.store)
        self.store.append(
            (raw, time + start + number, time + start + number + 60, index, sourcetype, source, host)
            for number, raw in enumerate(raws)
        )

    def run(self, text: str, app: str = "app", **bounds: float) -> List[Dict[str, Any]]:
        context = self.knowledge.context(
            self.store, self.kvstore, now=10_000.0, app=app, warn=self.warnings.append, **bounds
        )
        return parse(text, context).run(context).rows


@pytest.fixture
def searches(installed: Installed, tmp_path: Path) -> Searches:
    return Searches(installed, tmp_path / "store")
