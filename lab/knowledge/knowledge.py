"""What the installed apps define, ready for searches: the entry of `lab.knowledge`.

`Knowledge` loads a folder of apps; `context` gives one search its surroundings; `plan` names the
searches whose fields are to be extracted in one go. Loaded conf is kept until `reload`.
"""

from __future__ import annotations

from datetime import timezone, tzinfo
from pathlib import Path
from typing import Any, Callable, Dict, FrozenSet, Iterable, List, Mapping, Optional, Sequence, Tuple
from weakref import WeakKeyDictionary

from lab.knowledge.apps import SYSTEM, Apps
from lab.knowledge.base_search import DEFAULT_INDEXES, Searchable, compared_fields
from lab.knowledge.conf import Conf, Duplicate, Setting, boolean
from lab.knowledge.context import Commands, SearchContext, TimelessContext
from lab.knowledge.data_models import read_data_model
from lab.knowledge.event_types import EventTypes
from lab.knowledge.external_lookups import RunScript
from lab.knowledge.extraction import Extractor
from lab.knowledge.json_fields import JsonLimits
from lab.knowledge.keys import IMPLEMENTED, check_keys
from lab.knowledge.limits import Limits
from lab.knowledge.lookup_tables import LookupTable
from lab.knowledge.lookups import CsvFiles, Lookups, Tables
from lab.knowledge.macros import Macros
from lab.knowledge.rows import Rows
from lab.knowledge.stanza_match import props_of
from lab.knowledge.tags import Tags
from lab.spl import readings
from lab.spl.context import Context, Row
from lab.spl.errors import SearchError, Unsupported
from lab.spl.search import Search, parse
from lab.spl.search_expression.expression import parse_search_expression, predicate

INFINITY = float("inf")


class Knowledge:
    """The apps installed in a folder (`etc/apps`). `readings` chooses among the readings of
    `lab.spl.readings`; `default_indexes` are those a search without `index=` looks into."""

    def __init__(
        self,
        apps_folder: Path,
        *,
        readings: Mapping[str, str] = {},  # noqa: B006  never written to
        default_indexes: Sequence[str] = DEFAULT_INDEXES,
        timezone: tzinfo = timezone.utc,
    ) -> None:
        self.apps = Apps(apps_folder)
        self.run_script: Optional[RunScript] = None  # starts the scripts of automatic lookups
        self.readings = readings
        self.default_indexes = tuple(default_indexes)
        self.timezone = timezone
        self.files = CsvFiles()
        self.tables = Tables()
        self._visible: Dict[Tuple[str, Optional[str]], AppKnowledge] = {}
        self._planned: List[Tuple[Optional[str], str]] = []
        self._defined: WeakKeyDictionary[Any, bool] = WeakKeyDictionary()
        self._load()

    def reload(self) -> None:
        """Read the conf files again; what was extracted by the old ones is forgotten."""
        self.apps.reload()
        self._load()

    def _load(self) -> None:
        self._visible = {}
        self._defined = WeakKeyDictionary()
        for kind in IMPLEMENTED:
            check_keys(kind, self.apps.files(kind))
        for file in self.apps.files("fields"):
            raise Unsupported(f"the lab does not read {file.path}: it would change what searches match")

    def duplicates(self) -> List[Duplicate]:
        """Keys that a stanza of one file gives twice, in the files this layer reads."""
        return [duplicate for kind in IMPLEMENTED for file in self.apps.files(kind) for duplicate in file.duplicates]

    def conf(self, name: str, app: Optional[str] = None, user: Optional[str] = None) -> Conf:
        """A conf file as a search of `user` in `app` sees it, or (None) in the global order."""
        return self.apps.conf(name, app, user)

    def visible(self, app: str, user: Optional[str] = None) -> AppKnowledge:
        """What a search in `app` sees; a `user` with objects of their own there sees those first."""
        if user is not None and not self.apps.private_folder(user, app).is_dir():
            user = None
        found = self._visible.get((app, user))
        if found is None:
            if app not in (*self.apps.names, SYSTEM):
                raise SearchError(f"the app {app} is not installed")
            found = self._visible[app, user] = AppKnowledge(self, app, user)
        return found

    def plan(self, searches: Sequence[str], app: Optional[str] = None) -> None:
        """Extract, from now on, the fields that all these searches need (of `app`, or of whichever app
        asks) each time an event is first met. A search that does not parse is left to fail when it runs."""
        self._planned += [(app, search) for search in searches]
        for visible in self._visible.values():
            visible.forget_plan()

    def parsed(self, text: str, context: Context, app: str, user: Optional[str] = None) -> Search:
        """A search of `app`, parsed once until the conf is read again: a schedule runs it many times."""
        known = self.visible(app, user).parsed
        if text not in known:
            known[text] = parse(text, context)
        return known[text]

    def planned(self, app: str) -> Iterable[str]:
        return [search for owner, search in self._planned if owner in (None, app)]

    def context(
        self,
        store: Any,
        kvstore: Any,
        now: float,
        earliest: float = 0.0,
        latest: float = INFINITY,
        index_earliest: float = 0.0,
        index_latest: float = INFINITY,
        app: str = "search",
        user: Optional[str] = None,
        warn: Callable[[str], None] = lambda message: None,
        commands: Optional[Commands] = None,
        searchable: Optional[Searchable] = None,
        run_script: Optional[RunScript] = None,
    ) -> SearchContext:
        """The context of one search that runs in `app`; `commands` starts its custom search commands, `run_script`
        those of external lookups."""
        self.define_collections(kvstore)
        return SearchContext(
            self.visible(app, user),
            store=store,
            kvstore=kvstore,
            now=now,
            earliest=earliest,
            latest=latest,
            index_earliest=index_earliest,
            index_latest=index_latest,
            warn=warn,
            commands=commands,
            searchable=searchable or Searchable(default=self.default_indexes),
            run_script=run_script,
        )

    def define_collections(self, kvstore: Any) -> None:
        """Give the KV store the collections of every app's collections.conf; done once after a load."""
        if kvstore in self._defined:
            return
        self._defined[kvstore] = True
        limits = Limits(self.conf("limits"))
        for app in self.apps.names:
            conf = self.apps.own_conf("collections", app)
            for name in conf:
                collection = kvstore.define(app, name, conf.stanza(name))
                collection.max_rows_per_query = limits("kvstore", "max_rows_per_query")
                collection.max_documents_per_batch_save = limits("kvstore", "max_documents_per_batch_save")


