"""One request to the directory, as its endpoints read it, and the refusals they share."""

from __future__ import annotations

from typing import Any, Dict, FrozenSet, Mapping, Tuple
from urllib.parse import parse_qsl

from lab.okta.directory.state import Directory
from lab.okta.exchange import Headers, Refusal, Request

Json = Dict[str, Any]


class Call:
    """`ids`: those in the path, in order. `query`: the parameters, each known. `headers`: the answer's, so far."""

    def __init__(
        self, directory: Directory, request: Request, ids: Tuple[str, ...], known: FrozenSet[str], headers: Headers
    ) -> None:
        self.directory = directory
        self.request = request
        self.ids = ids
        self.headers = headers
        self.query: Dict[str, str] = dict(parse_qsl(request.query, keep_blank_values=True))
        # Okta ignores some of these; the lab never does, so that a misspelt one is noticed.
        unknown = sorted(set(self.query) - known)
        if unknown:
            raise invalid(*unknown)

    def found(self, objects: Mapping[str, Any], kind: str) -> Any:
        """That of the path's first id."""
        return found(objects, self.ids[0], kind)


def found(objects: Mapping[str, Any], id: str, kind: str) -> Any:
    if id not in objects:
        raise Refusal(404, "E0000007", f"Not found: Resource not found: {id} ({kind})")
    return objects[id]


def invalid(*names: str) -> Refusal:
    return Refusal(400, "E0000001", f"Api validation failed: {', '.join(names)}")
