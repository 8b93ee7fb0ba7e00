"""A server of lists, and the Splunk of an admin who wants them."""

from __future__ import annotations

import json
import ssl
from typing import Optional
from urllib.parse import urlsplit

import pytest
import splunklib.client as sdk
from servers import Reply, Request, Server
from splunklib.binding import HTTPError
from splunklib.results import JSONResultsReader

from lab.splunkd.input_process import Run
from lab.splunkd.instance import Instance

ADDON = "TA_okta_itdr"
NOW = 1772400000  # 2026-03-01 21:20 UTC
DAY = 86400


class Lists:
    """A server of lists: whatever path is asked for, `reply`; a request that names its ETag gets 304."""

    def __init__(self, tls: ssl.SSLContext) -> None:
        self.reply = Reply()
        self.replies: dict[str, Reply] = {}  # by path, where another than `reply` is wanted
        self._server = Server(self._answer, tls)
        self.address = f"https://localhost:{self._server.port}/list.txt"
        self.host = f"localhost:{self._server.port}"
        self.requests: list[Request] = self._server.requests
        self.stop = self._server.stop

    def has(self, *lines: str, status: int = 200, **headers: str) -> None:
        named = [(name.replace("_", "-"), value) for name, value in headers.items()]
        self.reply = Reply(status, "\n".join(lines).encode(), named)

    def _answer(self, request: Request) -> Reply:
        reply = self.replies.get(request.path, self.reply)
        etag = dict(reply.headers).get("ETag")
        if etag and request.headers.get("If-None-Match") == etag:
            return Reply(304, b"", [("ETag", etag)])
        return reply


class Admin:
    """The admin's Splunk: inputs on the add-on's page, their runs, and what searches see of them."""

    def __init__(self, splunk: Instance, lists: Lists, authority: str) -> None:
        self.splunk = splunk
        self.service = self._connect("admin")
        self._usual = {
            "address": lists.address, "type": "tor", "index": "main", "interval": "3600", "ca_certificates": authority,
        }  # fmt: skip
        self.lookups = splunk.home / "etc" / "apps" / ADDON / "lookups"
        self.staging = splunk.home / "var" / "run" / "splunk" / "lookup_tmp"

    def _connect(self, user: str) -> sdk.Service:
        address = urlsplit(self.splunk.uri)
        return sdk.connect(
            scheme="http", host=address.hostname, port=address.port, username=user, password="correct horse",
            owner="nobody", app=ADDON,
        )  # fmt: skip

    def wants(self, name: str = "tor", **settings: str) -> None:
        """An input in inputs.conf; given again, with other settings."""
        self.splunk.configure(ADDON, "inputs", f"okta_itdr_ip_list://{name}", {**self._usual, **settings})

    def saves(self, name: str = "tor", **settings: str) -> None:
        """The same on the Inputs page."""
        self.service.post(f"{ADDON}_okta_itdr_ip_list", output_mode="json", name=name, **{**self._usual, **settings})

    def refusal(self, **settings: str) -> str:
        with pytest.raises(HTTPError) as refused:
            self.saves(**settings)
        return str(refused.value)

    def run(self, name: str = "tor") -> Run:
        return self.splunk.inputs.start(f"okta_itdr_ip_list://{name}").wait()

    def refreshed(self, name: str = "tor") -> dict:
        """A run that must go well; what it says of itself."""
        run = self.run(name)
        assert run.problems == [], run.problems
        return self.health[-1]

    def days_later(self, days: int) -> None:
        self.splunk.clock.set(NOW + days * DAY)

    @property
    def health(self) -> list[dict]:
        events = map(self.splunk.store.event, range(len(self.splunk.store)))
        return [json.loads(event.raw) for event in events if event.sourcetype == "okta_itdr:health"]

    def rows(self, search: str, user: str = "admin") -> list[dict]:
        service = self.service if user == "admin" else self._connect(user)
        answer = service.jobs.oneshot(search, output_mode="json", count=0)
        return [row for row in JSONResultsReader(answer) if isinstance(row, dict)]

    def networks(self, name: str = "tor") -> list[str]:
        return [row["network"] for row in self.rows(f"| inputlookup okta_itdr_ip_list_{name}.csv")]

    def kept(self, name: str = "tor") -> Optional[tuple[int, bytes]]:
        """The lookup file: another one is there once splunkd has moved one in, whatever it holds."""
        path = self.lookups / f"okta_itdr_ip_list_{name}.csv"
        return (path.stat().st_ino, path.read_bytes()) if path.exists() else None

    def rest(self, path: str) -> dict:
        return json.loads(self.service.get(path, output_mode="json").body.read())["entry"][0]

    def log(self) -> str:
        return "".join(path.read_text() for path in (self.splunk.home / "var/log/splunk").glob("ta_okta_itdr_*"))
