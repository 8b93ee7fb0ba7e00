"""metadata/default.meta: who may what, and what other apps see (default.meta.spec).

Objects that searches of other apps stand on are exported; views stay; admin and sc_admin (Splunk Cloud's) may write.
"""

from __future__ import annotations

from typing import Iterator, Tuple

from lab.knowledge.conf import ConfError, read_conf
from lab.knowledge.permissions import permissions
from lab.lint.shipped_app import ShippedApp

NAME = "metadata"
_KINDS = (
    "alert_actions app authorize collections commands datamodels eventtypes fields inputs lookups macros models nav "
    "passwords props restmap savedsearches searchbnf tags times transforms ui-prefs views viewstates "
    "workflow_actions"
)
_EXPORTED = ("props", "transforms", "lookups", "macros", "eventtypes", "tags", "savedsearches", "commands")
_EXPORTED += ("alert_actions",)
_WRITERS = ("admin", "sc_admin")


def findings(app: ShippedApp) -> Iterator[Tuple[str, str]]:
    path = app.folder / "metadata" / "default.meta"
    place = app.place(path)
    if not path.is_file():
        yield place, "it is missing: nothing of the app would be seen elsewhere"
        return
    try:
        file = read_conf(path)
    except ConfError as error:
        yield place, str(error)
        return
    for stanza in file.stanzas:
        kind = stanza.partition("/")[0]
        if kind and kind not in _KINDS.split() and not kind.startswith("ta_"):
            yield place, f"[{stanza}]: {kind} is no kind of knowledge object"
    for kind in (*_EXPORTED, "views"):
        try:
            allowed = permissions(app.apps, app.name, kind, "any")
        except ConfError as error:
            yield place, str(error)
            continue
        if (allowed.sharing == "global") != (kind != "views"):
            yield place, f"[{kind}] is {'exported' if kind == 'views' else 'not exported to system'}"
        missing = [role for role in _WRITERS if role not in allowed.write]
        if missing:
            yield place, f"[{kind}] {' and '.join(missing)} may not write"
        if allowed.owner != "nobody":
            yield place, f"[{kind}] belongs to {allowed.owner}, who may not exist there"
