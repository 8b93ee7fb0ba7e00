"""configs/conf-* and properties: conf files through REST (REST API Reference, "Configuration endpoint descriptions").

Reading shows the settings in force in the namespace's app; writing goes to the namespace's local layer.
"""

from __future__ import annotations

import re
from typing import Callable

from lab.knowledge.apps import Apps
from lab.knowledge.conf import is_true
from lab.splunkd.rest.atom import TEXT, Entry, Reply
from lab.splunkd.rest.objects import Object, Objects
from lab.splunkd.rest.request import Endpoint, Handler, Refusal, Request, endpoint

_NAME = r"[A-Za-z0-9_\-]+"  # of a conf file


def endpoints(apps: Apps, objects: Objects, reread: Callable[[], None]) -> list[Endpoint]:
    """The endpoints; `reread` reads the conf files anew."""

    def known(name: str) -> None:
        """404 for a conf file that no app has; configs/conf-* shows such a one as empty instead, which UCC's pages
        of a fresh add-on stand on."""
        if next(apps.files(name), None) is None:
            raise Refusal(404, f"{name} does not exist")

    def listing(request: Request, name: str) -> Reply:
        return request.page(f"conf-{name}", [entry(request, found) for found in objects.list(request, name)])

    def show(request: Request, name: str, stanza: str) -> Reply:
        return request.one(f"conf-{name}", entry(request, objects.get(request, name, stanza)))

    def create(request: Request, name: str) -> Reply:
        stanza = request.required("name")
        made = objects.create(request, name, stanza, request.arguments())
        return request.feed(f"conf-{name}", [entry(request, made)], status=201)

    def change(request: Request, name: str, stanza: str) -> Reply:
        changed = objects.change(request, name, stanza, request.arguments())
        return request.feed(f"conf-{name}", [entry(request, changed)])

    def delete(request: Request, name: str, stanza: str) -> Reply:
        request.done()
        objects.delete(request, name, stanza)
        return request.feed(f"conf-{name}", [entry(request, found) for found in objects.list(request, name)])

    def switch(disabled: str) -> Handler:
        def handler(request: Request, name: str, stanza: str) -> Reply:
            request.done()
            changed = objects.change(request, name, stanza, {"disabled": disabled})
            return request.feed(f"conf-{name}", [entry(request, changed)])

        return handler

    def reload(request: Request, name: str) -> Reply:
        request.done()
        reread()
        return request.feed(f"conf-{name}", [])

    # ---- properties

    def files(request: Request) -> Reply:
        names = sorted({path.stem for path in apps.folder.glob("*/*/*.conf")})
        return request.page("properties", [Entry(name, {}) for name in names])

    def new_file(request: Request) -> Reply:
        """A conf file without a stanza, in the namespace's app."""
        name = request.required("__conf")
        request.done()
        if not re.fullmatch(_NAME, name) or request.app not in apps.names:
            raise Refusal(400, f"Invalid name of a conf file or an app: {name}, {request.app}")
        path = apps.folder / request.app / "local" / f"{name}.conf"
        path.parent.mkdir(exist_ok=True)
        path.touch()
        reread()
        return request.feed("properties", [Entry(name, {})], status=201)

    def stanzas(request: Request, name: str) -> Reply:
        known(name)
        return request.page(name, [Entry(found.name, {}, app=found.app) for found in objects.list(request, name)])

    def settings(request: Request, name: str, stanza: str) -> Reply:
        known(name)
        found = objects.get(request, name, stanza)
        return request.page(stanza, [Entry(key, {key: value}, app=found.app) for key, value in found.settings.items()])

    def value(request: Request, name: str, stanza: str, key: str) -> Reply:
        known(name)
        found = objects.get(request, name, stanza)
        request.done()
        if key not in found.settings:
            raise Refusal(404, f"{key} does not exist")
        return Reply(200, found.settings[key].encode(), TEXT)

    def set_values(request: Request, name: str, stanza: str) -> Reply:
        known(name)
        changed = objects.change(request, name, stanza, request.arguments())
        return request.feed(f"conf-{name}", [entry(request, changed)])

    one = r"configs/conf-(?P<name>" + _NAME + r")/(?P<stanza>[^/]+)"
    get, set_ = "rest_properties_get", "rest_properties_set"
    return [
        endpoint(r"configs/conf-(?P<name>" + _NAME + r")", GET=listing, POST=create),
        endpoint(r"configs/conf-(?P<name>" + _NAME + r")/_reload", GET=reload, POST=reload),
        endpoint(one + "/enable", POST=switch("0")),
        endpoint(one + "/disable", POST=switch("1")),
        endpoint(one, GET=show, POST=change, DELETE=delete),
        endpoint(r"properties", needs={"GET": get, "POST": set_}, GET=files, POST=new_file),
        endpoint(r"properties/(?P<name>" + _NAME + r")", needs={"GET": get}, GET=stanzas),
        endpoint(
            r"properties/(?P<name>" + _NAME + r")/(?P<stanza>[^/]+)",
            needs={"GET": get, "POST": set_},
            GET=settings,
            POST=set_values,
        ),  # fmt: skip
        endpoint(
            r"properties/(?P<name>" + _NAME + r")/(?P<stanza>[^/]+)/(?P<key>[^/]+)", needs={"GET": get}, GET=value
        ),
    ]


def entry(request: Request, found: Object) -> Entry:
    """A stanza as the endpoint shows it."""
    names = {"eai:appName": request.app, "eai:userName": request.owner}
    links = ("list", "_reload", "edit", *(("remove",) if found.removable else ()), "disable")
    off = is_true(found.settings.get("disabled", "0"))
    content = {**names, **found.settings, "disabled": off}
    return Entry(found.name, content, app=found.app, permissions=found.permissions, links=links)
