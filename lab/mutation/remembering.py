"""A custom search command asked once for each thing it is asked about: its process costs more than all the rest."""

from __future__ import annotations

import re
from typing import Any, Container, Dict, List, Optional, Tuple

from lab.spl.command import Command, Context, Fields, Row, Rows
from lab.spl.external import External
from lab.spl.search import Pipeline, Stage
from lab.spl.values import as_text, copied, scalars

_WORD = re.compile(r"[\w.]+")
_IMPLIED = ("tenant",)  # what a command of ours reads though nobody names it
Key = Tuple[Any, ...]


class Remembering(Command):
    """In the place of a command that answers row by row: what it adds depends on the fields that its arguments name
    (and the tenant), so rows that are the same there get the same."""

    def __init__(self, command: External, arguments: str) -> None:
        self.name = command.name  # type: ignore[misc]
        self._command = command
        self._fields = (*dict.fromkeys(_WORD.findall(arguments)), *_IMPLIED)
        self._added: Dict[Key, Row] = {}

    def needs(self, wanted: Fields) -> Fields:
        return self._command.needs(wanted)

    def columns(self, before: Optional[List[str]]) -> Optional[List[str]]:
        return self._command.columns(before)

    def run(self, rows: Rows, context: Context) -> Rows:
        given = list(rows)
        keys = [self._key(row) for row in given]
        unknown = {key: row for key, row in zip(keys, given) if key not in self._added}
        if unknown:
            answers = list(self._command.run((copied(row) for row in unknown.values()), context))
            if len(answers) != len(unknown):
                raise AssertionError(f"{self.name} does not answer row by row")
            for (key, row), answer in zip(unknown.items(), answers):
                self._added[key] = {name: value for name, value in answer.items() if not _same(row.get(name), value)}
        for key, row in zip(keys, given):
            row.update(copied(self._added[key]))
            yield row

    def _key(self, row: Row) -> Key:
        return tuple(tuple(map(as_text, scalars(row.get(name)))) for name in self._fields)


def remembering(pipeline: Pipeline, only: Optional[Container[str]] = None) -> Pipeline:
    """The pipeline with each custom command that answers row by row replaced, or `only` those of these names."""
    stages: List[Stage] = []
    for stage in pipeline.stages:
        command = stage.command
        if isinstance(command, External) and command.kind == "streaming" and (only is None or command.name in only):
            end = pipeline.source.text.find("|", stage.end)
            arguments = pipeline.source.text[stage.end : end if end >= 0 else None]
            stage = Stage(Remembering(command, arguments), stage.start, stage.end)
        stages.append(stage)
    return Pipeline(stages, pipeline.source)


def _same(one: Any, other: Any) -> bool:
    """As text: a process gives back text for the numbers it was given."""
    return [*map(as_text, scalars(one))] == [*map(as_text, scalars(other))]
