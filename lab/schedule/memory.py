"""What the scheduler remembers over a restart: when each search ran last, what it counted, and which alerts sleep.

Splunk keeps it below var/run/splunk/scheduler; so does the lab, in one JSON file that is replaced as a whole.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Dict, Optional


class DamagedMemory(Exception):
    """The file is damaged; the message says what to do."""


@dataclass
class LastRun:
    """The last scheduled run of a search; another `cron` makes it forgotten."""

    moment: float
    cron: str
    count: Optional[int] = None


@dataclass
class ScheduleMemory:
    """In memory alone without a `file`."""

    file: Optional[Path] = None
    runs: Dict[str, LastRun] = field(default_factory=dict)  # by search
    asleep_until: Dict[str, float] = field(default_factory=dict)  # by alert, or by alert and its fields' values

    def __post_init__(self) -> None:
        if self.file is None or not self.file.exists():
            return
        try:
            kept = json.loads(self.file.read_text(encoding="utf-8"))
            self.runs = {key: LastRun(**run) for key, run in kept["runs"].items()}
            self.asleep_until = {key: float(moment) for key, moment in kept["asleep_until"].items()}
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise DamagedMemory(
                f"{self.file} is damaged ({error!r}): remove it; searches then start from now, and no alert sleeps"
            ) from None

    def save(self) -> None:
        if self.file is None:
            return
        kept = {
            "runs": {key: asdict(run) for key, run in self.runs.items()},
            "asleep_until": self.asleep_until,
        }
        self.file.parent.mkdir(parents=True, exist_ok=True)
        written = self.file.with_suffix(".new")
        written.write_text(json.dumps(kept, indent=1), encoding="utf-8")
        written.replace(self.file)
