"""The lists of conf keys: a key Splunk does not know must not slip in, nor a mistyped one be passed over."""

from __future__ import annotations

import json
import re

import pytest

from lab.knowledge import Knowledge
from lab.knowledge.apps import Apps
from lab.knowledge.conf import ConfError
from lab.knowledge.keys import IMPLEMENTED, IRRELEVANT, REFUSED
from lab.knowledge.limits import LIMITS, Limits
from lab.spl.errors import SearchError, Unsupported

UNNAMED = ("MORE_THAN", "LESS_THAN", "is_valid", "invalid_cause", "termFreq")  # of the file classifier
# python.required came after the spec at hand (Splunk 10.2); disabled is what the page of search commands writes.
NOT_IN_SPEC = {"commands": [r"python\.required", "disabled"], "transforms": [r"python\.required"]}
OF_COMMANDS = {  # defaults of the commands themselves
    ("append", "maxout"),
    ("appendcols", "maxout"),
    ("map", "maxsearches"),
    ("sort", "count"),
    ("rex", "max_match"),
}


@pytest.fixture
def spec(shared_file):
    """Splunk's keys by stanza pattern, for a kind of conf file."""
    keys = json.loads(shared_file("data/conf_spec_keys.json").read_text())
    return lambda kind: keys[f"{kind}.conf.spec"]


def example(key: str) -> str:
    """A key of the spec with its <variable> parts filled."""
    key = re.sub(r"<(?:n|number|integer)>", "1", key)
    return re.sub(r"<[^>]*>", "x", key)


@pytest.mark.parametrize("kind", [kind for kind in IMPLEMENTED if kind != "tags"])
def test_every_key_of_splunks_spec_is_in_exactly_one_list(kind, spec):
    wrong = []
    for keys in spec(kind).values():
        for key, _ in keys:
            lists = [example(key) in lists[kind] for lists in (IMPLEMENTED, IRRELEVANT, REFUSED)]
            if sum(lists) != 1 and not key.startswith(UNNAMED):
                wrong.append((key, lists))
    assert wrong == []


@pytest.mark.parametrize("kind", [kind for kind in IMPLEMENTED if kind != "tags"])
def test_no_list_has_a_key_that_splunk_does_not_document(kind, spec):
    documented = [example(key) for keys in spec(kind).values() for key, _ in keys]
    words = [word for lists in (IMPLEMENTED, IRRELEVANT, REFUSED) for word in lists[kind].words]
    unknown = [word for word in words if not any(re.fullmatch(word, key) for key in documented)]
    assert sorted(unknown) == sorted(NOT_IN_SPEC.get(kind, []))


def test_a_mistyped_key_is_an_error_with_file_line_and_key(installed):
    folder = installed.app("a", {"props": "[s]\nKV_MODE = json\nTIME_PREFIXX = x\n"})
    with pytest.raises(ConfError) as error:
        Knowledge(installed.apps)
    assert str(error.value) == f"{folder / 'default' / 'props.conf'}:3: unknown key of props.conf in [s]: TIME_PREFIXX"


def test_a_conf_file_that_would_change_searches_and_is_not_read_is_refused(installed):
    installed.app("a", {"fields": "[user]\nINDEXED = true\n"})
    with pytest.raises(Unsupported, match=r"fields\.conf"):
        Knowledge(installed.apps)


def test_every_limit_is_in_splunks_spec_or_is_a_commands_own_default(spec):
    sections = spec("limits")
    for stanza, key in LIMITS:
        if (stanza, key) in OF_COMMANDS:
            continue
        names = [name for name in sections if stanza in name.split("|")]
        assert names and any(key == known for name in names for known, _ in sections[name]), (stanza, key)


def test_a_limit_can_be_set_and_one_the_lab_does_not_enforce_is_refused(installed):
    installed.app("a", {})
    local = installed.etc / "system" / "local"
    local.mkdir(parents=True)
    (local / "limits.conf").write_text("[kv]\nmaxchars = 20000\n")
    limits = Limits(Apps(installed.apps).conf("limits"))
    assert limits("kv", "maxchars") == 20_000
    assert limits("kvstore", "max_rows_per_query") == 50_000
    with pytest.raises(SearchError):
        limits("kv", "nothing")
    (local / "limits.conf").write_text("[kv]\nmaxcols = 1\n")
    with pytest.raises(ConfError, match=r"limits\.conf:2"):
        Limits(Apps(installed.apps).conf("limits"))
