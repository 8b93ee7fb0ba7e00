"""Search time: the fields of an event, in Splunk's order, and only those a search wants.

The order (Knowledge Manager Manual, "The sequence of search-time operations"): EXTRACT, REPORT,
KV_MODE, FIELDALIAS, EVAL (all at once), LOOKUP, event types, tags. An `Extractor` is made for one
origin (so one set of props) and one set of wanted fields: it goes backwards through the order once,
keeps what the wanted fields depend on, and then does only that for each event.
"""

from __future__ import annotations

from typing import Any, Callable, Dict, FrozenSet, List, Mapping, Optional, Protocol, Set

from lab.knowledge.aliases import apply_aliases, field_aliases
from lab.knowledge.automatic_lookups import automatic_lookups
from lab.knowledge.conf import ConfError, Setting, boolean
from lab.knowledge.json_fields import JsonLimits, json_extractor
from lab.knowledge.key_values import key_value_extractor
from lab.knowledge.keys import refuse_for_extraction
from lab.knowledge.lookup_tables import LookupTable
from lab.knowledge.memory import remembered
from lab.knowledge.names import ascii_order, words
from lab.knowledge.regex_fields import TextFields, inline_extraction, transform_extraction
from lab.spl.context import Context
from lab.spl.errors import SearchError, Unsupported
from lab.spl.eval_expression.expression import parse_expression

Row = Dict[str, Any]
Step = Callable[[Row, bytes], None]
Wanted = Optional[Set[str]]  # None: all

DEFAULT_FIELDS = frozenset(("_raw", "_time", "_indextime", "index", "sourcetype", "source", "host", "linecount"))
_NOT_MADE = frozenset(
    [
        "date_hour",
        "date_mday",
        "date_minute",
        "date_month",
        "date_second",
        "date_wday",
        "date_year",
        "date_zone",
        "punct",
        "splunk_server",
        "splunk_server_group",
        "timestartpos",
        "timeendpos",
        "_cd",
        "_bkt",
        "_si",
        "_serial",
        "_sourcetype",
        "_subsecond",
    ]
)


class Classifier(Protocol):
    """Event types, or tags: one or more fields that depend on finished fields of the event."""

    def gives(self, wanted: Wanted) -> bool: ...

    def reads(self) -> Optional[FrozenSet[str]]: ...

    def apply(self, row: Row) -> None: ...


class Surroundings(Protocol):
    """What the settings of props.conf refer to."""

    json_limits: JsonLimits
    context: Context  # for calculated fields; it knows no time of a search

    def transform(self, name: str) -> Mapping[str, Setting]: ...

    def table(self, name: str) -> LookupTable: ...

    def reading(self, question: str) -> str: ...

    @property
    def event_types(self) -> Classifier: ...

    @property
    def tags(self) -> Classifier: ...


