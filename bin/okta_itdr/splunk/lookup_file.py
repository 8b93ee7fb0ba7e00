"""The CSV files of lookups (REST API Reference, "Knowledge endpoint descriptions", data/lookup-table-files)."""

from __future__ import annotations

import os
import uuid
from contextlib import suppress
from pathlib import Path
from typing import Optional

from splunklib.client import Service

from okta_itdr.splunk.asking import SplunkdTrouble, asking, entry


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
        place = self.path()
        if place is None:
            return None
        try:
            return Path(place).read_bytes().decode("utf-8", "replace")
        except OSError as error:
            raise SplunkdTrouble(f"The lookup file {place} cannot be read ({error.strerror or error}).") from None

    def replace(self, text: str) -> None:
        """Put `text` in its place; whatever happens, the old or the new one is there whole."""
        path = self._path if self.path() is not None else "data/lookup-table-files"
        name = {} if path == self._path else {"name": self._name}
        staged = self._stage(text)
        try:
            with asking(f"lookup file {self._name}"):
                self._service.post(path, **{"eai:data": str(staged)}, **name)
        finally:
            with suppress(OSError):
                staged.unlink()  # splunkd has moved it, or did not want it

    def path(self) -> Optional[str]:
        """Where it lies on this search head; None where the namespace has none to read."""
        found = entry(self._service, self._path, f"lookup file {self._name}")
        return found and found["content"]["eai:data"]

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
