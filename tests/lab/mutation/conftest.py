"""The world of a search over rows of a test's own."""

import pytest

from lab.knowledge.rows_context import vector_surroundings
from lab.spl.search import parse
from lab.spl.vector_context import GivenContext


@pytest.fixture
def context():
    """`context(rows)`: a context over these rows."""
    return lambda rows=(): GivenContext(vector_surroundings(), list(rows), {}, {})


@pytest.fixture
def parse_search():
    return parse
