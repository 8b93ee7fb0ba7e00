"""The soak: the packaged System Log input killed again and again under random faults, and what Splunk then holds.

In: a seed, a number of kills, the add-on's package, the Python that runs it. Out: a `Verdict`. The kills are shared
out among lives: in each, an input with a start date begins on a tenant of its own, meets faults and SIGKILL while the
lab's clock moves on, and is left alone at last until its past is swept. Every choice follows from the seed; when a
strike comes, to the millisecond, does not. Life n of seed S is also the first of seed S+n, a text.
"""

from __future__ import annotations

import shutil
import signal
import ssl
import subprocess
import time
from collections import Counter
from dataclasses import dataclass, field, fields
from pathlib import Path
from random import Random
from typing import Callable, Dict, Iterable, List, NamedTuple, Optional, Sequence, Set, Tuple
from uuid import UUID

import orjson
import trustme

from lab.clock import Clock
from lab.http import Fault
from lab.okta.delivery import Logged
from lab.okta.event import published
from lab.okta.faults import TROUBLES
from lab.okta.log import EventLog
from lab.okta.serve import serve_log
from lab.splunkd.input_process import InputProcess
from lab.splunkd.instance import Instance

APP = "TA_okta_itdr"
INPUT = "okta_system_log://soak"
LOG, HEALTH, AUDIT = "OktaIM2:log", "okta_itdr:health", "okta_itdr:audit"
PAGE = 1000  # events: the most that Okta gives at once
KILLS_A_LIFE = 25
EVENTS_A_LIFE = 24_000
HOUR = 3600.0
BIRTH = 1_773_144_059.0  # 2026-03-10T12:00:59Z
PAST, LIFE = 36 * HOUR, 7 * HOUR  # before it and after; the newest day is read again an hour after the first poll,
# each whole hour three hours after its end

_RANGES_BEHIND = 1500.0  # seconds after which a bounded request shows what polling showed at once
_REQUESTS_A_MINUTE = 100_000  # the clock mostly stands still
_PATIENCE = 2.5  # seconds until a strike comes in any case
_TO_END = 120.0  # seconds that a run without a kill may take
_CALM_RUNS = 6  # at most, until the past is swept
_TOKEN = "00soakSoakSoakSoakSoakSoakSoakSoakSoakSoak"
_NEVER = float("inf")
_WEIGHTS = {  # of troubles; those that every request waits for are rare: a soak that waits tests nothing
    "rate_limited": 1,
    "too_many_at_once": 1,
    "internal_error": 4,
    "read_only": 3,
    "bad_gateway": 3,
    "truncated": 4,
    "corrupt": 4,
    "reset": 4,
    "slow_drip": 3,
    "hung": 2,
    "expired_cursor": 3,
}

Say = Callable[[int, str], None]  # kills so far, a note


class Output(NamedTuple):
    """What one run of the input has put into the index, in order."""

    killed: bool
    raws: Sequence[bytes]


@dataclass
class Verdict:
    """`excess`: came again though no kill struck the page they were of; `altered`: not byte for byte the tenant's."""

    kills: int = 0
    struck: int = 0  # kills of a process that had asked for a page or written
    repeating: int = 0  # kills after which something came again: at most a page each
    runs: int = 0
    seconds: float = 0.0
    events: int = 0
    lost: int = 0
    repeated: int = 0
    excess: int = 0
    altered: int = 0
    audits: int = 0  # hours compared with Okta
    faults: Dict[str, int] = field(default_factory=Counter)  # suffered, by name
    complaints: List[str] = field(default_factory=list)

    @property
    def met(self) -> bool:
        return not (self.lost or self.excess or self.altered or self.complaints)

    def add(self, other: Verdict) -> None:
        for each in fields(self):
            setattr(self, each.name, getattr(self, each.name) + getattr(other, each.name))


