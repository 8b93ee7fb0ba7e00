"""The world of a test: rows, and the lab's own lookups and limits around the language."""

import pytest

from lab.knowledge.rows_context import vector_surroundings
from lab.spl.search import parse
from lab.spl.vector_context import GivenContext


@pytest.fixture(scope="session")
def surroundings():
    return vector_surroundings()


@pytest.fixture
def context(surroundings):
    """`context(rows, settings, chosen)`: a context over the rows; `settings` as in a vector's context,
    `chosen` readings other than the default."""

    def make(rows=(), settings=None, chosen=None):
        return GivenContext(surroundings, list(rows), settings or {}, chosen or {})

    return make


@pytest.fixture
def search(context):
    """`search(spl, rows)`: the rows a search gives."""

    def run(spl, rows=({},), settings=None, chosen=None):
        world = context(rows, settings, chosen)
        return parse(spl, world).run(world).rows

    return run


@pytest.fixture
def value(search):
    """`value(expression, row)`: what eval makes of it over one row; None is null."""

    def evaluate(expression, row=None, **how):
        (found,) = search(f"* | eval result={expression} | table result", [row or {}], **how)
        return found.get("result")

    return evaluate
