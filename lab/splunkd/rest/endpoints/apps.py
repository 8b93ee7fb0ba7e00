"""apps/local: the installed apps (REST API Reference, "Application endpoint descriptions")."""

from __future__ import annotations

import re
import shutil
from typing import Callable

from lab.knowledge.apps import Apps
from lab.knowledge.conf import Conf, is_true
from lab.splunkd.rest.atom import Entry, Reply
from lab.splunkd.rest.objects import write_local
from lab.splunkd.rest.request import Endpoint, NotEmulated, Refusal, Request, endpoint

_NAME = re.compile(r"[A-Za-z0-9][\w\-.]*")


def endpoints(apps: Apps, reread: Callable[[], None]) -> list[Endpoint]:
    """The endpoints; `reread` reads the conf files anew."""

    def listing(request: Request) -> Reply:
        return request.page("localapps", [_entry(apps, name) for name in apps.names])

    def show(request: Request, name: str) -> Reply:
        if name not in apps.names:
            raise Refusal(404, f"Could not find object id={name}")
        request.passed_over("refresh")
        return request.one("localapps", _entry(apps, name))

    def reload(request: Request) -> Reply:
        request.done()
        reread()
        return request.feed("localapps", [])

    def create(request: Request) -> Reply:
        """A new, empty app (template = barebones)."""
        name = request.required("name")
        if request.argument("template", "barebones") != "barebones":
            raise NotEmulated(400, "The lab's splunkd makes apps of the template barebones only.")
        ui = {"label": request.argument("label", name), "is_visible": request.argument("visible", "1")}
        launcher = {key: request.argument(key) for key in ("author", "description", "version")}
        request.passed_over("configured filename update")
        request.done()
        if not _NAME.fullmatch(name):
            raise Refusal(400, f"Invalid name of an app: {name}")
        if name in apps.names:
            raise Refusal(409, f"Cannot create object because it already exists: {name}")
        write_local(apps.folder / name, "app", "ui", ui, folder="default")
        write_local(apps.folder / name, "app", "launcher", {k: v for k, v in launcher.items() if v}, folder="default")
        reread()
        return request.feed("localapps", [_entry(apps, name)], status=201)

    def delete(request: Request, name: str) -> Reply:
        if name not in apps.names:
            raise Refusal(404, f"Could not find object id={name}")
        request.done()
        shutil.rmtree(apps.folder / name)
        reread()
        return request.feed("localapps", [])

    install = {"POST": "install_apps", "DELETE": "install_apps"}
    return [
        endpoint(r"apps/local", needs=install, GET=listing, POST=create),
        endpoint(r"apps/local/_reload", GET=reload, POST=reload),
        endpoint(r"apps/local/(?P<name>[^/]+)", needs=install, GET=show, DELETE=delete),
    ]


def _entry(apps: Apps, name: str) -> Entry:
    conf = apps.own_conf("app", name)

    def setting(stanza: str, key: str, default: str) -> str:
        return conf.stanza(stanza).get(key, default) if stanza in conf else default

    content = {
        "author": setting("launcher", "author", ""),
        "check_for_updates": _true(conf, "package", "check_for_updates", True),
        "configured": _true(conf, "install", "is_configured", False),
        "core": False,
        "description": setting("launcher", "description", ""),
        "disabled": setting("install", "state", "enabled") == "disabled",
        "label": setting("ui", "label", name),
        "managed_by_deployment_client": False,
        "show_in_nav": _true(conf, "ui", "show_in_nav", True),
        "state_change_requires_restart": _true(conf, "install", "state_change_requires_restart", False),
        "version": setting("launcher", "version", ""),
        "visible": _true(conf, "ui", "is_visible", True),
    }
    return Entry(name, content, app="system", links=("list", "_reload"))


def _true(conf: Conf, stanza: str, key: str, default: bool) -> bool:
    if stanza not in conf or key not in conf.stanza(stanza):
        return default
    return is_true(conf.stanza(stanza)[key])
