"""splunkd's REST API, as far as the add-on asks it: macros, collections of the KV store, lookups, receivers."""

from __future__ import annotations

import json
import os
import uuid
from contextlib import contextmanager, suppress
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Iterator, NamedTuple, Optional, Sequence
from urllib.parse import urlsplit

from splunklib.binding import AuthenticationError, HTTPError
from splunklib.client import Service

from okta_itdr.splunk import APP
from okta_itdr.trouble import Trouble

LARGEST_BATCH = 500  # documents in one batch_save; limits.conf [kvstore] allows 1,000
ROWS_PER_PAGE = 50_000  # limits.conf [kvstore] max_rows_per_query
_FIELD = "field."  # collections.conf
_JSON = [("Content-Type", "application/json")]


class SplunkdTrouble(Trouble):
    """splunkd refused or did not answer."""

    kind = "Server Error"


class Stanza(NamedTuple):
    """A stanza of a conf file, and the app it belongs to."""

    settings: dict
    app: str


class Splunk:
    """The splunkd at `server_uri`, asked with `session_key` in the add-on's own namespace, or in another's."""

    def __init__(self, server_uri: str, session_key: str, app: str = APP, owner: str = "nobody") -> None:
        splunkd = urlsplit(server_uri)
        self._service = Service(
            scheme=splunkd.scheme,
            host=splunkd.hostname,
            port=splunkd.port,
            token=session_key,
            owner=owner,
            app=app,
        )

    def now(self) -> float:
        """Epoch seconds by splunkd's own clock."""
        with _asking("the time"):
            headers = self._service.get("/services/server/info", output_mode="json").headers
            return parsedate_to_datetime({key.lower(): value for key, value in headers}["date"]).timestamp()

    def database(self) -> str:
        """SPLUNK_DB, below which splunkd's checkpoint_dirs lie (modinputs/<scheme>)."""
        with _asking("its settings"):
            answer = self._service.get("/services/server/settings", output_mode="json")
            return json.loads(answer.body.read())["entry"][0]["content"]["SPLUNK_DB"]

    def macro(self, name: str) -> str:
        """The definition of a search macro, as an admin may have changed it."""
        with _asking(f"macro {name}"):
            answer = self._service.get(f"configs/conf-macros/{name}", output_mode="json")
            return json.loads(answer.body.read())["entry"][0]["content"]["definition"]

    def lookup_definition(self, name: str) -> Optional[Stanza]:
        """The stanza of transforms.conf that defines a lookup; None where the namespace has none to read."""
        entry = self._entry(f"configs/conf-transforms/{name}", f"lookup {name}")
        return entry and Stanza(entry["content"], entry["acl"]["app"])

    def lookup_file(self, name: str) -> Optional[str]:
        """The path of a lookup's file on this search head; None where the namespace has none to read."""
        entry = self._entry(f"data/lookup-table-files/{name}", f"lookup file {name}")
        return entry and entry["content"]["eai:data"]

    def _entry(self, path: str, thing: str) -> Optional[dict]:
        with _asking(thing):
            try:
                answer = self._service.get(path, output_mode="json")
            except HTTPError as error:
                if error.status == 404:
                    return None
                raise
            return json.loads(answer.body.read())["entry"][0]

    def stanzas(self, conf: str) -> dict[str, dict]:
        """The stanzas of a conf file, by name."""
        with _asking(f"{conf}.conf"):
            answer = self._service.get(f"configs/conf-{conf}", output_mode="json", count=0)
            return {entry["name"]: entry["content"] for entry in json.loads(answer.body.read())["entry"]}

    def collections(self) -> dict[str, dict[str, str]]:
        """The collections that the add-on declares in the KV store, each with its fields and their types."""
        with _asking("its collections"):
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
        with _asking(f"index {index}"):
            self._service.post(
                "/services/receivers/simple",
                body=text.encode("utf-8"),
                headers=[("Content-Type", "text/plain; charset=utf-8")],
                index=index,
                sourcetype=sourcetype,
                source=source,
            )


