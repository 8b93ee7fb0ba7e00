"""splunkd.log: what splunkd says of the processes it starts, in its own line format."""

from __future__ import annotations

import threading
from datetime import datetime, timezone
from pathlib import Path
from typing import Callable


class SplunkdLog:
    """Appends lines to var/log/splunk/splunkd.log, stamped with the lab's time."""

    def __init__(self, file: Path, now: Callable[[], float]) -> None:
        self.file = file
        self._now = now
        self._lock = threading.Lock()

    def write(self, level: str, component: str, text: str) -> None:
        moment = datetime.fromtimestamp(self._now(), timezone.utc)
        stamp = f"{moment:%m-%d-%Y %H:%M:%S}.{moment.microsecond // 1000:03d} +0000"
        with self._lock, self.file.open("a", encoding="utf-8") as file:
            file.write(f"{stamp} {level:<5} {component} - {text}\n")
