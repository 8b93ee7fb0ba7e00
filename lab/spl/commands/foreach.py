"""foreach: run a template of commands for each field or value (Search Reference: foreach).

`multifield` runs it over all rows once for each field that the list matches; the other modes run its one
eval over each row, once for each value of a multivalue (`multivalue`), each item of a JSON array
(`json_array`), or of whichever of the two a field holds (`auto_collections`, the first such field where none
is named). The template is text: `<<FIELD>>`, `<<MATCHSTR>>`, `<<MATCHSEG1>>` …, `<<ITEM>>` and `<<ITER>>` are
replaced before it is parsed; an `<<ITEM>>` outside quotes stands for the value itself.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, Callable, Dict, Iterator, List, Optional, Tuple

from lab.spl.command import Arguments, Command, Context, Fields, Rows
from lab.spl.context import Row
from lab.spl.errors import SearchError
from lab.spl.field_patterns import columns_of, is_pattern, wildcard_parts
from lab.spl.paths import parse_json
from lab.spl.streaming import NOT_STREAMING
from lab.spl.syntax.templates import Items, filled, filled_with_item, json_items, text_items
from lab.spl.syntax.tokens import Token
from lab.spl.values import as_text, scalars

if TYPE_CHECKING:
    from lab.spl.search import Pipeline

_MODES = ("multifield", "multivalue", "json_array", "auto_collections")


class Foreach(Command):
    name = "foreach"

    def __init__(self, args: Arguments) -> None:
        self.mode = args.option_choice("mode", choices=_MODES, default="multifield")
        if self.mode == "multifield":
            self.field_word = args.option_placeholder("fieldstr", default="<<FIELD>>")
            self.match_word = args.option_placeholder("matchstr", default="<<MATCHSTR>>")
            self.segment_words = [
                args.option_placeholder(f"matchseg{number}", default=f"<<MATCHSEG{number}>>") for number in (1, 2, 3)
            ]
        else:
            self.item_word = args.option_placeholder("itemstr", default="<<ITEM>>")
            self.iteration_word = args.option_placeholder("iterstr", default="<<ITER>>")
        self.fields = args.field_list(required=self.mode != "auto_collections")
        if self.mode != "multifield" and len(self.fields) > 1:
            raise args.error(f"mode={self.mode} takes one field")
        at = args.peek()
        self.template = args.subsearch_text()
        args.done()
        self.pipelines: Dict[str, Pipeline] = {}  # of the fields known before any row is seen
        if self.mode == "multifield":
            for name in self.fields:
                if not is_pattern(name):
                    self.pipelines[name] = args.template(self._filled(name, ()), at)
                    _only_streaming(self.pipelines[name], args, at)
        else:
            trial = filled_with_item(self.template, self._words("item", "0"), "'item'")
            _only_one_eval(args.template(trial, at), args, at)

    def needs(self, wanted: Fields) -> Fields:
        """What the templates need, in turn, and what is wanted anyhow, for one may be skipped."""
        if wanted is None or not self.fields or len(self.pipelines) < len(set(self.fields)):
            return None
        found: Fields = wanted
        for name in reversed(list(dict.fromkeys(self.fields))):
            needed = self.pipelines[name].needs(found)
            if found is None or needed is None:
                return None
            found = found | needed | {name}
        return found

    def columns(self, before: None) -> None:
        return None

    def run(self, rows: Rows, context: Context) -> Rows:
        return self._each_field(list(rows), context) if self.mode == "multifield" else self._each_item(rows, context)

    # ---- fields ----

    def _each_field(self, rows: List[Row], context: Context) -> Rows:
        from lab.spl.search import parse_pipeline  # the parser knows the commands, so not at the top

        skip_absent = context.reading("foreach absent") == "skip"
        for field, parts in self._matched(columns_of(rows), skip_absent):
            pipeline = self.pipelines.get(field)
            if pipeline is None:
                pipeline = parse_pipeline(self._filled(field, parts), context)
                _only_streaming(pipeline)
            rows = list(pipeline.run(rows, context))
        return rows

    def _filled(self, field: str, parts: Tuple[str, ...]) -> str:
        words = {self.field_word: field, self.match_word: "".join(parts)}
        words.update(zip(self.segment_words, parts))
        return filled(self.template, words)

    def _matched(self, present: List[str], skip_absent: bool) -> Iterator[Tuple[str, Tuple[str, ...]]]:
        """The fields to run for, each once, with what its wildcards stand for."""
        done: Dict[str, Tuple[str, ...]] = {}
        for name in self.fields:
            if is_pattern(name):
                for field in present:
                    parts = wildcard_parts(name, field)
                    if parts is not None:
                        done.setdefault(field, parts)
            elif name in present or not skip_absent:
                done.setdefault(name, ())
        yield from done.items()

    # ---- values ----

    def _each_item(self, rows: Rows, context: Context) -> Rows:
        from lab.spl.search import parse_pipeline

        @lru_cache(maxsize=4096)
        def pipeline(literal: str, text: str, iteration: int) -> Any:
            words = self._words(text, str(iteration))
            return parse_pipeline(filled_with_item(self.template, words, literal), context)

        for row in rows:
            yield from self._through(row, pipeline, context)

    def _words(self, item: str, iteration: str) -> Dict[str, str]:
        return {self.item_word: item, self.iteration_word: iteration}

    def _through(self, row: Row, pipeline: Callable[[str, str, int], Any], context: Context) -> Rows:
        current: List[Row] = [row]
        for iteration, (literal, text) in enumerate(self._items(row)):
            current = list(pipeline(literal, text, iteration).run(current, context))
        return current

    def _items(self, row: Row) -> Items:
        """What the field holds, each item as eval writes it and as plain text."""
        if self.mode == "auto_collections":
            names = self.fields or [name for name in row if not name.startswith("_")]
            for name in names:
                found = _values(row.get(name)) if row.get(name).__class__ is list else _json(row.get(name))
                if found is not None:
                    return found
            return _values(row.get(self.fields[0])) if self.fields else []
        value = row.get(self.fields[0])
        return _values(value) if self.mode == "multivalue" else _json(value) or []


def _values(value: Any) -> Items:
    return text_items([as_text(one) for one in scalars(value)])


def _json(value: Any) -> Optional[Items]:
    """The items of a JSON array; None where the value is none."""
    if value is None or value.__class__ is list:
        return None
    try:
        found = parse_json(as_text(value))
    except ValueError:
        return None
    return json_items(found) if isinstance(found, list) else None


def _only_streaming(pipeline: Pipeline, args: Optional[Arguments] = None, at: Optional[Token] = None) -> None:
    for command in pipeline.commands:
        if command.name in NOT_STREAMING:
            message = f"the template may hold streaming commands only, not {command.name}"
            raise SearchError(message) if args is None else args.error(message, at)


def _only_one_eval(pipeline: Pipeline, args: Arguments, at: Optional[Token]) -> None:
    if [command.name for command in pipeline.commands] != ["eval"]:
        raise args.error("in this mode the template is a single eval", at)
