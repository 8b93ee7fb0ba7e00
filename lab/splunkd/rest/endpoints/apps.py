"""apps/local: the installed apps (REST API Reference, "Application endpoint descriptions")."""

from __future__ import annotations

from typing import Callable

from lab.knowledge.apps import Apps
from lab.knowledge.conf import Conf
from lab.splunkd.rest.atom import Entry, Reply
from lab.splunkd.rest.request import Endpoint, NotEmulated, Refusal, Request, endpoint


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

    def refuse(request: Request, **groups: str) -> Reply:
        raise NotEmulated(400, "The lab's splunkd installs apps from its own command line only.")

    install = {"POST": "install_apps", "DELETE": "install_apps"}
    return [
        endpoint(r"apps/local", needs=install, GET=listing, POST=refuse),
        endpoint(r"apps/local/_reload", GET=reload, POST=reload),
        endpoint(r"apps/local/(?P<name>[^/]+)", needs=install, GET=show, POST=refuse, DELETE=refuse),
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
    return conf.stanza(stanza)[key].lower() in ("1", "true")
