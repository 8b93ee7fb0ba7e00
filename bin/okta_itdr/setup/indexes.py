"""Where Okta's data is, and where findings go: the two macros that every search stands on."""

from __future__ import annotations

import re
from typing import List, Optional, Protocol

from okta_itdr.findings.register import INDEX_MACRO as FINDINGS_MACRO
from okta_itdr.findings.register import findings_index
from okta_itdr.setup.changes import MACRO, Target
from okta_itdr.trouble import Trouble

DATA_MACRO = "okta_itdr_index"
DEFAULT_INDEXES = "()"  # those that a role searches by default

# indexes.conf.spec: lower-case letters, digits, underscores and hyphens; not beginning with _ or -, which are Splunk's.
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]*")
_TERM = re.compile(r'index\s*=\s*"?([A-Za-z0-9_*-]+)"?')


class Indexes(Protocol):
    """The indexes that the search head knows (`okta_itdr.splunk.administration`)."""

    def index(self, name: str) -> Optional[dict]: ...


def data_definition(names: str) -> str:
    """The macro's definition for index names with commas or blanks between; none: the role's own."""
    found = _names(names)
    terms = [f"index={name}" for name in found]
    if not terms:
        return DEFAULT_INDEXES
    return terms[0] if len(terms) == 1 else f"({' OR '.join(terms)})"


def data_names(definition: str) -> Optional[List[str]]:
    """The names in a definition, [] for the role's own; None where it is more than names of indexes."""
    text = definition.strip()
    if text in ("", DEFAULT_INDEXES):
        return []
    names = _TERM.findall(text)
    rest = re.sub(r"\bOR\b|[()\s]", "", _TERM.sub("", text))
    return names if names and not rest else None


def targets(data: Optional[str], findings: Optional[str], indexes: Indexes) -> List[Target]:
    """The macros for the indexes asked for; None leaves one as it is. Raises Trouble for what cannot be.

    An index of data may be one that only the indexers know; findings are written from this search head.
    """
    wanted = []
    if data is not None:
        wanted.append(Target(MACRO, DATA_MACRO, {"definition": data_definition(data)}))
    if findings is not None:
        names = _names(findings)
        if len(names) != 1:
            raise Trouble("Findings go to one index: give the name of one.")
        usable(names[0], indexes)
        wanted.append(Target(MACRO, FINDINGS_MACRO, {"definition": f"index={names[0]}"}))
    if not wanted:
        raise Trouble("Name the index of the data (data_index), another one for findings (findings_index), or both.")
    return wanted


def usable(name: str, indexes: Indexes) -> None:
    """Raises Trouble unless findings can be written to that index."""
    found = indexes.index(name)
    if found is None:
        raise Trouble(
            f"This search head knows no index {name}: create it here (Settings > Indexes), and on the indexers where "
            "those keep the data, or choose another."
        )
    if str(found.get("disabled")).lower() in ("1", "true"):
        raise Trouble(f"The index {name} is disabled: enable it (Settings > Indexes), or choose another.")


def findings_name(definition: str) -> str:
    """The index that findings are written to. Raises Trouble where the macro names no single one."""
    return findings_index(definition)


def _names(text: str) -> List[str]:
    names = [name for name in re.split(r"[,\s]+", text.strip()) if name]
    for name in names:
        if not _NAME.fullmatch(name):
            raise Trouble(
                f"{name[:80]!r} is no name of an index: lower-case letters, digits, _ and - only, beginning with a "
                "letter or digit."
            )
    return list(dict.fromkeys(names))
