"""A request to splunkd, authenticated and read: its namespace, its resource, its arguments.

An endpoint takes the arguments it knows; `done` refuses those that nobody took, as splunkd does. What splunkd has and
the lab has not is `NotEmulated`, which is kept, so that a test can fail on it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from re import Pattern
from typing import Any, Callable, Protocol
from urllib.parse import parse_qsl

from lab.splunkd.rest import VERSION
from lab.splunkd.rest.atom import Entry, Feed, Reply
from lab.splunkd.rest.listing import Listing, chosen


class Refusal(Exception):
    """splunkd says no: an HTTP status and the text of its message."""

    def __init__(self, status: int, text: str, kind: str = "ERROR", code: str = "") -> None:
        super().__init__(text)
        self.status = status
        self.text = text
        self.kind = kind
        self.code = code


class NotEmulated(Refusal):
    """An endpoint, method or argument that this splunkd does not have; kept, so that a test can fail on it."""


class Authority(Protocol):
    """Who may do what (`lab.splunkd.access.Access`)."""

    def can(self, user: str, capability: str) -> bool: ...

    def roles_of(self, user: str) -> Collection[str]: ...


@dataclass
class Request:
    """One request. `owner` and `app` are its namespace: "nobody" and "search" where it names none, "-" for all."""

    method: str
    resource: str
    owner: str
    app: str
    user: str
    session_key: str
    body: bytes
    content_type: str
    now: float
    authority: Authority
    headers: Mapping[str, str] = field(default_factory=dict)
    query: Sequence[tuple[str, str]] = ()
    form: Sequence[tuple[str, str]] = ()
    output_mode: str = "xml"
    path: str = ""
    remote_address: str = ""
    namespaced: bool = False
    _arguments: dict[str, list[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name, value in (*self.query, *self.form):
            self._arguments.setdefault(name, []).append(value)
        self.output_mode = self.argument("output_mode", "xml")

    @property
    def as_json(self) -> bool:
        return self.output_mode.startswith("json")

    # ---- arguments

    def argument(self, name: str, default: str = "") -> str:
        """An argument of the query or the form, taken."""
        values = self._arguments.pop(name, None)
        if values is None:
            return default
        if len(values) > 1:
            raise Refusal(400, f'Argument "{name}" is given more than once.')
        return values[0]

    def many(self, name: str) -> list[str]:
        """An argument that may be given several times, taken."""
        return self._arguments.pop(name, [])

    def required(self, name: str) -> str:
        value = self.argument(name)
        if not value:
            raise Refusal(400, f"The following required arguments are missing: {name}.")
        return value

    def integer(self, name: str, default: int) -> int:
        text = self.argument(name)
        try:
            return int(text) if text else default
        except ValueError:
            raise Refusal(400, f"Invalid value for argument '{name}': {text}") from None

    def boolean(self, name: str, default: bool) -> bool:
        text = self.argument(name).strip().lower()
        if not text:
            return default
        if text in ("1", "true", "t", "yes", "y", "on"):
            return True
        if text in ("0", "false", "f", "no", "n", "off"):
            return False
        raise Refusal(400, f"Invalid value for argument '{name}': {text}")

    def passed_over(self, names: str) -> None:
        """Take arguments that change nothing of what the lab answers."""
        for name in names.split():
            self._arguments.pop(name, None)

    @property
    def names(self) -> list[str]:
        """The arguments that are left."""
        return list(self._arguments)

    def form_of_body(self) -> list[tuple[str, str]]:
        """The body as a form, for endpoints that take it as it is."""
        return parse_qsl(self.body.decode("utf-8", "replace"), keep_blank_values=True)

    def arguments(self) -> dict[str, str]:
        """All that are left, taken."""
        return {name: self.argument(name) for name in list(self._arguments)}

    def done(self) -> None:
        for name in self._arguments:
            raise NotEmulated(400, f'Argument "{name}" is not supported by this handler.')

    def json_body(self) -> Any:
        try:
            return json.loads(self.body.decode("utf-8"))
        except ValueError as error:
            raise Refusal(400, f"JSON in the request is invalid. ( JSON parse error: {error} )") from None

    # ---- who asks

    def require(self, capability: str) -> None:
        if not self.authority.can(self.user, capability):
            raise Refusal(
                403,
                f"You (user={self.user}) do not have permission to perform this operation "
                f"(requires capability: {capability}).",
            )

    # ---- answers

    def page(self, title: str, entries: Sequence[Entry]) -> Reply:
        """The entries asked for by count, offset, search, sort_key …, in the output mode asked for."""
        listing = Listing(
            search=self.many("search"),
            count=self.integer("count", 30),
            offset=self.integer("offset", 0),
            sort_key=self.argument("sort_key", "name"),
            sort_dir=self.argument("sort_dir", "asc"),
            sort_mode=self.argument("sort_mode", "auto"),
        )
        self.passed_over("f summarize listDefaultActionArgs add_orphan_field")
        self.done()
        try:
            found = chosen(entries, listing)
        except ValueError as error:
            raise NotEmulated(400, str(error)) from None
        end = None if listing.count <= 0 else listing.offset + listing.count
        page = found[listing.offset : end]
        return self.feed(title, page, total=len(found), offset=listing.offset, per_page=listing.count)

    def one(self, title: str, entry: Entry, status: int = 200) -> Reply:
        """A single object; arguments of listings are allowed and change nothing."""
        self.passed_over("count offset search f")
        self.done()
        return self.feed(title, [entry], status)

    def document(self, title: str, entry: Entry) -> Reply:
        """One object as the XML document itself, in no feed: how a search job is shown."""
        return self._feed(title, [entry]).lone_entry()

    def feed(self, title: str, entries: list[Entry], status: int = 200, **paging: int) -> Reply:
        return self._feed(title, entries, **paging).reply(self.as_json, status)

    def _feed(self, title: str, entries: list[Entry], **paging: int) -> Feed:
        roles = self.authority.roles_of(self.user)
        return Feed(title, self.resource, entries, self.now, VERSION, roles, **paging)


Handler = Callable[..., Reply]  # (request, **groups of the pattern)


@dataclass(frozen=True)
class Endpoint:
    """A resource by pattern, who handles which method, and the capability that method needs."""

    pattern: Pattern[str]
    handlers: Mapping[str, Handler]
    needs: Mapping[str, str] = field(default_factory=dict)
    takes_form: bool = True  # a POST's body is a form, also where no content type says so (splunk-sdk)
    speaks_json: bool = False  # refusals too are JSON, whatever the output mode
    anonymous: bool = False  # no session key is wanted

    def capability(self, method: str) -> str | None:
        return self.needs.get(method)


def endpoint(
    pattern: str,
    *,
    needs: Mapping[str, str] | None = None,
    takes_form: bool = True,
    speaks_json: bool = False,
    anonymous: bool = False,
    **handlers: Handler,
) -> Endpoint:
    """`endpoint(r"storage/passwords", GET=listing, needs={"GET": "list_storage_passwords"})`"""
    return Endpoint(re.compile(pattern), handlers, needs or {}, takes_form, speaks_json, anonymous)
