"""docs/search-language.md says what the language has, and each thing it has is held by a vector that names its page."""

from pathlib import Path

import pytest

from lab.spl.commands import COMMANDS
from lab.spl.conformance import read_vectors
from lab.spl.functions import registry
from lab.spl.statistics import aggregations
from lab.spl.statistics.aggregations import PAGES
from lab.spl.syntax.parser import Parser
from tools.search_language import PAGE, page

VECTORS = [
    vector for file in sorted((Path(__file__).parent / "vectors").glob("*.jsonl")) for vector in read_vectors(file)
]


def test_the_page_is_as_the_language_is():
    assert PAGE.read_text(encoding="utf-8") == page(), "run `python tools/run.py tools.search_language`"


@pytest.fixture(scope="module")
def used(surroundings):
    """The commands, eval functions and statistical functions that the vectors which must give rows run."""
    commands, functions, statistics = set(), set(), set()
    patch = pytest.MonkeyPatch()
    stage, check, accumulator = Parser._stage, registry.Function.check, aggregations.accumulator

    def note_stage(parser, part, first):
        commands.add(parser._name(part).group(1).lower())
        return stage(parser, part, first)

    def note_function(function, call):
        functions.add(call.name)
        return check(function, call)

    def note_statistic(name, *arguments, **options):
        statistics.add(name)
        return accumulator(name, *arguments, **options)

    patch.setattr(Parser, "_stage", note_stage)
    patch.setattr(registry.Function, "check", note_function)
    patch.setattr(aggregations, "accumulator", note_statistic)
    for vector in VECTORS:
        if not vector.data.get("expect_error"):
            vector.run(surroundings)
    patch.undo()
    return commands, functions, statistics


def test_every_command_has_a_vector(used):
    elsewhere = {"savedsearch"}  # tests/lab/knowledge: a vector has no saved searches
    assert not sorted(name for name in COMMANDS if name not in used[0] | elsewhere)


def test_every_eval_function_has_a_vector(used):
    assert not sorted(name for name in registry.FUNCTIONS if name not in used[1])


def test_every_statistical_function_has_a_vector(used):
    numbered = {name.rstrip("0123456789.") for name in used[2]}
    assert not sorted(name for name in PAGES if name not in used[2] | numbered)


def test_every_vector_names_its_source():
    assert not [vector.id for vector in VECTORS if not vector.data.get("source")]
