"""hunt: every detection over a million events of an exported log, as a responder runs it.

The log is a simulated tenant's: a large company's ordinary days, BeyondTrust's intruder inside the first. The bar is
absolute (so many seconds and MiB on two cores); fewer events are scaled to a million, which flatters the time a little
and the memory much, so only a whole million is held to it.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Callable, Iterator, Tuple

from bench.result import Result
from lab.cli.installed import LabError
from lab.okta.tenant import Tenant

NAME = "hunt"
ROOT = Path(__file__).resolve().parents[1]
MILLION = 1_000_000
PEOPLE, START = 5000, "2026-03-02"
EVENTS_A_PERSON = 40  # a day, rather too few: days enough are made
SECONDS, MEBIBYTES = 180, 4096
_PAGE = os.sysconf("SC_PAGE_SIZE")
_LOOK = 0.5  # seconds between two looks at the memory
FOUND = 3  # hunt's exit status

Say = Callable[[str], None]


def arguments(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group(NAME)
    group.add_argument("--events", type=int, default=MILLION, help="in the log that is hunted (default: %(default)s)")


def run(say: Say, given: argparse.Namespace) -> Iterator[Result]:
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "log.jsonl"
        say(f"{NAME}: writing {given.events:,} events")
        written = write(log, given.events)
        say(f"{NAME}: every detection over {written:,} events, {log.stat().st_size / 2**20:,.0f} MiB")
        seconds, peak, critical = hunt(log)
    held = written >= MILLION
    yield Result(
        NAME,
        "lab",
        {
            "events": written,
            "seconds": seconds,
            "seconds a million events": seconds * MILLION / written,
            "MiB": peak,
            "critical findings": critical,
        },
        at_least={"critical findings": 1},
        at_most={"seconds": SECONDS, "MiB": MEBIBYTES} if held else {},
    )


def write(log: Path, events: int) -> int:
    """The first so many events of a company's days, in the order of the log."""
    days = 1 + events // (PEOPLE * EVENTS_A_PERSON)
    tenant = Tenant(NAME, PEOPLE, START, days, everything_at_first=False, attacks=["beyondtrust_2023"])
    number = 0
    with open(log, "wb") as out:
        for number, event in enumerate(tenant.events(), start=1):
            out.write(event.raw + b"\n")
            if number == events:
                break
    return number


def hunt(log: Path) -> Tuple[float, float, int]:
    """Seconds from start to end, MiB of the command and all its processes at their most, critical findings."""
    command = [sys.executable, str(ROOT / "tools" / "run.py"), "lab", "hunt", "--json", str(log)]
    with tempfile.TemporaryFile() as found, tempfile.TemporaryFile() as said:
        began, peak = time.monotonic(), 0.0
        with subprocess.Popen(command, stdout=found, stderr=said, start_new_session=True) as process:
            while process.poll() is None:
                peak = max(peak, _memory(process.pid))
                time.sleep(_LOOK)
        seconds = time.monotonic() - began
        if process.returncode != FOUND:
            said.seek(0)
            raise LabError(f"the hunt ended with {process.returncode}: {said.read().decode()[-500:]}")
        found.seek(0)
        critical = sum(1 for line in found if json.loads(line)["severity"] == "critical")
    return seconds, peak, critical


def _memory(leader: int) -> float:
    """MiB that the processes of a session hold, each page counted once for each (proc(5), statm and stat)."""
    held = 0
    for entry in os.listdir("/proc"):
        if not entry.isdigit():
            continue
        try:
            stat = Path("/proc", entry, "stat").read_text()
            if int(stat.rsplit(")", 1)[1].split()[3]) == leader:
                held += int(Path("/proc", entry, "statm").read_text().split()[1])
        except (OSError, IndexError):
            continue  # it has just ended
    return held * _PAGE / 2**20
