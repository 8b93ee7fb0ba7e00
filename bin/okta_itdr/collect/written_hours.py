"""Which events were written, by the hour in which they were published: one file of uuid digests an hour.

Where the live log and the backfill meet, where an hour is read a second time, and where Okta delivers an event
again long after the first time, it tells what is already in Splunk. It is a memory, not a checkpoint: what it
has lost comes twice, nothing is ever left out for it.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections import OrderedDict, defaultdict
from pathlib import Path
from typing import Dict, Iterable, List, Optional, Set
from urllib.parse import quote

from okta_itdr.collect.checkpoint import CheckpointError
from okta_itdr.collect.page import BYTES, LogEvent

KEPT_HOURS = 48
_LOADED = 8  # hours held in memory, 8 bytes an event
_ADDED = 50_000  # events written since an hour was loaded; then it is loaded anew where it is needed


class WrittenHours:
    """The hours of input `name`, kept in `folder`. Not for several threads at once."""

    def __init__(self, folder: Path, name: str) -> None:
        self._folder = folder / f"{quote(name, safe='')}.hours"
        self._loaded: OrderedDict[int, _Hour] = OrderedDict()
        self._latest: Optional[int] = None
        self._kept: Dict[str, float] = {}

    def keep(self, holder: str, since: Optional[float]) -> None:
        """Keep what was published from `since` on, epoch seconds, for `holder`, however old it gets; None ends it."""
        if since is None:
            self._kept.pop(holder, None)
        else:
            self._kept[holder] = since

    def add(self, events: Iterable[LogEvent]) -> None:
        """Remember that these were written. Raises CheckpointError."""
        hours: Dict[int, List[bytes]] = defaultdict(list)
        for event in events:
            if event.digest is not None and event.time is not None:
                hours[_hour(event)].append(event.digest)
        for hour, digests in hours.items():
            if self._latest is not None and hour < self._oldest:
                continue
            self._append(hour, b"".join(digests))
            loaded = self._loaded.get(hour)
            if loaded is not None:
                loaded.added.update(digests)
                if len(loaded.added) > _ADDED:
                    del self._loaded[hour]  # a set takes ten times what it takes sorted
            if self._latest is None or hour > self._latest:
                self._latest = hour
                self._forget_old()

    def unknown(
        self, events: Iterable[LogEvent], since: float = float("-inf"), until: float = float("inf")
    ) -> List[LogEvent]:
        """Those of the events that were not written before, as far as it is remembered.

        Only what was published in [since, until], epoch seconds, is looked up; all else is taken for unknown.
        """
        return [
            event
            for event in events
            if event.digest is None
            or event.time is None
            or not since <= event.time <= until
            or event.digest not in self._load(_hour(event))
        ]

    def written(self, hour: int) -> int:
        """How many events were written of an hour, hours since 1970. Any thread may ask, as of `repeated`."""
        try:
            return (self._folder / str(hour)).stat().st_size // BYTES
        except OSError:
            return 0  # whoever needs what is in it will say why it cannot be read

    def repeated(self, hour: int) -> int:
        """How many of them were not written for the first time. Raises CheckpointError."""
        numbers = _numbers(self._read(hour))
        return len(numbers) - len(set(numbers))

    def delete(self) -> None:
        """Forget everything. Raises CheckpointError."""
        self._loaded.clear()
        for path in self._files():
            self._delete(path)
        if self._folder.is_dir():
            self._folder.rmdir()

    def _load(self, hour: int) -> _Hour:
        found = self._loaded.get(hour)
        if found is None:
            found = self._loaded[hour] = _Hour(self._read(hour))
        self._loaded.move_to_end(hour)
        if len(self._loaded) > _LOADED:
            self._loaded.popitem(last=False)
        return found

    def _read(self, hour: int) -> bytes:
        path = self._folder / str(hour)
        try:
            return path.read_bytes()
        except FileNotFoundError:
            return b""
        except OSError as error:
            raise CheckpointError(
                f"{path} cannot be read ({error.strerror or error}): let the user that runs Splunk "
                "read it, or delete it (some events of that hour may then come twice)."
            ) from None

    def _append(self, hour: int, digests: bytes) -> None:
        path = self._folder / str(hour)
        try:
            self._folder.mkdir(exist_ok=True)
            with path.open("ab") as file:
                cut = file.tell() % BYTES  # by a full disk, once
                file.write(b"\0" * (BYTES - cut) + digests if cut else digests)
        except OSError as error:
            raise CheckpointError(
                f"{path} cannot be written ({error.strerror or error}): make room on the disk or let "
                "the user that runs Splunk write there. Collection stops until then, nothing is lost."
            ) from None

    @property
    def _oldest(self) -> float:
        return min([self._latest - KEPT_HOURS, *(since // 3600 for since in list(self._kept.values()))])

    def _forget_old(self) -> None:
        for path in self._files():
            if path.name.lstrip("-").isdigit() and int(path.name) < self._oldest:
                self._delete(path)

    def _files(self) -> List[Path]:
        return list(self._folder.iterdir()) if self._folder.is_dir() else []

    def _delete(self, path: Path) -> None:
        try:
            path.unlink()
        except OSError as error:
            raise CheckpointError(f"{path} cannot be deleted ({error.strerror or error}): delete it by hand.") from None


class _Hour:
    """The digests of an hour: sorted as read, and beside them what was added since."""

    def __init__(self, data: bytes) -> None:
        self._sorted = array("Q", sorted(_numbers(data)))
        self.added: Set[bytes] = set()

    def __contains__(self, key: bytes) -> bool:
        if key in self.added:
            return True
        (number,) = array("Q", key)
        at = bisect_left(self._sorted, number)
        return at < len(self._sorted) and self._sorted[at] == number


def _numbers(data: bytes) -> array:
    return array("Q", data[: len(data) // BYTES * BYTES])  # a kill may have cut the last one


def _hour(event: LogEvent) -> int:
    """Hours since 1970: also the name of its file."""
    return int(event.time // 3600)
