"""What pytest-splunk-addon said, test by test, and what of it counts against the add-on.

A test that cannot pass here, or has nothing to look at, must be an exception with a reason; an exception that nothing
needs any more is a miss too.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree

PASSED, FAILED, SKIPPED = "passed", "failed", "skipped"
_NEEDED = {"test", "result", "reason"}


class Outcome(NamedTuple):
    """One test: `test_x[parameters]`, what became of it, and the tool's own words."""

    test: str
    result: str
    words: str = ""

    @property
    def kind(self) -> str:
        """The test without its parameters."""
        return self.test.partition("[")[0]


class Excepted(NamedTuple):
    """Tests (a name, with * for any text) that may come out as `result`, and why. `words`: a regular expression that is
    found in the tool's words, where the same test may fail for other reasons too."""

    test: str
    result: str
    reason: str
    words: str = ""

    def covers(self, outcome: Outcome) -> bool:
        # A test's parameters stand in brackets, which fnmatch would read as a set.
        named = fnmatchcase(outcome.test, self.test.replace("[", "[[]"))
        return named and self.result == outcome.result and bool(re.search(self.words, " ".join(outcome.words.split())))


@dataclass
class Verdict:
    """The outcomes against the exceptions."""

    outcomes: Sequence[Outcome]
    exceptions: Sequence[Excepted]

    def count(self, result: str, kind: str | None = None) -> int:
        return sum(o.result == result and kind in (None, o.kind) for o in self.outcomes)

    @property
    def kinds(self) -> list[str]:
        """In the order of the tool."""
        return list(dict.fromkeys(outcome.kind for outcome in self.outcomes))

    def excepted(self, outcome: Outcome) -> Excepted | None:
        return next((one for one in self.exceptions if one.covers(outcome)), None)

    @property
    def misses(self) -> list[Outcome]:
        """Failed or skipped without an exception."""
        return [o for o in self.outcomes if o.result != PASSED and self.excepted(o) is None]

    @property
    def stale(self) -> list[Excepted]:
        """Exceptions that cover nothing."""
        return [one for one in self.exceptions if not any(map(one.covers, self.outcomes))]

    @property
    def met(self) -> bool:
        return bool(self.count(PASSED)) and not self.misses and not self.stale


def read_report(report: Path) -> list[Outcome]:
    """The outcomes in a JUnit report as pytest writes it."""
    return [_outcome(case) for case in ElementTree.parse(report).iter("testcase")]


def _outcome(case: ElementTree.Element) -> Outcome:
    name = case.get("name", "")
    for tag, result in (("failure", FAILED), ("error", FAILED), ("skipped", SKIPPED)):
        said = case.find(tag)
        if said is not None:
            return Outcome(name, result, said.get("message") or said.text or "")
    return Outcome(name, PASSED)


def read_exceptions(file: Path) -> list[Excepted]:
    """A JSON array of objects with test, result, reason and perhaps words; ValueError for anything else."""
    found = json.loads(file.read_text(encoding="utf-8"))
    if not isinstance(found, list) or any(set(one) - {"words"} != _NEEDED for one in found):
        raise ValueError(f"{file}: an exception has test, result and reason, and perhaps words")
    exceptions = [Excepted(**one) for one in found]
    for one in exceptions:
        if one.result not in (FAILED, SKIPPED) or not one.reason.strip():
            raise ValueError(f"{file}: {one.test} is {FAILED} or {SKIPPED}, and has a reason")
    return exceptions
