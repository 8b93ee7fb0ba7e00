"""Lookups by name, as a search in an app finds them: CSV files and KV collections; read and written.

A name is a stanza of transforms.conf or the name of a file in a `lookups` folder. KV rows follow
the stanza's `fields_list`; their types are the collection's. Lookups by script are in `external_lookups.py`;
geospatial ones are `Unsupported`.
"""

from __future__ import annotations

from datetime import tzinfo
from pathlib import Path
from typing import Any, Callable, Dict, Iterator, List, Mapping, NamedTuple, Optional, Sequence, Tuple, Union

from lab.knowledge.apps import Apps
from lab.knowledge.conf import Setting
from lab.knowledge.external_lookups import ExternalLookup, RunScript
from lab.knowledge.keys import refuse
from lab.knowledge.lookup_tables import EXACT, LookupTable, Row, match_rules, read_csv, write_csv
from lab.knowledge.names import words
from lab.spl.errors import SearchError, Unsupported
from lab.spl.values import as_text

Filter = Callable[[str], Callable[[Row], bool]]
_BATCH = 1_000
_WRITE_OPTIONS = {  # what the lab does of each, the default first
    "output_format": ("splunk_sv_csv",),
    "create_context": (None, "app"),
    "createinapp": (True,),
    "allow_updates": (True,),
}


class CsvFiles:
    """Lookup table files, read again only when they changed."""

    def __init__(self) -> None:
        self._known: Dict[Path, Tuple[Tuple[int, int], List[str], List[Row]]] = {}

    def read(self, path: Path) -> Tuple[List[str], List[Row]]:
        status = path.stat()
        stamp = (status.st_mtime_ns, status.st_size)
        known = self._known.get(path)
        if known is None or known[0] != stamp:
            known = self._known[path] = (stamp, *read_csv(path))
        return known[1], known[2]

    def write(self, path: Path, fields: Sequence[str], rows: Sequence[Row]) -> None:
        write_csv(path, fields, rows)
        self._known.pop(path, None)


class Tables:
    """Lookup tables as they were last made, with their indexes: made again only when what they are made of changed."""

    def __init__(self) -> None:
        self._known: Dict[Tuple[str, str], Tuple[Any, LookupTable]] = {}

    def table(self, app: str, name: str, state: Any, make: Callable[[], LookupTable]) -> LookupTable:
        """The table that a search in `app` knows by `name`; `state` is all that `make` depends on."""
        known = self._known.get((app, name))
        if known is None or known[0] != state:
            known = self._known[app, name] = (state, make())
        return known[1]


class _Source(NamedTuple):
    """What a name stands for: a file (perhaps not yet there), or a collection and the fields of it."""

    settings: Mapping[str, Setting]
    path: Optional[Path] = None
    collection: Any = None
    fields: Sequence[str] = ()

    def state(self) -> Any:
        """Changes whenever what it gives does."""
        settings = tuple((key, setting.value) for key, setting in self.settings.items())
        if self.collection is not None:
            return settings, self.collection, self.collection.changes
        if self.path is None or not self.path.is_file():
            return None
        status = self.path.stat()
        return settings, self.path, status.st_mtime_ns, status.st_size


