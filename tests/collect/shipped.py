"""What Splunk would start, started here: the packaged app's own files, as processes, on the Pythons it is for."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tarfile
import xml.etree.ElementTree as ElementTree
from pathlib import Path
from typing import NamedTuple, Optional
from xml.sax.saxutils import escape

import pytest
from secrets_used import spoken

from tools import package, pythons

ROOT = Path(__file__).resolve().parents[2]
APP = "TA_okta_itdr"
SUPPORTED = {version: path for version, path in pythons.found().items() if version in ((3, 9), (3, 13))}

# Splunk's own package `splunk`, stood in for; the lab's, taken by its path and never imported here.
STAND_IN = ROOT / "lab" / "splunkd" / "python"
SABOTAGE = Path(__file__).parent / "sabotage"


class Event(NamedTuple):
    """What splunkd would index."""

    raw: str
    time: Optional[str]
    host: str
    source: str
    sourcetype: str


class _Ended(NamedTuple):
    code: int
    out: bytes
    err: str


class Done(_Ended):
    """A process that ended."""

    def __new__(cls, code: int, out: bytes, err: str) -> Done:
        spoken("standard output", out)
        spoken("standard error", err.encode())
        return super().__new__(cls, code, out, err)

    @property
    def events(self) -> list[Event]:
        """Of Okta's log."""
        return [event for event in self.all_events if event.sourcetype == "OktaIM2:log"]

    @property
    def health(self) -> list[dict]:
        """What it said of itself."""
        return [json.loads(event.raw) for event in self.all_events if event.sourcetype == "okta_itdr:health"]

    @property
    def all_events(self) -> list[Event]:
        """Of its output; a killed input leaves the stream open."""
        parser = ElementTree.XMLPullParser(["end"])
        parser.feed(self.out)
        return [
            Event(*(element.findtext(name) for name in ("data", "time", "host", "source", "sourcetype")))
            for _, element in parser.read_events()
            if element.tag == "event"
        ]


class Splunk:
    """A SPLUNK_HOME, the packaged app, and one Python to start its files."""

    def __init__(self, home: Path, app: Path, python: Path) -> None:
        self.home = home
        self.app = app
        self.python = python
        self.logs = home / "var" / "log" / "splunk"
        self.logs.mkdir(parents=True)
        self.checkpoints = home / "var" / "lib" / "splunk" / "modinputs" / "okta_system_log"
        self.checkpoints.mkdir(parents=True)

    def start(self, script: str, *arguments: str, **environment: str) -> subprocess.Popen:
        """A file of the app's bin/, as splunkd starts it. `environment`: what the sabotage is told."""
        spoken("arguments", " ".join([script, *arguments, *environment.values()]).encode())
        return subprocess.Popen(
            [str(self.python), str(self.app / "bin" / script), *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=self.home,
            env={
                "PATH": os.environ["PATH"],
                "SPLUNK_HOME": str(self.home),
                "PYTHONPATH": os.pathsep.join(map(str, [STAND_IN, *([SABOTAGE] if environment else [])])),
                "PYTHONDONTWRITEBYTECODE": "1",
                **environment,
            },
        )

    def run(self, script: str, *arguments: str, stdin: str = "", **environment: str) -> Done:
        process = self.start(script, *arguments, **environment)
        out, err = process.communicate(stdin.encode(), timeout=60)
        return Done(process.returncode, out, err.decode())

    def log(self) -> str:
        """Everything the app has logged."""
        return "".join(path.read_text() for path in sorted(self.logs.iterdir()))

    def checkpoint(self) -> dict:
        """The record of input `main`."""
        return json.loads((self.checkpoints / "main.live.json").read_text())


def input_definition(splunkd_uri: str, session_key: str, checkpoint_dir: Path, **settings: str) -> str:
    """What splunkd writes to a modular input's stdin, for input `main`."""
    parameters = "".join(f'<param name="{name}">{escape(value)}</param>' for name, value in settings.items())
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><input><server_host>search.example.com</server_host>'
        f"<server_uri>{splunkd_uri}</server_uri><session_key>{session_key}</session_key>"
        f"<checkpoint_dir>{checkpoint_dir}</checkpoint_dir>"
        f'<configuration><stanza name="okta_system_log://main" app="{APP}">{parameters}</stanza></configuration>'
        "</input>"
    )


@pytest.fixture(scope="session", params=[".".join(map(str, version)) for version in SUPPORTED] or ["none"])
def shipped_python(request) -> Path:
    """Each Python that Splunk may bring, where this machine has it."""
    if request.param == "none":
        pytest.skip("neither Python 3.9 nor 3.13 runs here")
    return SUPPORTED[tuple(map(int, request.param.split(".")))]


@pytest.fixture(scope="session")
def app(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The package as installed, apart from its web files."""
    apps = tmp_path_factory.mktemp("splunk") / "etc" / "apps"
    apps.mkdir(parents=True)
    with tarfile.open(package.ready()) as tarball:
        wanted = [member for member in tarball if not member.name.startswith(f"{APP}/appserver")]
        tarball.extractall(apps, members=wanted)
    return apps / APP


@pytest.fixture
def splunk(tmp_path: Path, app: Path, shipped_python: Path) -> Splunk:
    return Splunk(tmp_path / "splunk", app, shipped_python)


if str(ROOT / "bin") not in sys.path:  # the pure parts of the library are also tested without a process
    sys.path.insert(0, str(ROOT / "bin"))
