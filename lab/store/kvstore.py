"""The KV store: collections of JSON documents by `_key`, typed as collections.conf declares them.

A collection keeps its documents in memory, in the order they came, and writes each change to a
file of its own, one JSON line a change; opening reads them again. A save replaces the whole
document. Pages: limits.conf [kvstore] max_rows_per_query, max_documents_per_batch_save.
"""

from __future__ import annotations

import json
import re
import threading
from pathlib import Path
from typing import Any, Callable, Dict, Iterable, List, Mapping, Optional, Sequence, Tuple

from lab.store.query import Document, compile_filter, project, sorted_documents

MAX_ROWS_PER_QUERY = 50_000  # limits.conf.spec [kvstore]
MAX_DOCUMENTS_PER_BATCH_SAVE = 50_000  # limits.conf.spec [kvstore]
_NAME = re.compile(r"[A-Za-z0-9_.\-]+\Z")
_Id = Tuple[str, str]  # user, _key


class KVStoreError(Exception):
    """What the KV store refuses; `status` is the HTTP status its REST endpoint gives."""

    status = 400


class NoSuchCollection(KVStoreError):
    status = 404


class NoSuchDocument(KVStoreError):
    status = 404


class DuplicateKey(KVStoreError):
    status = 409


class KVStore:
    """Collections by app and name. Without a folder nothing outlives the process."""

    Error = KVStoreError  # for those that are handed a store and do not import this module

    def __init__(self, folder: Optional[Path] = None) -> None:
        self.status = "ready"  # or starting, failed: as server/info says it
        self.folder = Path(folder) if folder is not None else None
        self._collections: Dict[Tuple[str, str], Collection] = {}
        self._lock = threading.Lock()

    def define(self, app: str, name: str, settings: Mapping[str, str]) -> Collection:
        """Create a collection, or give it new settings; `settings` is its stanza of collections.conf."""
        if not _NAME.match(name) or not _NAME.match(app):
            raise KVStoreError(f"{app}/{name} is no name of a collection: letters, digits, _ . - only")
        schema = Schema(name, settings)
        with self._lock:
            known = self._collections.get((app, name))
            if known is not None:
                known.schema = schema
                return known
            file = self.folder / app / f"{name}.jsonl" if self.folder else None
            collection = self._collections[app, name] = Collection(name, schema, file)
            return collection

    def collection(self, app: str, name: str) -> Collection:
        try:
            return self._collections[app, name]
        except KeyError:
            raise NoSuchCollection(f"Could not find collection {name} in app {app}") from None

    def names(self, app: str) -> List[str]:
        return [name for owner, name in self._collections if owner == app]

    def drop(self, app: str, name: str) -> None:
        self.collection(app, name).delete()
        del self._collections[app, name]


class Schema:
    """The types of a collection's fields (collections.conf.spec)."""

    _KNOWN = re.compile(r"field\.|accelerated_fields\.|(replicate|replication_dump_\w+|profiling\w+|type)\Z")

    def __init__(self, name: str, settings: Mapping[str, str]) -> None:
        self.enforced = False
        self.types: Dict[str, str] = {}
        for key, value in settings.items():
            if key == "enforceTypes":
                self.enforced = value.strip().lower() in ("1", "true", "t", "yes")
            elif key.startswith("field."):
                if value not in _CONVERSIONS:
                    raise KVStoreError(f"collection {name}: {key} = {value} is no type the lab knows")
                self.types[key[len("field.") :]] = value
            elif not self._KNOWN.match(key):
                raise KVStoreError(f"collection {name}: unknown setting {key}")

    def typed(self, document: Mapping[str, Any]) -> Document:
        """The document with declared fields in their types. What cannot be converted fails the
        insert where types are enforced; elsewhere only that field is dropped."""
        result: Document = {}
        for field, value in document.items():
            if field.startswith("$") or not field:
                raise KVStoreError(f"{field!r} is no name of a field")
            kind = self.types.get(field)
            if kind is None or value is None:
                result[field] = value
                continue
            try:
                convert = _CONVERSIONS[kind]
                result[field] = [convert(item) for item in value] if isinstance(value, list) else convert(value)
            except (TypeError, ValueError):
                if self.enforced:
                    raise KVStoreError(f"{field} = {value!r} is no {kind}") from None
        return result


