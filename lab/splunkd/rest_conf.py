"""configs/conf-* and properties: conf files through REST (REST API Reference, "Configuration endpoint descriptions").

Reading shows the settings in force in the namespace's app; writing goes to that app's local folder.
"""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Callable

from lab.knowledge.apps import Apps
from lab.knowledge.conf import Conf, read_conf, write_conf
from lab.splunkd.atom import Entry, Reply
from lab.splunkd.rest import Endpoint, Refusal, Request, endpoint

_writing = threading.Lock()


def endpoints(apps: Apps, changed: Callable[[], None]) -> list[Endpoint]:
    """The endpoints over the installed `apps`; `changed` is called after each write."""

    def conf(request: Request, name: str) -> Conf:
        found = apps.conf(name, request.app)
        if not len(found) and not found.default:
            raise Refusal(404, f"The conf file {name} does not exist.")
        return found

    def entry(request: Request, found: Conf, stanza: str) -> Entry:
        if stanza not in found:
            raise Refusal(404, f"The requested object {stanza} does not exist in {found.name}.conf.")
        app = _app_of(found, stanza, apps.folder)
        content = {"disabled": False, "eai:appName": request.app, "eai:userName": request.owner}
        return Entry(stanza, {**content, **found.stanza(stanza)}, app=app, links=("list", "edit"))

    def listing(request: Request, name: str) -> Reply:
        found = conf(request, name)
        return request.page(f"conf-{name}", [entry(request, found, stanza) for stanza in found])

    def show(request: Request, name: str, stanza: str) -> Reply:
        return request.page(f"conf-{name}", [entry(request, conf(request, name), stanza)])

    def change(request: Request, name: str, stanza: str) -> Reply:
        if stanza not in conf(request, name):
            raise Refusal(404, f"The requested object {stanza} does not exist in {name}.conf.")
        return write(request, name, stanza, 200)

    def create(request: Request, name: str) -> Reply:
        stanza = request.argument("name")
        if not stanza:
            raise Refusal(400, "Missing required arguments: name")
        if stanza in apps.conf(name, request.app):
            raise Refusal(409, f"An object with name={stanza} already exists")
        return write(request, name, stanza, 201)

    def write(request: Request, name: str, stanza: str, status: int) -> Reply:
        if request.app not in apps.names:
            raise Refusal(404, f"Application does not exist: {request.app}")
        write_local(apps.folder / request.app, name, stanza, request.arguments())
        changed()
        return request.feed(f"conf-{name}", [entry(request, apps.conf(name, request.app), stanza)], status=status)

    def stanzas(request: Request, name: str) -> Reply:
        return request.page(name, [Entry(stanza, {}, app=request.app) for stanza in conf(request, name)])

    def settings(request: Request, name: str, stanza: str) -> Reply:
        found = conf(request, name)
        if stanza not in found:
            raise Refusal(404, f"The requested object {stanza} does not exist in {name}.conf.")
        return request.page(
            stanza, [Entry(key, {key: value}, app=request.app) for key, value in found.stanza(stanza).items()]
        )

    return [
        endpoint(r"configs/conf-(?P<name>[^/]+)", GET=listing, POST=create),
        endpoint(r"configs/conf-(?P<name>[^/]+)/(?P<stanza>.+)", GET=show, POST=change),
        endpoint(r"properties/(?P<name>[^/]+)", GET=stanzas),
        endpoint(r"properties/(?P<name>[^/]+)/(?P<stanza>.+)", GET=settings),
    ]


def write_local(app_folder: Path, name: str, stanza: str, settings: dict[str, str]) -> None:
    """Set keys of a stanza in the app's local layer; its other keys and stanzas stay."""
    path = app_folder / "local" / f"{name}.conf"
    with _writing:
        stanzas: dict[str, dict[str, str]] = {}
        if path.exists():
            for known, keys in read_conf(path).stanzas.items():
                stanzas[known] = {key: setting.value for key, setting in keys.items()}
        stanzas.setdefault(stanza, {}).update(settings)
        write_conf(path, stanzas)


def _app_of(conf: Conf, stanza: str, apps_folder: Path) -> str:
    """The app whose file holds the stanza's strongest setting; system where none is an app's."""
    for setting in reversed(list(conf.own(stanza).values())):
        if apps_folder in setting.path.parents:
            return setting.path.relative_to(apps_folder).parts[0]
    return "system"
