"""rare: the least frequent values (Search Reference: rare)."""

from __future__ import annotations

from lab.spl.statistics.frequency import Frequency


class Rare(Frequency):
    name = "rare"
    commonest_first = False
    takes_other = False
