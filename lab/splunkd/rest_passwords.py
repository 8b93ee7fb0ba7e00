"""storage/passwords (REST API Reference): list, create, change and delete secrets of an app."""

from __future__ import annotations

from lab.splunkd.atom import Entry, Reply
from lab.splunkd.passwords import Password, Passwords
from lab.splunkd.rest import Endpoint, Refusal, Request, endpoint


def endpoints(passwords: Passwords) -> list[Endpoint]:
    def find(request: Request, name: str) -> Password:
        for password in passwords.of_app(request.app):
            # The colons of realm and user name may come unescaped; without a realm the user name is enough.
            alone = "" if password.realm else password.username
            if name in (password.name, f"{password.realm}:{password.username}:", alone):
                return password
        raise Refusal(404, f"Could not find object id={name}")

    def listing(request: Request) -> Reply:
        return request.page("passwords", [_entry(password) for password in passwords.of_app(request.app)])

    def create(request: Request) -> Reply:
        username, realm, clear = request.argument("name"), request.argument("realm"), request.argument("password")
        request.done()
        if not username or not clear:
            raise Refusal(400, "Missing required arguments: name, password")
        password = Password(request.app, realm, username, clear)
        if any(known.name == password.name for known in passwords.of_app(request.app)):
            raise Refusal(409, f"Cannot create object because it already exists: {password.name}")
        passwords.save(password)
        return request.feed("passwords", [_entry(password)], status=201)

    def show(request: Request, name: str) -> Reply:
        return request.page("passwords", [_entry(find(request, name))])

    def change(request: Request, name: str) -> Reply:
        known = find(request, name)
        clear = request.argument("password")
        request.done()
        if not clear:
            raise Refusal(400, "Missing required arguments: password")
        password = Password(known.app, known.realm, known.username, clear)
        passwords.save(password)
        return request.feed("passwords", [_entry(password)])

    def delete(request: Request, name: str) -> Reply:
        known = find(request, name)
        request.done()
        passwords.delete(known)
        return request.page("passwords", [_entry(password) for password in passwords.of_app(request.app)])

    return [
        endpoint(r"storage/passwords", GET=listing, POST=create),
        endpoint(r"storage/passwords/(?P<name>.+)", GET=show, POST=change, DELETE=delete),
    ]


def _entry(password: Password) -> Entry:
    content = {
        "clear_password": password.clear_password,
        "encr_password": "$7$",
        "password": "********",
        "realm": password.realm,
        "username": password.username,
    }
    return Entry(password.name, content, app=password.app, links=("list", "edit", "remove"))
