"""What was searched and what could not be judged: a page that finds nothing must say what it did not look at."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Dict, List, NamedTuple, Optional, Sequence, Tuple

from lab.report.moments import span
from lab.report.searches import ADMINISTRATORS, EVENT_TYPES, INVENTORY, IP_DATA, THRESHOLDS, Ask, Row, number_of
from lab.report.session import text

UNKNOWN_TYPES = 40  # named at most
_DAY = 86_400.0
_SHORT = 3600.0
# What rests on events of a kind: the shipped macro that lists its types, what they are, what is not seen without them.
_KINDS = (
    (
        "okta_itdr_anchor_terms",
        "sign-ins",
        "Where anybody really signed in is not known. A stolen session cannot be told from its owner's by the place of "
        "its sign-in; the first client that is seen in a session passes for the owner's.",
    ),
    (
        "okta_itdr_console_terms",
        "attempts on the Admin Console",
        "Refusals that nobody followed up cannot be seen, and whoever used the console's endpoints may have opened it.",
    ),
    (
        "okta_itdr_admin_event_terms",
        "administrators' actions",
        "What somebody did with an administrator's power (accounts, factors, policies, reports) cannot be seen.",
    ),
    ("okta_itdr_grant_terms", "grants of an administrator's power", "Who was given power is not known from this log."),
    ("okta_itdr_account_terms", "changes of accounts", "Which accounts are new, and whom a new name imitates."),
)
_SIGN_IN = "user.session.start"
_IP_DATA_COLUMNS = ("ip_data_version", "ip_attribution")


class Detection(NamedTuple):
    """A detection that ran: its name, its title, what it looks for, how many findings it made."""

    name: str
    detection_id: str
    title: str
    looks_for: str
    looks_like_it: str
    findings: int


class Ledger(NamedTuple):
    """A ledger that was filled from the log alone: its name and how many rows were written."""

    name: str
    written: int


class Gap(NamedTuple):
    """What could not be judged, and why it matters."""

    what: str
    why: str


@dataclass
class Coverage:
    """The log and what was asked of it; times are epoch seconds, None without events."""

    files: List[str]
    bad_lines: List[str]
    events: int
    first: Optional[float]
    last: Optional[float]
    tenants: List[Tuple[str, int]]  # and how many events of each
    detections: List[Detection]
    ledgers: List[Ledger]
    messages: List[str]  # what the searches said: limits that cut a result, lists that are old
    ip_data: str  # the day of the newest data on addresses that ships, and whose it is; empty without
    administrators: int  # that the ledger knows
    unknown_types: List[Tuple[str, int]]
    gaps: List[Gap] = field(default_factory=list)

    @property
    def seconds(self) -> float:
        return 0.0 if self.first is None or self.last is None else self.last - self.first


def coverage(
    ask: Ask,
    files: Sequence[str],
    bad_lines: Sequence[str],
    detections: Sequence[Detection],
    ledgers: Sequence[Ledger],
    messages: Sequence[str],
) -> Coverage:
    """What `ask` says of the log, beside what the hunt itself knows."""
    types = ask(EVENT_TYPES)
    tenants: Dict[str, int] = {}
    unknown: Dict[str, int] = {}
    for row in types:
        tenants[text(row, "tenant")] = tenants.get(text(row, "tenant"), 0) + int(row["count"])
        if not text(row, "known"):
            unknown[text(row, "event_type")] = unknown.get(text(row, "event_type"), 0) + int(row["count"])
    told = Coverage(
        files=list(files),
        bad_lines=list(bad_lines),
        events=sum(tenants.values()),
        first=min((float(row["first_time"]) for row in types), default=None),
        last=max((float(row["last_time"]) for row in types), default=None),
        tenants=sorted(tenants.items()),
        detections=list(detections),
        ledgers=list(ledgers),
        messages=list(dict.fromkeys(messages)),
        ip_data=". ".join(filter(None, (text(row, column) for row in ask(IP_DATA) for column in _IP_DATA_COLUMNS))),
        administrators=_count(ask(ADMINISTRATORS)),
        unknown_types=sorted(unknown.items(), key=lambda item: (-item[1], item[0])),
    )
    told.gaps = _gaps(told, ask, {text(row, "event_type") for row in types})
    return told


def _gaps(told: Coverage, ask: Ask, types: set) -> List[Gap]:
    gaps: List[Gap] = []
    if not told.events:
        return [Gap("The log holds no event", "Nothing at all was judged.")]
    if told.bad_lines:
        gaps.append(
            Gap(
                f"{len(told.bad_lines):,} lines of the files could not be read",
                "What they said was not looked at. They are listed below.",
            )
        )
    gaps += _missing_kinds(ask, types)
    gaps += _too_short(told.seconds, ask(THRESHOLDS)[0])
    if not _count(ask(INVENTORY)):
        gaps.append(
            Gap(
                "No inventory of the tenant",
                "Policies, authenticators, API tokens, zones and the factors that people have are not in a log. "
                f"Administrators are known only by what the log says of them: {told.administrators:,} here. One whose "
                "role was given before the log begins and who did nothing in it as an administrator passes for an "
                "ordinary user, and accounts that nothing happened to are not compared with new names.",
            )
        )
    if not told.ip_data:
        gaps.append(
            Gap("No data on addresses", "Proxies, VPNs and hosting providers were known by what Okta says alone.")
        )
    if told.unknown_types:
        number = sum(count for _, count in told.unknown_types)
        gaps.append(
            Gap(
                f"{len(told.unknown_types):,} event types that the add-on does not know ({number:,} events)",
                "No detection weighs them. They are listed below.",
            )
        )
    return gaps


def _missing_kinds(ask: Ask, types: set) -> List[Gap]:
    gaps = [
        Gap(f"No event of {what} in the log", why) for macro, what, why in _KINDS if not _count(ask(number_of(macro)))
    ]
    if _SIGN_IN not in types and not any(gap.what.startswith("No event of sign-ins") for gap in gaps):
        gaps.append(
            Gap(
                f"No {_SIGN_IN} in the log",
                "Sessions are known by other proofs of a sign-in only, such as a factor that was checked: who was "
                "there first may be taken for the owner.",
            )
        )
    return gaps


def _too_short(seconds: float, thresholds: Row) -> List[Gap]:
    """What a log of this length cannot tell; the lengths are the add-on's macros."""
    baseline = float(thresholds["baseline_age"])
    network, habit = float(thresholds["known_network_age"]), float(thresholds["report_habit"])
    lasts = f"The log spans {span(seconds)}"
    gaps = []
    if seconds <= baseline:
        gaps.append(
            Gap(
                f"{lasts}: nothing is usual yet",
                f"A place counts as somebody's own once they have signed in there {span(baseline)} before. In a log as "
                "short as this nobody has such a place: a sign-in at the same place the day before cannot speak for "
                "anybody, and findings that it would have explained stand here.",
            )
        )
    if seconds <= max(network, habit):
        gaps.append(
            Gap(
                f"{lasts}: habits are not known",
                f"A proxy counts as somebody's own after {span(network)}, a password health report as their habit when "
                f"the last was asked for within {span(habit)}, and a token's networks are all new at first. What began "
                "before the log is not seen either.",
            )
        )
    if seconds <= _SHORT:
        gaps.append(
            Gap(
                f"{lasts}: what came before and after is missing",
                "A session that was signed in to before the log begins has no home in it, and what was done with "
                "it later is not here. Export the day before and the hours after.",
            )
        )
    return gaps


def _count(rows: List[Row]) -> int:
    return int(rows[0]["count"]) if rows else 0
