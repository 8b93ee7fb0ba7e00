"""Apps' own REST endpoints: restmap.conf, its handlers run as processes that stay (restmap.conf.spec).

`[admin_external:…]` under an `[admin:…]` are handlers by `splunk.admin`, as UCC's pages have them; `[script:…]` with
`scripttype = persist` are applications by `splunk.persistconn`. Other kinds are refused by name.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Callable

from lab.knowledge.apps import Apps
from lab.knowledge.conf import Conf, Setting, boolean, is_true
from lab.knowledge.permissions import EVERYBODYS, Permissions
from lab.spl.errors import Unsupported
from lab.splunkd.handler_process import HandlerError, HandlerProcess
from lab.splunkd.log import SplunkdLog
from lab.splunkd.processes import SPLUNK_PACKAGE, Processes
from lab.splunkd.rest.atom import JSON, Entry, Reply
from lab.splunkd.rest.request import Endpoint, NotEmulated, Refusal, Request, endpoint
from lab.splunkd.sessions import Sessions

_APPSERVER = SPLUNK_PACKAGE / "splunk" / "persistconn" / "appserver.py"
_PATIENCE = 60.0
_METHODS = ("GET", "POST", "DELETE", "PUT")
_LISTING = ("count", "offset", "search", "sort_key", "sort_dir", "sort_mode", "f")


class RestHandlers:
    """The handlers of an instance's apps; `listen` gives the address of its REST."""

    def __init__(
        self,
        apps: Apps,
        processes: Processes,
        sessions: Sessions,
        log: SplunkdLog,
        server_name: str,
        listen: Callable[[], str],
    ) -> None:
        self._apps = apps
        self._processes = processes
        self._sessions = sessions
        self._log = log
        self._server_name = server_name
        self._listen = listen
        self._running: dict[str, HandlerProcess] = {}

    def stop(self) -> None:
        """End all processes: apps have changed, or splunkd ends."""
        for process in self._running.values():
            process.stop()
        self._running.clear()

    def find(self, resource: str) -> Endpoint | None:
        """The endpoint that restmap.conf makes of `resource`, a path below the namespace."""
        conf = self._apps.conf("restmap")
        for name in conf:
            kind, _, title = name.partition(":")
            settings = conf.settings(name)
            match = settings["match"].value.strip("/") if "match" in settings else None
            if kind == "admin" and match is not None:
                found = self._admin(conf, settings, match, resource)
            elif kind == "script" and match is not None and _below(resource, match) is not None:
                found = self._script(title, settings, _below(resource, match) or "")
            else:
                found = None
            if found is not None:
                return found
        return None

    # ---- admin_external

    def _admin(self, conf: Conf, group: Mapping[str, Setting], match: str, resource: str) -> Endpoint | None:
        rest = _below(resource, match)
        member, _, identity = (rest or "").partition("/")
        members = [name.strip() for name in group["members"].value.split(",")] if "members" in group else []
        stanza = f"admin_external:{member}"
        if member not in members or stanza not in conf:
            return None
        settings = conf.settings(stanza)
        if settings["handlertype"].value != "python":
            raise Unsupported(f"{settings['handlertype'].place}: the lab runs handlertype = python only")
        actions = [action.strip() for action in settings["handleractions"].value.split(",")]

        def handler(request: Request) -> Reply:
            _require(request, group)  # "applicable to all REST stanzas" (restmap.conf.spec): UCC writes them there
            return self._admin_reply(request, member, settings, actions, identity)

        return endpoint(".*", **dict.fromkeys(_METHODS, handler))

    def _admin_reply(
        self, request: Request, member: str, settings: Mapping[str, Setting], actions: list[str], identity: str
    ) -> Reply:
        count, offset = request.integer("count", 30), request.integer("offset", 0)
        request.passed_over(" ".join(_LISTING))
        arguments = {name: request.many(name) for name in list(request.names)}
        identity, _, custom = identity.partition("/")
        action, identity, arguments = _action(request.method, identity, custom, arguments)
        if action not in (*actions, "reload"):
            raise NotEmulated(405, f"The handler {member} has no action {action}.")
        _require(request, settings)
        script = _bin(settings["handlerfile"]) / settings["handlerfile"].value
        process = self._process(member, lambda: self._processes.start(script, ["persistent"]))
        answer = self._ask(
            process,
            {
                "action": action,
                "id": identity or None,
                "args": arguments,
                "user": request.user,
                "app": request.app,
                "count": count,
                "offset": offset,
                "session_key": request.session_key,
            },
        )
        if "error" in answer:
            raise Refusal(answer["status"], answer["error"])
        entries = [_entry(one, request.app) for one in answer["entries"]]
        return request.feed(member, entries, 201 if action == "create" else 200)

    # ---- script

    def _script(self, title: str, settings: Mapping[str, Setting], path_info: str) -> Endpoint:
        kind = settings.get("scripttype")
        if kind is None or kind.value != "persist":
            place = (kind or settings["match"]).place
            raise Unsupported(f"{place}: the lab runs scripttype = persist only")
        anonymous = "requireAuthentication" in settings and not _true(settings, "requireAuthentication", True)

        def handler(request: Request) -> Reply:
            return self._script_reply(request, title, settings, path_info)

        return endpoint(".*", takes_form=False, anonymous=anonymous, **dict.fromkeys(_METHODS, handler))

    def _script_reply(self, request: Request, title: str, settings: Mapping[str, Setting], path_info: str) -> Reply:
        _require(request, settings)
        folder = _bin(settings["script"])
        handler = settings["handler"].value
        process = self._process(title, lambda: self._processes.start(_APPSERVER, [str(folder), handler]))
        system_key = self._sessions.open() if _true(settings, "passSystemAuth", False) else ""
        try:
            packet = self._packet(request, title, settings, path_info)
            answer = self._ask(process, {**packet, **({"system_authtoken": system_key} if system_key else {})})
        finally:
            if system_key:
                self._sessions.close(system_key)
        if "error" in answer:
            raise Refusal(500, f"The REST handler {title} failed: {answer['error']}")
        reply = answer["reply"] or {}
        payload = reply.get("payload", "")
        body = payload if isinstance(payload, str) else json.dumps(payload)
        headers = dict(reply.get("headers") or {})
        content_type = headers.pop("Content-Type", JSON)
        return Reply(int(reply.get("status", 200)), body.encode(), content_type, list(headers.items()))

    def _packet(self, request: Request, title: str, settings: Mapping[str, Setting], path_info: str) -> dict[str, Any]:
        """The request as the application gets it; the pass… settings decide what of it."""
        mode = request.output_mode if request.output_mode != "xml" else "json"
        packet: dict[str, Any] = {
            "output_mode": mode,
            "output_mode_explicit": any(name == "output_mode" for name, _ in request.query),
            "server": {"rest_uri": self._listen(), "hostname": self._server_name, "servername": self._server_name},
            "restmap": {"name": f"script:{title}"},
            "path_info": path_info,
            "method": request.method,
            "rest_path": "/" + request.resource,
            "ns": {"app": request.app, "user": request.owner} if request.namespaced else {},
            "query": [list(pair) for pair in request.query],
            "connection": {"src_ip": request.remote_address, "ssl": False},
            "form": [],
        }
        if request.content_type.startswith("application/x-www-form-urlencoded"):
            packet["form"] = [list(pair) for pair in request.form_of_body()]
        if _true(settings, "passConf", True):
            packet["restmap"]["conf"] = {key: setting.value for key, setting in settings.items()}
        if _true(settings, "passSession", True):
            packet["session"] = {"user": request.user, "authtoken": request.session_key, "tz": ""}
        if _true(settings, "passHttpHeaders", False):
            packet["headers"] = [list(pair) for pair in request.headers.items()]
        if _true(settings, "passHttpCookies", False):
            packet["cookies"] = []
        payload = settings["passPayload"].value if "passPayload" in settings else "false"
        if payload == "base64":
            raise Unsupported(f"{settings['passPayload'].place}: the lab passes no payload in base64")
        if is_true(payload):
            packet["payload"] = request.body.decode("utf-8", "replace")
        return packet

    # ---- processes

    def _process(self, name: str, start: Callable[[], Any]) -> HandlerProcess:
        self._listen()
        if name not in self._running:

            def log(line: str) -> None:
                self._log.write("ERROR", "PersistentScript", f"From {{{name}}}: {line}")

            self._running[name] = HandlerProcess(name, start, log, _PATIENCE)
        return self._running[name]

    def _ask(self, process: HandlerProcess, packet: Mapping[str, Any]) -> dict[str, Any]:
        try:
            return process.ask(packet)
        except HandlerError as error:
            raise Refusal(500, str(error)) from None


