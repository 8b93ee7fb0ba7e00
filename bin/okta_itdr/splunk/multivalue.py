"""Several values in one cell, as Splunk writes them in its CSV: column `__mv_<field>` holds `$a$;$b$`, a `$` inside a
value doubled (splunk-sdk 2.1.1, searchcommands/internals.py; the same in results files)."""

from __future__ import annotations

import re
from typing import List, Sequence

PREFIX = "__mv_"
_VALUE = re.compile(r"\$((?:[^$]|\$\$)*)\$(?:;|$)")


def values_of(cell: str) -> List[str]:
    """The values of a cell of `__mv_<field>`."""
    return [value.replace("$$", "$") for value in _VALUE.findall(cell)]


def cell_of(values: Sequence[str]) -> str:
    """The cell of `__mv_<field>` for several values."""
    return ";".join("$" + value.replace("$", "$$") + "$" for value in values)
