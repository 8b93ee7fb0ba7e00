"""Users, roles and capabilities (authorize.conf.spec; Securing Splunk, "About role-based user access").

Roles are those of authorize.conf, Splunk's own under the apps'; a role has its own capabilities and those of the roles
it imports. Users live in etc/passwd, their passwords as salted hashes; tokens in etc/auth, as hashes too.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
import threading
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from lab.knowledge.apps import Apps
from lab.knowledge.base_search import EVERYTHING, Searchable
from lab.knowledge.conf import Conf, boolean
from lab.spl.errors import Unsupported
from lab.splunkd.sessions import SYSTEM_USER

_PREFIX = "role_"
_SEARCH_RESTRICTIONS = ("srchFilter", "srchIndexesDisallowed", "srchTimeWin", "srchTimeEarliest")
_SYSTEM_ROLE = "splunk-system-role"
# Keys of a role that are no capability (authorize.conf.spec).
_SETTINGS = [
    "importRoles",
    "grantableRoles",
    "srchFilter",
    "srchFilterSelecting",
    "srchIndexesAllowed",
    "srchIndexesDisallowed",
    "srchIndexesDefault",
    "deleteIndexesAllowed",
    "srchDiskQuota",
    "srchJobsQuota",
    "rtSrchJobsQuota",
    "srchMaxTime",
    "srchTimeWin",
    "srchTimeEarliest",
    "srchMaxTime",
    "cumulativeSrchJobsQuota",
    "cumulativeRTSrchJobsQuota",
    "defaultApp",
    "ephemeralExpiration",
    "never_lockout",
    "never_expire",
    "federatedProviders",
    "workload_pool",
]


class AccessError(Exception):
    """A user, role or token that cannot be what it should; the message is for whoever asked for it."""


@dataclass(frozen=True)
class User:
    """Somebody who may log in."""

    name: str
    roles: tuple[str, ...]
    realname: str = ""
    email: str = ""
    default_app: str = ""
    tz: str = ""
    salt: str = field(default="", repr=False)
    password: str = field(default="", repr=False)  # hashed with the salt


@dataclass(frozen=True)
class Role:
    """A role of authorize.conf: what it may do itself and by import."""

    name: str
    imported: tuple[str, ...]
    capabilities: tuple[str, ...]
    settings: dict[str, str]


@dataclass(frozen=True)
class Token:
    """An authentication token; its text is shown once, when it is made."""

    id: str
    user: str
    audience: str
    digest: str = field(repr=False)


class Access:
    """Who there is and what they may do. `folder` is SPLUNK_HOME/etc."""

    def __init__(self, apps: Apps, folder: Path) -> None:
        self._apps = apps
        self._lock = threading.RLock()
        self._users_file = folder / "passwd"
        self._tokens_file = folder / "auth" / "tokens.json"
        self._users = {name: User(**_tupled(one)) for name, one in _read(self._users_file).items()}
        self._tokens = {name: Token(**one) for name, one in _read(self._tokens_file).items()}

    # ---- users

    @property
    def users(self) -> list[User]:
        return [self._users[name] for name in sorted(self._users)]

    def user(self, name: str) -> User | None:
        return self._users.get(name)

    def save_user(self, user: User, password: str | None = None) -> User:
        """Make or change a user; roles must exist, and a password is kept as its hash."""
        for role in user.roles:
            if role not in self.role_names:
                raise AccessError(f'Could not get info for role that does not exist: "{role}"')
        if not user.roles:
            raise AccessError("A user must have at least one role.")
        if password is not None:
            salt = secrets.token_hex(16)
            user = replace(user, salt=salt, password=_hashed(password, salt))
        with self._lock:
            self._users[user.name] = user
            _write(self._users_file, {name: asdict(one) for name, one in self._users.items()})
        return user

    def delete_user(self, name: str) -> None:
        with self._lock:
            del self._users[name]
            _write(self._users_file, {name: asdict(one) for name, one in self._users.items()})

    def check_password(self, name: str, password: str) -> bool:
        user = self._users.get(name)
        known = user.password if user else ""
        return hmac.compare_digest(_hashed(password, user.salt if user else ""), known) and bool(known)

    # ---- roles

    @property
    def _conf(self) -> Conf:
        return self._apps.conf("authorize")

    @property
    def role_names(self) -> list[str]:
        return sorted(name[len(_PREFIX) :] for name in self._conf if name.startswith(_PREFIX))

    def role(self, name: str) -> Role | None:
        conf = self._conf
        if _PREFIX + name not in conf:
            return None
        settings = conf.settings(_PREFIX + name)
        values = {key: setting.value for key, setting in settings.items()}
        imported = tuple(_parts(values.get("importRoles", "")))
        capabilities = tuple(
            key for key, setting in settings.items() if key not in _SETTINGS and _enabled(setting.value, setting, key)
        )
        return Role(name, imported, capabilities, {key: values[key] for key in _SETTINGS if key in values})

    def roles_of(self, user: str) -> frozenset[str]:
        """The user's roles and all that they import."""
        found: set[str] = set()
        todo = list(self._own_roles(user))
        while todo:
            name = todo.pop()
            if name not in found:
                found.add(name)
                role = self.role(name)
                todo += role.imported if role else ()
        return frozenset(found)

    def _own_roles(self, user: str) -> Iterable[str]:
        if user == SYSTEM_USER:
            return (_SYSTEM_ROLE,)
        known = self._users.get(user)
        return known.roles if known else ()

    def capabilities_of(self, user: str) -> frozenset[str]:
        return self.capabilities(self.roles_of(user))

    def capabilities(self, roles: Iterable[str]) -> frozenset[str]:
        found = [role.capabilities for role in map(self.role, roles) if role is not None]
        return frozenset(capability for capabilities in found for capability in capabilities)

    def searchable(self, user: str) -> Searchable:
        """The indexes that the user's roles together may search, and search by default; nobody and the system's user,
        as whom the scheduler runs what belongs to an app, may all."""
        if user in ("nobody", SYSTEM_USER) or user not in self._users:
            return EVERYTHING
        allowed: dict[str, None] = {}
        default: dict[str, None] = {}
        for role in filter(None, map(self.role, sorted(self.roles_of(user)))):
            for key in _SEARCH_RESTRICTIONS:
                if role.settings.get(key):
                    raise Unsupported(f"the lab does not restrict searches by {key} (role {role.name})")
            allowed.update(dict.fromkeys(_parts(role.settings.get("srchIndexesAllowed", ""))))
            default.update(dict.fromkeys(_parts(role.settings.get("srchIndexesDefault", ""))))
        return Searchable(tuple(allowed), tuple(default))

    @property
    def all_capabilities(self) -> frozenset[str]:
        """Those of any role, and those an app declares with `[capability::name]`."""
        declared = {name[len("capability::") :] for name in self._conf if name.startswith("capability::")}
        return self.capabilities(self.role_names) | declared

    def can(self, user: str, capability: str) -> bool:
        return user == SYSTEM_USER or capability in self.capabilities_of(user)

    # ---- tokens

    @property
    def tokens(self) -> list[Token]:
        return list(self._tokens.values())

    def open_token(self, user: str, audience: str) -> tuple[Token, str]:
        """A new token and its text; it does not expire."""
        if user not in self._users:
            raise AccessError(f"The user {user} does not exist.")
        text = secrets.token_urlsafe(48)
        token = Token(secrets.token_hex(32), user, audience, _digest(text))
        self._save_token(token)
        return token, text

    def delete_token(self, identity: str) -> None:
        with self._lock:
            del self._tokens[identity]
            _write(self._tokens_file, {name: asdict(one) for name, one in self._tokens.items()})

    def user_of_token(self, text: str) -> str | None:
        """Whose token this is."""
        digest = _digest(text)
        return next((token.user for token in self._tokens.values() if hmac.compare_digest(token.digest, digest)), None)

    def _save_token(self, token: Token) -> None:
        with self._lock:
            self._tokens[token.id] = token
            _write(self._tokens_file, {name: asdict(one) for name, one in self._tokens.items()})


def _parts(text: str) -> list[str]:
    """A list of authorize.conf: its parts are separated by semicolons."""
    return [part.strip() for part in text.split(";") if part.strip()]


def _enabled(value: str, setting: Any, key: str) -> bool:
    """A capability is enabled, or disabled (which takes no imported one away)."""
    return value == "enabled" or (value != "disabled" and boolean(setting, key))


def _hashed(password: str, salt: str) -> str:
    return hashlib.scrypt(password.encode(), salt=salt.encode(), n=1 << 12, r=8, p=1).hex()


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _read(file: Path) -> dict[str, Any]:
    if not file.exists():
        return {}
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
    except ValueError as error:
        raise AccessError(f"{file} is damaged ({error}): remove it, and make the users or tokens anew") from None
    return found


def _tupled(one: dict[str, Any]) -> dict[str, Any]:
    return {**one, "roles": tuple(one["roles"])}


def _write(file: Path, found: dict[str, Any]) -> None:
    written = file.with_name(file.name + ".new")
    written.parent.mkdir(parents=True, exist_ok=True)
    written.write_text(json.dumps(found, indent=1), encoding="utf-8")
    written.chmod(0o600)
    written.replace(file)
