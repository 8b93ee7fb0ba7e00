# ruff: noqa: F811  an imported fixture is asked for by its own name
"""A splunkd and the alert action, started as splunkd starts it; the servers are the collector tests' own."""

from __future__ import annotations

import csv
import gzip
import json
import sys
from pathlib import Path
from typing import Iterator

import pytest

sys.path.insert(0, str(Path(__file__).parent.parent / "collect"))
sys.path.insert(0, str(Path(__file__).parent))

from servers import Splunkd  # noqa: E402
from shipped import Done, Splunk, app, shipped_python, splunk  # noqa: E402, F401
from triage_world import TriageSplunk  # noqa: E402

NOW = 1772400000


@pytest.fixture
def splunkd() -> Iterator[Splunkd]:
    daemon = Splunkd()
    yield daemon
    daemon.stop()


class Action:
    """okta_itdr_register for the results of one detection."""

    def __init__(self, splunk: Splunk, splunkd: Splunkd) -> None:
        self.splunk = splunk
        self.splunkd = splunkd
        self.results = splunk.home / "results.csv.gz"
        self.sid = "scheduler__nobody_VEFfb2t0YV9pdGRy__RMD5abc_at_{now}_12"

    def run(self, *rows: dict, now: int = NOW, cut: bool = False) -> Done:
        write_results(self.results, rows)
        if cut:  # as a full disk leaves them
            whole = self.results.read_bytes()
            self.results.write_bytes(whole[: len(whole) // 2])
        payload = {
            "app": "TA_okta_itdr",
            "owner": "nobody",
            "results_file": str(self.results),
            "results_link": "http://search.example.com:8000/app/TA_okta_itdr/search?sid=1",
            "server_host": "search.example.com",
            "server_uri": self.splunkd.uri,
            "session_key": self.splunkd.session_key,
            "sid": self.sid.format(now=now),
            "search_name": "Okta ITDR - Session Hijack - Rule",
            "search_uri": "/servicesNS/nobody/TA_okta_itdr/saved/searches/x",
            "configuration": {},
            "result": {},
        }
        return self.splunk.run("okta_itdr_register.py", "--execute", stdin=json.dumps(payload))


@pytest.fixture
def action(splunk: Splunk, splunkd: Splunkd) -> Action:
    return Action(splunk, splunkd)


def write_results(path: Path, rows: tuple[dict, ...]) -> None:
    """Splunk's results: each column also as `__mv_`, which holds `$a$;$b$` where there are several values."""
    columns = list(dict.fromkeys(column for row in rows for column in row))
    with gzip.open(path, "wt", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([*columns, *(f"__mv_{column}" for column in columns)])
        for row in rows:
            values = [row.get(column, "") for column in columns]
            plain = ["\n".join(value) if isinstance(value, list) else value for value in values]
            several = [
                ";".join("$" + part.replace("$", "$$") + "$" for part in value) if isinstance(value, list) else ""
                for value in values
            ]
            writer.writerow([*plain, *several])


@pytest.fixture
def triage_splunk(tmp_path: Path, tarball: Path, shipped_python: Path) -> Iterator[TriageSplunk]:
    """On each Python, with two registered findings of one incident and one of another, five minutes ago."""
    world = TriageSplunk(tmp_path, tarball, str(shipped_python))
    world.register(world.row(1), world.row(3), world.row(2))
    world.later(300)
    yield world
    world.stop()
    assert world.instance.refused == []
