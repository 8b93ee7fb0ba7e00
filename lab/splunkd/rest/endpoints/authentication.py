"""Logging in, and who there is: auth/login, authentication/*, authorization/* (REST API Reference, "Access
endpoint descriptions")."""

from __future__ import annotations

from dataclasses import replace
from xml.sax.saxutils import escape

from lab.knowledge.apps import Apps
from lab.splunkd.access import Access, AccessError, Role, Token, User
from lab.splunkd.rest.atom import XML, Entry, Reply, json_reply
from lab.splunkd.rest.objects import write_local
from lab.splunkd.rest.request import Endpoint, NotEmulated, Refusal, Request, endpoint
from lab.splunkd.sessions import SYSTEM_USER, Sessions


def endpoints(access: Access, sessions: Sessions, apps: Apps) -> list[Endpoint]:
    # ---- sessions

    def login(request: Request) -> Reply:
        name, password = request.argument("username"), request.argument("password")
        with_cookie = request.boolean("cookie", False)
        request.passed_over("passcode return_to set_has_logged_in requireMfa")
        request.done()
        if not access.check_password(name, password):
            raise Refusal(401, "Login failed", "WARN", code="incorrect_username_or_password")
        key = sessions.open(name)
        if request.as_json:
            reply = json_reply({"sessionKey": key, "message": "", "code": ""})
        else:
            body = f'<response>\n<sessionKey>{escape(key)}</sessionKey>\n<messages>\n<msg code=""></msg>\n</messages>\n'
            reply = Reply(200, f"{body}</response>\n".encode(), XML)
        if with_cookie:
            reply.headers = [("Set-Cookie", f"splunkd_8089={key}; Path=/; HttpOnly; Max-Age=3600")]
        return reply

    def logout(request: Request) -> Reply:
        request.done()
        sessions.close(request.session_key)
        return request.feed("httpauth-tokens", [])

    def context(request: Request) -> Reply:
        user = access.user(request.user)
        system = request.user == SYSTEM_USER
        content = {
            "capabilities": sorted(access.capabilities_of(request.user)),
            "defaultApp": (user.default_app if user else "") or "launcher",
            "defaultAppIsUserOverride": bool(user and user.default_app),
            "email": user.email if user else "",
            "realname": "Splunk System User" if system else (user.realname if user else ""),
            "restart_background_jobs": True,
            "roles": list(user.roles) if user else ["splunk-system-role"],
            "type": "Splunk",
            "tz": user.tz if user else "",
            "username": request.user,
        }
        return request.one("current-context", Entry("context", content, app="system"))

    # ---- users

    def known(name: str) -> User:
        user = access.user(name)
        if user is None:
            raise Refusal(404, f"Could not find object id={name}")
        return user

    def users(request: Request) -> Reply:
        return request.page("users", [user_entry(access, user) for user in access.users])

    def create_user(request: Request) -> Reply:
        name, password = request.required("name").lower(), request.required("password")
        if access.user(name) is not None:
            raise Refusal(400, f'User with username = "{name}" already exists')
        return request.feed(
            "users", [user_entry(access, changed(request, User(name, ("user",)), password))], status=201
        )

    def show_user(request: Request, name: str) -> Reply:
        return request.one("users", user_entry(access, known(name)))

    def change_user(request: Request, name: str) -> Reply:
        user = known(name)
        return request.feed("users", [user_entry(access, changed(request, user, request.argument("password") or None))])

    def changed(request: Request, user: User, password: str | None) -> User:
        roles = request.many("roles")
        fields = {"realname": "realname", "email": "email", "defaultApp": "default_app", "tz": "tz"}
        given = {ours: request.argument(theirs, getattr(user, ours)) for theirs, ours in fields.items()}
        request.passed_over("createrole force-change-pass restart_background_jobs oldpassword")
        request.done()
        try:
            return access.save_user(replace(user, roles=tuple(roles) or user.roles, **given), password)
        except AccessError as error:
            raise Refusal(400, str(error)) from None

    def delete_user(request: Request, name: str) -> Reply:
        known(name)
        request.done()
        access.delete_user(name)
        return users(request)

    # ---- roles

    def roles(request: Request) -> Reply:
        return request.page("roles", [role_entry(access, access.role(name)) for name in access.role_names])

    def show_role(request: Request, name: str) -> Reply:
        role = access.role(name)
        if role is None:
            raise Refusal(404, f"Could not find object id={name}")
        return request.one("roles", role_entry(access, role))

    def create_role(request: Request) -> Reply:
        name = request.required("name").lower()
        if access.role(name) is not None:
            raise Refusal(409, f"Role {name} already exists")
        return write_role(request, name, 201)

    def change_role(request: Request, name: str) -> Reply:
        if access.role(name) is None:
            raise Refusal(404, f"Could not find object id={name}")
        return write_role(request, name, 200)

    def write_role(request: Request, name: str, status: int) -> Reply:
        """Into the system's local authorize.conf; `capabilities` replaces the role's own list."""
        settings: dict[str, str] = {}
        imported = request.many("imported_roles")
        if imported:
            settings["importRoles"] = ";".join(imported)
        capabilities = request.many("capabilities")
        for capability in filter(None, capabilities):
            if capability not in access.all_capabilities:
                raise Refusal(400, f"Invalid capability: {capability}")
            settings[capability] = "enabled"
        role = access.role(name)
        if capabilities and role is not None:
            settings.update({old: "disabled" for old in role.capabilities if old not in settings})
        for theirs in ("srchIndexesAllowed", "srchIndexesDefault"):
            indexes = request.many(theirs)
            if indexes:
                settings[theirs] = ";".join(indexes)
        default_app = request.argument("defaultApp")
        if default_app:
            settings["defaultApp"] = default_app
        request.done()
        write_local(apps.folder.parent / "system", "authorize", f"role_{name}", settings)
        apps.reload()
        return request.feed("roles", [role_entry(access, access.role(name))], status)

    def capabilities(request: Request) -> Reply:
        content = {"capabilities": sorted(access.all_capabilities)}
        return request.one("capabilities", Entry("capabilities", content))

    # ---- tokens

    def tokens(request: Request) -> Reply:
        user = request.argument("username")
        found = [token for token in access.tokens if user in ("", token.user)]
        return request.page("tokens", [token_entry(token) for token in found])

    def create_token(request: Request) -> Reply:
        name, audience = request.required("name"), request.required("audience")
        if request.argument("expires_on"):
            raise NotEmulated(400, "The lab's splunkd gives out tokens that do not expire only.")
        request.passed_over("type")
        request.done()
        try:
            token, text = access.open_token(name, audience)
        except AccessError as error:
            raise Refusal(400, str(error)) from None
        return request.feed("tokens", [Entry("tokens", {"id": token.id, "token": text})], status=201)

    def delete_token(request: Request, name: str) -> Reply:
        request.done()
        if name not in {token.id for token in access.tokens}:
            raise Refusal(404, f"Could not find object id={name}")
        access.delete_token(name)
        return request.feed("tokens", [])

    edit = {"POST": "edit_user", "DELETE": "edit_user"}
    edit_roles = {"POST": "edit_roles", "DELETE": "edit_roles"}
    edit_tokens = {"GET": "list_tokens_all", "POST": "edit_tokens_all", "DELETE": "edit_tokens_all"}
    return [
        endpoint(r"auth/login", anonymous=True, POST=login),
        endpoint(r"authentication/httpauth-tokens/(?P<name>[^/]+)", DELETE=lambda request, name: logout(request)),
        endpoint(r"authentication/current-context(?:/context)?", GET=context),
        endpoint(r"authentication/users", needs=edit, GET=users, POST=create_user),
        endpoint(
            r"authentication/users/(?P<name>[^/]+)", needs=edit, GET=show_user, POST=change_user, DELETE=delete_user
        ),
        endpoint(r"authorization/roles", needs=edit_roles, GET=roles, POST=create_role),
        endpoint(r"authorization/roles/(?P<name>[^/]+)", needs=edit_roles, GET=show_role, POST=change_role),
        endpoint(r"authorization/capabilities", GET=capabilities),
        endpoint(r"authorization/tokens", needs=edit_tokens, GET=tokens, POST=create_token),
        endpoint(r"authorization/tokens/(?P<name>[^/]+)", needs=edit_tokens, DELETE=delete_token),
    ]


