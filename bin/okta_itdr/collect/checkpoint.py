"""Where an input stands in Okta's log, kept so that no stop, kill or full disk loses or skips a page.

One flat record, so that a KV store can hold the same: `next` (the URL to ask next), `hw` (the high-water
mark: latest `published` written), `uuids` (the events written last, separated by blanks). It is saved
after a page has been flushed: killed between the two, the page is written once more, never left out.
"""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from urllib.parse import quote

from okta_itdr.trouble import Trouble


class CheckpointError(Trouble):
    """The record cannot be read or written. Never taken for "no record": that would start all over."""


@dataclass(frozen=True)
class Checkpoint:
    """`next` is empty as long as nothing has been asked yet."""

    next: str = ""
    hw: str = ""
    uuids: str = ""


class CheckpointFile:
    """The record of input `name` as a file in `folder`, the checkpoint_dir that splunkd gives."""

    def __init__(self, folder: str, name: str) -> None:
        self.path = Path(folder) / f"{quote(name, safe='')}.json"

    def load(self) -> Checkpoint:
        """The record as saved; an empty one when there has never been any. Raises CheckpointError."""
        try:
            text = self.path.read_text("utf-8")
        except FileNotFoundError:
            return Checkpoint()
        except (OSError, UnicodeDecodeError) as error:
            raise self._unreadable(error) from None
        try:
            record = json.loads(text)
            checkpoint = Checkpoint(**record)
            if not all(isinstance(value, str) for value in asdict(checkpoint).values()):
                raise ValueError("a value is no text")
        except (ValueError, TypeError) as error:
            raise self._unreadable(error) from None
        return checkpoint

    def save(self, checkpoint: Checkpoint) -> None:
        """Replace the record; whatever happens, the old or the new one is there whole. Raises CheckpointError."""
        written = self.path.with_suffix(".new")
        try:
            # splunkd makes the folder of its scheme; if even the folder above is missing, a disk is.
            self.path.parent.mkdir(exist_ok=True)
            with written.open("w", encoding="utf-8") as file:
                json.dump(asdict(checkpoint), file)
                file.flush()
                os.fsync(file.fileno())
            os.replace(written, self.path)
            _sync_folder(self.path.parent)
        except OSError as error:
            raise CheckpointError(
                f"The checkpoint {self.path} cannot be written ({error.strerror or error}): make room on the disk "
                "or let the user that runs Splunk write there. Collection stops until then, nothing is lost."
            ) from None

    def _unreadable(self, error: Exception) -> CheckpointError:
        return CheckpointError(
            f"The checkpoint {self.path} cannot be read ({error}): mend the cause or restore the file. Collection "
            "stops until then; delete the file only if the input shall begin again at its start date."
        )


def _sync_folder(folder: Path) -> None:
    """Make the rename itself durable, where folders can be opened (not on Windows)."""
    if os.name == "nt":
        return
    handle = os.open(str(folder), os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
