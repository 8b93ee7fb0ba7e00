"""Which version of a list was taken last, in its server's own words: the server need not send it a second time.

A file of the checkpoint_dir. Lost, unreadable or of another list, it is as if there were none: all is fetched.
"""

from __future__ import annotations

import hashlib
import json
import os
from contextlib import suppress
from pathlib import Path
from typing import Dict, Mapping, Sequence

from okta_itdr.ip_lists.formats import Network
from okta_itdr.ip_lists.network_list import NetworkList


class Version:
    """Of list `wanted`, kept in `folder`."""

    def __init__(self, folder: Path, wanted: NetworkList) -> None:
        self._file = folder / f"{wanted.name}.version.json"
        self._wanted = wanted

    def of(self, networks: Sequence[Network]) -> Dict[str, str]:
        """ETag and Last-Modified with which exactly these networks came, by these settings; else nothing."""
        try:
            record = json.loads(self._file.read_text("utf-8"))
            if record["of"] == self._print(networks):
                return {str(name): str(value) for name, value in record["version"].items()}
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            pass
        return {}

    def note(self, networks: Sequence[Network], version: Mapping[str, str]) -> None:
        with suppress(OSError):  # a convenience: without it the next fetch is a whole one
            self._file.parent.mkdir(exist_ok=True)
            written = self._file.with_suffix(".new")
            written.write_text(json.dumps({"of": self._print(networks), "version": dict(version)}), "utf-8")
            os.replace(written, self._file)

    def _print(self, networks: Sequence[Network]) -> str:
        wanted = (self._wanted.address, self._wanted.parts)
        return hashlib.sha256(json.dumps([wanted, list(map(str, networks))]).encode()).hexdigest()