class Lookups:
    """The lookups that a search in `app` sees. `compile_filter` makes a stanza's `filter` a condition; `zone` is
    that of times in a temporal lookup."""

    def __init__(
        self,
        apps: Apps,
        app: str,
        kvstore: Any,
        files: CsvFiles,
        tables: Tables,
        compile_filter: Filter,
        specific_first: bool,
        zone: tzinfo,
        run_script: Optional[RunScript] = None,
    ) -> None:
        self._apps = apps
        self._app = app
        self._kvstore = kvstore
        self._files = files
        self._tables = tables
        self._compile_filter = compile_filter
        self._specific_first = specific_first
        self._zone = zone
        self._run_script = run_script

    def table(self, name: str) -> Union[LookupTable, ExternalLookup]:
        """The lookup to match events against."""
        external = self._external(name)
        if external is not None:
            return external
        source = self._source(name)
        state = source.state(), self._specific_first, self._zone
        return self._tables.table(self._app, name, state, lambda: self._made(name, source))

    def _made(self, name: str, source: _Source) -> LookupTable:
        rules = match_rules(source.settings, self._specific_first, self._zone) if source.settings else EXACT
        fields, rows = self._contents(name, source)
        return LookupTable(fields, rows, rules, input_case_only=source.collection is not None)

    def _external(self, name: str) -> Optional[ExternalLookup]:
        """The lookup if a script answers it (external_cmd, external_type = python)."""
        transforms = self._apps.conf("transforms", self._app)
        settings = transforms.settings(name) if name in transforms else {}
        if "external_cmd" not in settings:
            return None
        refuse("transforms", settings)
        kind = settings["external_type"].value if "external_type" in settings else "python"
        if kind != "python":
            raise Unsupported(f"the lab does no external lookups of external_type = {kind} ({name})")
        if "fields_list" not in settings:
            raise SearchError(f"the external lookup {name} has no fields_list")
        rules = match_rules(settings, self._specific_first, self._zone)
        return ExternalLookup(name, settings, rules, self._run_script or _no_scripts)

    def rows(self, name: str, warn: Callable[[str], None]) -> Iterator[Row]:
        """The rows of the table, for inputlookup; of a collection at most one page."""
        source = self._source(name)
        if source.collection is not None:
            page = source.collection.max_rows_per_query
            if len(source.collection) > page:
                warn(f"the lookup {name} was cut at {page} rows (limits.conf [kvstore] max_rows_per_query)")
            for document in source.collection.query():
                row = _row(document, [*source.fields, "_key"])
                if self._passes(source)(row):
                    yield row
            return
        for row in self._contents(name, source)[1]:
            yield dict(row)

    def write(
        self, name: str, rows: Sequence[Row], append: bool, key_field: Optional[str], options: Mapping[str, Any]
    ) -> bool:
        """outputlookup: to a file, or into a collection, where saving replaces whole documents. Whether it was to a
        file."""
        for option, done in _WRITE_OPTIONS.items():
            if options.get(option, done[0]) not in done:
                raise Unsupported(f"the lab does not do outputlookup {option}={options[option]}")
        source = self._source(name, create=True)
        if not rows and (append or not options.get("override_if_empty", True)):
            return False
        if source.collection is not None:
            self._write_collection(source, rows, append, key_field)
            return False
        if source.path is None:
            raise SearchError(f"the lookup {name} has no file to write")
        if source.path.suffix == ".gz":
            raise Unsupported(f"the lab writes no compressed lookup tables ({source.path.name})")
        if rows or options.get("create_empty", False):
            self._write_file(source.path, rows, append)
        else:
            source.path.unlink(missing_ok=True)
        return True

    def may_be_automatic(self, name: str) -> bool:
        """Whether a LOOKUP- setting may name it: a file or a script, never the KV store (DESIGN section 3)."""
        return self._external(name) is not None or self._source(name).path is not None

    def _contents(self, name: str, source: _Source) -> Tuple[Sequence[str], List[Row]]:
        if source.collection is not None:
            fields = list(source.fields)
            rows = [_row(document, fields) for document in source.collection.documents()]
        else:
            if source.path is None or not source.path.is_file():
                raise SearchError(f"the lookup table file of {name} does not exist")
            fields, rows = self._files.read(source.path)
        if "filter" in source.settings:
            passes = self._passes(source)
            rows = [row for row in rows if passes(row)]
        return fields, rows

    def _passes(self, source: _Source) -> Callable[[Row], bool]:
        if "filter" not in source.settings:
            return lambda row: True
        return self._compile_filter(source.settings["filter"].value)

    def _source(self, name: str, create: bool = False) -> _Source:
        transforms = self._apps.conf("transforms", self._app)
        if name in transforms:
            settings = transforms.settings(name)
            if any(key in settings for key in ("filename", "collection", "external_type", "external_cmd")):
                return self._defined(name, settings)
        path = self._apps.lookup_file(name, self._app)
        if path is None and create and name.endswith(".csv") and "/" not in name:
            path = self._apps.home(self._app) / "lookups" / name
        if path is None:
            raise SearchError(f"the lookup table '{name}' does not exist (or is not visible in the app {self._app})")
        return _Source({}, path)

    def _defined(self, name: str, settings: Mapping[str, Setting]) -> _Source:
        refuse("transforms", settings)
        if "filename" in settings:
            filename = settings["filename"].value.rpartition("/")[2]
            owner = _app_of(settings["filename"]) or self._app
            path = self._apps.lookup_file(filename, owner) or self._apps.lookup_file(filename, self._app)
            return _Source(settings, path or self._apps.home(owner) / "lookups" / filename)
        kind = settings["external_type"].value if "external_type" in settings else "python"
        if kind != "kvstore":
            raise Unsupported(f"the lab does no external lookups ({name}, external_type = {kind})")
        if "fields_list" not in settings:
            raise SearchError(f"the KV store lookup {name} has no fields_list")
        collection = settings["collection"].value if "collection" in settings else name
        fields = [word for word, _ in words(settings["fields_list"].value)]
        return _Source(settings, collection=self._collection(collection, settings), fields=fields)

    def _collection(self, name: str, settings: Mapping[str, Setting]) -> Any:
        """The collection in the app that defines the lookup, else in the search's own app."""
        owners = [_app_of(settings[key]) for key in ("collection", "external_type") if key in settings]
        for owner in [*filter(None, owners), self._app]:
            if name in self._kvstore.names(owner):
                return self._kvstore.collection(owner, name)
        raise SearchError(f"the KV store has no collection {name}")

    def _write_file(self, path: Path, rows: Sequence[Row], append: bool) -> None:
        fields: Dict[str, None] = {}
        kept: List[Row] = []
        if append and path.is_file():
            known_fields, kept = self._files.read(path)
            fields.update(dict.fromkeys(known_fields))
        if not fields:  # an appended row gives its file no new column
            for row in rows:
                fields.update(dict.fromkeys(name for name in row if not name.startswith("_")))
        self._files.write(path, list(fields), [*kept, *rows])

    def _write_collection(self, source: _Source, rows: Sequence[Row], append: bool, key_field: Optional[str]) -> None:
        documents = []
        for row in rows:
            document = {name: row[name] for name in source.fields if row.get(name) is not None}
            key = row.get(key_field or "_key")
            document.pop("_key", None)
            if key is not None:
                document["_key"] = as_text(key)
            documents.append(document)
        if not append:
            source.collection.delete()
        try:
            for start in range(0, len(documents), _BATCH):
                source.collection.batch_save(documents[start : start + _BATCH])
        except self._kvstore.Error as error:
            raise SearchError(f"the KV store refused a row: {error}") from None


def _no_scripts(script: Path, arguments: Sequence[str], data: bytes) -> bytes:
    raise Unsupported(f"no splunkd is here to start the lookup script {script.name}")


def _app_of(setting: Setting) -> Optional[str]:
    """The app whose default or local folder the setting stands in."""
    return setting.path.parents[1].name if setting.path.parent.name in ("default", "local") else None


def _row(document: Mapping[str, Any], fields: Sequence[str]) -> Row:
    """A document as a row of text, numbers and multivalues; objects inside it are not flattened."""
    row: Row = {}
    for field in fields:
        value = document.get(field)
        if isinstance(value, list):
            row[field] = [_scalar(item) for item in value]
        elif value is not None:
            row[field] = _scalar(value)
    return row


def _scalar(value: Any) -> Any:
    if value.__class__ is bool:
        return "true" if value else "false"
    if isinstance(value, dict):
        raise Unsupported("the lab does not read objects inside KV store documents through a lookup")
    return "" if value is None else value