class AppKnowledge:
    """What is visible to searches in one app; also the surroundings of its extractors."""

    def __init__(self, knowledge: Knowledge, app: str, user: Optional[str] = None) -> None:
        self._knowledge = knowledge
        self.app = app
        self._user = user
        self.timezone = knowledge.timezone
        self.limits = Limits(self.conf("limits"))
        self.macros = Macros(self.conf("macros"))
        self.tags = Tags(self.conf("tags"))
        self.json_limits = JsonLimits(
            self.limits("kv", "maxchars"), self.limits("spath", "extraction_cutoff"), self.limits("kv", "limit")
        )
        self.context: Context = TimelessContext(self)  # type: ignore[assignment]  by design it knows no time
        self.event_types = EventTypes(self.conf("eventtypes"), self.context)
        self.parsed: Dict[str, Search] = {}
        self._data_models: Dict[str, Dict[str, Any]] = {}
        self._rows: WeakKeyDictionary[Any, Rows] = WeakKeyDictionary()
        self._automatic = self.lookups(None, self.context, knowledge.run_script)

    def conf(self, name: str) -> Conf:
        return self._knowledge.conf(name, self.app, self._user)

    def reading(self, question: str) -> str:
        chosen = self._knowledge.readings.get(question)
        return readings.default(question) if chosen is None else chosen

    def saved_search(self, name: str) -> str:
        return self._saved_search(name)["search"].value

    def saved_time_range(self, name: str) -> Tuple[str, str]:
        """dispatch.earliest_time and dispatch.latest_time of a saved search; empty where there is no limit."""
        settings = self._saved_search(name)
        keys = ("dispatch.earliest_time", "dispatch.latest_time")
        return tuple(settings[key].value if key in settings else "" for key in keys)  # type: ignore[return-value]

    def _saved_search(self, name: str) -> Mapping[str, Setting]:
        conf = self.conf("savedsearches")
        settings = conf.settings(name) if name in conf else {}
        if "search" not in settings:
            raise SearchError(f"the saved search '{name}' does not exist, or is not visible here")
        if "disabled" in settings and boolean(settings["disabled"], "disabled"):
            raise SearchError(f"the saved search '{name}' is disabled")
        return settings

    def data_model(self, name: str) -> Dict[str, Any]:
        found = self._data_models.get(name)
        if found is None:
            found = self._data_models[name] = read_data_model(self._knowledge.apps, self.app, name)
        return found

    def lookups(self, kvstore: Any, context: Context, run_script: Optional[RunScript] = None) -> Lookups:
        """The lookups of a search, whose context evaluates their filters; `run_script` starts those by script."""

        def compile_filter(text: str) -> Callable[[Row], bool]:
            return predicate(parse_search_expression(text, context), context)

        specific_first = self.reading("lookup overlap") == "specific"
        known = self._knowledge
        return Lookups(
            known.apps,
            self.app,
            kvstore,
            known.files,
            known.tables,
            compile_filter,
            specific_first,
            self.timezone,
            run_script,
        )

    # ---- the surroundings of extractors

    def transform(self, name: str) -> Mapping[str, Setting]:
        return self.conf("transforms").settings(name)

    def table(self, name: str) -> LookupTable:
        """The table of an automatic lookup. A script is started for each different value: nothing knows the next
        event when the fields of one are asked for."""
        if not self._automatic.may_be_automatic(name):
            raise Unsupported(f"the lookup {name} is applied automatically but is neither a file nor a script")
        return self._automatic.table(name)

    # ---- events

    def rows(self, store: Any, context: Context) -> Rows:
        """The events of a store, extracted by what is visible here; a search's context parses the plan."""
        rows = self._rows.get(store)
        if rows is None:
            rows = self._rows[store] = Rows(store, self._extractor)
            rows.widen(self._planned_fields(context))
        return rows

    def table_written(self) -> None:
        """A lookup table has changed: where props.conf applies any automatically, events are extracted anew."""
        if any(key.lower().startswith("lookup") for _, key, _ in self.conf("props").all_settings()):
            self._rows = WeakKeyDictionary()

    def forget_plan(self) -> None:
        self._rows = WeakKeyDictionary()

    def _extractor(self, origin: Any, wanted: Optional[FrozenSet[str]]) -> Extractor:
        settings = props_of(self.conf("props"), origin.sourcetype, origin.source, origin.host)
        return Extractor(settings, wanted, self)

    def _planned_fields(self, context: Context) -> FrozenSet[str]:
        """The union over the planned searches, and those in their brackets, that name their fields; one
        that wants all of them is not in it."""
        fields: FrozenSet[str] = frozenset()
        for text in self._knowledge.planned(self.app):
            try:
                searches = [parse(text, context)]
            except SearchError:
                continue  # it fails, with its reason, when it is dispatched
            for search in searches:
                searches += search.inner
                fields |= search.visible_fields() or frozenset()
                fields |= compared_fields(search.base.tree) if search.base else frozenset()
        return fields
