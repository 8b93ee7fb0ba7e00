"""Lists of field names as props.conf writes them: `a AS b, "c d" ASNEW e`."""

from __future__ import annotations

import re
from typing import Iterable, List, Tuple

_WORD = re.compile(r'"((?:[^"\\]|\\.)*)"|([^\s,"]+)')


def words(text: str) -> List[Tuple[str, bool]]:
    """(word, was it quoted), separated by blanks or commas."""
    return [
        (match.group(2), False) if match.group(1) is None else (re.sub(r"\\(.)", r"\1", match.group(1)), True)
        for match in _WORD.finditer(text)
    ]


def is_word(word: Tuple[str, bool], *keywords: str) -> bool:
    """Whether it is one of these keywords, in any case and without quotes."""
    return not word[1] and word[0].upper() in keywords


def ascii_order(keys: Iterable[str]) -> List[str]:
    """The order in which Splunk applies EXTRACT-, REPORT-, FIELDALIAS- and LOOKUP- settings."""
    return sorted(keys)
