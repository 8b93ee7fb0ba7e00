"""eventtypes.conf: names for searches (eventtypes.conf.spec); the `eventtype` field of events."""

from __future__ import annotations

from typing import Any, Callable, Dict, FrozenSet, List, Optional, Set, Tuple

from lab.knowledge.conf import Conf, boolean, integer
from lab.spl.context import Context
from lab.spl.errors import SearchError, Unsupported
from lab.spl.search_expression.expression import SearchExpression, parse_search_expression, predicate

Row = Dict[str, Any]
_LOWEST_PRIORITY = 10


class EventTypes:
    """The event types that a search sees. As a classifier it gives events their `eventtype`."""

    def __init__(self, conf: Conf, context: Context) -> None:
        self._conf = conf
        self._context = context
        self._compiled: Optional[List[Tuple[str, SearchExpression, Callable[[Row], bool]]]] = None

    def search(self, name: str) -> str:
        """The search string of an event type that is there and not disabled."""
        if name not in self.names():
            raise SearchError(f"the event type '{name}' does not exist, or is not visible here")
        return self._conf.stanza(name)["search"]

    def gives(self, wanted: Optional[Set[str]]) -> bool:
        return bool(len(self._conf)) and (wanted is None or "eventtype" in wanted)

    def reads(self) -> Optional[FrozenSet[str]]:
        fields: FrozenSet[str] = frozenset()
        for _, expression, _ in self._all():
            more = expression.fields()
            if more is None:
                return None
            fields |= more
        return fields

    def apply(self, row: Row) -> None:
        names = [name for name, _, test in self._all() if test(row)]
        if names:
            row["eventtype"] = names[0] if len(names) == 1 else names

    def names(self) -> List[str]:
        """The event types that are there and not disabled, by priority, then by name."""
        ranked = []
        for name in self._conf:
            settings = self._conf.settings(name)
            if "search" not in settings or "disabled" in settings and boolean(settings["disabled"], "disabled"):
                continue
            priority = integer(settings["priority"], "priority") if "priority" in settings else _LOWEST_PRIORITY
            ranked.append((priority, name))
        return [name for _, name in sorted(ranked)]

    def _all(self) -> List[Tuple[str, SearchExpression, Callable[[Row], bool]]]:
        if self._compiled is None:
            self._compiled = []
            for name in self.names():
                if "%" in name:
                    raise Unsupported(f"the lab does not do event types named after fields: [{name}]")
                expression = parse_search_expression(f'eventtype="{name}"', self._context)
                self._compiled.append((name, expression, predicate(expression, self._context)))
        return self._compiled
