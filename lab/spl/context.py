"""What a search needs of the world around it: `lab.knowledge` fulfils this protocol, tests may too.

The search language imports nothing of the lab; every macro, event, lookup, limit and the time
itself reach it through one `Context`, so that a search run twice over the same context gives the
same rows.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import (
    TYPE_CHECKING,
    Any,
    Dict,
    FrozenSet,
    Iterable,
    Iterator,
    List,
    Optional,
    Protocol,
    Sequence,
    Tuple,
    Union,
)

if TYPE_CHECKING:
    from datetime import tzinfo

    from lab.spl.search_expression.expression import SearchExpression

Scalar = Union[str, int, float]
Value = Union[Scalar, List[Scalar]]  # a list is a multivalue; a missing key is null
Row = Dict[str, Value]
Rows = Iterable[Row]


@dataclass(frozen=True)
class Macro:
    """One stanza of macros.conf (macros.conf.spec)."""

    definition: str
    args: Tuple[str, ...] = ()
    iseval: bool = False
    validation: Optional[str] = None
    errormsg: Optional[str] = None


@dataclass(frozen=True)
class EventRequest:
    """The events a base search asks for.

    `expression` is the whole search expression; the context returns exactly the rows that match it
    (it may answer TERM() and keywords from its own index), newest `_time` first. Times are epoch
    seconds, earliest inclusive, latest exclusive. `fields` are those the rest of the search can
    see; None means all of them.
    """

    expression: SearchExpression
    earliest: float
    latest: float
    index_earliest: float
    index_latest: float
    fields: Optional[FrozenSet[str]]


class Lookup(Protocol):
    """A lookup table as transforms.conf defines it (file, KV store, external)."""

    fields: Sequence[str]
    rows: Sequence[Row]
    temporal: bool  # its rows match by time too

    def match(self, inputs: Dict[str, Scalar], outputs: Sequence[str], time: Optional[float] = None) -> List[Row]:
        """Rows that match all `inputs` (lookup field → value) by the stanza's own rules: match_type,
        case_sensitive_match, max_matches, min_matches, default_match, in the table's order. A temporal
        table's match an event of this `time`, the newest first; none where the event has no time."""
        ...


class Context(Protocol):
    """Everything a search may ask; each method raises `SearchError` for what does not exist."""

    now: float  # epoch seconds: the search's start, `now()` in eval
    earliest: float  # of the search's time range; 0 when unbounded
    latest: float  # float("inf") when unbounded
    index_earliest: float  # the same of the index time
    index_latest: float
    timezone: tzinfo

    def macro(self, name: str, arity: int) -> Macro: ...

    def eventtype(self, name: str) -> str:
        """The search string of an event type."""
        ...

    def eventtypes(self) -> Sequence[str]:
        """The names of all event types, for those a wildcard stands for."""
        ...

    def tagged(self, tag: str) -> Sequence[Tuple[str, str]]:
        """The (field, value) pairs that carry a tag; `*` in it is a wildcard."""
        ...

    def events(self, request: EventRequest) -> Iterator[Row]: ...

    def lookup(self, name: str) -> Lookup: ...

    def read_table(self, name: str) -> Iterator[Row]:
        """Rows of a lookup definition or lookup file (inputlookup); KV rows hold `_key`."""
        ...

    def write_table(
        self, name: str, rows: Sequence[Row], *, append: bool, key_field: Optional[str], options: Dict[str, Any]
    ) -> None:
        """outputlookup."""
        ...

    def collect(self, rows: Sequence[Row], options: Dict[str, str]) -> None:
        """collect: index the rows as summary events."""
        ...

    def saved_search(self, name: str) -> str:
        """The SPL of a saved search (savedsearch command)."""
        ...

    def of_saved_search(self, name: str) -> Context:
        """This context with the saved search's own time range where this one's is all time."""
        ...

    def datamodel(self, name: str) -> Dict[str, Any]:
        """A data model as its JSON file has it (tstats, from)."""
        ...

    def external_command(self, name: str) -> Optional[ExternalCommand]:
        """A command of commands.conf, or None where no app defines it."""
        ...

    def limit(self, stanza: str, key: str) -> int:
        """A setting of limits.conf, for example ("searchresults", "maxresultrows")."""
        ...

    def reading(self, question: str) -> str:
        """Which of the readings in `lab.spl.readings` holds where public text leaves semantics open."""
        ...

    def warn(self, message: str) -> None:
        """A message on the result, as Splunk shows one where a limit truncated it."""
        ...


@dataclass(frozen=True)
class ExternalCall:
    """A custom search command as the search calls it: its arguments without quotes (`name=value` in one
    piece) and as written, and the whole search, macros expanded."""

    arguments: Tuple[str, ...]
    raw_arguments: Tuple[str, ...]
    search: str


@dataclass(frozen=True)
class ExternalDescription:
    """What a custom search command says of itself before it runs (chunked protocol, getinfo).

    `kind`: streaming, stateful, events or reporting. `required_fields`: None where it wants all fields.
    `streaming_preop`: commands that may run before it."""

    kind: str = "streaming"
    generating: bool = False
    required_fields: Optional[FrozenSet[str]] = None
    streaming_preop: str = ""


class ExternalCommand(Protocol):
    """A custom search command, run as its own process by the chunked protocol."""

    def describe(self, call: ExternalCall) -> ExternalDescription:
        """No process is left behind: a parsed search may be kept for as long as one likes."""
        ...

    def run(self, call: ExternalCall, rows: Rows) -> Rows:
        """Closing the result early ends the process."""
        ...
