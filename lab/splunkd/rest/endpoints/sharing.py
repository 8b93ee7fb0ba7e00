"""…/acl: an object's owner, sharing and permissions (REST API User Manual, "Access Control List")."""

from __future__ import annotations

from lab.knowledge.permissions import Permissions
from lab.splunkd.rest.objects import Object, Objects
from lab.splunkd.rest.request import Refusal, Request

_SHARING = ("user", "app", "global", "system")


def share(request: Request, objects: Objects, conf: str, name: str) -> Object:
    """Carry out POST …/acl: owner, sharing, perms.read, perms.write."""
    owner, sharing = request.required("owner"), request.required("sharing")
    found = objects.get(request, conf, name)
    read = _roles(request.argument("perms.read"), found.permissions.read)
    write = _roles(request.argument("perms.write"), found.permissions.write)
    request.done()
    if sharing not in _SHARING:
        raise Refusal(400, f"Invalid sharing: {sharing}")
    if found.permissions.sharing == "user":
        read, write = ("*",) if read == (request.user,) else read, ("admin",) if write == (request.user,) else write
    sharing = "global" if sharing == "system" else sharing
    return objects.share(request, conf, name, sharing, owner, Permissions(read, write, owner, sharing))


def _roles(text: str, otherwise: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(role.strip() for role in text.split(",") if role.strip()) or otherwise
