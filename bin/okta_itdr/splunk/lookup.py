"""The rows of a lookup: of a collection in the KV store or of a CSV file, as a search on this search head sees it.

A search command has no other way to them than splunkd's REST API, which knows the lookup's definition
(configs/conf-transforms), reads collections (storage/collections/data) and says where a file lies
(data/lookup-table-files, eai:data); the REST API Reference has all three. What the session may not read is not there
for it.
"""

from __future__ import annotations

import csv
import gzip
from typing import Iterator, List, Mapping, NamedTuple, Sequence, TextIO

from okta_itdr.splunk.rest import Splunk, Stanza
from okta_itdr.trouble import Trouble

_FILES = (".csv", ".csv.gz")


class NoLookup(Trouble):
    """There is no such lookup, or none whose rows can be read."""


class Lookup(NamedTuple):
    fields: List[str]
    rows: Iterator[Mapping[str, object]]  # of the fields that were asked for, those that a row has


def open_lookup(splunk: Splunk, name: str, wanted: Sequence[str]) -> Lookup:
    """The lookup of that name: of a definition, else of a CSV file. Rows have the `wanted` fields alone.

    Raises NoLookup, SplunkdTrouble; reading the rows may, too.
    """
    definition = splunk.lookup_definition(name)
    if definition is None:
        if not name.endswith(_FILES):
            raise NoLookup(
                f"There is no lookup {name} that you may read. Name one of Settings > Lookups > Lookup definitions, or "
                "have it shared with this app."
            )
        return _of_file(splunk, name, wanted)
    settings = definition.settings
    _refuse_special(name, settings)
    if settings.get("external_type") == "kvstore":
        return _of_collection(splunk.of_app(definition.app), definition, name, wanted)
    if settings.get("filename"):
        return _of_file(splunk, settings["filename"], wanted)
    raise NoLookup(f"{name} is no lookup of a CSV file or of the KV store: name one that is.")


def _refuse_special(name: str, settings: Mapping[str, str]) -> None:
    """What the definition says beyond its rows, which a plain reading would not respect."""
    for setting, what in (
        ("time_field", "a time-based lookup"),
        ("match_type", "a lookup by CIDR or wildcards"),
        ("filter", "a lookup with a filter"),
        ("external_cmd", "an external lookup"),
    ):
        if settings.get(setting):
            raise NoLookup(
                f"{name} is {what} ({setting} = {settings[setting]}), whose rows cannot be taken one by one: define "
                "another lookup over the same rows without it."
            )


def _of_collection(splunk: Splunk, definition: Stanza, name: str, wanted: Sequence[str]) -> Lookup:
    fields = [field.strip() for field in str(definition.settings.get("fields_list", "")).split(",") if field.strip()]
    collection = definition.settings.get("collection")
    if not collection:
        raise NoLookup(f"The lookup {name} names no collection: mend its definition.")
    return Lookup(
        fields, splunk.collection(collection).documents(fields=[field for field in wanted if field in fields])
    )


def _of_file(splunk: Splunk, filename: str, wanted: Sequence[str]) -> Lookup:
    path = splunk.lookup_file(filename).path()
    if path is None:
        raise NoLookup(
            f"There is no lookup file {filename} that you may read: upload it at Settings > Lookups > Lookup table "
            "files, or have it shared with this app."
        )
    if not path.endswith(_FILES):
        raise NoLookup(f"The lookup file {filename} is no CSV file: name another lookup.")
    try:
        with _opened(path) as file:
            fields = next(csv.reader(file), [])
    except (OSError, EOFError, UnicodeDecodeError, csv.Error) as error:
        raise _unreadable(path, error) from None
    return Lookup(fields, _file_rows(path, [field for field in wanted if field in fields]))


def _file_rows(path: str, wanted: Sequence[str]) -> Iterator[Mapping[str, object]]:
    try:
        with _opened(path) as file:
            for row in csv.DictReader(file):
                yield {field: row[field] for field in wanted if row.get(field)}
    except (OSError, EOFError, UnicodeDecodeError, csv.Error) as error:
        raise _unreadable(path, error) from None


def _opened(path: str) -> TextIO:
    open_it = gzip.open if path.endswith(".gz") else open
    return open_it(path, "rt", encoding="utf-8-sig", newline="")


def _unreadable(path: str, error: Exception) -> NoLookup:
    return NoLookup(f"The lookup file {path} cannot be read ({error}): write it again.")
