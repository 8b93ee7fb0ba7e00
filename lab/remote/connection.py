"""The connection to a Splunk, and searches run on it."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from typing import Any, Dict, List, Optional, Tuple
from urllib.parse import urlsplit

import splunklib.binding as binding
import splunklib.client as sdk

TOKEN = "SPLUNK_TOKEN"


class RemoteError(Exception):
    """The Splunk cannot be reached, or refuses what the lab needs of it; the message says what to do."""


class SearchRefused(Exception):
    """The search did not run, in Splunk's own words."""


@dataclass(frozen=True)
class Found:
    """What a search gave: rows of text and lists of text, columns in order, warnings."""

    rows: List[Dict[str, Any]]
    columns: List[str]
    messages: List[str]


class Splunk:
    """A Splunk at `url` (https://host:8089)."""

    def __init__(self, url: str, token: Optional[str] = None, app: str = "search") -> None:
        address = urlsplit(url)
        if address.scheme not in ("http", "https") or not address.hostname:
            raise RemoteError(f"{url} is no address of a splunkd, such as https://splunk.example.com:8089")
        token = token if token is not None else os.environ.get(TOKEN, "")
        if not token:
            raise RemoteError(f"put an authentication token of this Splunk into the environment as {TOKEN}")
        self.url = url
        self._arguments = {
            "scheme": address.scheme,
            "host": address.hostname,
            "port": address.port or 8089,
            "splunkToken": token,
            "owner": "nobody",
        }
        self.service = self.in_app(app)
        try:
            self.version: str = self.service.info["version"]
        except binding.AuthenticationError:
            raise RemoteError(f"{url} does not accept the token in {TOKEN}") from None
        except (OSError, binding.HTTPError) as error:
            raise RemoteError(f"{url} does not answer as a splunkd: {error}") from None

    def in_app(self, app: str) -> sdk.Service:
        """The service in an app's namespace."""
        return sdk.Service(app=app, **self._arguments)


def search(service: sdk.Service, text: str, **arguments: Any) -> Found:
    """All rows of a search, run to its end; raises `SearchRefused`. `arguments` are those of POST search/jobs."""
    try:
        job = service.jobs.create(text, exec_mode="blocking", **{"check_risky_command": 0, **arguments})
        stream = job.results(output_mode="json", count=0, output_time_format="%s.%6N")
        body = json.loads(stream.read() or b"{}")
        job.cancel()
    except binding.HTTPError as error:
        raise SearchRefused(_said(error)) from None
    messages = [message["text"] for message in body.get("messages", ())]
    fatal = [message["text"] for message in body.get("messages", ()) if message["type"] in ("FATAL", "ERROR")]
    if fatal:
        raise SearchRefused("; ".join(fatal))
    return Found(body.get("results", []), [field["name"] for field in body.get("fields", ())], messages)


def call(service: sdk.Service, method: str, path: str, **arguments: Any) -> Tuple[int, bytes]:
    """One request; an error is a `RemoteError` with what Splunk said."""
    try:
        response = getattr(service, method)(path, **arguments)
    except binding.HTTPError as error:
        raise RemoteError(f"{method.upper()} {path}: {_said(error)}") from None
    return response.status, response.body.read()


def _said(error: binding.HTTPError) -> str:
    body = error.body.decode("utf-8", "replace") if isinstance(error.body, bytes) else str(error.body)
    try:
        return "; ".join(message["text"] for message in json.loads(body)["messages"])
    except (ValueError, KeyError, TypeError):
        return str(error)
