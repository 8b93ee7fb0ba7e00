"""Every shared conformance vector, each a test of its own (facts/spl.md, part B)."""

from pathlib import Path

import pytest

from lab.spl.conformance import read_vectors

VECTORS = Path(__file__).resolve().parents[4] / "shared" / "data" / "spl_vectors.jsonl"

if not VECTORS.exists():
    pytest.skip("the shared conformance vectors are not beside this checkout", allow_module_level=True)


@pytest.mark.parametrize("vector", read_vectors(VECTORS), ids=lambda vector: vector.id)
def test_search_gives_what_the_documentation_says(vector, surroundings):
    assert vector.run(surroundings) is None
