"""Stanzas of conf files as splunkd's knowledge objects: found, listed, made, changed, removed and shared, by those who
may (Knowledge Manager Manual, "Manage knowledge object permissions").

An object of `servicesNS/nobody/<app>` belongs to the app and lies in its local folder; one of
`servicesNS/<user>/<app>` (and of `/services`, the asking user's own place) is private and lies below etc/users.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Callable

from lab.knowledge.apps import Apps
from lab.knowledge.conf import Conf, read_conf, write_conf
from lab.knowledge.permissions import EVERYBODYS, Permissions, permissions
from lab.spl.errors import SearchError, Unsupported
from lab.splunkd.rest.request import Refusal, Request
from lab.splunkd.sessions import SYSTEM_USER

_writing = threading.Lock()
_ALL = "-"
_NOBODY = "nobody"


@dataclass(frozen=True)
class Object:
    """A stanza, the app it belongs to, and who may do what with it."""

    name: str
    settings: Mapping[str, str] = field(repr=False)
    app: str
    permissions: Permissions
    removable: bool


class Objects:
    """The objects of the installed `apps`; `changed` is called after each write."""

    def __init__(self, apps: Apps, changed: Callable[[], None]) -> None:
        self._apps = apps
        self._changed = changed

    # ---- reading

    def list(self, request: Request, conf: str, only: str | None = None) -> list[Object]:
        """All that the request's namespace shows and its user may read, or those of the name `only`."""
        roles = request.authority.roles_of(request.user)
        everything = request.authority.can(request.user, "admin_all_objects")

        def readable(allowed: Permissions) -> bool:
            own = allowed.sharing == "user" and allowed.owner == request.user
            return own or everything or allowed.lets_read(roles)

        return [found for found in self._all(request, conf, only) if readable(found.permissions)]

    def get(self, request: Request, conf: str, name: str) -> Object:
        """The object of that name; 404 where there is none, or none that may be read."""
        for found in self.list(request, conf, name):
            return found
        raise Refusal(404, f"Could not find object id={name}")

    def exists(self, request: Request, conf: str, name: str) -> bool:
        return bool(self.list(request, conf, name))

    def _all(self, request: Request, conf: str, only: str | None) -> Iterator[Object]:
        user = _user(request)
        if request.app == _ALL:
            for app in self._apps.names:
                private = self._apps.users_of(app) if request.owner == _ALL else filter(None, [user])
                for owner in [None, *private]:
                    yield from self._of(self._own(conf, app, owner), conf, app, owner, only)
            return
        yield from self._of(self._apps.conf(conf, self._app(request), user), conf, request.app, user, only)

    def _own(self, conf: str, app: str, owner: str | None) -> Conf:
        return self._apps.own_conf(conf, app) if owner is None else self._apps.private_conf(conf, app, owner)

    def _of(self, conf: Conf, kind: str, app: str, owner: str | None, only: str | None) -> Iterator[Object]:
        for name in conf if only is None else [only] if only in conf else []:
            home, private, local = self._home(conf, name, app)
            allowed = permissions(self._apps, home, kind, name) if home in self._apps.names else EVERYBODYS
            if private:
                allowed = Permissions((owner or "",), (owner or "",), owner or _NOBODY, "user")
            yield Object(name, conf.stanza(name), home, allowed, private or local)

    def _home(self, conf: Conf, name: str, app: str) -> tuple[str, bool, bool]:
        """(app, private?, only in local?) of the stanza: where its strongest setting stands."""
        paths = [setting.path for setting in conf.own(name).values()]
        if not paths:
            return app, False, True
        folder = self._apps.folder
        private = any(folder.parent / "users" in path.parents for path in paths)
        if private:
            return app, True, True
        homes = [path.relative_to(folder).parts[0] for path in reversed(paths) if folder in path.parents]
        only_local = all(path.parent.name == "local" for path in paths)
        return (homes[0] if homes else "system"), False, only_local

    # ---- writing

    def create(self, request: Request, conf: str, name: str, settings: Mapping[str, str]) -> Object:
        """A new object in the request's namespace; 409 where it has one of that name."""
        if not name or name == "default" or "\n" in name or "]" in name:
            raise Refusal(400, f"Invalid name: {name!r}")
        app, user = self._app(request), _user(request)
        folder = self._apps.private_folder(user, app) if user is not None else self._folder(app)
        if user is None:
            self._check(request, app, conf, name, permissions(self._apps, app, conf, name))
        elif user != request.user:
            request.require("admin_all_objects")
        own = self._own(conf, app, user) if app != "system" else self._apps.conf(conf)
        if name in own:
            raise Refusal(409, f"An object with name={name} already exists")
        self._write(folder, conf, name, settings)
        return self.get(request, conf, name)

    def change(self, request: Request, conf: str, name: str, settings: Mapping[str, str]) -> Object:
        """Set keys of an object where it lives; its others stay."""
        found = self.writable(request, conf, name)
        self._write(self._place(request, found), conf, name, settings)
        return self.get(request, conf, name)

    def delete(self, request: Request, conf: str, name: str) -> None:
        """Remove an object; one that an app ships stays, as in Splunk."""
        found = self.writable(request, conf, name)
        if not found.removable:
            raise Refusal(400, f"Object id={name} cannot be deleted in config={conf}.")
        remove_local(self._place(request, found), conf, name)
        self._changed()

    def _write(self, folder: Path, conf: str, name: str, settings: Mapping[str, str]) -> None:
        """Set the keys; what makes a conf file that cannot be read is refused, and leaves it as it was."""
        path = folder / "local" / f"{conf}.conf"
        before = path.read_bytes() if path.exists() else None
        write_local(folder, conf, name, settings)
        try:
            self._changed()
        except SearchError as error:
            if before is None:
                path.unlink()
            else:
                path.write_bytes(before)
            self._changed()
            if isinstance(error, Unsupported):
                raise
            raise Refusal(400, error.message.partition(": ")[2] or error.message) from None

    def share(self, request: Request, conf: str, name: str, sharing: str, owner: str, access: Permissions) -> Object:
        """Give an object an owner and permissions, and make it private, its app's or everybody's."""
        found = self.writable(request, conf, name)
        private = self._apps.private_folder(found.permissions.owner, found.app)
        if sharing == "user":
            if found.permissions.sharing != "user":
                raise Refusal(400, "The lab's splunkd does not make a shared object private again.")
            return found
        if found.permissions.sharing == "user":
            write_local(self._folder(found.app), conf, name, found.settings)
            remove_local(private, conf, name)
        lists = f"read : [ {', '.join(access.read)} ], write : [ {', '.join(access.write)} ]"
        stanza = {"access": lists, "export": "system" if sharing == "global" else "none", "owner": owner}
        write_local(self._folder(found.app), "local", f"{conf}/{name}", stanza, folder="metadata", suffix="meta")
        self._changed()
        return self.get(request, conf, name)

    def writable(self, request: Request, conf: str, name: str) -> Object:
        """The object, if the user may change it; 403 if not."""
        found = self.get(request, conf, name)
        self._check(request, found.app, conf, name, found.permissions)
        return found

    def _check(self, request: Request, app: str, conf: str, name: str, allowed: Permissions) -> None:
        """Those whom the object lets write may; admin_all_objects may everything (authorize.conf.spec)."""
        roles = request.authority.roles_of(request.user)
        own = allowed.sharing == "user" and allowed.owner == request.user
        if own or allowed.lets_write(roles) or request.authority.can(request.user, "admin_all_objects"):
            return
        raise Refusal(
            403,
            f"User '{request.user}' with roles {{ {', '.join(sorted(roles))} }} cannot write: "
            f"/nobody/{app}/{conf}/{name} {allowed}, export: {allowed.sharing}, owner: {allowed.owner}",
        )

    def _place(self, request: Request, found: Object) -> Path:
        if found.permissions.sharing == "user":
            return self._apps.private_folder(found.permissions.owner, found.app)
        # An exported object of another app is changed in the namespace's app, as splunkd does it.
        app = found.app if request.app in (_ALL, found.app) or found.app == "system" else request.app
        return self._folder(app)

    def _app(self, request: Request) -> str:
        if request.app != "system" and request.app not in self._apps.names:
            raise Refusal(404, f"Application does not exist: {request.app}")
        return request.app

    def _folder(self, app: str) -> Path:
        return self._apps.home(app)


def _user(request: Request) -> str | None:
    """Whose private objects the namespace shows."""
    if request.owner == _ALL:
        return None
    owner = request.owner if request.namespaced else request.user
    return None if owner in (_NOBODY, SYSTEM_USER, "") else owner


def write_local(
    app_folder: Path, name: str, stanza: str, settings: Mapping[str, str], folder: str = "local", suffix: str = "conf"
) -> None:
    """Set keys of a stanza in the app's local layer; its other keys and stanzas stay."""
    path = app_folder / folder / f"{name}.{suffix}"
    with _writing:
        stanzas = _stanzas(path)
        stanzas.setdefault(stanza, {}).update(settings)
        write_conf(path, stanzas)


def remove_local(app_folder: Path, name: str, stanza: str) -> None:
    """Remove a stanza from the app's local layer."""
    path = app_folder / "local" / f"{name}.conf"
    with _writing:
        stanzas = _stanzas(path)
        stanzas.pop(stanza, None)
        write_conf(path, stanzas)


def _stanzas(path: Path) -> dict[str, dict[str, str]]:
    if not path.exists():
        return {}
    return {
        known: {key: setting.value for key, setting in keys.items()} for known, keys in read_conf(path).stanzas.items()
    }
