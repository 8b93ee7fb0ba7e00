"""An installed app as the checks see it: its conf files, its searches parsed and tried, its dashboards.

Nothing of it is changed: the searches are tried over no events at all, in a KV store of their own.
"""

from __future__ import annotations

import re
from functools import cached_property
from pathlib import Path
from typing import Any, Dict, FrozenSet, Iterator, List, Mapping, NamedTuple, Optional, Sequence, Tuple

from lab.knowledge import Knowledge
from lab.knowledge.conf import Conf, ConfFile, Setting, read_conf
from lab.knowledge.context import SearchContext
from lab.lint.dashboard import Dashboard, read_dashboard
from lab.spl.context import EventRequest, ExternalCall, ExternalCommand, ExternalDescription, Macro, Row, Rows
from lab.spl.errors import SearchError
from lab.spl.search import Search, parse
from lab.store.kvstore import KVStore

_NOW = 1_700_000_000.0
_ARGUMENTS = re.compile(r"(.+)\((\d+)\)\Z")


class Text(NamedTuple):
    """A search of the app, and where it stands. `kind`: saved search, macro, event type or dashboard."""

    kind: str
    name: str
    text: str
    place: str


class Tried(NamedTuple):
    """A search after it has been parsed and run over nothing: what it is, or why it is none; what it asked for."""

    text: Text
    search: Optional[Search]
    error: Optional[SearchError]
    asked: FrozenSet[Tuple[str, str]]  # ("macro", "name(2)"), ("lookup", "users"), ("command", "ipintel") …


class ShippedApp:
    """The app `name` in a folder of apps (etc/apps); the others there are what it may stand on."""

    def __init__(
        self,
        apps_folder: Path,
        name: str,
        spec_keys: Mapping[str, Mapping[str, List[List[str]]]] = {},  # noqa: B006  never written to
        log_paths: FrozenSet[str] = frozenset(),
    ) -> None:
        """`spec_keys`: Splunk's conf keys by file and stanza pattern (conf_spec_keys.json); `log_paths`: the fields
        that the log's JSON gives. Without them what stands on them is not judged."""
        self.name = name
        self.folder = Path(apps_folder) / name
        self.spec_keys = spec_keys
        self.log_paths = log_paths
        self.knowledge = Knowledge(apps_folder)
        self.apps = self.knowledge.apps

    def place(self, path: Path, line: Optional[int] = None) -> str:
        where = str(path.relative_to(self.folder)) if self.folder in path.parents else path.name
        return where if line is None else f"{where}:{line}"

    def at(self, setting: Setting) -> str:
        return self.place(setting.path, setting.line)

    # ---- files

    @cached_property
    def conf_files(self) -> List[ConfFile]:
        """Every conf file of the app's default folder."""
        return [read_conf(path) for path in sorted((self.folder / "default").glob("*.conf"))]

    def conf(self, name: str) -> Conf:
        """What the app itself says."""
        return self.apps.own_conf(name, self.name)

    @cached_property
    def dashboards(self) -> List[Dashboard]:
        folder = self.folder / "default" / "data" / "ui" / "views"
        return [read_dashboard(path, self.place(path)) for path in sorted(folder.glob("*.xml"))]

    @cached_property
    def python(self) -> str:
        """The app's own Python, as one text."""
        files = sorted((self.folder / "bin").rglob("*.py"))
        return "\n".join(path.read_text(encoding="utf-8") for path in files)

    def columns_of(self, table: str) -> Optional[List[str]]:
        """The fields of a lookup; None where it cannot be read."""
        try:
            return list(_AskedContext(self).lookup(table).fields)
        except SearchError:
            return None

    # ---- searches

    @cached_property
    def texts(self) -> List[Text]:
        return [*self._saved_searches(), *self._event_types(), *self._dashboard_searches(), *self._macros()]

    def _saved_searches(self) -> Iterator[Text]:
        conf = self.conf("savedsearches")
        for name in conf:
            setting = conf.settings(name).get("search")
            if setting is not None:
                yield Text("saved search", name, setting.value, self.at(setting))

    def _event_types(self) -> Iterator[Text]:
        conf = self.conf("eventtypes")
        for name in conf:
            setting = conf.settings(name).get("search")
            if setting is not None:
                yield Text("event type", name, setting.value, self.at(setting))

    def _dashboard_searches(self) -> Iterator[Text]:
        for dashboard in self.dashboards:
            for name, text in dashboard.searches.items():
                yield Text("dashboard", f"{dashboard.name}: {name}", text, dashboard.place)

    def _macros(self) -> Iterator[Text]:
        """Each macro called with its own arguments' names."""
        conf = self.conf("macros")
        for name in conf:
            settings = conf.settings(name)
            if "definition" in settings:
                call = _ARGUMENTS.match(name)
                arguments = settings["args"].value if call and "args" in settings else ""
                text = f"`{call.group(1)}({arguments})`" if call else f"`{name}`"
                yield Text("macro", name, text, self.at(settings["definition"]))

    @cached_property
    def tried(self) -> List[Tried]:
        """Every search but macros alone: a macro is a part of one."""
        return [self._try(text) for text in self.texts if text.kind != "macro"]

    @cached_property
    def tried_macros(self) -> List[Tried]:
        return [self._try(text) for text in self.texts if text.kind == "macro"]

    def _try(self, text: Text) -> Tried:
        context = _AskedContext(self)
        search = None
        try:
            search = parse(text.text, context)
            for _ in search.rows(context):
                pass
        except SearchError as error:
            return Tried(text, search, error, frozenset(context.asked))
        return Tried(text, search, None, frozenset(context.asked))

    def asked(self, kind: str) -> FrozenSet[str]:
        """The names of one kind that any search asks for."""
        return frozenset(name for tried in self.tried for what, name in tried.asked if what == kind)


