"""messages: the bulletin board that everybody sees at the top of splunkweb (REST API Reference, "System endpoint
descriptions")."""

from __future__ import annotations

from lab.splunkd.rest.atom import Entry, Reply
from lab.splunkd.rest.request import Endpoint, Refusal, Request, endpoint

_SEVERITIES = ("info", "warn", "error")


def endpoints(board: dict[str, Entry]) -> list[Endpoint]:
    """The endpoints over the `board`, which a restart empties."""

    def listing(request: Request) -> Reply:
        return request.page("messages", list(board.values()))

    def create(request: Request) -> Reply:
        name, text = request.required("name"), request.required("value")
        severity = request.argument("severity", "warn")
        request.passed_over("capability help message_alternate role")
        request.done()
        if severity not in _SEVERITIES:
            raise Refusal(400, f"Invalid severity: {severity}. Allowed: {', '.join(_SEVERITIES)}.")
        content = {name: text, "message": text, "severity": severity, "timeCreated_epochSecs": int(request.now)}
        board[name] = Entry(name, content, links=("list", "remove"))
        return request.feed("messages", [board[name]], status=201)

    def find(name: str) -> Entry:
        if name not in board:
            raise Refusal(404, f"Could not find object id={name}")
        return board[name]

    def show(request: Request, name: str) -> Reply:
        return request.one("messages", find(name))

    def delete(request: Request, name: str) -> Reply:
        find(name)
        request.done()
        del board[name]
        return request.feed("messages", list(board.values()))

    return [
        endpoint(r"messages", GET=listing, POST=create),
        endpoint(r"messages/(?P<name>[^/]+)", needs={"DELETE": "delete_messages"}, GET=show, DELETE=delete),
    ]
