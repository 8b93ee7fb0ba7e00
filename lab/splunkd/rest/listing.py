"""What listings of entities have in common: `search`, `sort_key`, `sort_dir`, `sort_mode`, `count`, `offset`
(REST API User Manual, "Pagination and filtering parameters")."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from lab.splunkd.rest.atom import Entry


@dataclass(frozen=True)
class Listing:
    """The arguments of a listing."""

    search: Sequence[str] = ()  # each must hold
    count: int = 30
    offset: int = 0
    sort_key: str = "name"
    sort_dir: str = "asc"
    sort_mode: str = "auto"


def chosen(entries: Sequence[Entry], listing: Listing) -> list[Entry]:
    """The entries that match, in order; a ValueError where the lab cannot tell."""
    found = [entry for entry in entries if all(_matches(entry, search) for search in listing.search)]
    if listing.sort_key == "name" and listing.sort_dir == "asc":
        return found  # as conf files have them, which is how splunkd's entities come here
    if listing.sort_dir not in ("asc", "desc") or listing.sort_mode not in ("auto", "alpha", "alpha_case", "num"):
        raise ValueError(f"The lab's splunkd does not sort by {listing.sort_mode} {listing.sort_dir}.")

    def key(entry: Entry) -> tuple[float, str]:
        text = _text(entry.name if listing.sort_key == "name" else entry.content.get(listing.sort_key, ""))
        number = _number(text) if listing.sort_mode in ("auto", "num") else None
        return (0.0 if number is None else number, text if listing.sort_mode == "alpha_case" else text.lower())

    return sorted(found, key=key, reverse=listing.sort_dir == "desc")


def _matches(entry: Entry, search: str) -> bool:
    """Words that some value holds, or name=value with wildcards; all must hold."""
    texts = {"name": entry.name, "title": entry.name, "eai:acl.app": entry.app, "eai:acl.owner": entry.owner}
    texts.update({name: _text(value) for name, value in entry.content.items()})
    for negated, name, value in _terms(search):
        if name is None:
            wanted = value.lower().strip("*")
            held = any(wanted in text.lower() for text in texts.values())
        else:
            pattern = ".*".join(re.escape(part) for part in value.split("*"))
            held = re.fullmatch(pattern, texts.get(name, ""), re.IGNORECASE | re.DOTALL) is not None
        if held is negated:
            return False
    return True


_TERM = re.compile(r'\s*(NOT\s+)?(?:([\w.:\-]+)\s*(!?=)\s*)?("(?:[^"\\]|\\.)*"|[^\s()"]+)')


def _terms(search: str) -> list[tuple[bool, str | None, str]]:
    """(negated, field or None, value) of each term; OR and brackets are refused."""
    terms: list[tuple[bool, str | None, str]] = []
    at = 0
    while search[at:].strip():
        match = _TERM.match(search, at)
        if match is None or match.group(4) == "OR":
            raise ValueError(f"The lab's splunkd does not filter listings by {search!r}.")
        at = match.end()
        if match.group(4) == "AND" and match.group(2) is None:
            continue
        value = match.group(4)
        if value.startswith('"'):
            value = re.sub(r"\\(.)", r"\1", value[1:-1])
        terms.append((bool(match.group(1)) != (match.group(3) == "!="), match.group(2), value))
    return terms


def _text(value: object) -> str:
    return str(int(value)) if isinstance(value, bool) else str(value)


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None
