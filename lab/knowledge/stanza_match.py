"""Which stanzas of props.conf hold for an event: [sourcetype], [host::pattern], [source::pattern].

props.conf.spec: a setting of a source stanza is stronger than the host's, that stronger than the
sourcetype's, and all are stronger than [default]; in a pattern `...` is anything, `*` anything but a
path separator. Among several matching patterns the first in ASCII order is the strongest.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Dict, List, Pattern

from lab.knowledge.conf import Conf, Setting
from lab.spl.errors import Unsupported

_OTHER_RULES = re.compile(r"(rule|delayedrule)::|\(\?::\)")


def props_of(props: Conf, sourcetype: str, source: str, host: str) -> Dict[str, Setting]:
    """The settings in force for events of that origin."""
    settings = props.default
    stanzas = [sourcetype] if sourcetype in props else []
    stanzas += _matching(props, "host::", host)
    stanzas += _matching(props, "source::", source)
    for stanza in stanzas:
        settings.update(props.own(stanza))
    return settings


def _matching(props: Conf, prefix: str, text: str) -> List[str]:
    found = []
    for stanza in props:
        if _OTHER_RULES.match(stanza):
            place = next(iter(props.own(stanza).values()), None)
            raise Unsupported(f"{place.place if place else 'props.conf'}: the lab does not do [{stanza}]")
        if stanza.startswith(prefix) and _pattern(stanza[len(prefix) :]).match(text):
            found.append(stanza)
    return sorted(found, reverse=True)


@lru_cache(maxsize=1024)
def _pattern(text: str) -> Pattern[str]:
    parts = re.split(r"(\.\.\.|\*|[.])", text)
    return re.compile("".join({"...": ".*", "*": r"[^/\\]*", ".": r"\."}.get(part, part) for part in parts) + r"\Z")
