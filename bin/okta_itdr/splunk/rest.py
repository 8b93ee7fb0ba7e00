"""splunkd's REST API, as far as the add-on asks it: macros, collections of the KV store, lookups, receivers."""

from __future__ import annotations

import json
from email.utils import parsedate_to_datetime
from typing import NamedTuple, Optional
from urllib.parse import urlsplit

from splunklib.client import Service

from okta_itdr.splunk import APP
from okta_itdr.splunk.asking import asking, entry
from okta_itdr.splunk.collection import Collection
from okta_itdr.splunk.lookup_file import LookupFile

_FIELD = "field."  # collections.conf


class Stanza(NamedTuple):
    """A stanza of a conf file, and the app it belongs to."""

    settings: dict
    app: str


def service(server_uri: str, session_key: str, app: str = APP, owner: str = "nobody") -> Service:
    """The SDK's client for a splunkd and a namespace there."""
    splunkd = urlsplit(server_uri)
    return Service(
        scheme=splunkd.scheme,
        host=splunkd.hostname,
        port=splunkd.port,
        token=session_key,
        owner=owner,
        app=app,
    )


class Splunk:
    """The splunkd at `server_uri`, asked with `session_key` in the add-on's own namespace, or in another's."""

    def __init__(self, server_uri: str, session_key: str, app: str = APP, owner: str = "nobody") -> None:
        self._server_uri, self._session_key = server_uri, session_key
        self._service = service(server_uri, session_key, app, owner)

    def of_app(self, app: str) -> Splunk:
        """The same splunkd, asked in the namespace of an app."""
        return Splunk(self._server_uri, self._session_key, app)

    def now(self) -> float:
        """Epoch seconds by splunkd's own clock."""
        with asking("the time"):
            headers = self._service.get("/services/server/info", output_mode="json").headers
            return parsedate_to_datetime({key.lower(): value for key, value in headers}["date"]).timestamp()

    def database(self) -> str:
        """SPLUNK_DB, below which splunkd's checkpoint_dirs lie (modinputs/<scheme>)."""
        with asking("its settings"):
            answer = self._service.get("/services/server/settings", output_mode="json")
            return json.loads(answer.body.read())["entry"][0]["content"]["SPLUNK_DB"]

    def macro(self, name: str) -> str:
        """The definition of a search macro, as an admin may have changed it."""
        with asking(f"macro {name}"):
            answer = self._service.get(f"configs/conf-macros/{name}", output_mode="json")
            return json.loads(answer.body.read())["entry"][0]["content"]["definition"]

    def lookup_definition(self, name: str) -> Optional[Stanza]:
        """The stanza of transforms.conf that defines a lookup; None where the namespace has none to read."""
        found = entry(self._service, f"configs/conf-transforms/{name}", f"lookup {name}")
        return found and Stanza(found["content"], found["acl"]["app"])

    def stanza(self, conf: str, name: str) -> Optional[dict]:
        """The settings of a stanza, secrets left as they are stored; None where there is none to read."""
        found = entry(self._service, f"configs/conf-{conf}/{name}", f"[{name}] of {conf}.conf")
        return found and found["content"]

    def stanzas(self, conf: str) -> dict[str, dict]:
        """The stanzas of a conf file, by name."""
        with asking(f"{conf}.conf"):
            answer = self._service.get(f"configs/conf-{conf}", output_mode="json", count=0)
            return {entry["name"]: entry["content"] for entry in json.loads(answer.body.read())["entry"]}

    def collections(self) -> dict[str, dict[str, str]]:
        """The collections that the add-on declares in the KV store, each with its fields and their types."""
        with asking("its collections"):
            answer = self._service.get("storage/collections/config", output_mode="json", count=0)
            return {
                entry["name"]: {
                    setting[len(_FIELD) :]: kind
                    for setting, kind in entry["content"].items()
                    if setting.startswith(_FIELD)
                }
                for entry in json.loads(answer.body.read())["entry"]
                if entry["acl"]["app"] == APP  # other apps' may be seen from here
            }

    def collection(self, name: str) -> Collection:
        return Collection(self._service, name)

    def lookup_file(self, name: str) -> LookupFile:
        return LookupFile(self._service, name)

    def send_event(self, text: str, index: str, sourcetype: str, source: str) -> None:
        """Index one event."""
        with asking(f"index {index}"):
            self._service.post(
                "/services/receivers/simple",
                body=text.encode("utf-8"),
                headers=[("Content-Type", "text/plain; charset=utf-8")],
                index=index,
                sourcetype=sourcetype,
                source=source,
            )
