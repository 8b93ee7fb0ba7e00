"""foreach: run a template of commands for each field or value (Search Reference: foreach).

`multifield` runs it over all rows once for each field that the list matches, `multivalue` and
`json_array` over each row once for each value of one field; `auto_collections` takes whichever of the
two that field holds. The template is text: `<<FIELD>>`, `<<MATCHSTR>>`, `<<MATCHSEG1>>` …, `<<ITEM>>`
and `<<ITER>>` are replaced before it is parsed.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, Callable, Dict, Iterator, List, Tuple

from lab.spl.command import Arguments, Command, Context, Fields, Rows
from lab.spl.context import Row
from lab.spl.field_patterns import columns_of, is_pattern, wildcard_parts
from lab.spl.paths import field_text, parse_json
from lab.spl.values import as_text, scalars

if TYPE_CHECKING:
    from lab.spl.search import Pipeline

_MODES = ("multifield", "multivalue", "json_array", "auto_collections")


class Foreach(Command):
    name = "foreach"

    def __init__(self, args: Arguments) -> None:
        self.mode = args.option_choice("mode", choices=_MODES, default="multifield")
        self.field_word = args.option("fieldstr", default="<<FIELD>>")
        self.match_word = args.option("matchstr", default="<<MATCHSTR>>")
        self.segment_words = [args.option(f"matchseg{number}", default=f"<<MATCHSEG{number}>>") for number in (1, 2, 3)]
        self.item_word = args.option("itemstr", default="<<ITEM>>")
        self.iteration_word = args.option("iterstr", default="<<ITER>>")
        self.fields = args.field_list(required=True)
        if self.mode != "multifield" and (len(self.fields) > 1 or is_pattern(self.fields[0])):
            raise args.error(f"mode={self.mode} takes one field")
        at = args.peek()
        self.template = args.subsearch_text()
        args.done()
        self.pipelines: Dict[str, Pipeline] = {}  # of the fields known before any row is seen
        if self.mode == "multifield":
            for name in self.fields:
                if not is_pattern(name):
                    self.pipelines[name] = args.template(self._filled(name, ()), at)

    def needs(self, wanted: Fields) -> Fields:
        """What the templates need, in turn, and what is wanted anyhow, for one may be skipped."""
        if wanted is None or len(self.pipelines) < len(set(self.fields)):
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

    def _each_field(self, rows: List[Row], context: Context) -> Rows:
        from lab.spl.search import parse_pipeline  # the parser knows the commands, so not at the top

        skip_absent = context.reading("foreach absent") == "skip"
        for field, parts in self._matched(columns_of(rows), skip_absent):
            pipeline = self.pipelines.get(field) or parse_pipeline(self._filled(field, parts), context)
            rows = list(pipeline.run(rows, context))
        return rows

    def _filled(self, field: str, parts: Tuple[str, ...]) -> str:
        words = {self.field_word: field, self.match_word: "".join(parts)}
        words.update(zip(self.segment_words, parts))
        return _filled(self.template, words)

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

    def _each_item(self, rows: Rows, context: Context) -> Rows:
        from lab.spl.search import parse_pipeline

        @lru_cache(maxsize=4096)
        def pipeline(item: str, iteration: int) -> Any:
            # an item may stand between quotes in the template, so what would end them is escaped
            escaped = item.replace("\\", "\\\\").replace('"', '\\"')
            words = {self.item_word: escaped, self.iteration_word: str(iteration), self.field_word: self.fields[0]}
            return parse_pipeline(_filled(self.template, words), context)

        for row in rows:
            yield from self._through(row, pipeline, context)

    def _through(self, row: Row, pipeline: Callable[[str, int], Any], context: Context) -> Rows:
        current: List[Row] = [row]
        for iteration, item in enumerate(self._items(row.get(self.fields[0]))):
            current = list(pipeline(item, iteration).run(current, context))
        return current

    def _items(self, value: Any) -> List[str]:
        texts = [as_text(one) for one in scalars(value)]
        if self.mode == "multivalue" or (self.mode == "auto_collections" and len(texts) != 1):
            return texts
        found = _json_array(texts[0]) if len(texts) == 1 else None
        if found is None:
            return texts if self.mode == "auto_collections" else []
        return found


def _json_array(text: str) -> Any:
    try:
        found = parse_json(text)
    except ValueError:
        return None
    return [field_text(one) for one in found] if isinstance(found, list) else None


def _filled(template: str, words: Dict[str, str]) -> str:
    for word, value in words.items():
        template = template.replace(word, value)
    return template
