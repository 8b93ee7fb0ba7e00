"""data/inputs: modular inputs and HEC's tokens as objects; data/modular-inputs: what kinds there are (REST API
Reference, "Input endpoint descriptions")."""

from __future__ import annotations

import uuid
from dataclasses import replace
from pathlib import Path
from typing import Callable, Protocol

from lab.knowledge.conf import is_true
from lab.splunkd.indexes import Arrival, Indexes, UnknownIndex
from lab.splunkd.modular_input import InputError, Scheme
from lab.splunkd.rest.atom import Entry, Reply
from lab.splunkd.rest.objects import Object, Objects
from lab.splunkd.rest.request import Endpoint, Refusal, Request, endpoint

_CONF = "inputs"
_HEC = "http"
_ONESHOT = "oneshot"


class Schemes(Protocol):
    """The modular inputs of the installed apps (`lab.splunkd.inputs.Inputs`)."""

    def kinds(self) -> list[str]: ...

    def scheme(self, name: str) -> Scheme: ...

    def objection(self, name: str, settings: dict[str, str]) -> str: ...


def endpoints(objects: Objects, schemes: Schemes, indexes: Indexes, hec_port: Callable[[], int]) -> list[Endpoint]:
    def kinds(request: Request) -> Reply:
        links = ("list", "create")
        return request.page("inputs", [Entry(kind, {}, links=links) for kind in [*schemes.kinds(), _HEC, _ONESHOT]])

    def scheme_entry(kind: str) -> Entry:
        scheme = schemes.scheme(kind)
        content = {
            "title": scheme.title,
            "streaming_mode": "xml",
            "use_external_validation": scheme.external_validation,
            "endpoint": {"args": {name: {"required_on_create": True, "title": name} for name in scheme.required}},
        }
        return Entry(kind, content, app=scheme.app)

    def modular(request: Request) -> Reply:
        return request.page("modular-inputs", [scheme_entry(kind) for kind in schemes.kinds()])

    def modular_one(request: Request, kind: str) -> Reply:
        _known(kind, hec=False)
        return request.one("modular-inputs", scheme_entry(kind))

    # ---- the inputs of a kind

    def _known(kind: str, hec: bool = True) -> None:
        if kind not in schemes.kinds() and not (hec and kind in (_HEC, _ONESHOT)):
            raise Refusal(404, f"Could not find object id={kind}")

    def listing(request: Request, kind: str) -> Reply:
        _known(kind)
        prefix = f"{kind}://"
        found = [one for one in objects.list(request, _CONF) if one.name.startswith(prefix)]
        return request.page(kind, [entry(one, prefix) for one in found])

    def entry(found: Object, prefix: str) -> Entry:
        links = ("list", "_reload", "edit", "remove", "enable", "disable")
        content = {"disabled": False, **found.settings, "eai:appName": found.app, "eai:userName": "nobody"}
        content["disabled"] = is_true(str(content["disabled"]))
        return Entry(found.name[len(prefix) :], content, found.app, found.permissions, links)

    def find(request: Request, kind: str, name: str) -> Object:
        _known(kind)
        try:
            return objects.get(request, _CONF, f"{kind}://{name}")
        except Refusal:
            raise Refusal(404, f"Could not find object id={name}") from None

    def show(request: Request, kind: str, name: str) -> Reply:
        if (kind, name) == (_HEC, _HEC):
            return request.one(_HEC, hec_entry(request))
        return request.one(kind, entry(find(request, kind, name), f"{kind}://"))

    def hec_entry(request: Request) -> Entry:
        """HEC's own settings, the port it listens on among them."""
        settings = next((one.settings for one in objects.list(request, _CONF) if one.name == _HEC), {})
        content = {"disabled": True, "enableSSL": False, **settings, "port": hec_port()}
        content["disabled"] = is_true(str(content["disabled"]))
        return Entry(_HEC, content, links=("list", "edit", "enable", "disable"))

    def read_file(request: Request) -> Reply:
        """data/inputs/oneshot: a file on splunkd's machine, indexed once."""
        request.require("edit_monitor")
        path = Path(request.required("name"))
        origin = {
            "index": request.argument("index", "main"),
            "sourcetype": request.argument("sourcetype", path.name),
            "source": request.argument("source", str(path)),
            "host": request.argument("host", "localhost"),
        }
        request.done()
        try:
            arrivals = [Arrival(path.read_text(encoding="utf-8"), **origin)]
            indexes.add(arrivals)
        except (OSError, UnicodeDecodeError) as error:
            raise Refusal(400, f"The file {path} cannot be read: {error}") from None
        except UnknownIndex as error:
            raise Refusal(400, str(error)) from None
        return request.feed(_ONESHOT, [Entry(str(path), {"Spool Time": request.now, "Bytes Indexed": 0})], 201)

    def create(request: Request, kind: str) -> Reply:
        if kind == _ONESHOT:
            return read_file(request)
        _known(kind)
        shared = _shared(request)
        name = request.required("name")
        settings = shared.arguments()
        if kind == _HEC:
            request.require("edit_token_http")
            settings.setdefault("token", str(uuid.uuid4()))
        else:
            request.require("edit_modinput")
            _check(kind, name, settings)
        made = objects.create(shared, _CONF, f"{kind}://{name}", settings)
        return request.feed(kind, [entry(made, f"{kind}://")], status=201)

    def _check(kind: str, name: str, settings: dict[str, str]) -> None:
        """The scheme's required arguments, and what the input itself has against them."""
        missing = [argument for argument in schemes.scheme(kind).required if not settings.get(argument)]
        if missing:
            raise Refusal(400, f"The following required arguments are missing: {', '.join(missing)}.")
        try:
            objection = schemes.objection(f"{kind}://{name}", settings)
        except InputError as error:
            raise Refusal(400, str(error)) from None
        if objection:
            raise Refusal(400, f"Encountered the following error while trying to save: {objection}")

    def change(request: Request, kind: str, name: str) -> Reply:
        if (kind, name) == (_HEC, _HEC):
            return switch_hec(request, request.arguments())
        found = find(request, kind, name)
        request.require("edit_token_http" if kind == _HEC else "edit_modinput")
        settings = request.arguments()
        if kind != _HEC:
            _check(kind, name, {**found.settings, **settings})
        return request.feed(kind, [entry(objects.change(request, _CONF, found.name, settings), f"{kind}://")])

    def switch_hec(request: Request, settings: dict[str, str]) -> Reply:
        request.require("edit_token_http")
        shared = _shared(request, "splunk_httpinput")
        if objects.exists(shared, _CONF, _HEC):
            objects.change(shared, _CONF, _HEC, settings)
        else:
            objects.create(shared, _CONF, _HEC, settings)
        return request.feed(_HEC, [hec_entry(request)])

    def switch(disabled: str) -> Callable[..., Reply]:
        def handler(request: Request, kind: str, name: str) -> Reply:
            request.done()
            if (kind, name) == (_HEC, _HEC):
                return switch_hec(request, {"disabled": disabled})
            found = find(request, kind, name)
            request.require("edit_token_http" if kind == _HEC else "edit_modinput")
            changed = objects.change(request, _CONF, found.name, {"disabled": disabled})
            return request.feed(kind, [entry(changed, f"{kind}://")])

        return handler

    def delete(request: Request, kind: str, name: str) -> Reply:
        found = find(request, kind, name)
        request.require("edit_token_http" if kind == _HEC else "edit_modinput")
        request.done()
        objects.delete(request, _CONF, found.name)
        return request.feed(kind, [])

    def reload(request: Request, kind: str) -> Reply:
        _known(kind)
        request.done()
        return request.feed(kind, [])  # an input reads its stanza when it starts: nothing is kept to be read anew

    one = r"data/inputs/(?P<kind>[^/]+)/(?P<name>[^/]+)"
    return [
        endpoint(r"data/inputs", GET=kinds),
        endpoint(r"data/modular-inputs", GET=modular),
        endpoint(r"data/modular-inputs/(?P<kind>[^/]+)", GET=modular_one),
        endpoint(r"data/inputs/(?P<kind>[^/]+)", GET=listing, POST=create),
        endpoint(r"data/inputs/(?P<kind>[^/]+)/_reload", GET=reload, POST=reload),
        endpoint(one, GET=show, POST=change, DELETE=delete),
        endpoint(one + "/enable", POST=switch("0")),
        endpoint(one + "/disable", POST=switch("1")),
    ]


def _shared(request: Request, app: str = "") -> Request:
    """Inputs belong to apps, never to users."""
    return replace(request, owner="nobody", namespaced=True, app=app or request.app, query=(), form=())
