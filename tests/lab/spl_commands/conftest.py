"""Searches over given rows, with the lab's own lookups and limits around the language."""

import pytest

from lab.knowledge.rows_context import vector_surroundings
from lab.spl.search import parse
from lab.spl.vector_context import GivenContext


@pytest.fixture(scope="session")
def world():
    """`world(rows, settings, readings)`: a context whose base searches see `rows`; `settings` as in a
    conformance vector's context."""

    def make(rows=(), settings=None, readings=None):
        return GivenContext(vector_surroundings(), list(rows), settings or {}, readings or {})

    return make


@pytest.fixture(scope="session")
def search(world):
    """`search(spl, rows)`: the rows a search gives."""

    def run(spl, rows=({},), settings=None, readings=None):
        context = world(rows, settings, readings)
        return parse(spl, context).run(context).rows

    return run