class _AskedContext(SearchContext):
    """Remembers what a search asks for, and writes nothing."""

    def __init__(self, app: ShippedApp) -> None:
        kvstore = KVStore()
        app.knowledge.define_collections(kvstore)
        self.asked: Dict[Tuple[str, str], None] = {}
        super().__init__(
            app.knowledge.visible(app.name),
            store=None,
            kvstore=kvstore,
            now=_NOW,
            earliest=0.0,
            latest=_NOW,
            index_earliest=0.0,
            index_latest=_NOW,
            warn=lambda message: None,
            commands=lambda name, settings, context: _Described(),
        )

    def events(self, request: EventRequest) -> Iterator[Row]:
        return iter(())

    def macro(self, name: str, arity: int) -> Macro:
        self.asked["macro", f"{name}({arity})" if arity else name] = None
        return super().macro(name, arity)

    def eventtype(self, name: str) -> str:
        self.asked["event type", name] = None
        return super().eventtype(name)

    def lookup(self, name: str) -> Any:
        self.asked["lookup", name] = None
        return super().lookup(name)

    def read_table(self, name: str) -> Iterator[Row]:
        self.asked["lookup", name] = None
        return super().read_table(name)

    def write_table(
        self, name: str, rows: Sequence[Row], *, append: bool, key_field: Optional[str], options: Mapping[str, Any]
    ) -> None:
        self.asked["lookup", name] = None

    def collect(self, rows: Sequence[Row], options: Dict[str, str]) -> None:
        self.asked["index", options.get("index", "summary")] = None

    def saved_search(self, name: str) -> str:
        self.asked["saved search", name] = None
        return super().saved_search(name)

    def external_command(self, name: str) -> Optional[ExternalCommand]:
        found = super().external_command(name)
        if found is not None:
            self.asked["command", name] = None
        return found


class _Described:
    """Stands for an app's own command: its process is judged elsewhere."""

    def describe(self, call: ExternalCall) -> ExternalDescription:
        return ExternalDescription()

    def run(self, call: ExternalCall, rows: Rows) -> Rows:
        return rows
