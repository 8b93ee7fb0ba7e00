"""top: the most frequent values (Search Reference: top)."""

from __future__ import annotations

from lab.spl.statistics.frequency import Frequency


class Top(Frequency):
    name = "top"
    aliases = ("common",)
