"""What a dispatched search runs on: the installed apps' knowledge, the events and the KV store."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Callable, Optional

from lab.schedule.window import Window
from lab.spl.context import Context
from lab.spl.search import Search

if TYPE_CHECKING:
    from lab.knowledge import Knowledge
    from lab.knowledge.base_search import Searchable
    from lab.knowledge.context import Commands
    from lab.knowledge.external_lookups import RunScript
    from lab.store.events import EventStore
    from lab.store.kvstore import KVStore


@dataclass(frozen=True)
class SearchHead:
    """Gives searches their context; made by whoever composes the lab (splunkd, or a hunt alone)."""

    knowledge: Knowledge
    store: EventStore
    kvstore: KVStore
    # What starts the custom search commands of the search with this id and owner; without it there are none.
    commands: Optional[Callable[[Optional[str], str], Commands]] = None
    # Which indexes the owner of a search may see; without it all.
    searchable: Optional[Callable[[str], Searchable]] = None
    # What starts the scripts of external lookups; without it there are none.
    run_script: Optional[RunScript] = None

    def context(
        self,
        window: Window,
        app: str,
        warn: Callable[[str], None],
        sid: Optional[str] = None,
        owner: str = "admin",
    ) -> Context:
        return self.knowledge.context(
            store=self.store,
            kvstore=self.kvstore,
            now=window.now,
            earliest=window.earliest,
            latest=window.latest,
            index_earliest=window.index_earliest,
            index_latest=window.index_latest,
            app=app,
            user=owner,
            warn=warn,
            commands=None if self.commands is None else self.commands(sid, owner),
            searchable=None if self.searchable is None else self.searchable(owner),
            run_script=self.run_script,
        )

    def parsed(self, text: str, context: Context, app: str, owner: str = "admin") -> Search:
        """The search parsed; once for as long as the knowledge it stands on is not read anew."""
        return self.knowledge.parsed(text, context, app, owner)
