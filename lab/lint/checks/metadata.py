"""metadata/default.meta: who may what, and what other apps see (default.meta.spec).

Objects that searches of other apps stand on are exported, by kind and one by one; views stay; admin and sc_admin
(Splunk Cloud's) may write. Whether a lookup of another app also wants its KV collection exported is not asked here:
public text does not settle it.
"""

from __future__ import annotations

from typing import Iterator, Tuple

from lab.knowledge.conf import ConfError
from lab.knowledge.permissions import permissions
from lab.lint.finding import Place
from lab.lint.shipped_app import ShippedApp, Tried

NAME = "metadata"
_KINDS = (
    "alert_actions app authorize collections commands datamodels eventtypes fields inputs lookups macros models nav "
    "passwords props restmap savedsearches searchbnf tags times transforms ui-prefs views viewstates "
    "workflow_actions"
)
_KEYS = ("access", "export", "owner", "version", "modtime")  # the last two Splunk writes itself
_EXPORTED = ("props", "transforms", "lookups", "macros", "eventtypes", "tags", "savedsearches", "commands")
_EXPORTED += ("alert_actions",)
_WRITERS = ("admin", "sc_admin")
# What a search asks for → the conf file, and the kind of metadata, that has it.
_ASKED = {"macro": "macros", "lookup": "transforms", "event type": "eventtypes", "command": "commands"}
_SEARCHES = {"saved search": "savedsearches", "event type": "eventtypes"}


def findings(app: ShippedApp) -> Iterator[Tuple[Place, str]]:
    path = app.folder / "metadata" / "default.meta"
    place = app.place(path)
    if not path.is_file():
        yield place, "it is missing: nothing of the app would be seen elsewhere"
        return
    try:
        yield from _stanzas(app)
        for kind in (*_EXPORTED, "views"):
            yield from _kind(app, kind, place)
        for tried in app.tried:
            yield from _needed(app, tried, place)
    except ConfError as error:
        yield place, error.message


def _stanzas(app: ShippedApp) -> Iterator[Tuple[Place, str]]:
    for file in app.metadata_files:
        for stanza, settings in file.stanzas.items():
            kind = stanza.partition("/")[0]
            if kind and kind not in _KINDS.split() and not kind.startswith("ta_"):
                yield app.place(file.path), f"[{stanza}]: {kind} is no kind of knowledge object"
            for key, setting in settings.items():
                if key not in _KEYS:
                    yield app.at(setting), f"[{stanza}] metadata knows no {key}"
            if "export" in settings and settings["export"].value not in ("system", "none"):
                yield app.at(settings["export"]), f"[{stanza}] export is system or none"


def _kind(app: ShippedApp, kind: str, place: Place) -> Iterator[Tuple[Place, str]]:
    allowed = permissions(app.apps, app.name, kind, "any")
    if (allowed.sharing == "global") != (kind != "views"):
        yield place, f"[{kind}] is {'exported' if kind == 'views' else 'not exported to system'}"
    missing = [role for role in _WRITERS if role not in allowed.write]
    if missing:
        yield place, f"[{kind}] {' and '.join(missing)} may not write"
    if allowed.owner != "nobody":
        yield place, f"[{kind}] belongs to {allowed.owner}, who may not exist there"


def _needed(app: ShippedApp, tried: Tried, place: Place) -> Iterator[Tuple[Place, str]]:
    """What an exported search asks for is seen wherever the search is."""
    kind = _SEARCHES.get(tried.text.kind)
    if kind is None or not app.apps.exports(app.name, kind, tried.text.name):
        return
    for what, name in sorted(tried.asked):
        of_kind = _ASKED.get(what, "")
        if not of_kind or name not in app.conf(of_kind):
            continue
        settings = app.conf(of_kind).settings(name)
        wanted = [(of_kind, name)]
        if what == "lookup" and "filename" in settings:
            wanted.append(("lookups", settings["filename"].value))
        for one_kind, item in wanted:
            if not app.apps.exports(app.name, one_kind, item):
                yield place, f"{one_kind}/{item} is not exported, and the exported search {tried.text.name} needs it"
