"""ipintel: events a second while enriching, against a command that only passes them through on the same SDK.

The packaged command, default output, over events of ten fields in chunks of 50,000, as splunkd writes them; what it
gives goes nowhere. Beside it the same command where the SDK is of another version, so that it leaves its quick way.
Processor time counts, the process's start included; a start is measured with one event.
"""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
from pathlib import Path
from random import Random
from typing import BinaryIO, Callable, Iterator, List, Sequence

from bench.collect import PYTHONS
from bench.result import Result
from lab.cli.installed import package
from lab.splunkd import packages
from lab.splunkd.chunk_rows import encoded
from lab.splunkd.processes import Processes
from tools import pythons

NAME = "ipintel"
CHUNK, CHUNKS = 50_000, 10
ADDRESSES = 20_000
ROUNDS, STARTS = 3, 15
FIELDS = ("_time", "host", "source", "sourcetype", "src_ip", "user", "action", "app", "user_agent", "uuid")
AGENTS = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko)",
    "okta-sdk/2.1",
    "curl/8.5",
)

PASS_THROUGH = """import import_declare_test
from splunklib.searchcommands import Configuration, StreamingCommand, dispatch

@Configuration()
class PassThroughCommand(StreamingCommand):
    def stream(self, records):
        return records

dispatch(PassThroughCommand)
"""
PUBLIC_WAY = """import import_declare_test
import splunklib
splunklib.__version_info__ = (2, 1, 2)
from okta_itdr.ipintel.command import IpIntel
from okta_itdr.splunk.search_command import run

run("ipintel", IpIntel)
"""

Say = Callable[[str], None]


def run(say: Say) -> Iterator[Result]:
    for version, python in pythons.found().items():
        if version not in PYTHONS:
            continue
        name = ".".join(map(str, version))
        say(f"ipintel, Python {name}: {CHUNK * CHUNKS:,} events, {ADDRESSES:,} addresses, best of {ROUNDS}")
        with tempfile.TemporaryDirectory(prefix="okta-itdr-bench-") as folder:
            yield _measured(Commands(Path(folder), str(python)), name)


def _measured(commands: Commands, python: str) -> Result:
    scripts = ("ipintel.py", "pass_through.py", "ipintel_public.py")
    ours, passing, public = (CHUNK * CHUNKS / cost for cost in _best(commands, "events", scripts, ROUNDS))
    start, passing_start = (cost * 1000 for cost in _best(commands, "event", scripts[:2], STARTS))
    return Result(
        NAME,
        python,
        {
            "events/s": ours,
            "pass-through events/s": passing,
            "ratio": ours / passing,
            "ratio by the SDK's public way": public / passing,
            "cold start, ms": start,
            "pass-through's cold start, ms": passing_start,
            "cold start ratio": start / passing_start,
        },
        at_least={"ratio": 2.0},
        at_most={"cold start ratio": 1.3},
    )


def _best(commands: Commands, given: str, scripts: Sequence[str], rounds: int) -> List[float]:
    """The least that each script cost, by turns: another process beside them then slows all alike."""
    costs = [[commands.cost(script, given) for script in scripts] for _ in range(rounds)]
    return [min(of_one) for of_one in zip(*costs)]


class Commands:
    """The packaged add-on in `folder`, with the reference beside its own command, and what they are given."""

    def __init__(self, folder: Path, python: str) -> None:
        self._folder = folder
        apps = folder / "splunk" / "etc" / "apps"
        apps.mkdir(parents=True)
        self._bin = apps / packages.install(package(), apps) / "bin"
        (self._bin / "pass_through.py").write_text(PASS_THROUGH)
        (self._bin / "ipintel_public.py").write_text(PUBLIC_WAY)
        self._processes = Processes(folder / "splunk", python)
        random = Random(1)
        addresses = [".".join(str(random.randint(1, 223)) for _ in range(4)) for _ in range(ADDRESSES)]
        for name, chunks, rows in (("events", CHUNKS, CHUNK), ("event", 1, 1)):
            with (folder / name).open("wb") as file:
                _write_frames(file, (_body(random, addresses, rows) for _ in range(chunks)))
        self._check()

    def cost(self, script: str, given: str) -> float:
        """Seconds of processor time for the events of a file. Raises RuntimeError when the command fails."""
        with (self._folder / given).open("rb") as events:
            process = subprocess.Popen(
                [self._processes.python, str(self._bin / script)],
                stdin=events,
                stdout=subprocess.DEVNULL,
                env=self._processes.environment(),
            )
            _, status, used = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)  # or it would be waited for again
        if process.returncode:
            raise RuntimeError(f"{script} ended with exit code {process.returncode}")
        return used.ru_utime + used.ru_stime

    def _check(self) -> None:
        """That both ways do add columns; and Python keeps the compiled modules, as it does in Splunk."""
        for script in ("ipintel.py", "ipintel_public.py", "pass_through.py"):
            with (self._folder / "event").open("rb") as event:
                command = [self._processes.python, str(self._bin / script)]
                output = subprocess.run(
                    command, stdin=event, stdout=subprocess.PIPE, env=self._processes.environment(), check=True
                ).stdout
            if script != "pass_through.py" and b",ip_type," not in output:
                raise RuntimeError(f"{script} adds nothing: {output.decode()}")


def _write_frames(file: BinaryIO, bodies: Iterator[bytes]) -> None:
    searchinfo = {
        "args": ["src_ip"],
        "raw_args": ["src_ip"],
        "sid": "1700000000.1",
        "app": "search",
        "owner": "admin",
        "username": "admin",
        "dispatch_dir": "/tmp",
        "session_key": "",
        "splunkd_uri": "",
        "splunk_version": "9.4.0",
        "search": "",
        "command": "ipintel",
        "maxresultrows": CHUNK,
        "earliest_time": "0",
        "latest_time": "0",
    }
    _write_frame(file, {"action": "getinfo", "preview": False, "searchinfo": searchinfo}, b"")
    for body in bodies:
        _write_frame(file, {"action": "execute", "finished": False}, body)
    _write_frame(file, {"action": "execute", "finished": True}, b"")


def _write_frame(file: BinaryIO, metadata: dict, body: bytes) -> None:
    text = json.dumps(metadata).encode()
    file.write(b"chunked 1.0,%d,%d\n%b%b" % (len(text), len(body), text, body))


def _body(random: Random, addresses: List[str], count: int) -> bytes:
    """Some addresses are of many events, most of few."""
    rows = [
        {
            "_time": f"{1_700_000_000 + number}.{number % 1000:03d}",
            "host": "acme.okta.example",
            "source": "okta_system_log://acme",
            "sourcetype": "OktaIM2:log",
            "src_ip": addresses[int(len(addresses) * random.random() ** 3)],
            "user": f"person{random.randint(1, 5000)}@acme.example",
            "action": random.choice(("success", "failure")),
            "app": "okta",
            "user_agent": random.choice(AGENTS),
            "uuid": f"{random.getrandbits(64):016x}",
        }
        for number in range(count)
    ]
    return encoded(rows, FIELDS)