def judged(log: Iterable[Logged], outputs: Sequence[Output]) -> Verdict:
    """Whether every event of the log is in the outputs, and once.

    Killed between writing a page and keeping the place after it, a run leaves that page to be written again. So an
    event may come again only if it was among the last `PAGE` that a killed run wrote, and in a later run.
    """
    wanted = {event.raw: event for event in log}
    seen: Dict[bytes, Tuple[int, int]] = {}  # the run, and the place in its output, where it came last
    altered: List[str] = []
    excess: List[str] = []
    repeating: Set[int] = set()
    repeated = 0
    for number, output in enumerate(outputs):
        for place, raw in enumerate(output.raws):
            if raw not in wanted:
                altered.append(f"run {number}: {raw[:200]!r}")
                continue
            if raw in seen:
                repeated += 1
                run, at = seen[raw]
                if run < number and outputs[run].killed and at >= len(outputs[run].raws) - PAGE:
                    repeating.add(run)
                else:
                    excess.append(f"{_named(wanted[raw])} in run {run} and in run {number}")
            seen[raw] = number, place
    lost = [_named(event) for raw, event in wanted.items() if raw not in seen]
    return Verdict(
        kills=sum(output.killed for output in outputs),
        repeating=len(repeating),
        runs=len(outputs),
        events=len(wanted),
        lost=len(lost),
        repeated=repeated,
        excess=len(excess),
        altered=len(altered),
        complaints=[
            f"{len(found)} events {what}: {' … '.join(found[:1] + found[1:][-1:])}"
            for found, what in ((lost, "lost"), (excess, "again for no kill"), (altered, "not the tenant's"))
            if found
        ],
    )


def _named(event: Logged) -> str:
    return f"{event.uuid} (published {published(event.published)}, stored {published(event.persisted)})"


@dataclass(frozen=True)
class Soak:
    """`kills` of the input that `package` holds, run by `python`. What a life that went wrong left is in `folder`."""

    seed: str
    kills: int
    package: Path
    python: Path
    folder: Path
    events: int = EVENTS_A_LIFE  # about as many in the log of a life

    def run(self, say: Say = lambda kills, note: None) -> Verdict:
        verdict = Verdict()
        for number, before in enumerate(range(0, self.kills, KILLS_A_LIFE)):
            seed = f"{self.seed}+{number}" if number else self.seed
            folder = self.folder / f"life {number}"
            life = _Life(seed, min(KILLS_A_LIFE, self.kills - before), self, folder)
            lived = life.run(lambda kills, note, before=before: say(before + kills, note))
            lived.complaints = [f"life of seed {seed}: {complaint}" for complaint in lived.complaints]
            if lived.met:
                shutil.rmtree(folder)
            verdict.add(lived)
        return verdict


class _Log(EventLog):
    """Bounded requests show an event minutes after polling does ("Some events may be delayed"). `asked`: pages."""

    def __init__(self, events: Iterable[Logged], clock: Clock) -> None:
        super().__init__(events)
        self.asked = 0
        self._clock = clock

    def visible(self, now: float) -> int:
        self.asked += 1
        return super().visible(now)

    def range(self, earliest: float, latest: float, visible: int) -> list:
        return super().range(earliest, latest, min(visible, self.since(self._clock.now() - _RANGES_BEHIND)))


class _Strike(NamedTuple):
    """When to kill: `delay` seconds after so many pages asked for, events written or seconds, whichever comes first."""

    asked: float
    written: float
    seconds: float
    delay: float

    @classmethod
    def drawn(cls, random: Random, early: bool) -> _Strike:
        """`early`: with the first page or two, for a run that will not last."""
        kind = random.random()
        if kind < 0.45:
            return cls(random.randint(1, 2 if early else 9), _NEVER, _PATIENCE, random.uniform(0, 0.06))
        if kind < 0.9:
            written = 1 if early else random.choice((1, random.randint(1, 3000)))
            return cls(_NEVER, written, _PATIENCE, random.uniform(0, 0.03))
        return cls(_NEVER, _NEVER, random.uniform(0, 1.5), 0)

    def due(self, asked: int, written: int, seconds: float) -> bool:
        return asked >= self.asked or written >= self.written or seconds >= self.seconds


