"""data/lookup-table-files: the CSV files that lookups read (REST API Reference, "Knowledge endpoint descriptions").

A new file is not uploaded: it is moved from the staging folder var/run/splunk/lookup_tmp (eai:data is its path). In
the namespace of nobody it is the app's; in that of a user it would be private, which the lab does not have.
"""

from __future__ import annotations

from pathlib import Path
from typing import Callable

from lab.knowledge.apps import Apps
from lab.knowledge.permissions import permissions
from lab.splunkd.rest.atom import Entry, Reply
from lab.splunkd.rest.request import Endpoint, NotEmulated, Refusal, Request, endpoint

_KIND = "lookups"


def endpoints(apps: Apps, staging: Path, changed: Callable[[], None]) -> list[Endpoint]:
    """The endpoints; `staging` is the only folder a file may come from."""

    def entry(app: str, path: Path) -> Entry:
        content = {"disabled": False, "eai:appName": app, "eai:data": str(path), "eai:userName": "nobody"}
        return Entry(path.name, content, app, permissions(apps, app, _KIND, path.name), ("list", "edit", "remove"))

    def listing(request: Request) -> Reply:
        roles = request.authority.roles_of(request.user)
        found = []
        for app in apps.names:
            for path in sorted((apps.folder / app / "lookups").glob("*")):
                seen = request.app in ("-", app) or apps.exports(app, _KIND, path.name)
                if seen and path.suffix in (".csv", ".gz", ".kmz") and entry(app, path).permissions.lets_read(roles):
                    found.append(entry(app, path))
        return request.page("lookup-table-files", found)

    def find(request: Request, name: str) -> tuple[str, Path]:
        path = apps.lookup_file(name, request.app) if "/" not in name else None
        if path is None:
            raise Refusal(404, f"Could not find object id={name}")
        return path.relative_to(apps.folder).parts[0], path

    def show(request: Request, name: str) -> Reply:
        return request.one("lookup-table-files", entry(*find(request, name)))

    def create(request: Request) -> Reply:
        name = request.required("name")
        if "/" in name or name.startswith("."):
            raise Refusal(400, f"Invalid lookup table file name: {name}")
        if (apps.folder / request.app / "lookups" / name).exists():
            raise Refusal(409, f"Cannot create lookup table file '{name}': a file with that name already exists.")
        return place(request, request.app, name, 201)

    def change(request: Request, name: str) -> Reply:
        app, _ = find(request, name)
        return place(request, app, name, 200)

    def place(request: Request, app: str, name: str, status: int) -> Reply:
        """Move the staged file to its place."""
        if app not in apps.names:
            raise Refusal(404, f"Application does not exist: {app}")
        if (request.owner if request.namespaced else request.user) != "nobody":
            raise NotEmulated(400, f"The lookup table file {name} would be private: post as servicesNS/nobody/{app}.")
        check(request, app, name)
        staged = Path(request.required("eai:data"))
        request.done()
        if not staged.is_file() or staging.resolve() not in staged.resolve().parents:
            raise Refusal(400, f"The source file {staged} is not in the lookup staging folder {staging}.")
        path = apps.folder / app / "lookups" / name
        path.parent.mkdir(exist_ok=True)
        staged.replace(path)
        changed()
        return request.feed("lookup-table-files", [entry(app, path)], status)

    def check(request: Request, app: str, name: str) -> None:
        roles = request.authority.roles_of(request.user)
        allowed = permissions(apps, app, _KIND, name)
        if not allowed.lets_write(roles) and not request.authority.can(request.user, "admin_all_objects"):
            raise Refusal(403, f"User '{request.user}' cannot write the lookup table file {name} of {app}.")

    def delete(request: Request, name: str) -> Reply:
        app, path = find(request, name)
        check(request, app, name)
        request.done()
        path.unlink()
        changed()
        return request.feed("lookup-table-files", [])

    needs = {"POST": "upload_lookup_files"}
    return [
        endpoint(r"data/lookup-table-files", needs=needs, GET=listing, POST=create),
        endpoint(
            r"data/lookup-table-files/(?P<name>[^/]+)", needs=needs, GET=show, POST=change, DELETE=delete
        ),
    ]  # fmt: skip
