"""An installed app as the checks see it: its conf files, its searches parsed and tried, its dashboards.

Nothing of it is changed: the searches are tried over no events at all, in a KV store of their own.
"""

from __future__ import annotations

import json
import re
from functools import cached_property
from itertools import chain
from pathlib import Path
from typing import Callable, FrozenSet, Iterator, List, Mapping, NamedTuple, Optional, Tuple

from lab.knowledge import Knowledge
from lab.knowledge.conf import Conf, ConfFile, Setting, read_conf
from lab.lint.asked import AskedContext
from lab.lint.dashboards import Dashboard, read_dashboard
from lab.lint.event_fields import EventFields, event_fields
from lab.lint.field_flow import Known, field_flow
from lab.lint.finding import Place
from lab.lint.macro_calls import parse_call
from lab.spl.context import Context
from lab.spl.errors import SearchError
from lab.spl.search import Search, parse

_ARGUMENTS = re.compile(r"(.+)\((\d+)\)\Z")


class Text(NamedTuple):
    """A search of the app, and where it stands. `kind`: saved search, event type, data model, dashboard or macro."""

    kind: str
    name: str
    text: str
    place: Place


class Tried(NamedTuple):
    """A search after it has been parsed and run over nothing: what it is, or why it is none; what it asked for."""

    text: Text
    search: Optional[Search]
    error: Optional[SearchError]
    asked: FrozenSet[Tuple[str, str]]  # (kind, name), as AskedContext has it


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

    def place(self, path: Path, line: Optional[int] = None) -> Place:
        return Place(str(path.relative_to(self.folder)) if self.folder in path.parents else path.name, line)

    def at(self, setting: Setting) -> Place:
        return self.place(setting.path, setting.line)

    # ---- files

    @cached_property
    def conf_files(self) -> List[ConfFile]:
        """Every conf file of the app's default folder."""
        return [read_conf(path) for path in sorted((self.folder / "default").glob("*.conf"))]

    @cached_property
    def metadata_files(self) -> List[ConfFile]:
        return [read_conf(path) for path in sorted((self.folder / "metadata").glob("*.meta"))]

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

    @cached_property
    def event_fields(self) -> EventFields:
        return event_fields(self.conf("props"), self.knowledge.visible(self.name), self.log_paths)

    def columns_of(self, table: str) -> Optional[List[str]]:
        """The fields of a lookup; None where it cannot be read."""
        try:
            return list(AskedContext(self.knowledge, self.name).lookup(table).fields)
        except SearchError:
            return None

    def columns(self, tried: Tried) -> Known:
        """What a search ends in; None where only the run can tell."""
        if tried.search is None:
            return None
        return field_flow(tried.search, self.event_fields.known, self.columns_of).columns

    # ---- searches

    @cached_property
    def texts(self) -> List[Text]:
        known = (self._saved_searches(), self._event_types(), self._data_models(), self._dashboard_searches())
        return [*chain(*known), *self._macros()]

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

    def _data_models(self) -> Iterator[Text]:
        """A search over each object of each model: what one constraint or calculation names, that search names."""
        for path in sorted((self.folder / "default" / "data" / "models").glob("*.json")):
            try:
                objects = [one["objectName"] for one in json.loads(path.read_text(encoding="utf-8"))["objects"]]
            except (ValueError, KeyError, TypeError):
                objects = [""]  # the search over it says what is wrong with the file
            for name in objects:
                dataset = f"{path.stem}.{name}".rstrip(".")
                yield Text("data model", dataset, f'| from datamodel:"{dataset}"', self.place(path))

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
        """Each macro alone, as the part of a search that it is."""
        return [self._try(text, parse_call) for text in self.texts if text.kind == "macro"]

    def _try(self, text: Text, reader: Callable[[str, Context], Search] = parse) -> Tried:
        context = AskedContext(self.knowledge, self.name)
        search = None
        try:
            search = reader(text.text, context)
            for _ in search.rows(context):
                pass
        except SearchError as error:
            return Tried(text, search, error, frozenset(context.asked))
        return Tried(text, search, None, frozenset(context.asked))

    def asked(self, kind: str) -> FrozenSet[str]:
        """The names of one kind that any search asks for."""
        return frozenset(name for tried in self.tried for what, name in tried.asked if what == kind)
