"""The fields of events: Splunk's own, those that an app's props.conf makes, and what the log's own text gives.

Of props.conf.spec: EXTRACT-, REPORT-, FIELDALIAS-, EVAL- and LOOKUP- make fields; KV_MODE reads further ones from the
event itself, which nobody knows who has no sample of the log.
"""

from __future__ import annotations

from typing import FrozenSet, List, NamedTuple, Optional, Tuple

from lab.knowledge.aliases import field_aliases
from lab.knowledge.automatic_lookups import automatic_lookups
from lab.knowledge.conf import Conf, Setting
from lab.knowledge.extraction import DEFAULT_FIELDS
from lab.knowledge.knowledge import AppKnowledge
from lab.knowledge.names import words
from lab.knowledge.regex_fields import inline_extraction, transform_extraction
from lab.spl.errors import SearchError
from lab.spl.eval_expression.expression import parse_expression

_OF_EVERY_EVENT = DEFAULT_FIELDS | {"eventtype", "tag", "splunk_server", "punct", "timestamp"}


class EventFields(NamedTuple):
    """`known`: all there are, None where the log gives some that nobody named; `read`: what calculated fields,
    automatic lookups and aliases ask for, and where; `problems`: settings that cannot be what they should."""

    known: Optional[FrozenSet[str]]
    read: List[Tuple[str, Setting]]
    problems: List[Tuple[Setting, str]]


def event_fields(conf: Conf, visible: AppKnowledge, log_paths: FrozenSet[str]) -> EventFields:
    """`conf`: props.conf; `log_paths`: the fields that the log's own text gives, empty where they are not known."""
    found = EventFields(None, [], [])
    made: set[str] = set()
    for stanza in conf:
        settings = conf.settings(stanza)
        for key, setting in settings.items():
            try:
                made |= _made(key, setting, visible, found.read)
            except (SearchError, KeyError) as error:
                found.problems.append((setting, f"[{stanza}] {key}: {_said(error)}"))
    if log_paths or not any(_reads_the_log(conf, stanza) for stanza in conf):
        return found._replace(known=frozenset(made) | _OF_EVERY_EVENT | log_paths)
    return found


def _made(key: str, setting: Setting, visible: AppKnowledge, read: List[Tuple[str, Setting]]) -> FrozenSet[str]:
    """What one setting gives; what it reads is added to `read`."""
    if key.startswith("EVAL-"):
        read += [(field, setting) for field in parse_expression(setting.value).fields() or ()]
        return frozenset((key[len("EVAL-") :],))
    if key.startswith("FIELDALIAS-"):
        aliases = field_aliases({key: setting})
        read += [(alias.original, setting) for alias in aliases]
        return frozenset(alias.alias for alias in aliases)
    if key.startswith("EXTRACT-"):
        return inline_extraction(key, setting).gives or frozenset()
    if key.startswith("REPORT-"):
        names = [name for name, _ in words(setting.value)]
        return frozenset().union(*(transform_extraction(name, visible.transform(name)).gives or () for name in names))
    if key.lower().startswith("lookup"):
        (lookup,) = automatic_lookups({key: setting}, visible.table)
        read += [(field, setting) for field in lookup.reads]
        return lookup.gives
    return frozenset()


def _reads_the_log(conf: Conf, stanza: str) -> bool:
    mode = conf.settings(stanza).get("KV_MODE")
    return mode is not None and mode.value.lower() != "none"


def _said(error: Exception) -> str:
    if isinstance(error, SearchError):
        return error.message
    return f"there is no {error.args[0]} in transforms.conf"
