"""Specs of conf files: which keys a stanza may have, and what their values are."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Dict, List, Mapping, Optional, Sequence, Tuple

_STANZA = re.compile(r"\[([^\]]*)\]\s*\Z")
_KEY = re.compile(r"([\w.<>\-]+)\s*=\s*(.*)\Z")
_PLACEHOLDER = re.compile(r"<[^>]*>|\.\.\.|\$[A-Z]+")
_EVERYWHERE = ("default", "")


class Spec:
    """Patterns of stanzas, and of the keys in each with a hint of their value."""

    def __init__(self, entries: Sequence[Tuple[str, str, str]]) -> None:
        """(regular expression of the stanza, of the key, hint)"""
        exact_first = sorted(entries, key=lambda entry: (-len(entry[1]), -len(entry[0])))
        self._entries = [
            (re.compile(f"(?:{stanza})\\Z"), re.compile(f"(?:{key})\\Z"), hint) for stanza, key, hint in exact_first
        ]

    @classmethod
    def of(cls, stanzas: Mapping[str, List[List[str]]]) -> Spec:
        """From the form of conf_spec_keys.json: stanza pattern → [[key, hint], …]; `<x>` stands for anything."""
        entries = []
        for stanza, keys in stanzas.items():
            pattern = ".*" if stanza in _EVERYWHERE else _pattern(stanza)
            entries += [(pattern, _pattern(key), hint) for key, hint in keys]
            if stanza.startswith("<") and not keys:  # tags.conf: the keys are the tags
                entries.append((pattern, ".+", ""))
        return cls(entries)

    def knows(self, stanza: str, key: str) -> bool:
        return self.hint(stanza, key) is not None

    def hint(self, stanza: str, key: str) -> Optional[str]:
        """What the value is, as the spec writes it; None where it does not have the key. Of several keys that fit,
        the one of which most is written out counts: action.<name>.<parameter> before action.<name>."""
        for in_stanza, is_key, hint in self._entries:
            if is_key.match(key) and in_stanza.match(stanza):
                return hint
        return None


def read_spec(path: Path) -> Spec:
    """A README/*.conf.spec of an app: stanzas, and lines of `key = what it is`."""
    stanzas: Dict[str, List[List[str]]] = {}
    stanza = "default"
    for line in path.read_text(encoding="utf-8").splitlines():
        head, key = _STANZA.match(line), _KEY.match(line)
        if head:
            stanza = head.group(1)
            stanzas.setdefault(stanza, [])
        elif key and not line.startswith(("*", "#", " ")):
            stanzas.setdefault(stanza, []).append([key.group(1), key.group(2)])
            if "://" in stanza:  # a modular input's own [scheme] holds the defaults of its stanzas
                stanzas.setdefault(stanza.partition("://")[0], []).append([key.group(1), key.group(2)])
    return Spec.of(stanzas)


def _pattern(text: str) -> str:
    """`EXTRACT-<class>` → a regular expression; what is in angle brackets may be anything."""
    parts = _PLACEHOLDER.split(text)
    return ".+".join(map(re.escape, parts))
