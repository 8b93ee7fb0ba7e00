"""fields: what an event's fields cost at search time, ours against sixty fields by as many regular expressions.

The props of the package and those of the stand-in for the official add-on (bench/official_addon) run in the lab's engine
over the same events: a simulated day, one event in a hundred of 40 kB. What is compared is the time of whatever gives
the fields (automatic JSON extraction, EXTRACT, REPORT, FIELDALIAS, EVAL, LOOKUP), not of finding and reading the events.
The engine is the lab's: Python, with PCRE2 for regular expressions (docs/lab.md says what of the ratio travels).
"""

from __future__ import annotations

import json
import shutil
import tarfile
import tempfile
import time
from pathlib import Path
from typing import Callable, Dict, FrozenSet, Iterator, List, Optional, Tuple

from bench import neighbour
from bench.result import Result
from lab.cli.installed import APP, package
from lab.knowledge import Knowledge
from lab.knowledge.extraction import Extractor
from lab.knowledge.knowledge import AppKnowledge
from lab.knowledge.stanza_match import props_of
from lab.okta.tenant import Tenant
from tools import pythons

NAME = "fields"
SOURCETYPE = "OktaIM2:log"
PEOPLE = 150
LARGE_EVERY, LARGE_BYTES = 100, 40_000
ROUNDS = 5

Say = Callable[[str], None]
Fields = Optional[FrozenSet[str]]


def run(say: Say) -> Iterator[Result]:
    events = mixed_events()
    say(f"fields, {len(events):,} events, one in {LARGE_EVERY} of {LARGE_BYTES // 1000} kB")
    with tempfile.TemporaryDirectory(prefix="okta-itdr-bench-") as folder:
        apps = {kind: Path(folder) / kind / "apps" for kind in ("ours", "reference", "beside")}
        for kind, place in apps.items():
            place.mkdir(parents=True)
            if kind != "reference":
                with tarfile.open(package()) as tarball:
                    tarball.extractall(place, filter="data")
            if kind != "ours":
                neighbour.install(place)
        ours = Props(apps["ours"], APP)
        reference = Props(apps["reference"], neighbour.NAME)
        beside = Props(apps["beside"], APP)
        flat = ours.calculated_from_events()
        reported = reference.reported()
        runs: Dict[str, Tuple[Props, Fields]] = {
            "ours": (ours, flat),
            "reference": (reference, reported),
            "ours, the reference beside": (beside, flat),
            "every field, ours": (ours, None),
            "every field, reference": (reference, None),
            "every field, both": (beside, None),
        }
        costs: Dict[str, List[float]] = {name: [] for name in runs}
        for number in range(ROUNDS):
            say(f"fields: round {number + 1} of {ROUNDS}")
            for name, (props, wanted) in runs.items():
                costs[name].append(props.cost(events, wanted))
