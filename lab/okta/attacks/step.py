"""The ground truth of an attack: which of its steps an event is."""

from __future__ import annotations

from typing import NamedTuple

from lab.okta.event import Happening


class Step(NamedTuple):
    attack: str
    step: int
    happening: Happening