def user_entry(access: Access, user: User) -> Entry:
    content = {
        "capabilities": sorted(access.capabilities_of(user.name)),
        "defaultApp": user.default_app or "launcher",
        "email": user.email,
        "realname": user.realname,
        "roles": list(user.roles),
        "type": "Splunk",
        "tz": user.tz,
    }
    return Entry(user.name, content, links=("list", "edit", "remove"))


def role_entry(access: Access, role: Role) -> Entry:
    inherited = set(role.imported)
    todo = list(role.imported)
    while todo:
        further = access.role(todo.pop())
        more = [name for name in (further.imported if further else ()) if name not in inherited]
        inherited.update(more)
        todo += more
    content = {
        "capabilities": sorted(role.capabilities),
        "imported_roles": list(role.imported),
        "imported_capabilities": sorted(access.capabilities(inherited)),
        "defaultApp": role.settings.get("defaultApp", ""),
        "srchIndexesAllowed": _list(role.settings.get("srchIndexesAllowed", "")),
        "srchIndexesDefault": _list(role.settings.get("srchIndexesDefault", "")),
        "srchFilter": role.settings.get("srchFilter", ""),
    }
    return Entry(role.name, content, links=("list", "edit"))


def token_entry(token: Token) -> Entry:
    content = {
        "claims": {"aud": token.audience, "sub": token.user},
        "status": "enabled",
    }
    return Entry(token.id, content, links=("list", "remove"))


def _list(text: str) -> list[str]:
    return [part.strip() for part in text.split(";") if part.strip()]
