"""Where checkpoints are kept, as the input's setting says: files of splunkd's checkpoint_dir, or the KV store.

The KV store is for hosts whose disk does not outlive them (Splunk Cloud); a forwarder's is often switched off.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Callable, Optional

from okta_itdr.collect.checkpoint import Checkpoint, CheckpointError, CheckpointFile, Record, record
from okta_itdr.splunk.collection import Collection
from okta_itdr.splunk.rest import Splunk
from okta_itdr.trouble import Trouble

COLLECTION = "okta_itdr_checkpoints"
FILE, KV_STORE = "file", "kvstore"


class CheckpointDocument:
    """The record `part` of an input as a document, its `state` the record as one text.

    One text, because Splunk Cloud has lost nested ones.
    """

    def __init__(self, collection: Collection, scheme: str, name: str, part: str) -> None:
        self._collection = collection
        self._key = f"{scheme}:{name}:{part}"

    def load(self) -> Optional[Record]:
        document = self._collection.get(self._key)
        if document is None:
            return None
        try:
            return record(document["state"])
        except (KeyError, TypeError, ValueError) as error:
            raise CheckpointError(
                f"The checkpoint {self._key} in collection {COLLECTION} cannot be read ({error}): restore it, or begin "
                "again on the Inputs page. Collection stops until then."
            ) from None

    def save(self, record: Record) -> None:
        self._collection.save([{"_key": self._key, "state": json.dumps(record)}])

    def delete(self) -> None:
        self._collection.delete(self._key)


def checkpoints(kept_in: str, folder: Path, splunk: Splunk, scheme: str, name: str) -> Callable[[str], Checkpoint]:
    """Gives the checkpoint of each part of an input. `kept_in`: the setting; empty is `file`. Raises Trouble."""
    if kept_in == KV_STORE:
        collection = splunk.collection(COLLECTION)
        return lambda part: CheckpointDocument(collection, scheme, name, part)
    if kept_in in ("", FILE):
        return lambda part: CheckpointFile(folder, name, part)
    raise Trouble(f"The input's checkpoint setting is {kept_in!r}: {FILE} and {KV_STORE} are all there is.")
