"""foreach's templates: text in which words stand for names and values (Search Reference, foreach).

A name replaces its word wherever it stands. An item does so inside quotes and inside a longer word; standing
alone it is a value, which eval must get as a literal: `json_append(list, "", <<ITEM>>)` appends the text.
"""

from __future__ import annotations

import re
from typing import Any, Dict, Iterable, List, Tuple

from lab.spl.paths import field_text
from lab.spl.values import as_number, as_text

Items = List[Tuple[str, str]]  # (as eval writes the value, as text)
_BESIDE = re.compile(r"\w")


def filled(template: str, words: Dict[str, str]) -> str:
    """Every word replaced, all at once: what replaces one is not searched for another."""
    return _pattern(words).sub(lambda found: words[found.group()], template)


def filled_with_item(template: str, words: Dict[str, str], literal: str) -> str:
    """The first of `words` is the item's. It becomes `literal` where it stands alone outside quotes, escaped
    text in double quotes, plain text elsewhere."""
    item = next(iter(words))
    pattern = re.compile(f"{_pattern(words).pattern}|[\"'\\\\]", re.DOTALL)
    pieces: List[str] = []
    quote, at = "", 0
    for found in pattern.finditer(template):
        if found.start() < at:
            continue
        pieces.append(template[at : found.start()])
        text, at = found.group(), found.end()
        if text == "\\":
            text += template[at : at + 1]  # an escaped character opens and closes nothing
            at += 1
        elif text in ("'", '"'):
            quote = "" if text == quote else quote or text
        else:
            value = words[text]
            if text == item and not quote and not _touches(template, found):
                text = literal
            else:
                text = _quoted(value)[1:-1] if quote == '"' else value
        pieces.append(text)
    return "".join([*pieces, template[at:]])


def text_items(values: Iterable[str]) -> Items:
    """The values of a multivalue; one that is written as a number is written is one."""
    found: Items = []
    for text in values:
        number = as_number(text)
        found.append((text if number is not None and as_text(number) == text else _quoted(text), text))
    return found


def json_items(values: Iterable[Any]) -> Items:
    """The items of a parsed JSON array: its numbers, and only they, are numbers."""
    found: Items = []
    for value in values:
        text = field_text(value)
        if value is None:
            found.append(("null()", text))
        elif value.__class__ is str or not isinstance(value, str):
            found.append((_quoted(text), text))
        else:
            found += text_items([text])
    return found


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _pattern(words: Dict[str, str]) -> re.Pattern[str]:
    return re.compile("|".join(re.escape(word) for word in sorted(words, key=len, reverse=True)))


def _touches(template: str, found: re.Match[str]) -> bool:
    """Whether the word is a part of a longer one."""
    before, after = template[: found.start()][-1:], template[found.end() :][:1]
    return bool(_BESIDE.match(before) or _BESIDE.match(after))