class Collection:
    """Documents by `_key`, apart for each `_user` ("nobody": shared)."""

    def __init__(self, name: str, schema: Schema, file: Optional[Path]) -> None:
        self.name = name
        self.schema = schema
        self.max_rows_per_query = MAX_ROWS_PER_QUERY
        self.max_documents_per_batch_save = MAX_DOCUMENTS_PER_BATCH_SAVE
        self._documents: Dict[_Id, Document] = {}
        self._next_key = 0
        self._lock = threading.RLock()
        self._file = file
        self._lines = 0  # in the file
        self.changes = 0  # how often it was written: what was read at the same count is still so
        if file is not None and file.exists():
            self._load(file)

    def __len__(self) -> int:
        return len(self._documents)

    # ---- reading

    def get(self, key: str, user: str = "nobody") -> Document:
        with self._lock:
            try:
                return _copy(self._documents[user, key])
            except KeyError:
                raise NoSuchDocument(f"Could not find object id={key}") from None

    def documents(self, user: str = "nobody") -> List[Document]:
        """All documents, in the order they came: what lookups match against."""
        with self._lock:
            return [_copy(document) for (owner, _), document in self._documents.items() if owner == user]

    def query(
        self,
        filter: Optional[Mapping[str, Any]] = None,
        *,
        fields: Optional[Mapping[str, bool]] = None,
        sort: Sequence[Tuple[str, int]] = (),
        limit: int = 0,
        skip: int = 0,
        user: str = "nobody",
    ) -> List[Document]:
        """One page: at most `limit` documents, and never more than max_rows_per_query."""
        matches = compile_filter(filter) if filter else None
        page = min(limit, self.max_rows_per_query) if limit > 0 else self.max_rows_per_query
        with self._lock:
            found = [
                document
                for (owner, _), document in self._documents.items()
                if owner == user and (matches is None or matches(document))
            ]
            if sort:
                found = sorted_documents(found, sort)
            found = [_copy(document) for document in found[skip : skip + page]]
        return [project(document, fields) for document in found] if fields else found

    # ---- writing

    def insert(self, document: Mapping[str, Any], user: str = "nobody") -> str:
        """A new document; its `_key` (made here if it has none). A known key is an error."""
        with self._lock:
            prepared = self._prepare(document, user)
            key = prepared["_key"]
            if (user, key) in self._documents:
                raise DuplicateKey(f"A document with the same key and user already exists: {key}")
            self._save([prepared])
            return key

    def replace(self, key: str, document: Mapping[str, Any], user: str = "nobody") -> str:
        """The whole document at a known key."""
        with self._lock:
            self.get(key, user)
            self._save([self._prepare({**document, "_key": key}, user)])
            return key

    def upsert(self, document: Mapping[str, Any], user: str = "nobody") -> str:
        return self.batch_save([document], user)[0]

    def batch_save(self, documents: Sequence[Mapping[str, Any]], user: str = "nobody") -> List[str]:
        """Insert, or replace whole where the key is known: all of them or, on an error, none."""
        if len(documents) > self.max_documents_per_batch_save:
            raise KVStoreError(
                f"The limit of {self.max_documents_per_batch_save} documents in a batch is exceeded: {len(documents)}"
            )
        with self._lock:
            prepared = [self._prepare(document, user) for document in documents]
            self._save(prepared)
            return [document["_key"] for document in prepared]

    def delete(self, filter: Optional[Mapping[str, Any]] = None, user: str = "nobody") -> int:
        matches = compile_filter(filter) if filter else None
        with self._lock:
            gone = [
                identity
                for identity, document in self._documents.items()
                if identity[0] == user and (matches is None or matches(document))
            ]
            self._delete(gone)
            return len(gone)

    def delete_key(self, key: str, user: str = "nobody") -> None:
        with self._lock:
            self.get(key, user)
            self._delete([(user, key)])

    def _prepare(self, document: Mapping[str, Any], user: str) -> Document:
        if not isinstance(document, Mapping):
            raise KVStoreError(f"a document is a JSON object, not {document!r}")
        key = document.get("_key")
        if key is None or key == "":
            key = self._new_key(user)
        prepared = self.schema.typed({name: value for name, value in document.items() if name not in ("_key", "_user")})
        prepared["_user"] = user
        prepared["_key"] = key if isinstance(key, str) else _text(key)
        return prepared

    def _new_key(self, user: str) -> str:
        """24 hexadecimal digits, counted up: the same run makes the same keys."""
        while True:
            self._next_key += 1
            key = f"{self._next_key:024x}"
            if (user, key) not in self._documents:
                return key

    def _save(self, documents: Iterable[Document]) -> None:
        lines = []
        for document in documents:
            kept = _copy(document)
            lines.append({"save": kept})
            self._documents[kept["_user"], kept["_key"]] = kept
        self._write(lines)

    def _delete(self, identities: Sequence[_Id]) -> None:
        for identity in identities:
            del self._documents[identity]
        if identities:
            self._write([{"delete": [list(identity) for identity in identities]}])

    # ---- the file

    def _write(self, lines: Sequence[Mapping[str, Any]]) -> None:
        self.changes += 1
        if self._file is None or not lines:
            return
        self._file.parent.mkdir(parents=True, exist_ok=True)
        if self._lines + len(lines) > 1_000 + 3 * len(self._documents):
            lines = [{"save": document} for document in self._documents.values()]
            written = self._file.with_suffix(".new")
            written.write_text(_json_lines(lines), encoding="utf-8")
            written.replace(self._file)
            self._lines = len(lines)
            return
        with self._file.open("a", encoding="utf-8") as file:
            file.write(_json_lines(lines))
        self._lines += len(lines)

    def _load(self, file: Path) -> None:
        data = file.read_bytes()
        end = data.rfind(b"\n") + 1
        if end < len(data):  # a write that was interrupted
            with file.open("r+b") as broken:
                broken.truncate(end)
        for line in data[:end].splitlines():
            change = json.loads(line)
            if "save" in change:
                document = change["save"]
                self._documents[document["_user"], document["_key"]] = document
            for user, key in change.get("delete", ()):
                del self._documents[user, key]
            self._lines += 1


def _json_lines(lines: Iterable[Mapping[str, Any]]) -> str:
    return "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)


def _copy(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _copy(item) if isinstance(item, (dict, list)) else item for name, item in value.items()}
    return [_copy(item) for item in value] if isinstance(value, list) else value


def _number(value: Any) -> Any:
    if isinstance(value, bool):
        raise TypeError("a boolean is no number")
    if isinstance(value, (int, float)):
        return value
    try:
        return int(value)
    except ValueError:
        return float(value)


def _boolean(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    word = str(value).strip().lower()
    if word in ("1", "true", "t", "yes", "1.0"):
        return True
    if word in ("0", "false", "f", "no", "0.0"):
        return False
    raise ValueError(value)


def _text(value: Any) -> str:
    if isinstance(value, (dict, list)):
        raise TypeError("no text")
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


_CONVERSIONS: Dict[str, Callable[[Any], Any]] = {
    "number": _number,
    "bool": _boolean,
    "string": _text,
    "time": _number,
    "array": lambda value: value,
}
