"""KV_MODE = auto: `field=value` pairs in the text of an event (props.conf.spec, KV_MODE).

Values in double quotes may hold blanks (and, auto_escaped, escaped quotes); others end at a blank,
comma or semicolon. Empty values give no field. Limits as for JSON: [kv] maxchars and limit.
"""

from __future__ import annotations

import re
from typing import Callable, Dict, List, Union

_NAME = r"(?:^|(?<=[\s,;({\[&?|\"]))([A-Za-z_][A-Za-z0-9_.:{}\-]*)\s?=\s?"
_PAIR = re.compile(_NAME + r'(?:"([^"]*)"|([^\s,;"&\[\](){}|][^\s,;"&]*))')
_ESCAPED_PAIR = re.compile(_NAME + r'(?:"((?:[^"\\]|\\.)*)"|([^\s,;"&\[\](){}|][^\s,;"&]*))', re.DOTALL)

Found = Dict[str, Union[str, List[str]]]


def key_value_extractor(escaped: bool, trim: bool, max_chars: int, max_fields: int) -> Callable[[str], Found]:
    """A function from the raw text to its pairs; a name met again keeps its first value."""
    pattern = _ESCAPED_PAIR if escaped else _PAIR

    def extract(text: str) -> Found:
        found: Found = {}
        for name, quoted, bare in pattern.findall(text[:max_chars] if max_chars else text):
            value = quoted or bare
            if escaped:
                value = re.sub(r'\\(["\\])', r"\1", value)
            if trim:
                value = value.strip(" ")
            if value and name not in found:
                if max_fields and len(found) >= max_fields:
                    break
                found[name] = value
        return found

    return extract
