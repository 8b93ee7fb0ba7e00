"""Searches over given rows, with the lab's own lookups and limits around the language."""

from pathlib import Path

import pytest

from lab.knowledge.conf import Setting
from lab.knowledge.limits import Limits
from lab.knowledge.lookup_tables import LookupTable, match_rules
from lab.spl.conformance import GivenContext, Surroundings
from lab.spl.search import parse


def _lookup(stanza, fields, rows, specific_first):
    settings = {key: Setting(str(value), Path("test"), 0) for key, value in stanza.items()}
    return LookupTable(fields, rows, match_rules(settings, specific_first))


@pytest.fixture(scope="session")
def world():
    """`world(rows, settings, readings)`: a context whose base searches see `rows`; `settings` as in a
    conformance vector's context."""

    def make(rows=(), settings=None, readings=None):
        return GivenContext(Surroundings(_lookup, Limits()), list(rows), settings or {}, readings or {})

    return make


@pytest.fixture(scope="session")
def search(world):
    """`search(spl, rows)`: the rows a search gives."""

    def run(spl, rows=({},), settings=None, readings=None):
        context = world(rows, settings, readings)
        return parse(spl, context).run(context).rows

    return run
