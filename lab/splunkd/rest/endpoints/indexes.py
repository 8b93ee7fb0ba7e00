"""data/indexes: which indexes there are, and what they hold (REST API Reference, "Introspection endpoint
descriptions")."""

from __future__ import annotations

import re

from lab.splunkd.indexes import Indexes
from lab.splunkd.rest.atom import Entry, Reply
from lab.splunkd.rest.objects import Objects
from lab.splunkd.rest.request import Endpoint, Refusal, Request, endpoint

_SETTINGS = ("frozenTimePeriodInSecs", "maxTotalDataSizeMB", "maxDataSize", "homePath", "coldPath", "thawedPath")
_NAME = re.compile(r"[a-z0-9][a-z0-9_\-]*")


def endpoints(indexes: Indexes, objects: Objects) -> list[Endpoint]:
    def listing(request: Request) -> Reply:
        request.passed_over("datatype")
        return request.page("indexes", [_entry(indexes, name) for name in sorted(indexes.names)])

    def show(request: Request, name: str) -> Reply:
        if name not in indexes.names:
            raise Refusal(404, f"Could not find object id={name}")
        return request.one("indexes", _entry(indexes, name))

    def create(request: Request) -> Reply:
        name = request.required("name")
        if not _NAME.fullmatch(name) or "kvstore" in name:
            raise Refusal(400, f"Invalid index name '{name}': lower-case letters, digits, _ and - only.")
        if name in indexes.names:
            raise Refusal(409, f"Index name={name} already exists")
        settings = request.arguments()
        for key in settings:
            if key not in _SETTINGS:
                raise Refusal(400, f'Argument "{key}" is not supported by this handler.')
        objects.create(request, "indexes", name, settings)
        return request.feed("indexes", [_entry(indexes, name)], status=201)

    def change(request: Request, name: str) -> Reply:
        """Settings of indexes.conf; another argument is refused before the index is looked for, which is how UCC's
        pages find out what this splunkd can do."""
        settings = request.arguments()
        for key in settings:
            if key not in _SETTINGS:
                raise Refusal(400, f'Argument "{key}" is not supported by this handler.')
        if name not in indexes.names:
            raise Refusal(404, f"Could not find object id={name}")
        objects.change(request, "indexes", name, settings)
        return request.feed("indexes", [_entry(indexes, name)])

    edit = {"POST": "indexes_edit"}
    return [
        endpoint(r"data/indexes", needs=edit, GET=listing, POST=create),
        endpoint(r"data/indexes/(?P<name>[^/]+)", needs=edit, GET=show, POST=change),
    ]


def _entry(indexes: Indexes, name: str) -> Entry:
    count = indexes.count(name)
    content = {
        "datatype": "event",
        "disabled": False,
        "isInternal": name.startswith("_"),
        "totalEventCount": count,
    }
    return Entry(name, content, links=("list", "edit"))
