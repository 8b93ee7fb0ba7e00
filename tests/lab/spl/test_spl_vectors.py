"""Every conformance vector, each a test of its own: the project's own, and the shared ones (facts/spl.md, part B)."""

from pathlib import Path

import pytest

from lab.spl.conformance import read_vectors

OWN = sorted((Path(__file__).parent / "vectors").glob("*.jsonl"))
SHARED = Path(__file__).resolve().parents[4] / "shared" / "data" / "spl_vectors.jsonl"


def named(files):
    """Each vector of the files, as a parameter that bears its file's name and its own."""
    return [pytest.param(vector, id=f"{file.stem}:{vector.id}") for file in files for vector in read_vectors(file)]


@pytest.mark.parametrize("vector", named(OWN))
def test_search_gives_what_the_documentation_says(vector, surroundings):
    assert vector.run(surroundings) is None


@pytest.mark.skipif(not SHARED.exists(), reason="the shared conformance vectors are not beside this checkout")
@pytest.mark.parametrize("vector", named([SHARED]) if SHARED.exists() else [])
def test_search_gives_what_the_shared_vectors_say(vector, surroundings):
    assert vector.run(surroundings) is None
