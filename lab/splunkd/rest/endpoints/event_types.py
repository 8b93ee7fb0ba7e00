"""saved/eventtypes: event types as objects (REST API Reference, "Knowledge endpoint descriptions")."""

from __future__ import annotations

from typing import Callable

from lab.knowledge.conf import is_true
from lab.spl.errors import SearchError
from lab.splunkd.rest.atom import Entry, Reply
from lab.splunkd.rest.endpoints.sharing import share
from lab.splunkd.rest.objects import Object, Objects
from lab.splunkd.rest.request import Endpoint, Handler, Refusal, Request, endpoint

_CONF = "eventtypes"
_KEYS = ("search", "description", "priority", "disabled", "color", "tags")


def endpoints(objects: Objects, check: Callable[[str, str, str], object]) -> list[Endpoint]:
    """The endpoints; `check(search, app, user)` raises `SearchError` where the text is no search."""

    def listing(request: Request) -> Reply:
        return request.page(_CONF, [_entry(found) for found in objects.list(request, _CONF)])

    def show(request: Request, name: str) -> Reply:
        return request.one(_CONF, _entry(objects.get(request, _CONF, name)))

    def settings(request: Request) -> dict[str, str]:
        given = request.arguments()
        for key in given:
            if key not in _KEYS:
                raise Refusal(400, f'Argument "{key}" is not supported by this handler.')
        if "search" in given:
            try:
                check(f"| search {given['search']}", request.app, request.user)
            except SearchError as error:
                raise Refusal(400, error.message) from None
        return given

    def create(request: Request) -> Reply:
        name = request.required("name")
        given = settings(request)
        if not given.get("search"):
            raise Refusal(400, "The following required arguments are missing: search.")
        return request.feed(_CONF, [_entry(objects.create(request, _CONF, name, given))], 201)

    def change(request: Request, name: str) -> Reply:
        return request.feed(_CONF, [_entry(objects.change(request, _CONF, name, settings(request)))])

    def switch(disabled: str) -> Handler:
        def handler(request: Request, name: str) -> Reply:
            request.done()
            return request.feed(_CONF, [_entry(objects.change(request, _CONF, name, {"disabled": disabled}))])

        return handler

    def delete(request: Request, name: str) -> Reply:
        request.done()
        objects.delete(request, _CONF, name)
        return request.feed(_CONF, [])

    def access(request: Request, name: str) -> Reply:
        return request.feed(_CONF, [_entry(share(request, objects, _CONF, name))])

    one = r"saved/eventtypes/(?P<name>[^/]+)"
    return [
        endpoint(r"saved/eventtypes", GET=listing, POST=create),
        endpoint(one, GET=show, POST=change, DELETE=delete),
        endpoint(one + "/enable", POST=switch("0")),
        endpoint(one + "/disable", POST=switch("1")),
        endpoint(one + "/acl", GET=show, POST=access),
    ]


def _entry(found: Object) -> Entry:
    off = is_true(found.settings.get("disabled", "0"))
    content = {"description": "", "priority": "1", **found.settings, "disabled": off, "eai:appName": found.app}
    links = ("list", "_reload", "edit", "remove", "disable", "enable")
    return Entry(found.name, content, found.app, found.permissions, links)
