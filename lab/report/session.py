"""Sessions over time: a lane for each client (network, system, browser) that used one, the owner's beside the foreign.

Made of rows of `searches.session_events`, with the add-on's own word on what is a sign-in, an administrator's action
and one client.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import Any, Collection, Dict, Iterable, List, Mapping, NamedTuple, Sequence, Set, Tuple

from lab.report.axis import Axis, Break, Tick
from lab.report.incident import NOTABLE, Finding
from lab.report.searches import Row

SESSIONS, LANES, STEPS = 20, 12, 120  # what is drawn and listed at most
_SLOTS = 240  # marks of a kind at most in a lane: those nearer than that become one, which says how many it is
REFUSED, ADMIN, SIGN_IN, OTHER = "refused", "admin", "sign-in", "other"
_KINDS = (OTHER, SIGN_IN, ADMIN, REFUSED)  # in the order of drawing: what matters more lies on top
_WORDS = {
    REFUSED: ("refused", "refused"),
    ADMIN: ("administrator's action", "administrator's actions"),
    SIGN_IN: ("sign-in", "sign-ins"),
    OTHER: ("other event", "other events"),
}
_REFUSALS = ("DENY", "FAILURE")
Key = Tuple[str, str]  # tenant, session key


class Mark(NamedTuple):
    """Events of one kind at one place of a lane."""

    kind: str
    left: float  # per cent
    count: int
    first: float
    last: float


@dataclass
class Lane:
    """What one client did in a session."""

    letter: str
    network: str
    places: List[str]
    addresses: List[str]
    client: str
    users: List[str]
    counts: Dict[str, int]  # by kind
    first: float
    last: float
    in_findings: int  # how many of its events findings name
    verdicts: List[str] = field(default_factory=list)  # what its addresses are: a proxy, Tor …
    marks: List[Mark] = field(default_factory=list)

    @property
    def events(self) -> int:
        return sum(self.counts.values())

    @property
    def signed_in(self) -> bool:
        return self.counts.get(SIGN_IN, 0) > 0

    def told(self) -> List[str]:
        """How many events of each kind, what matters most first."""
        return [
            f"{self.counts[kind]:,} {_WORDS[kind][self.counts[kind] != 1]}"
            for kind in reversed(_KINDS)
            if self.counts.get(kind)
        ]


@dataclass
class Step:
    """An event of a session."""

    time: float
    lane: Lane
    what: str
    outcome: str
    kind: str
    address: str
    uuid: str
    in_finding: bool


@dataclass
class Session:
    """A session, its findings (gravest first), its lanes (those with a sign-in first), its steps in order of time."""

    tenant: str
    key: str
    findings: List[Finding]
    lanes: List[Lane]
    steps: List[Step]
    ticks: List[Tick]
    breaks: List[Break]
    events: int
    lanes_left_out: int
    events_left_out: int  # those of the lanes left out
    steps_left_out: int

    @property
    def told_findings(self) -> List[Tuple[Finding, int]]:
        """Of each detection and severity the first, and how many there are."""
        counts = Counter((finding["title"], finding["severity"]) for finding in self.findings)
        first: Dict[Tuple[str, str], Finding] = {}
        for finding in self.findings:
            first.setdefault((finding["title"], finding["severity"]), finding)
        return [(finding, counts[key]) for key, finding in first.items()]

    @property
    def foreign(self) -> List[Lane]:
        """The lanes in which nobody signed in, where there are others."""
        return [lane for lane in self.lanes if not lane.signed_in] if any(lane.signed_in for lane in self.lanes) else []

    def acts(self, uuids: Collection[str], most: int) -> Tuple[List[Step], int]:
        """The steps of these events in order of time, and how many are left out: the other ones first."""
        named = [step for step in self.steps if step.uuid in uuids]
        chosen = sorted(named, key=lambda step: (step.kind == OTHER, step.time))[:most]
        return sorted(chosen, key=lambda step: (step.time, step.uuid)), len(named) - len(chosen)

    @property
    def users(self) -> List[str]:
        return list(dict.fromkeys(user for lane in self.lanes for user in lane.users))

    @property
    def first(self) -> float:
        return min(lane.first for lane in self.lanes)

    @property
    def last(self) -> float:
        return max(lane.last for lane in self.lanes)


def keys_of(findings: Iterable[Finding]) -> Dict[Key, List[Finding]]:
    """The sessions of findings of medium severity and above, the gravest first, each with all of its findings."""
    wanted: Dict[Key, List[Finding]] = {}
    findings = list(findings)
    for finding in findings:
        if finding.get("session_id") and finding["severity"] in NOTABLE:
            wanted.setdefault(_key(finding), [])
    for finding in findings:
        if finding.get("session_id") and _key(finding) in wanted:
            wanted[_key(finding)].append(finding)
    return wanted


def sessions(wanted: Mapping[Key, List[Finding]], rows: Iterable[Row], verdicts: Mapping[str, str]) -> List[Session]:
    """Those of `wanted` that `rows` know, in its order; `verdicts`: address → what it is, in words."""
    of: Dict[Key, List[Row]] = defaultdict(list)
    for row in rows:
        key = (str(row.get("tenant") or ""), str(row.get("session_key") or ""))
        if key in wanted:
            of[key].append(row)
    return [_session(key, findings, of[key], verdicts) for key, findings in wanted.items() if of[key]]


def _key(finding: Finding) -> Key:
    return str(finding.get("tenant", "")), str(finding["session_id"])


def _session(key: Key, findings: List[Finding], rows: List[Row], verdicts: Mapping[str, str]) -> Session:
    evidence = {uuid for finding in findings for uuid in finding.get("evidence", [])}
    contexts: Dict[str, List[Row]] = defaultdict(list)
    distinct: Dict[str, Row] = {}
    for row in rows:  # an event that was exported twice is one
        distinct.setdefault(text(row, "uuid"), row)
    for row in sorted(distinct.values(), key=lambda row: (float(row["_time"]), text(row, "uuid"))):
        contexts[text(row, "context")].append(row)
    groups = sorted(contexts.values(), key=lambda group: _order(group, evidence))
    shown = groups[:LANES]
    lanes = [_lane(_letter(number), group, evidence, verdicts) for number, group in enumerate(shown)]
    axis = Axis([float(row["_time"]) for group in shown for row in group])
    steps: List[Step] = []
    for lane, group in zip(lanes, shown):
        lane.marks = _marks(group, axis)
        steps += [_step(row, lane, evidence) for row in group]
    listed = sorted(steps, key=lambda step: (not step.in_finding, step.kind == OTHER, step.time))[:STEPS]
    return Session(
        tenant=key[0],
        key=key[1],
        findings=findings,
        lanes=lanes,
        steps=sorted(listed, key=lambda step: (step.time, step.uuid)),
        ticks=axis.ticks(),
        breaks=axis.breaks(),
        events=len(distinct),
        lanes_left_out=len(groups) - len(shown),
        events_left_out=len(distinct) - len(steps),
        steps_left_out=len(steps) - len(listed),
    )


def _order(group: Sequence[Row], evidence: Set[str]) -> Tuple[Any, ...]:
    """Where somebody signed in first, then what findings speak of, then the rest; each by time."""
    signed_in = any(_kind(row) == SIGN_IN for row in group)
    named = any(text(row, "uuid") in evidence for row in group)
    return (not signed_in, not named, float(group[0]["_time"]), text(group[0], "context"))


def _letter(number: int) -> str:
    return chr(ord("A") + number)


def _lane(letter: str, group: Sequence[Row], evidence: Set[str], verdicts: Mapping[str, str]) -> Lane:
    addresses = [address for address, _ in Counter(filter(None, (text(row, "src_ip") for row in group))).most_common()]
    organisation = next(filter(None, (text(row, "as_org") for row in group)), "")
    network = text(group[0], "network")
    system, browser = text(group[0], "os_family"), text(group[0], "browser_family")
    return Lane(
        letter=letter,
        network=f"{organisation} ({network})" if organisation else network,
        places=list(dict.fromkeys(filter(None, (_place(row) for row in group)))),
        addresses=addresses,
        client=f"{browser} on {system}",
        users=list(dict.fromkeys(filter(None, (text(row, "actor_user") for row in group)))),
        counts=Counter(_kind(row) for row in group),
        first=float(group[0]["_time"]),
        last=float(group[-1]["_time"]),
        in_findings=sum(1 for row in group if text(row, "uuid") in evidence),
        verdicts=list(dict.fromkeys(verdicts[address] for address in addresses if address in verdicts)),
    )


def _place(row: Row) -> str:
    return ", ".join(filter(None, (text(row, "city"), text(row, "country"))))


def _marks(group: Sequence[Row], axis: Axis) -> List[Mark]:
    slots: Dict[Tuple[int, int], List[float]] = defaultdict(list)
    for row in group:
        moment = float(row["_time"])
        slots[_KINDS.index(_kind(row)), int(axis.left(moment) * _SLOTS / 100)].append(moment)
    return [
        Mark(_KINDS[kind], axis.left(moments[0]), len(moments), moments[0], moments[-1])
        for (kind, _), moments in sorted(slots.items())
    ]


def _kind(row: Row) -> str:
    if text(row, "outcome") in _REFUSALS:
        return REFUSED
    if float(row.get("admin_weight") or 0) > 0 or text(row, "console_opened") == "1":
        return ADMIN
    return SIGN_IN if text(row, "anchor") == "1" else OTHER


def _step(row: Row, lane: Lane, evidence: Set[str]) -> Step:
    uuid, app = text(row, "uuid"), text(row, "target_app")
    reason = text(row, "outcome_reason")
    what = text(row, "deed") or text(row, "event_type")
    return Step(
        time=float(row["_time"]),
        lane=lane,
        what=what if not app or app in what or what.startswith("Admin Console") else f"{what}, {app}",
        outcome=text(row, "outcome") + (f": {reason}" if reason else ""),
        kind=_kind(row),
        address=text(row, "src_ip"),
        uuid=uuid,
        in_finding=uuid in evidence,
    )


def text(row: Row, column: str) -> str:
    """A cell as text, of several values the first; empty where there is none."""
    value = row.get(column)
    if isinstance(value, list):
        value = value[0] if value else None
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return "" if value is None else str(value)
