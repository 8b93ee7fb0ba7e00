"""fields: what an event's fields cost at search time, ours against sixty fields by as many regular expressions.

The props of the package and those of the stand-in for the official add-on (bench/official_addon) run in the lab's
engine over the same events: a simulated day, one event in a hundred of 40 kB. What is timed is whatever gives the
fields (JSON extraction, EXTRACT, REPORT, FIELDALIAS, EVAL, LOOKUP), not finding and reading the events. What of the
ratio travels to a Splunk, and what does not, says docs/lab.md.
"""

from __future__ import annotations

import json
import sys
import tarfile
import tempfile
import time
from pathlib import Path
from typing import Callable, Dict, FrozenSet, Iterator, List, Optional

from bench import neighbour
from bench.result import Result
from lab.cli.installed import APP, package
from lab.knowledge import Knowledge
from lab.knowledge.extraction import Extractor
from lab.knowledge.regex_fields import transform_extraction
from lab.knowledge.stanza_match import props_of
from lab.okta.tenant import Tenant
from tools.knowledge_objects import flat_fields

NAME = "fields"
SOURCETYPE = "OktaIM2:log"
HOST = "brightwater.okta.example"
PEOPLE = 120
LARGE_EVERY, LARGE_BYTES = 100, 40_000
ROUNDS = 5

Say = Callable[[str], None]
Fields = Optional[FrozenSet[str]]  # None: all there are


def run(say: Say) -> Iterator[Result]:
    with tempfile.TemporaryDirectory(prefix="okta-itdr-bench-") as folder:
        ours = Props(Path(folder) / "ours", APP, with_package=True)
        reference = Props(Path(folder) / "reference", neighbour.NAME, with_neighbour=True)
        both = Props(Path(folder) / "both", APP, with_package=True, with_neighbour=True)
        flat, reported = frozenset(flat_fields()), reference.reported()
        events = list(mixed_events())
        say(f"fields, {len(events):,} events, one in {LARGE_EVERY} of {LARGE_BYTES // 1000} kB")
        runs = {
            "flat": (ours, flat),
            "reference": (reference, reported),
            "flat beside": (both, flat),
            "all": (ours, None),
            "all of the reference": (reference, None),
            "all of both": (both, None),
        }
        costs: Dict[str, List[float]] = {name: [] for name in runs}
        for number in range(ROUNDS):
            say(f"fields: round {number + 1} of {ROUNDS}")
            for name, (props, wanted) in runs.items():
                costs[name].append(props.cost(events, wanted))
        best = {name: min(rounds) for name, rounds in costs.items()}
        python = "{}.{}".format(*sys.version_info)
        yield Result(
            "flat fields",
            python,
            {
                "fields": len(flat),
                "µs an event": best["flat"],
                "reference fields": len(reported),
                "reference µs an event": best["reference"],
                "ratio": best["flat"] / best["reference"],
                "µs with the reference beside": best["flat beside"],
                "ratio with and without it": best["flat beside"] / best["flat"],
            },
            at_least={},
            at_most={"ratio": 0.6, "ratio with and without it": 1.1},
        )
        yield Result(
            "every field",
            python,
            {
                "µs an event": best["all"],
                "reference µs an event": best["all of the reference"],
                "µs with both": best["all of both"],
            },
            at_least={},
            at_most={},
        )


class Props:
    """The search-time props of some apps, as a search in one of them sees them."""

    def __init__(self, etc: Path, app: str, with_package: bool = False, with_neighbour: bool = False) -> None:
        apps = etc / "apps"
        apps.mkdir(parents=True)
        if with_package:
            with tarfile.open(package()) as tarball:
                tarball.extractall(apps, filter="data")
        if with_neighbour:
            neighbour.install(apps)
        self._visible = Knowledge(apps).visible(app)
        self._settings = props_of(self._visible.conf("props"), SOURCETYPE, "okta_system_log://main", HOST)

    def reported(self) -> FrozenSet[str]:
        """The fields that REPORT's regular expressions give."""
        given = set()
        for key, setting in self._settings.items():
            if key.startswith("REPORT-"):
                for name in setting.value.replace(",", " ").split():
                    given |= transform_extraction(name, self._visible.transform(name)).gives or set()
        return frozenset(given)

    def cost(self, events: List[bytes], wanted: Fields) -> float:
        """Microseconds of processor time for an event's wanted fields."""
        extractor = Extractor(self._settings, wanted, self._visible)
        begun = time.process_time()
        for raw in events:
            extractor.fields({"host": HOST, "sourcetype": SOURCETYPE}, raw)
        return (time.process_time() - begun) / len(events) * 1e6


def mixed_events() -> Iterator[bytes]:
    """A day of the simulated tenant; every hundredth event is a job's, with targets for 40 kB."""
    for number, logged in enumerate(Tenant(seed="bench", people=PEOPLE).events()):
        yield _large(logged.raw) if number % LARGE_EVERY == LARGE_EVERY - 1 else logged.raw


def _large(raw: bytes) -> bytes:
    event = json.loads(raw)
    targets = list(event["target"] or [])
    while len(targets) * 130 < LARGE_BYTES - len(raw):
        number = len(targets)
        targets.append(
            {
                "id": f"00g{number:017d}",
                "type": "UserGroup",
                "alternateId": "unknown",
                "displayName": f"Group {number:05d}",
                "detailEntry": None,
            }
        )
    return json.dumps({**event, "target": targets}, separators=(",", ":"), ensure_ascii=False).encode()
