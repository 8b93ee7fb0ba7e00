"""The delimiter that stats and mvcombine give a multivalue, kept beside it until nomv joins the values.

Splunk keeps it out of sight too, and lets nomv use it only right after (Search Reference, mvcombine:
"delim"). It travels in the row as an internal field that any transforming command leaves behind.
"""

from __future__ import annotations

from typing import Iterable

from lab.spl.context import Row
from lab.spl.values import as_text

_PREFIX = "__delimiter_"


def set_delimiter(row: Row, fields: Iterable[str], delimiter: str) -> None:
    """Remember it for those of the fields that hold several values."""
    for field in fields:
        if row.get(field).__class__ is list:
            row[_PREFIX + field] = delimiter


def take_delimiter(row: Row, field: str) -> str:
    """The delimiter of a multivalue, a new line unless one was set; it is forgotten with this."""
    return as_text(row.pop(_PREFIX + field, "\n"))