class Extractor:
    """From an event's raw text and default fields to its wanted fields."""

    def __init__(
        self, settings: Mapping[str, Setting], wanted: Optional[FrozenSet[str]], surroundings: Surroundings
    ) -> None:
        refuse_for_extraction(settings)
        for name in wanted or ():
            if name in _NOT_MADE:
                raise Unsupported(f"the lab does not make the field {name}")
        self._settings = settings
        self._surroundings = surroundings
        self._steps: List[Step] = []  # the last first, until all are there
        need: Wanted = None if wanted is None else set(wanted)
        for classifier in (surroundings.tags, surroundings.event_types):
            need = self._classify(classifier, need)
        need = self._look_up(need)
        need = self._calculate(need)
        need = self._alias(need)
        self._extract(need)
        self._steps.reverse()
        self.reads_raw = need is None or "_raw" in need or self._text_is_read
        self.reads_lines = need is None or "linecount" in need

    def fields(self, row: Row, raw: bytes) -> Row:
        """`row`, which holds the default fields, with the others added (and more than the wanted)."""
        if self.reads_raw:
            row["_raw"] = raw.decode("utf-8", "replace")
        if self.reads_lines:
            row["linecount"] = str(raw.count(b"\n") + 1)
        for step in self._steps:
            step(row, raw)
        return row

    # ---- the order, backwards: each adds its step and says what must be there before it

    def _classify(self, classifier: Classifier, need: Wanted) -> Wanted:
        if not classifier.gives(need):
            return need
        self._steps.append(lambda row, raw: classifier.apply(row))
        return _with(need, classifier.reads())

    def _look_up(self, need: Wanted) -> Wanted:
        lookups = automatic_lookups(self._settings, self._surroundings.table)
        chosen = [lookup for lookup in lookups if need is None or lookup.gives & need]
        if len(chosen) > 1 and self._surroundings.reading("order of automatic lookups") == "reverse":
            chosen.reverse()
        for lookup in reversed(chosen):
            clears = not lookup.keeps and self._surroundings.reading("lookup without match") == "clear"
            self._steps.append(lambda row, raw, apply=lookup.apply, clears=clears: apply(row, clears))  # type: ignore[misc]
            need = _with(need, lookup.reads)
        return need

    def _calculate(self, need: Wanted) -> Wanted:
        chosen = {}
        reads: Wanted = set()
        for key, setting in self._settings.items():
            name = key[len("EVAL-") :]
            if key.startswith("EVAL-") and (need is None or name in need):
                try:
                    expression = parse_expression(setting.value)
                    chosen[name] = remembered(expression, self._surroundings.context)
                except Unsupported as error:
                    raise Unsupported(f"{setting.place}: {key}: {error}") from None
                except SearchError as error:
                    raise ConfError(setting.path, setting.line, f"{key}: {error}") from None
                reads = _with(reads, expression.fields())
        if not chosen:
            return need
        calculations = list(chosen.items())

        def calculate(row: Row, raw: bytes) -> None:
            values = [(name, evaluate(row)) for name, evaluate in calculations]
            for name, value in values:
                if value is None:
                    row.pop(name, None)  # even a field that was extracted: the calculated one stands for it
                else:
                    row[name] = value

        self._steps.append(calculate)
        return None if need is None or reads is None else (need - set(chosen)) | reads

    def _alias(self, need: Wanted) -> Wanted:
        chosen = [alias for alias in field_aliases(self._settings) if need is None or alias.alias in need]
        if not chosen:
            return need
        self._steps.append(lambda row, raw: apply_aliases(chosen, row))
        if need is None:
            return None
        kept = need - {alias.alias for alias in chosen if alias.replaces}
        return kept | {alias.original for alias in chosen}

    def _extract(self, need: Wanted) -> None:
        """EXTRACT and REPORT, then what KV_MODE finds beside them."""
        texts = self._text_fields()
        self._add_automatic(need)
        before = None if need is None else set(need)
        chosen: List[TextFields] = []
        for text in reversed(texts):
            if before is None or text.gives is None or text.gives & before:
                chosen.append(text)
                before = _with(before, frozenset((text.source,)))
        for text in chosen:
            self._steps.append(lambda row, raw, apply=text.apply: apply(row))  # type: ignore[misc]
        self._text_is_read = any(text.source == "_raw" for text in chosen) or self._reads_pairs

    def _text_fields(self) -> List[TextFields]:
        settings = self._settings
        extract = ascii_order(key for key in settings if key.startswith("EXTRACT-"))
        texts = [inline_extraction(key, settings[key]) for key in extract]
        for key in ascii_order(key for key in settings if key.startswith("REPORT-")):
            for name, _ in words(settings[key].value):
                try:
                    transform = self._surroundings.transform(name)
                except KeyError:
                    place = settings[key]
                    raise ConfError(place.path, place.line, f"{key}: transforms.conf has no [{name}]") from None
                texts.append(transform_extraction(name, transform))
        return texts

    def _add_automatic(self, need: Wanted) -> None:
        """KV_MODE; what was extracted before stays as it is."""
        limits = self._surroundings.json_limits
        mode = self._settings["KV_MODE"].value
        self._reads_pairs = mode in ("auto", "auto_escaped")
        if mode not in ("none", "json", "auto", "auto_escaped"):
            raise Unsupported(f"{self._settings['KV_MODE'].place}: the lab does not do KV_MODE = {mode}")
        if mode == "none" or need is not None and not need - DEFAULT_FIELDS:
            self._reads_pairs = False
            return
        wanted = None if need is None else frozenset(need - DEFAULT_FIELDS)
        if self._reads_pairs:
            trim = boolean(self._settings["KV_TRIM_SPACES"], "KV_TRIM_SPACES")
            pairs = key_value_extractor(mode == "auto_escaped", trim, limits.max_chars, limits.max_fields)
            self._steps.append(lambda row, raw: _complete(row, pairs(row["_raw"])))
        if mode == "json" or boolean(self._settings["AUTO_KV_JSON"], "AUTO_KV_JSON"):
            document = json_extractor(wanted, limits)
            self._steps.append(lambda row, raw: _complete(row, document(raw)))


def _complete(row: Row, found: Row) -> None:
    for name, value in found.items():
        if name not in row:
            row[name] = value


def _with(need: Wanted, more: Optional[FrozenSet[str]]) -> Wanted:
    return None if need is None or more is None else need | more