def _below(resource: str, match: str) -> str | None:
    """What follows `match` in the resource; None where it does not lie there."""
    if not match:
        return resource
    if resource == match:
        return ""
    return resource[len(match) + 1 :] if resource.startswith(match + "/") else None


def _action(
    method: str, identity: str, custom: str, arguments: dict[str, list[str]]
) -> tuple[str, str, dict[str, list[str]]]:
    """(action, object, its arguments) of a request, as splunkd maps methods to actions."""
    if identity == "_reload" or custom == "_reload":
        return "reload", "", {}
    if custom in ("enable", "disable"):
        return "edit", identity, {"disabled": ["1" if custom == "disable" else "0"]}
    if custom:
        raise NotEmulated(404, f"The lab's splunkd has no custom action {custom}.")
    if method == "GET":
        return "list", identity, arguments
    if method == "DELETE":
        return "remove", identity, arguments
    if identity:
        return "edit", identity, arguments
    names = arguments.pop("name", [])
    if not names or not names[0]:
        raise Refusal(400, "The following required arguments are missing: name.")
    return "create", names[0], arguments


def _entry(one: Mapping[str, Any], app: str) -> Entry:
    """An object that a handler gave, with the permissions it says."""
    metadata = one["metadata"]
    acl = metadata.get("eai:acl") or {}
    perms = acl.get("perms") or {}
    allowed = Permissions(
        tuple(perms.get("read", EVERYBODYS.read)),
        tuple(perms.get("write", EVERYBODYS.write)),
        acl.get("owner") or "nobody",
        acl.get("sharing") or "app",
    )
    attributes = metadata.get("eai:attributes") or {}
    fields = {kind[: -len("Fields")]: names for kind, names in attributes.items() if kind.endswith("Fields")}
    content = {**one["content"], "eai:appName": app, "eai:userName": "nobody"}
    return Entry(one["name"], content, acl.get("app") or app, allowed, ("list", "edit", "remove"), fields=fields)


def _require(request: Request, settings: Mapping[str, Setting]) -> None:
    for key in ("capability", f"capability.{request.method.lower()}"):
        if key in settings:
            request.require(settings[key].value)


def _true(settings: Mapping[str, Setting], key: str, default: bool) -> bool:
    return boolean(settings[key], key) if key in settings else default


def _bin(setting: Setting) -> Path:
    """The bin folder of the app whose restmap.conf this is; the file named must lie in it."""
    name = setting.value
    folder = setting.path.parent.parent / "bin"
    if os.path.isabs(name) or ".." in Path(name).parts or not (folder / name).is_file():
        raise Refusal(500, f"{setting.place}: there is no {name} in the app's bin.")
    return folder
