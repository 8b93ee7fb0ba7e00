"""Where an input stands in Okta's log, kept so that no stop, kill or full disk loses or skips a page.

A record is one flat document of texts, so that a file and a KV store hold the same. An input has one for
each of its parts (the live log, the backfill). It is saved after a page has been flushed: killed between
the two, the page is written once more, never left out.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Dict, Optional, Protocol
from urllib.parse import quote

from okta_itdr.trouble import Trouble

Record = Dict[str, str]


class CheckpointError(Trouble):
    """The record cannot be read or written. Never taken for "no record": that would start all over."""


class Checkpoint(Protocol):
    """One record, wherever it is kept."""

    def load(self) -> Optional[Record]:
        """The record as saved; None when there has never been any. Raises CheckpointError."""

    def save(self, record: Record) -> None:
        """Replace the record; whatever happens, the old or the new one is there whole. Raises CheckpointError."""

    def delete(self) -> None:
        """Forget it; that there is none is no error. Raises CheckpointError."""


class CheckpointFile:
    """The record `part` of input `name` as a file in `folder`, the checkpoint_dir that splunkd gives."""

    def __init__(self, folder: Path, name: str, part: str) -> None:
        self.path = folder / f"{quote(name, safe='')}.{part}.json"

    def load(self) -> Optional[Record]:
        try:
            return record(self.path.read_text("utf-8"))
        except FileNotFoundError:
            return None
        except (OSError, ValueError) as error:
            raise CheckpointError(
                f"The checkpoint {self.path} cannot be read ({error}): mend the cause or restore the file. Collection "
                "stops until then; begin again on the Inputs page only if everything from the start date on shall be "
                "collected anew."
            ) from None

    def save(self, record: Record) -> None:
        written = self.path.with_suffix(".new")
        try:
            # splunkd makes the folder of its scheme; if even the folder above is missing, a disk is.
            self.path.parent.mkdir(exist_ok=True)
            with written.open("w", encoding="utf-8") as file:
                file.write(json.dumps(record))  # in one go: a long text would be encoded bit by bit
                file.flush()
                os.fsync(file.fileno())
            os.replace(written, self.path)
            _sync_folder(self.path.parent)
        except OSError as error:
            raise CheckpointError(
                f"The checkpoint {self.path} cannot be written ({error.strerror or error}): make room on the disk "
                "or let the user that runs Splunk write there. Collection stops until then, nothing is lost."
            ) from None

    def delete(self) -> None:
        try:
            self.path.unlink()
        except FileNotFoundError:
            return
        except OSError as error:
            raise CheckpointError(
                f"The checkpoint {self.path} cannot be deleted ({error.strerror or error}): delete it by hand."
            ) from None


def record(text: str) -> Record:
    """The record that `text` holds. Raises ValueError when it is none."""
    found = json.loads(text)
    if not isinstance(found, dict) or not all(isinstance(value, str) for value in found.values()):
        raise ValueError("it is no record of texts")
    return found


def _sync_folder(folder: Path) -> None:
    """Make the rename itself durable, where folders can be opened (not on Windows)."""
    if os.name == "nt":
        return
    handle = os.open(str(folder), os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
