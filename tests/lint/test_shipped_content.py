"""The packaged add-on has nothing that the lint objects to, but what is named here with its reason."""

from __future__ import annotations

import re

import pytest

from lab.lint import lint

from .conftest import DATA

LISTS = "collections.conf has no type of lists, and AppInspect takes one for a failure: they are undeclared"
EXCEPTIONS = {
    r"nothing uses the event type okta_log\b": "it is there for others' content (DESIGN section 3)",
    r"nothing uses the macro okta_itdr_would_have_fired\b": "people do, by hand (docs/tuning.md)",
    r"okta_itdr_administrators does not declare field\.(history|opened)": LISTS,
    r"okta_itdr_session_ledger does not declare field\.proven": LISTS,
    r"okta_itdr_findings does not declare field\.(evidence|reasons|mitre_attack)": LISTS,
}


def test_the_lint_objects_to_nothing(shipped):
    left = [str(finding) for finding in lint(shipped)]
    for pattern in EXCEPTIONS:
        excepted = [text for text in left if re.search(pattern, text)]
        assert excepted, f"nothing is excepted by {pattern} any more"
        left = [text for text in left if text not in excepted]
    assert left == []


def test_it_has_looked(shipped):
    """A lint over nothing would be silent too."""
    kinds = [text.kind for text in shipped.texts]
    assert kinds.count("saved search") >= 4
    assert kinds.count("macro") >= 20
    assert kinds.count("event type") >= 1
    assert {"okta_itdr_session_ledger", "okta_itdr_detections"} <= shipped.asked("lookup")
    assert len(shipped.conf_files) >= 10


@pytest.mark.skipif(not DATA.is_dir(), reason="../shared/data is not here: keys and log paths are not judged")
def test_it_knows_splunks_keys_and_oktas_log(shipped):
    assert "savedsearches.conf.spec" in shipped.spec_keys
    assert {"actor.alternateId", "target{}.type", "debugContext.debugData.dtHash"} <= shipped.log_paths
