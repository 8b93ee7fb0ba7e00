"""A search command of the packaged add-on as a process, spoken to in frames as splunkd does (chunked protocol, 2)."""

from __future__ import annotations

import json
import os
import re
import subprocess
import tarfile
from pathlib import Path
from typing import Any, Iterable, Iterator, NamedTuple

import pytest

from lab.splunkd.chunk_rows import decoded
from tools import package, pythons

ROOT = Path(__file__).resolve().parents[2]
APP = "TA_okta_itdr"
STAND_IN = ROOT / "lab" / "splunkd" / "python"  # for the package `splunk` of Splunk's own Python
PYTHONS = {"{}.{}".format(*version): path for version, path in pythons.found().items() if version in ((3, 9), (3, 13))}
SID = "1700000000.12"
# As an SDK of another version is: the add-on then leaves its private parts alone.
PUBLIC_WAY = "import splunklib\nsplunklib.__version_info__ = (2, 1, 2)\n"
_HEADER = re.compile(rb"chunked 1\.0,(\d+),(\d+)\n")

every_python = pytest.mark.parametrize("python", PYTHONS.values(), ids=PYTHONS.keys())


def installed(apps: Path) -> Path:
    """The packaged add-on in a folder of apps, without its web files."""
    with tarfile.open(package.ready()) as tarball:
        wanted = [member for member in tarball if not member.name.startswith(f"{APP}/appserver")]
        tarball.extractall(apps, members=wanted, filter="data")
    return apps / APP


class Reply(NamedTuple):
    metadata: dict[str, Any]
    body: bytes

    @property
    def messages(self) -> list[tuple[str, str]]:
        return [(level, text) for level, text in self.metadata.get("inspector", {}).get("messages", [])]

    @property
    def rows(self) -> list[dict]:
        return list(decoded(self.body))


class Answered(NamedTuple):
    """All that a process said: its description, then a reply for each chunk."""

    code: int
    description: Reply
    replies: list[Reply]
    stderr: str

    @property
    def rows(self) -> list[dict]:
        return [row for reply in self.replies for row in reply.rows]

    @property
    def messages(self) -> list[tuple[str, str]]:
        return [message for reply in (self.description, *self.replies) for message in reply.messages]


def run(
    python: Path, script: Path, arguments: Iterable[str], bodies: Iterable[bytes], preview: bool = False, **info: Any
) -> Answered:
    """Getinfo, a chunk for each body, then the empty last one; `info`: more of searchinfo."""
    arguments = list(arguments)
    searchinfo = {
        "args": arguments,
        "raw_args": arguments,
        "sid": SID,
        "app": "search",
        "owner": "ann",
        "username": "ann",
        "dispatch_dir": str(script.parent),
        "session_key": "key",
        "splunkd_uri": "https://127.0.0.1:1",
        "splunk_version": "9.4.0",
        "search": "",
        "command": script.stem,
        "maxresultrows": 50000,
        "earliest_time": "0",
        "latest_time": "0",
        **info,
    }
    frames = [_frame({"action": "getinfo", "preview": preview, "searchinfo": searchinfo})]
    frames += [_frame({"action": "execute", "finished": False}, body) for body in bodies]
    frames.append(_frame({"action": "execute", "finished": True}))
    home = script.parents[4]
    (home / "var" / "log" / "splunk").mkdir(parents=True, exist_ok=True)
    environment = {"PATH": os.environ["PATH"], "SPLUNK_HOME": str(home), "PYTHONPATH": str(STAND_IN)}
    ended = subprocess.run(
        [str(python), str(script)],
        input=b"".join(frames),
        capture_output=True,
        cwd=home,
        env={**environment, "PYTHONDONTWRITEBYTECODE": "1"},
        timeout=300,
        check=False,
    )
    description, *replies = _replies(ended.stdout)
    return Answered(ended.returncode, description, replies, ended.stderr.decode())


def _frame(metadata: dict[str, Any], body: bytes = b"") -> bytes:
    text = json.dumps(metadata).encode()
    return b"chunked 1.0,%d,%d\n%b%b" % (len(text), len(body), text, body)


def _replies(output: bytes) -> Iterator[Reply]:
    at = 0
    while at < len(output):
        header = _HEADER.match(output, at)
        assert header, output[at : at + 80]
        middle = header.end() + int(header.group(1))
        at = middle + int(header.group(2))
        yield Reply(json.loads(output[header.end() : middle]), output[middle:at])
