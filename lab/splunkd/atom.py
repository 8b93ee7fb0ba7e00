"""How splunkd answers: entries as an Atom feed or as JSON, and messages in both (REST API User Manual).

The shapes are those that splunk-sdk and solnlib read.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import Any
from urllib.parse import quote
from xml.sax.saxutils import escape, quoteattr

XML = "text/xml; charset=UTF-8"
JSON = "application/json; charset=UTF-8"

_FEED = (
    '<feed xmlns="http://www.w3.org/2005/Atom" xmlns:s="http://dev.splunk.com/ns/rest" '
    'xmlns:opensearch="http://a9.com/-/spec/opensearch/1.1/">'
)
_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'


@dataclass
class Reply:
    status: int
    body: bytes
    content_type: str


@dataclass
class Entry:
    """One object of an endpoint: its name, where it lives and its content."""

    name: str
    content: Mapping[str, Any]
    app: str = "system"
    owner: str = "nobody"
    links: Sequence[str] = field(default_factory=lambda: ("list",))

    def acl(self) -> dict[str, Any]:
        return {
            "app": self.app,
            "can_change_perms": True,
            "can_list": True,
            "can_share_app": True,
            "can_share_global": True,
            "can_share_user": False,
            "can_write": True,
            "modifiable": True,
            "owner": self.owner,
            "perms": {"read": ["*"], "write": ["admin", "sc_admin"]},
            "removable": False,
            "sharing": "app",
        }


@dataclass
class Feed:
    """A page of an endpoint's entries."""

    title: str
    resource: str  # below the namespace, without a slash at either end: "storage/passwords"
    entries: list[Entry]
    now: float
    version: str
    total: int | None = None
    offset: int = 0
    per_page: int = 30

    def reply(self, as_json: bool, status: int = 200) -> Reply:
        if as_json:
            return Reply(status, json.dumps(self._json(), ensure_ascii=False).encode(), JSON)
        return Reply(status, self._atom().encode(), XML)

    @property
    def _total(self) -> int:
        return len(self.entries) if self.total is None else self.total

    def _updated(self) -> str:
        return datetime.fromtimestamp(self.now, timezone.utc).isoformat(timespec="seconds")

    def _id(self, entry: Entry) -> str:
        return f"/servicesNS/{quote(entry.owner)}/{quote(entry.app)}/{self.resource}/{quote(entry.name, safe='')}"

    def _json(self) -> dict[str, Any]:
        updated = self._updated()
        return {
            "links": {},
            "origin": f"/services/{self.resource}",
            "updated": updated,
            "generator": {"build": "lab", "version": self.version},
            "entry": [
                {
                    "name": entry.name,
                    "id": self._id(entry),
                    "updated": updated,
                    "links": {"alternate": self._id(entry), **{rel: self._id(entry) for rel in entry.links}},
                    "author": entry.owner,
                    "acl": entry.acl(),
                    "content": {**entry.content, "eai:acl": None},
                }
                for entry in self.entries
            ],
            "paging": {"total": self._total, "perPage": self.per_page, "offset": self.offset},
            "messages": [],
        }

    def _atom(self) -> str:
        updated = self._updated()
        parts = [
            _HEAD,
            _FEED,
            f"<title>{escape(self.title)}</title><id>/services/{escape(self.resource)}</id>",
            f'<updated>{updated}</updated><generator build="lab" version={quoteattr(self.version)}/>',
            "<author><name>Splunk</name></author>",
            f"<opensearch:totalResults>{self._total}</opensearch:totalResults>",
            f"<opensearch:itemsPerPage>{self.per_page}</opensearch:itemsPerPage>",
            f"<opensearch:startIndex>{self.offset}</opensearch:startIndex><s:messages/>",
        ]
        for entry in self.entries:
            where = escape(self._id(entry))
            parts.append(f"<entry><title>{escape(entry.name)}</title><id>{where}</id><updated>{updated}</updated>")
            parts.extend(
                f'<link href={quoteattr(self._id(entry))} rel="{rel}"/>' for rel in ("alternate", *entry.links)
            )
            parts.append(f"<author><name>{escape(entry.owner)}</name></author>")
            content = {**entry.content, "eai:acl": entry.acl()}
            parts.append(f'<content type="text/xml">{_value(content)}</content></entry>')
        parts.append("</feed>")
        return "".join(parts)


def _value(value: Any) -> str:
    """A value in splunkd's own XML: s:dict, s:list or text; booleans as 1 and 0."""
    if isinstance(value, Mapping):
        keys = (f"<s:key name={quoteattr(name)}>{_value(item)}</s:key>" for name, item in value.items())
        return "<s:dict>" + "".join(keys) + "</s:dict>"
    if isinstance(value, (list, tuple)):
        return "<s:list>" + "".join(f"<s:item>{_value(item)}</s:item>" for item in value) + "</s:list>"
    if value is None:
        return ""
    return escape(str(int(value)) if isinstance(value, bool) else str(value))


def message(status: int, text: str, as_json: bool, kind: str = "ERROR") -> Reply:
    """A refusal in splunkd's shape."""
    if as_json:
        return Reply(status, json.dumps({"messages": [{"type": kind, "text": text}]}).encode(), JSON)
    body = f"{_HEAD}<response><messages><msg type={quoteattr(kind)}>{escape(text)}</msg></messages></response>"
    return Reply(status, body.encode(), XML)


def json_reply(value: Any, status: int = 200) -> Reply:
    return Reply(status, json.dumps(value, ensure_ascii=False).encode(), JSON)