class _Life:
    """One input on a tenant of its own, from its first start until its past is swept."""

    def __init__(self, seed: str, kills: int, soak: Soak, folder: Path) -> None:
        self._seed = seed
        self._kills = kills
        folder.mkdir(parents=True)
        self._clock = Clock(folder / "clock", BIRTH)
        self._events = log_of(Random(f"{seed} log"), soak.events)
        self._log = _Log(self._events, self._clock)
        authority = trustme.CA()
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert("localhost").configure_cert(tls)
        self._okta = serve_log(self._log, self._clock, _TOKEN, ssl_context=tls, requests_a_minute=_REQUESTS_A_MINUTE)
        self._splunk = Instance(folder / "splunk", self._clock, str(soak.python))
        self._splunk.install(soak.package)
        self._configure(authority.cert_pem.bytes().decode())
        self._ordered: List[Tuple[str, Fault, int]] = []  # name, fault, how often it may strike
        self._outputs: List[Output] = []
        self._struck = self._expired = 0

    def _configure(self, authority: str) -> None:
        account = {
            "domain": f"localhost:{self._okta.port}",
            "ca_certificates": authority,
            "authentication": "api_token",
            "rate_share": "100",
            "backfill_share": "100",
        }
        self._splunk.configure(APP, "ta_okta_itdr_account", "soak", account, {"api_token": _TOKEN})
        settings = {"account": "soak", "index": "main", "interval": "1", "start": published(BIRTH - PAST)}
        self._splunk.configure(APP, "inputs", INPUT, settings)

    def run(self, say: Say) -> Verdict:
        begun = time.monotonic()
        killed = 0
        try:
            self._splunk.start()
            while killed < self._kills and len(self._outputs) < 20 + 5 * self._kills:
                random = Random(f"{self._seed} run {len(self._outputs)}")
                killed += self._violent_run(random, self._kills - killed)
                say(killed, f"{len(self._splunk.store):,} events")
            complaints = self._calm_runs()
            audits = len(self._raws(0, AUDIT))
        finally:
            self._okta.stop()
            self._splunk.stop()
        verdict = judged(self._events, self._outputs)
        verdict.complaints += complaints
        verdict.audits = audits
        if not audits:
            verdict.complaints.append("no hour was compared with Okta")
        verdict.complaints += [f"splunkd was asked for what is not emulated: {asked}" for asked in self._splunk.refused]
        if killed < self._kills:
            verdict.complaints.append(f"the input mostly ended by itself: {killed} kills in {len(self._outputs)} runs")
        verdict.struck = self._struck
        verdict.seconds = time.monotonic() - begun
        for name, fault, times in self._ordered:
            verdict.faults[name] += times - fault.times
        verdict.faults["all cursors expired"] += self._expired
        return verdict

    def _violent_run(self, random: Random, left: int) -> bool:
        """A run under faults that is killed, unless it ends before; tells whether it was."""
        now, end = self._clock.now(), BIRTH + LIFE
        moves = sorted(min(now + random.uniform(0, 1.5) * (end - now) / (left + 1), end) for _ in range(2))
        turn: float = random.randint(0, 4)  # after so many pages the clock moves the second time
        expires = random.random() < 0.2
        strike = _Strike.drawn(random, early=bool(self._outputs) and not self._outputs[-1].killed)
        self._move_clock(moves[0])
        self._order_faults(random)
        first, asked = len(self._splunk.store), self._log.asked
        process = self._splunk.inputs.start(INPUT)
        begun = time.monotonic()
        while process.running and not strike.due(self._log.asked - asked, process.events, time.monotonic() - begun):
            if self._log.asked - asked >= turn:
                turn = _NEVER
                self._move_clock(moves[1])
                if expires:
                    self._okta.app.expire_cursors()
                    self._expired += 1
            time.sleep(0.001)
        time.sleep(strike.delay)
        busy = self._log.asked > asked or process.events > 0
        process.kill()
        killed = self._ended(process, first) == -signal.SIGKILL
        self._struck += killed and busy
        return killed

    def _move_clock(self, moment: float) -> None:
        """To the last second of a minute: there Okta's limit of a minute is over in a second or two."""
        self._clock.set(max(moment // 60 * 60 + 59, self._clock.now()))

    def _order_faults(self, random: Random) -> None:
        self._okta.faults.clear()
        for _ in range(random.choice((0, 1, 1, 2, 3))):
            (name,) = random.choices(list(_WEIGHTS), list(_WEIGHTS.values()))
            settings = {"times": random.randint(1, 2), "probability": random.uniform(0.2, 1), "seed": random.random()}
            if name in ("rate_limited", "too_many_at_once"):
                settings["now"] = self._clock.now()
            if name in ("slow_drip", "hung"):
                settings["seconds"] = random.uniform(0.3, 1.5)
            fault = TROUBLES[name](**settings)
            self._ordered.append((name, fault, fault.times))
            self._okta.faults.add(fault)

    def _calm_runs(self) -> List[str]:
        """Runs without trouble until the past is swept, and one more; complaints if that does not come."""
        self._okta.faults.clear()
        self._clock.set(BIRTH + LIFE + 2 * HOUR)  # by then everything is stored
        swept = False
        for _ in range(_CALM_RUNS):
            first = len(self._splunk.store)
            process = self._splunk.inputs.start(INPUT)
            try:
                code = self._ended(process, first, _TO_END)
            except subprocess.TimeoutExpired:
                process.kill()
                self._ended(process, first)
                return [f"a run without trouble had not ended after {_TO_END:.0f} s"]
            health = self._health(first)
            if code or health.get("status") != "ok":
                return [f"a run without trouble ended with exit code {code}: {health.get('error', health)}"]
            if swept:
                return []
            swept = health.get("backfill") == "done"
            self._clock.set(self._clock.now() + HOUR)
        return [f"the past was not swept after {_CALM_RUNS} runs without trouble"]

    def _ended(self, process: InputProcess, first: int, timeout: Optional[float] = None) -> int:
        """Wait for the end of a run and note what it put into the index, from event number `first` on."""
        code = process.wait(timeout).exit_code
        self._outputs.append(Output(code == -signal.SIGKILL, self._raws(first, LOG)))
        return code

    def _health(self, first: int) -> dict:
        """The last that the run said of itself."""
        said = self._raws(first, HEALTH)
        return orjson.loads(said[-1]) if said else {}

    def _raws(self, first: int, sourcetype: str) -> List[bytes]:
        store = self._splunk.store
        return [store.raw(each) for each in range(first, len(store)) if store.origin(each).sourcetype == sourcetype]


def log_of(random: Random, number: int) -> List[Logged]:
    """The log of a life, about `number` events in the order of persistence, none published before its input's start.

    There are bursts, some within one millisecond, and quiet stretches; a few events come to the log up to an hour
    late, a few twice.
    """
    past = round(number * random.choice((0.3, 0.5, 0.7, 0.9)))
    moments = _moments(random, BIRTH - PAST, BIRTH, past) + _moments(random, BIRTH, BIRTH + LIFE, number - past)
    log: List[Logged] = []
    for moment in moments:
        uuid = str(UUID(int=random.getrandbits(128)))
        raw = _raw(random, uuid, moment)
        late = random.random() < 0.05
        delay = random.uniform(120, HOUR - 60) if late else 0.3 + random.expovariate(1)
        log.append(Logged(round(moment + delay, 3), moment, uuid, raw))
        if random.random() < 0.01:
            log.append(Logged(round(moment + delay + random.uniform(0, 600), 3), moment, uuid, raw))
    return sorted(log)


def _moments(random: Random, start: float, end: float, number: int) -> List[float]:
    quiet = [(at, at + random.uniform(300, 2400)) for at in (random.uniform(start, end) for _ in range(8))]
    moments: List[float] = []
    while len(moments) < number:
        at = random.uniform(start, end)
        if random.random() < 0.001:
            width = random.choice((0, 0.5, 20))
            moments += [at + random.uniform(0, width) for _ in range(random.randint(100, 1800))]
        elif not any(since <= at < until for since, until in quiet):
            moments.append(at)
    return [round(moment, 3) for moment in moments]


_WORDS = (
    "User login to Okta",
    "Évaluation d\\u2019une règle",
    "a < b && c > d",
    'say \\"no\\"',
    "日本 🔑",
    "tab\\there",
)
_TYPES = ("user.session.start", "policy.evaluate_sign_on", "user.authentication.sso", "app.oauth2.token.grant")


def _raw(random: Random, uuid: str, moment: float) -> bytes:
    """An event as no JSON library would write it again: spaces, escapes, numbers."""
    return (
        f'{{"published":"{published(moment)}", "eventType":"{random.choice(_TYPES)}",'
        f'"displayMessage":"{random.choice(_WORDS)}","score":1.50E+1,'
        f'"actor": {{"alternateId":"user{random.randint(1, 500)}@example.com"}},'
        f'"debugContext":{{"debugData":{{"note":"{"lorem " * random.randint(0, 150)}"}}}},"uuid":"{uuid}"}}'
    ).encode()
