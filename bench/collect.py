"""collect: the packaged System Log input against a reference loop built as the official add-on's.

Without latency (the live log), in backfill at 200 ms a request, and in memory from ten thousand events to a million.
Both read the same pages from the same server, write to a file, and are timed from start to end of their process.
"""

from __future__ import annotations

import os
import subprocess
import tempfile
import time
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path
from typing import Callable, Iterator, List, Optional

import trustme

from bench.log_server import NOW, PATH, Log, LogServer
from bench.result import Result
from lab.cli.installed import APP, package
from lab.clock import Clock
from lab.splunkd.instance import Instance
from lab.splunkd.modular_input import definition
from lab.splunkd.processes import Processes
from tools import pythons

NAME = "collect"
INPUT = "okta_system_log://bench"
PYTHONS = ((3, 9), (3, 13))
ROUNDS = 3
LIVE_EVENTS, PAST_EVENTS = 200_000, 120_000
FEW, MANY = 10_000, 1_000_000
LATENCY = 0.2
REFERENCE = Path(__file__).with_name("reference_input.py")

Say = Callable[[str], None]


@dataclass(frozen=True)
class Measured:
    seconds: float
    peak_kib: int
    events: int


def run(say: Say) -> Iterator[Result]:
    """Results for each Python that Splunk may bring and this machine has."""
    for version, python in pythons.found().items():
        if version not in PYTHONS:
            continue
        name = "{}.{}".format(*version)
        with tempfile.TemporaryDirectory(prefix="okta-itdr-bench-") as folder:
            bench = _Bench(Path(folder), str(python))
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


class _Bench:
    """An installed add-on, started by hand so that nothing but a file takes its output."""

    def __init__(self, folder: Path, python: str) -> None:
        self._folder = folder
        self._python = python
        self._runs = 0
        authority = trustme.CA()
        self._authority = folder / "authority.pem"
        authority.cert_pem.write_to_path(self._authority)
        self._chain, self._key = folder / "tenant.pem", folder / "tenant.key"
        certificate = authority.issue_cert("localhost")
        for blob in certificate.cert_chain_pems:
            blob.write_to_path(self._chain, append=True)
        certificate.private_key_pem.write_to_path(self._key)

    @contextmanager
    def serving(self, log: Log) -> Iterator[int]:
        server = LogServer(log, (self._chain, self._key))
        try:
            yield server.port
        finally:
            server.stop()

    def collect(self, port: int, start: Optional[str], to_file: bool = True) -> Measured:
        """One run of the packaged input from nothing."""
        self._runs += 1
        home = self._folder / f"splunk {self._runs}"
        instance = Instance(home, Clock(self._folder / f"clock {self._runs}", NOW), self._python)
        try:
            instance.install(package())
            account = {
                "domain": f"localhost:{port}",
                "ca_certificates": self._authority.read_text(),
                "authentication": "api_token",
                "rate_share": "100",
                "backfill_share": "100",
            }
            instance.configure(APP, "ta_okta_itdr_account", "bench", account, {"api_token": "00bench"})
            settings = {"account": "bench", "index": "main", **({"start": start} if start else {})}
            instance.configure(APP, "inputs", INPUT, settings)
            instance.start()
            stanza = instance.inputs.stanza(INPUT)
            processes = Processes(home, self._python)
            processes.splunkd_uri = instance.uri
            asked = definition([stanza], processes, instance.sessions.open(), "bench")
            measured = self._timed([self._python, str(stanza.scheme.script)], processes.environment(), asked, to_file)
            log = "".join(path.read_text() for path in (home / "var" / "log" / "splunk").glob("ta_okta_itdr*.log"))
            told = sum(int(line.split("n_events=")[1].split()[0]) for line in log.splitlines() if "n_events=" in line)
            return Measured(measured.seconds, measured.peak_kib, told)
        finally:
            instance.stop()

    def reference(self, port: int, log: Log) -> Measured:
        self._runs += 1
        if log.past:
            since, until = (
                datetime.fromtimestamp(at, timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.000Z")
                for at in (NOW - log.past_seconds, NOW)
            )
            query = f"since={since}&until={until}&limit=1000"
        else:
            query = "since=2000-01-01T00:00:00.000Z&limit=1000"
        libraries = next(self._folder.glob(f"splunk */etc/apps/{APP}/lib"))
        kind = "past" if log.past else "live"
        return self._timed(
            [self._python, str(REFERENCE), f"https://localhost:{port}{PATH}?{query}", str(self._authority), kind],
            {"PATH": os.environ["PATH"], "PYTHONPATH": str(libraries)},
            b"",
            True,
        )

    def _timed(self, command: List[str], environment: dict, given: bytes, to_file: bool) -> Measured:
        written = self._folder / "written" if to_file else Path(os.devnull)
        with written.open("wb") as out, (self._folder / "errors").open("wb") as errors:
            begun = time.monotonic()
            process = subprocess.Popen(
                command, env=environment, stdin=subprocess.PIPE, stdout=out, stderr=errors, cwd=self._folder
            )
            process.stdin.write(given)
            process.stdin.close()
            peak = 0
            while process.poll() is None:
                peak = max(peak, _peak_kib(process.pid))
                time.sleep(0.005)
            seconds = time.monotonic() - begun
        if process.returncode:
            raise RuntimeError(f"{command[1]} failed: {(self._folder / 'errors').read_text()}")
        events = written.read_bytes().count(b"OktaIM2:log") if to_file else 0
        return Measured(seconds, peak, events)


def _peak_kib(pid: int) -> int:
    """The most memory the process has had since it started its program (getrusage would count its parent's)."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0  # it has just ended
    line = next((line for line in status.splitlines() if line.startswith("VmHWM")), "VmHWM: 0 kB")
    return int(line.split()[1])
