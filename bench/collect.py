"""collect: the packaged System Log input against a reference loop built as the official add-on's.

Without latency (the live log), in backfill at 200 ms a request, and in memory from ten thousand events to a million.
Both read the same pages from the same server, write to a file, and are timed from start to end of their process.
"""

from __future__ import annotations

import os
import tempfile
from contextlib import contextmanager
from datetime import datetime, timezone
from pathlib import Path
from typing import Callable, Iterator, List, Optional

from bench.installed_input import InstalledInput, Measured
from bench.log_server import NOW, PATH, Log, LogServer
from bench.result import Result
from tools import pythons

NAME = "collect"
PYTHONS = ((3, 9), (3, 13))
ROUNDS = 3
LIVE_EVENTS, PAST_EVENTS = 200_000, 120_000
FEW, MANY = 10_000, 1_000_000
LATENCY = 0.2
REFERENCE = Path(__file__).with_name("reference_input.py")

Say = Callable[[str], None]


def run(say: Say) -> Iterator[Result]:
    """Results for each Python that Splunk may bring and this machine has."""
    for version, python in pythons.found().items():
        if version not in PYTHONS:
            continue
        name = "{}.{}".format(*version)
        with tempfile.TemporaryDirectory(prefix="okta-itdr-bench-") as folder:
            bench = _Bench(Path(folder), str(python), NOW)
            yield _live(bench, name, say)
            yield _backfill(bench, name, say)
            yield _memory(bench, name, say)


def _live(bench: _Bench, python: str, say: Say) -> Result:
    return _speed(bench, Log(live=LIVE_EVENTS), "collect live", python, None, 3.0, say)


def _backfill(bench: _Bench, python: str, say: Say) -> Result:
    log = Log(past=PAST_EVENTS, latency=LATENCY)
    start = datetime.fromtimestamp(NOW - log.past_seconds, timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    return _speed(bench, log, "collect backfill", python, start, 4.0, say)


def _memory(bench: _Bench, python: str, say: Say) -> Result:
    peaks = []
    for events in (FEW, MANY):
        with bench.serving(Log(live=events)) as port:
            say(f"memory, {events:,} events, Python {python}")
            measured = bench.collect(port, None, to_file=False)
        if measured.events != events:
            raise RuntimeError(f"{measured.events} of {events} events were collected")
        peaks.append(measured.peak_kib / 1024)
    return Result(
        "collect memory",
        python,
        {"MiB at 10k": peaks[0], "MiB at 1M": peaks[1], "ratio": peaks[1] / peaks[0]},
        at_least={},
        at_most={"ratio": 1.25},  # a page more or less in the air; two million events take what 600,000 do
    )


def _speed(bench: _Bench, log: Log, name: str, python: str, start: Optional[str], goal: float, say: Say) -> Result:
    """Events a second of ours and of the reference, the best of the rounds, taken by turns; `goal`: of their ratio."""
    title = f"{name}{f' at {log.latency * 1000:.0f} ms' if log.latency else ''}, Python {python}"
    total = log.live + log.past
    ours: List[float] = []
    theirs: List[float] = []
    with bench.serving(log) as port:
        for number in range(ROUNDS):
            say(f"{title}: round {number + 1} of {ROUNDS}")
            for speeds, measured in ((ours, bench.collect(port, start)), (theirs, bench.reference(port, log))):
                if measured.events != total:
                    raise RuntimeError(f"{title}: {measured.events} of {total} events were written")
                speeds.append(total / measured.seconds)
    figures = {"events/s": max(ours), "reference events/s": max(theirs), "ratio": max(ours) / max(theirs)}
    return Result(name, python, figures, at_least={"ratio": goal}, at_most={})


class _Bench(InstalledInput):
    """With the reference beside it."""

    @contextmanager
    def serving(self, log: Log) -> Iterator[int]:
        server = LogServer(log, self.certificate)
        try:
            yield server.port
        finally:
            server.stop()

    def collect(self, port: int, start: Optional[str], to_file: bool = True) -> Measured:
        """One run of the packaged input from nothing."""
        return self.run("okta_system_log", port, {"start": start} if start else {}, to_file)

    def reference(self, port: int, log: Log) -> Measured:
        if log.past:
            since, until = (
                datetime.fromtimestamp(at, timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.000Z")
                for at in (NOW - log.past_seconds, NOW)
            )
            query = f"since={since}&until={until}&limit=1000"
        else:
            query = "since=2000-01-01T00:00:00.000Z&limit=1000"
        kind = "past" if log.past else "live"
        return self.timed(
            [self.python, str(REFERENCE), f"https://localhost:{port}{PATH}?{query}", str(self.authority), kind],
            {"PATH": os.environ["PATH"], "PYTHONPATH": str(self.libraries)},
            b"",
            True,
        )
