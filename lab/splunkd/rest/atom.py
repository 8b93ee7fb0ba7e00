"""How splunkd answers: entries as an Atom feed or as JSON, and messages in both (REST API User Manual).

The shapes are those that splunk-sdk and solnlib read.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import Any
from urllib.parse import quote
from xml.sax.saxutils import escape, quoteattr

from lab.knowledge.permissions import EVERYBODYS, Permissions

XML = "text/xml; charset=UTF-8"
JSON = "application/json; charset=UTF-8"
TEXT = "text/plain; charset=UTF-8"

_NAMESPACES = (
    'xmlns="http://www.w3.org/2005/Atom" xmlns:s="http://dev.splunk.com/ns/rest" '
    'xmlns:opensearch="http://a9.com/-/spec/opensearch/1.1/"'
)
_FEED = f"<feed {_NAMESPACES}>"
_ACTIONS = (
    *("_reload", "acl", "disable", "dispatch", "enable", "history", "suppress", "scheduled_times"),
    *("control", "events", "results", "results_preview", "search.log"),
)
_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'


@dataclass
class Reply:
    status: int
    body: bytes
    content_type: str
    headers: Sequence[tuple[str, str]] = ()


@dataclass
class Entry:
    """One object of an endpoint: its name, where it lives, who may see and change it, and its content."""

    name: str
    content: Mapping[str, Any]
    app: str = "system"
    permissions: Permissions = EVERYBODYS
    links: Sequence[str] = field(default_factory=lambda: ("list",))
    id: str = ""  # the last part of its address, where that is not the name
    published: float | None = None
    fields: Mapping[str, Sequence[str]] | None = None  # eai:attributes

    @property
    def owner(self) -> str:
        return self.permissions.owner

    def acl(self, roles: Collection[str]) -> dict[str, Any]:
        """The access list as somebody with these roles sees it."""
        may_write = self.permissions.lets_write(roles)
        return {
            "app": self.app,
            "can_change_perms": may_write,
            "can_list": True,
            "can_share_app": may_write,
            "can_share_global": may_write,
            "can_share_user": False,
            "can_write": may_write,
            "modifiable": may_write,
            "owner": self.owner,
            "perms": {"read": list(self.permissions.read), "write": list(self.permissions.write)},
            "removable": may_write and "remove" in self.links,
            "sharing": self.permissions.sharing,
        }


@dataclass
class Feed:
    """A page of an endpoint's entries."""

    title: str
    resource: str  # below the namespace, without a slash at either end: "storage/passwords"
    entries: list[Entry]
    now: float
    version: str
    roles: Collection[str] = ("admin",)  # of who asks
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

    @property
    def _updated(self) -> str:
        return _moment(self.now)

    def _id(self, entry: Entry) -> str:
        # An object's own address: below the collection, whether the collection or the object was asked for.
        name = quote(entry.id or entry.name, safe="")
        collection = quote(self.resource)
        collection = collection[: -len(name) - 1] if collection.endswith(f"/{name}") else collection
        return f"/servicesNS/{quote(entry.owner)}/{quote(entry.app)}/{collection}/{name}"

    def _links(self, entry: Entry) -> dict[str, str]:
        where = self._id(entry)
        return {
            "alternate": where,
            **{rel: f"{where}/{rel}" if rel in _ACTIONS else where for rel in entry.links},
        }

    def _json(self) -> dict[str, Any]:
        return {
            "links": {},
            "origin": f"/services/{self.resource}",
            "updated": self._updated,
            "generator": {"build": "lab", "version": self.version},
            "entry": [self._json_entry(entry) for entry in self.entries],
            "paging": {"total": self._total, "perPage": self.per_page, "offset": self.offset},
            "messages": [],
        }

    def _json_entry(self, entry: Entry) -> dict[str, Any]:
        found = {
            "name": entry.name,
            "id": self._id(entry),
            "updated": self._updated,
            "links": self._links(entry),
            "author": entry.owner,
            "acl": entry.acl(self.roles),
            "content": {**entry.content, "eai:acl": None},
        }
        if entry.published is not None:
            found["published"] = _moment(entry.published)
        if entry.fields is not None:
            found["fields"] = {"required": [], "optional": [], "wildcard": [], **entry.fields}
        return found

    def _atom(self) -> str:
        parts = [
            _HEAD,
            _FEED,
            f"<title>{escape(self.title)}</title><id>/services/{escape(self.resource)}</id>",
            f'<updated>{self._updated}</updated><generator build="lab" version={quoteattr(self.version)}/>',
            "<author><name>Splunk</name></author>",
            f"<opensearch:totalResults>{self._total}</opensearch:totalResults>",
            f"<opensearch:itemsPerPage>{self.per_page}</opensearch:itemsPerPage>",
            f"<opensearch:startIndex>{self.offset}</opensearch:startIndex><s:messages/>",
            *(f"<entry>{self._atom_entry(entry)}</entry>" for entry in self.entries),
            "</feed>",
        ]
        return "".join(parts)

    def lone_entry(self) -> Reply:
        """The one entry as the document itself: how a search job is shown in XML."""
        body = f"{_HEAD}<entry {_NAMESPACES}>{self._atom_entry(self.entries[0])}</entry>"
        return Reply(200, body.encode(), XML)

    def _atom_entry(self, entry: Entry) -> str:
        links = (f'<link href={quoteattr(href)} rel="{rel}"/>' for rel, href in self._links(entry).items())
        content: dict[str, Any] = {**entry.content, "eai:acl": entry.acl(self.roles)}
        if entry.fields is not None:
            content["eai:attributes"] = {f"{kind}Fields": list(names) for kind, names in entry.fields.items()}
        published = "" if entry.published is None else f"<published>{_moment(entry.published)}</published>"
        return (
            f"<title>{escape(entry.name)}</title><id>{escape(self._id(entry))}</id><updated>{self._updated}</updated>"
            f"{''.join(links)}{published}<author><name>{escape(entry.owner)}</name></author>"
            f'<content type="text/xml">{_value(content)}</content>'
        )


def _moment(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, timezone.utc).isoformat(timespec="seconds")


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


def message(status: int, text: str, as_json: bool, kind: str = "ERROR", code: str = "") -> Reply:
    """What splunkd has to say, in its shape; `code` only where splunkd gives one."""
    if as_json:
        said = {"type": kind, **({"code": code} if code else {}), "text": text}
        return Reply(status, json.dumps({"messages": [said]}).encode(), JSON)
    attributes = f"type={quoteattr(kind)}" + (f" code={quoteattr(code)}" if code else "")
    body = f"{_HEAD}<response><messages><msg {attributes}>{escape(text)}</msg></messages></response>"
    return Reply(status, body.encode(), XML)


def json_reply(value: Any, status: int = 200) -> Reply:
    return Reply(status, json.dumps(value, ensure_ascii=False).encode(), JSON)
