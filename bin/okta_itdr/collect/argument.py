"""What an input can be told."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Argument:
    """A setting of an input's stanza beside Splunk's own (name, index, interval)."""

    name: str
    title: str
    description: str
    required: bool
