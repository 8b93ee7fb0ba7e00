"""Running a saved search inside another (Search Reference: savedsearch; from, union and join by their datasets)."""

from __future__ import annotations

from contextvars import ContextVar
from typing import Callable, List, Tuple

from lab.spl.context import Context, Row
from lab.spl.errors import SearchError

_running: ContextVar[Tuple[str, ...]] = ContextVar("saved searches being run", default=())


def saved_search_rows(name: str, context: Context, fill_in: Callable[[str], str] = str) -> List[Row]:
    """Its rows, over the time range of `context`; `fill_in` replaces the arguments in its text. `SearchError` where it
    would run itself."""
    from lab.spl.search import parse  # the parser knows the commands, which import this

    if name in _running.get():
        raise SearchError(f"the saved search '{name}' runs itself")
    outer = _running.set((*_running.get(), name))
    try:
        return parse(fill_in(context.saved_search(name)), context).run(context).rows
    finally:
        _running.reset(outer)
