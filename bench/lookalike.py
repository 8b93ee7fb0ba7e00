"""lookalike: 10,000 new names against 100,000 accounts, and how many ordinary ones it takes for imitations.

The packaged command as a process, which reads the accounts from the KV store over the emulated splunkd's REST. The
reference compares every pair, for a few of the names: difflib's get_close_matches, the standard library's way. Nobody
chose these names to imitate one (bench/census_names.py), so whatever is found is a false match; the default minimum
rests on that.
"""

from __future__ import annotations

import difflib
import json
import os
import subprocess
import tempfile
import time
from pathlib import Path
from typing import BinaryIO, Callable, Iterator, List, Tuple

from bench.census_names import PATTERNS, logins
from bench.collect import PYTHONS
from bench.result import Result
from lab.cli.installed import APP, installed
from lab.splunkd.chunk_rows import decoded, encoded
from lab.splunkd.instance import Instance
from tools import pythons

NAME = "lookalike"
ACCOUNTS, NEW = 100_000, 10_000
NOW = 1_700_000_000.0
COMPARED = 5  # names by the reference
TENANT = "acme.okta.com"
FALSE_MATCHES = {"first.last": 2.0, "flast": 4.0}  # percent, in so large an organisation
SECONDS, MEBIBYTES, FASTER = 60, 400, 100

Say = Callable[[str], None]


def run(say: Say) -> Iterator[Result]:
    for pattern in PATTERNS:
        names = logins(pattern, ACCOUNTS + NEW)
        accounts, new = names[:ACCOUNTS], names[ACCOUNTS:]
        say(f"every pair of {COMPARED} names and {ACCOUNTS:,} accounts, {pattern}")
        pairwise = _pairwise(accounts, new[:COMPARED])
        for version, python in pythons.found().items():
            if version not in PYTHONS:
                continue
            name = ".".join(map(str, version))
            say(f"lookalike, Python {name}: {NEW:,} names, {ACCOUNTS:,} accounts, {pattern}")
            with installed(start=NOW) as instance:
                _fill(instance, accounts)
                seconds, peak, found = _command(instance, str(python), new)
            yield Result(
                f"{NAME} {pattern}",
                name,
                {
                    "seconds": seconds,
                    "MiB": peak,
                    "false matches, %": 100 * found / NEW,
                    "seconds by every pair": pairwise * NEW,
                    "ratio": pairwise * NEW / seconds,
                },
                at_least={"ratio": FASTER},
                at_most={"seconds": SECONDS, "MiB": MEBIBYTES, "false matches, %": FALSE_MATCHES[pattern]},
            )


def _pairwise(accounts: List[str], new: List[str]) -> float:
    """Seconds of processor time for one name."""
    began = time.process_time()
    for name in new:
        difflib.get_close_matches(name, accounts, n=1, cutoff=0.8)
    return (time.process_time() - began) / len(new)


def _fill(instance: Instance, accounts: List[str]) -> None:
    collection = instance.kvstore.collection(APP, "okta_itdr_accounts")
    for start in range(0, len(accounts), 500):
        collection.batch_save(
            [
                {"_key": f"{number:08d}", "tenant": TENANT, "id": f"00u{number}", "login": login, "created": number}
                for number, login in enumerate(accounts[start : start + 500], start)
            ]
        )


def _command(instance: Instance, python: str, new: List[str]) -> Tuple[float, float, int]:
    """Seconds of processor time, MiB at most, and how many of the names imitate somebody."""
    script = instance.apps.folder / APP / "bin" / "lookalike.py"
    rows = [{"user": login, "tenant": TENANT, "_time": f"{NOW:.0f}"} for login in new]
    with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as answers:
        _write_frames(given, instance, encoded(rows, list(rows[0])))
        given.seek(0)
        environment = {**os.environ, "SPLUNK_HOME": str(instance.home)}
        process = subprocess.Popen([python, str(script)], stdin=given, stdout=answers, env=environment)
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)  # or it would be waited for again
        if process.returncode:
            raise RuntimeError(f"{script} ended with exit code {process.returncode}")
        answers.seek(0)
        answered = list(_rows(answers.read()))
    if len(answered) != len(new):
        raise RuntimeError(f"{len(answered)} of {len(new)} rows came back")
    found = sum(bool(row.get("lookalike_of")) for row in answered)
    if not found:
        raise RuntimeError("the command found nothing at all")
    return used.ru_utime + used.ru_stime, used.ru_maxrss / 1024, found


def _write_frames(file: BinaryIO, instance: Instance, body: bytes) -> None:
    searchinfo = {
        "args": ["user", "before=_time"],
        "raw_args": ["user", "before=_time"],
        "sid": "1700000000.1",
        "app": APP,
        "owner": "nobody",
        "username": "splunk-system-user",
        "dispatch_dir": str(Path(tempfile.gettempdir())),
        "session_key": instance.session_key,
        "splunkd_uri": instance.listen(),
        "splunk_version": "9.4.0",
        "search": "",
        "command": "lookalike",
        "maxresultrows": 50000,
        "earliest_time": "0",
        "latest_time": "0",
    }
    _write_frame(file, {"action": "getinfo", "preview": False, "searchinfo": searchinfo}, b"")
    _write_frame(file, {"action": "execute", "finished": False}, body)
    _write_frame(file, {"action": "execute", "finished": True}, b"")


def _write_frame(file: BinaryIO, metadata: dict, body: bytes) -> None:
    text = json.dumps(metadata).encode()
    file.write(b"chunked 1.0,%d,%d\n%b%b" % (len(text), len(body), text, body))


def _rows(output: bytes) -> Iterator[dict]:
    at = 0
    while at < len(output):
        end = output.index(b"\n", at) + 1
        _, metadata, body = (int(part) if part.isdigit() else 0 for part in output[at : end - 1].split(b","))
        at = end + metadata + body
        yield from decoded(output[end + metadata : at])
