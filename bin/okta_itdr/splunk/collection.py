"""Collections of the KV store (REST API Reference, "KV store endpoint descriptions")."""

from __future__ import annotations

import json
from typing import Iterator, Optional, Sequence

from splunklib.binding import HTTPError
from splunklib.client import Service

from okta_itdr.splunk.asking import asking

LARGEST_BATCH = 500  # documents in one batch_save; limits.conf [kvstore] allows 1,000
ROWS_PER_PAGE = 50_000  # limits.conf [kvstore] max_rows_per_query
_JSON = [("Content-Type", "application/json")]


class Collection:
    """A collection of the KV store. Documents are plain dicts; writing one replaces it whole."""

    def __init__(self, service: Service, name: str) -> None:
        self._service = service
        self._path = f"storage/collections/data/{name}"
        self._name = name

    def get(self, key: str) -> Optional[dict]:
        """The document of that key; None when there is none."""
        with asking(f"collection {self._name}"):
            try:
                answer = self._service.get(self._document(key))
            except HTTPError as error:
                if error.status == 404 and self._exists():
                    return None
                raise
            return json.loads(answer.body.read())

    def delete(self, key: str) -> None:
        """Delete the document of that key, if there is one."""
        with asking(f"collection {self._name}"):
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
        with asking(f"collection {self._name}"):
            answer = self._service.get(self._path, query=json.dumps(query), limit=LARGEST_BATCH)
            return json.loads(answer.body.read())

    def documents(self, query: Optional[dict] = None, fields: Sequence[str] = ()) -> Iterator[dict]:
        """Every document (that matches), whole or of these fields alone, read a page at a time."""
        wanted = {"sort": "_key", **({"query": json.dumps(query)} if query else {})}
        if fields:
            wanted["fields"] = ",".join(fields)
        read = 0
        while True:
            with asking(f"collection {self._name}"):
                answer = self._service.get(self._path, **wanted, limit=ROWS_PER_PAGE, skip=read)
                page = json.loads(answer.body.read())
            if not page:  # an admin's limits may make every page short
                return
            yield from page
            read += len(page)

    def count(self, query: dict) -> int:
        """How many documents match: their keys are read, since the KV store counts nothing itself."""
        return sum(1 for _ in self.documents(query, ("_key",)))

    def count_to(self, most: int, query: Optional[dict] = None) -> int:
        """How many documents there are (that match), counted no further than to `most`: one request."""
        wanted = {"query": json.dumps(query)} if query else {}
        with asking(f"collection {self._name}"):
            answer = self._service.get(self._path, fields="_key", limit=most, **wanted)
            return len(json.loads(answer.body.read()))

    def delete_found(self, query: dict) -> None:
        """Delete every document that matches, in one request; an empty query, which matches all, is refused."""
        if not query:
            raise ValueError("nothing asked for")
        with asking(f"collection {self._name}"):
            self._service.delete(self._path, query=json.dumps(query))

    def save(self, documents: Sequence[dict]) -> None:
        """Insert or replace by `_key`."""
        for start in range(0, len(documents), LARGEST_BATCH):
            with asking(f"collection {self._name}"):
                batch = json.dumps(documents[start : start + LARGEST_BATCH])
                self._service.post(f"{self._path}/batch_save", body=batch.encode("utf-8"), headers=list(_JSON))
