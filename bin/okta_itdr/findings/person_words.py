"""What people write into a command: names and notes, one line each."""

from __future__ import annotations

import re

from okta_itdr.trouble import Trouble

LONGEST_NAME = 100  # characters
LONGEST_NOTE = 1000

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")


def one_line(text: str, option: str, longest: int) -> str:
    """The text without line breaks and blanks at its ends. Raises Trouble where it is too long."""
    line = _CONTROL.sub(" ", text).strip()
    if len(line) > longest:
        raise Trouble(f"{option} has {len(line)} characters, and {longest} are the most: shorten it.")
    return line
