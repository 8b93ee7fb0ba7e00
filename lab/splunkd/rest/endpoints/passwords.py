"""storage/passwords (REST API Reference): list, create, change and delete secrets of an app."""

from __future__ import annotations

from lab.splunkd.passwords import Password, Passwords
from lab.splunkd.rest.atom import Entry, Reply
from lab.splunkd.rest.request import Endpoint, Refusal, Request, endpoint


def endpoints(passwords: Passwords) -> list[Endpoint]:
    def own(request: Request) -> list[Password]:
        return passwords.all() if request.app == "-" else passwords.of_app(request.app)

    def find(request: Request, name: str) -> Password:
        for password in own(request):
            # The colons of realm and user name may come unescaped; without a realm the user name is enough.
            alone = "" if password.realm else password.username
            if name in (password.name, f"{password.realm}:{password.username}:", alone):
                return password
        raise Refusal(404, f"Could not find object id={name}")

    def listing(request: Request) -> Reply:
        return request.page("passwords", [_entry(password) for password in own(request)])

    def create(request: Request) -> Reply:
        username, clear = request.required("name"), request.required("password")
        realm = request.argument("realm")
        request.done()
        password = Password(request.app, realm, username, clear)
        if any(known.name == password.name for known in passwords.of_app(request.app)):
            raise Refusal(409, f"Cannot create object because it already exists: {password.name}")
        passwords.save(password)
        return request.feed("passwords", [_entry(password)], status=201)

    def show(request: Request, name: str) -> Reply:
        return request.one("passwords", _entry(find(request, name)))

    def change(request: Request, name: str) -> Reply:
        known = find(request, name)
        clear = request.required("password")
        request.done()
        password = Password(known.app, known.realm, known.username, clear)
        passwords.save(password)
        return request.feed("passwords", [_entry(password)])

    def delete(request: Request, name: str) -> Reply:
        known = find(request, name)
        request.done()
        passwords.delete(known)
        return request.page("passwords", [_entry(password) for password in own(request)])

    edit = "edit_storage_passwords"
    needs = {"GET": "list_storage_passwords", "POST": edit, "DELETE": edit}
    return [
        endpoint(r"storage/passwords", needs=needs, GET=listing, POST=create),
        # solnlib leaves the slash of UCC's realms (configs/conf-…) as it is.
        endpoint(r"storage/passwords/(?P<name>.+)", needs=needs, GET=show, POST=change, DELETE=delete),
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
