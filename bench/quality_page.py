"""docs/detection-quality.md: how good the detections are, in the figures of one run of `bench detections --page`."""

from __future__ import annotations

import csv
import statistics
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Dict, List, Tuple

from lab.cases import SEVERITIES
from lab.okta.attacks.variants import VARIANTS
from tools.markdown import table

if TYPE_CHECKING:
    from bench.detections import Chains, Check, Quality

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "detection-quality.md"
TABLE = ROOT / "package" / "lookups" / "okta_itdr_detections.csv"
_NONE = "–"


def titles() -> Dict[str, str]:
    """The title of each detection, in the order of the table."""
    with open(TABLE, encoding="utf-8", newline="") as file:
        return {row["detection_id"]: row["title"] for row in csv.DictReader(file)}


def page(quality: Quality) -> str:
    return "\n".join(
        [
            _introduction(quality),
            _recall(quality.checks),
            _variants(quality.checks),
            _chains(quality.chains),
            _times(quality),
            _false(quality),
            _cost(quality),
        ]
    )


def _introduction(quality: Quality) -> str:
    return """\
<!-- Written by `./build.sh bench detections --page`: the figures are those of its last run. -->
# How good the detections are

Measured in the lab, on the packaged searches, over simulated tenants that no search was written for: names, networks,
addresses, browsers, order and delays follow a seed. Measure it again, with more seeds or other sizes:

```
./build.sh bench detections --seeds 20 --people 5000 --days 4
```

What must be found is written down by hand, from public reports and not from what is found
(`bench/expected_findings.csv`); what ordinary life is, with the source or the guess behind each rate, in
`lab/okta/rates.py`. No simulated company is yours: see what the detections would have found in your own data
([tuning.md](tuning.md)) before you switch them on.
"""


def _recall(checks: List[Check]) -> str:
    told: Dict[Tuple[str, str], List[bool]] = defaultdict(list)
    for one in checks:
        told[one.expectation.detection, one.expectation.scenario].append(bool(one.met_by))
    rows = [(f"`{name}`", *(_of(told.get((name, scenario), [])) for scenario in VARIANTS)) for name in titles()]
    heads = ("detection", *(f"`{scenario}`" for scenario in VARIANTS))
    return f"""\
## Are the attacks found?
A cell says how many of the steps that the detection must see were in the evidence of a finding of it, about the right
person; {_NONE} where it need see none.

""" + table(heads, rows)  # fmt: skip


def _variants(checks: List[Check]) -> str:
    rows = []
    for scenario, variants in VARIANTS.items():
        for variant in variants:
            some = [one for one in checks if (one.expectation.scenario, one.variant) == (scenario, variant)]
            missed = sorted({f"`{one.expectation.detection}`" for one in some if not one.met_by})
            seeds = len({one.host for one in some})
            met = _of([bool(one.met_by) for one in some])
            rows.append((f"`{scenario}`", variant.replace("_", " "), f"{seeds}", met, ", ".join(missed)))
    heads = ("attack", "variant", "seeds", "steps found", "missed by")
    return "### Variant by variant\n" + table(heads, rows)


def _chains(chains: Chains) -> str:
    tenants = chains.right + chains.wrong
    return f"""\
## Does an intrusion wake once?
A stolen session in which its intruder acts as an administrator, and a reset of factors that ends in a second identity
provider, must give one critical finding each; every other attack, and everybody else's work around it, none. Right in
{chains.right} of {tenants} attacks; {chains.too_many} critical findings were too many, {chains.missing} missing.
"""


def _times(quality: Quality) -> str:
    if not quality.replay:
        return ""
    rows = []
    for name in titles():
        seconds = quality.waits.get(name)
        told = (_minutes(statistics.median(seconds)), _minutes(max(seconds))) if seconds else (_NONE, _NONE)
        rows.append((f"`{name}`", *told))
    apart = [int(quality.replay[f"found by the {way} alone"]) for way in ("hunt", "replay")]
    same = "the same" if not any(apart) else f"not the same: {apart[0]} by the hunt alone, {apart[1]} by the replay"
    return f"""\
## How soon?
{int(quality.replay["attacks"])} of the attacks by the clock, every search at its own times, a day before the
attack. From the moment at which a step's event is indexed to the finding that has it as evidence. A replay and a
hunt found {same}; the replay found {int(quality.replay["findings"])}.

""" + table(("detection", "minutes, median", "minutes, at most"), rows)  # fmt: skip


def _false(quality: Quality) -> str:
    rows = []
    for name in titles():
        numbers = [quality.false.get((name, severity), 0.0) for severity in SEVERITIES]
        rows.append((f"`{name}`", *(f"{number:.1f}" if number else _NONE for number in numbers)))
    sums = [sum(n for (_, one), n in quality.false.items() if one == severity) for severity in SEVERITIES]
    rows.append(("all", *(f"{number:.1f}" if number else _NONE for number in sums)))
    return f"""\
## How often for nothing?
Findings a day in a company of 5,000 people whom nobody attacks: {quality.people:,} simulated people, {quality.days}
days after a first one that is not counted (nothing lies before it to compare with), {quality.found.events:,} events in
all, scaled to 5,000 people and one day. What happens seldom happens as seldom as its rate says.

""" + table(("detection", *SEVERITIES), rows)  # fmt: skip


def _cost(quality: Quality) -> str:
    events = quality.found.events
    rows = [
        (f"*{title.removeprefix('Okta ITDR - ')}*", f"{seconds / events * 1e6:.1f}")
        for title, seconds in quality.found.seconds.items()
    ]
    rows.append(("all", f"{sum(quality.found.seconds.values()) / events * 1e6:.1f}"))
    return """\
## What does it cost?
Seconds of processor time in the lab for a million events, in a hunt over the ordinary tenant; the first search pays for
reading the fields of all. Splunk's own cost is another; what is dear here is dear there.

""" + table(("search", "CPU s a million events"), rows)  # fmt: skip


def _of(met: List[bool]) -> str:
    return f"{sum(met)} of {len(met)}" if met else _NONE


def _minutes(seconds: float) -> str:
    return f"{seconds / 60:.0f}"