class Collection:
    """A collection of the KV store. Documents are plain dicts; writing one replaces it whole."""

    def __init__(self, service: Service, name: str) -> None:
        self._service = service
        self._path = f"storage/collections/data/{name}"
        self._name = name

    def get(self, key: str) -> Optional[dict]:
        """The document of that key; None when there is none."""
        with _asking(f"collection {self._name}"):
            try:
                answer = self._service.get(self._document(key))
            except HTTPError as error:
                if error.status == 404 and self._exists():
                    return None
                raise
            return json.loads(answer.body.read())

    def delete(self, key: str) -> None:
        """Delete the document of that key, if there is one."""
        with _asking(f"collection {self._name}"):
            try:
                self._service.delete(self._document(key))
            except HTTPError as error:
                if error.status != 404:
                    raise

    def _document(self, key: str) -> str:
        return f"{self._path}/{key}"  # the SDK encodes it

    def _exists(self) -> bool:
        """A 404 may also mean that the collection, or the app, is not there."""
        self._service.get(self._path, limit=1)
        return True

    def find(self, query: dict) -> list[dict]:
        """At most LARGEST_BATCH documents that match."""
        with _asking(f"collection {self._name}"):
            answer = self._service.get(self._path, query=json.dumps(query), limit=LARGEST_BATCH)
            return json.loads(answer.body.read())

    def documents(self, query: Optional[dict] = None, fields: Sequence[str] = ()) -> Iterator[dict]:
        """Every document (that matches), whole or of these fields alone, read a page at a time."""
        wanted = {"sort": "_key", **({"query": json.dumps(query)} if query else {})}
        if fields:
            wanted["fields"] = ",".join(fields)
        read = 0
        while True:
            with _asking(f"collection {self._name}"):
                answer = self._service.get(self._path, **wanted, limit=ROWS_PER_PAGE, skip=read)
                page = json.loads(answer.body.read())
            if not page:  # an admin's limits may make every page short
                return
            yield from page
            read += len(page)

    def count(self, query: dict) -> int:
        """How many documents match: their keys are read, since the KV store counts nothing itself."""
        return sum(1 for _ in self.documents(query, ("_key",)))

    def delete_found(self, query: dict) -> None:
        """Delete every document that matches, in one request; an empty query, which matches all, is refused."""
        if not query:
            raise ValueError("nothing asked for")
        with _asking(f"collection {self._name}"):
            self._service.delete(self._path, query=json.dumps(query))

    def save(self, documents: Sequence[dict]) -> None:
        """Insert or replace by `_key`."""
        for start in range(0, len(documents), LARGEST_BATCH):
            with _asking(f"collection {self._name}"):
                batch = json.dumps(documents[start : start + LARGEST_BATCH])
                self._service.post(f"{self._path}/batch_save", body=batch.encode("utf-8"), headers=list(_JSON))


class LookupFile:
    """A CSV file of the add-on's lookups folder, written through splunkd so that search head clusters and peers get it.

    REST API Reference, data/lookup-table-files: a new content is not uploaded, `eai:data` names a file in the staging
    folder of this host, which splunkd moves. Made in the namespace of nobody, it is shared as default.meta says.
    """

    def __init__(self, service: Service, name: str) -> None:
        self._service = service
        self._name = name
        self._path = f"data/lookup-table-files/{name}"

    def read(self) -> Optional[str]:
        """What is in it; None when there is no such file."""
        place = self._place()
        if place is None:
            return None
        try:
            return Path(place).read_bytes().decode("utf-8", "replace")
        except OSError as error:
            raise SplunkdTrouble(f"The lookup file {place} cannot be read ({error.strerror or error}).") from None

    def replace(self, text: str) -> None:
        """Put `text` in its place; whatever happens, the old or the new one is there whole."""
        path = self._path if self._place() is not None else "data/lookup-table-files"
        name = {} if path == self._path else {"name": self._name}
        staged = self._stage(text)
        try:
            with _asking(f"lookup file {self._name}"):
                self._service.post(path, **{"eai:data": str(staged)}, **name)
        finally:
            with suppress(OSError):
                staged.unlink()  # splunkd has moved it, or did not want it

    def _place(self) -> Optional[str]:
        with _asking(f"lookup file {self._name}"):
            try:
                answer = self._service.get(self._path, output_mode="json")
            except HTTPError as error:
                if error.status == 404:
                    return None
                raise
            return json.loads(answer.body.read())["entry"][0]["content"]["eai:data"]

    def _stage(self, text: str) -> Path:
        folder = Path(os.environ["SPLUNK_HOME"]) / "var" / "run" / "splunk" / "lookup_tmp"
        staged = folder / f"{uuid.uuid4()}_{self._name}"
        try:
            folder.mkdir(parents=True, exist_ok=True)
            staged.write_bytes(text.encode("utf-8"))
        except OSError as error:
            with suppress(OSError):
                staged.unlink()
            raise SplunkdTrouble(
                f"The lookup file {self._name} cannot be prepared in {folder} ({error.strerror or error}): make room "
                "on the disk or let the user that runs Splunk write there."
            ) from None
        return staged


@contextmanager
def _asking(thing: str) -> Iterator[None]:
    try:
        yield
    except HTTPError as error:
        raise SplunkdTrouble(f"splunkd refused {thing} ({error}).") from None
    except AuthenticationError:
        raise SplunkdTrouble(f"splunkd refused {thing}: the session has ended or was never valid.") from None
    except OSError as error:
        raise SplunkdTrouble(f"splunkd did not answer about {thing} ({error}).") from None
    except (KeyError, IndexError, TypeError, ValueError) as error:
        raise SplunkdTrouble(
            f"splunkd answered about {thing} with something else ({type(error).__name__}: {error})."
        ) from None
