"""The packaged add-on, installed, one of its inputs started by hand so that nothing but a file takes its output."""

from __future__ import annotations

import os
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Dict, List, Tuple

import trustme

from lab.cli.installed import APP, package
from lab.clock import Clock
from lab.splunkd.instance import Instance
from lab.splunkd.modular_input import definition
from lab.splunkd.processes import Processes

TOKEN = "00bench"


@dataclass(frozen=True)
class Measured:
    seconds: float
    peak_kib: int
    events: int


class InstalledInput:
    """In `folder`, on `python`; its clock shows `now`. `authority` signed the certificate of localhost."""

    def __init__(self, folder: Path, python: str, now: float) -> None:
        self.folder = folder
        self.python = python
        self._now = now
        self._runs = 0
        authority = trustme.CA()
        self.authority = folder / "authority.pem"
        authority.cert_pem.write_to_path(self.authority)
        self.certificate: Tuple[Path, Path] = (folder / "tenant.pem", folder / "tenant.key")
        issued = authority.issue_cert("localhost")
        for blob in issued.cert_chain_pems:
            blob.write_to_path(self.certificate[0], append=True)
        issued.private_key_pem.write_to_path(self.certificate[1])

    @property
    def libraries(self) -> Path:
        """What is shipped with it; once it has run."""
        return next(self.folder.glob(f"splunk */etc/apps/{APP}/lib"))

    def run(self, scheme: str, port: int, settings: Dict[str, str], to_file: bool = True) -> Measured:
        """One run from nothing, against a tenant at `port`; `events` as the input tells UCC's monitoring page."""
        self._runs += 1
        home = self.folder / f"splunk {self._runs}"
        instance = Instance(home, Clock(self.folder / f"clock {self._runs}", self._now), self.python)
        try:
            instance.install(package())
            account = {
                "domain": f"localhost:{port}",
                "ca_certificates": self.authority.read_text(),
                "authentication": "api_token",
                "rate_share": "100",
                "backfill_share": "100",
            }
            instance.configure(APP, "ta_okta_itdr_account", "bench", account, {"api_token": TOKEN})
            name = f"{scheme}://bench"
            instance.configure(APP, "inputs", name, {"account": "bench", "index": "main", **settings})
            instance.start()
            stanza = instance.inputs.stanza(name)
            processes = Processes(home, self.python)
            processes.splunkd_uri = instance.uri
            asked = definition([stanza], processes, instance.sessions.open(), "bench")
            measured = self.timed([self.python, str(stanza.scheme.script)], processes.environment(), asked, to_file)
            log = "".join(path.read_text() for path in (home / "var" / "log" / "splunk").glob("ta_okta_itdr*.log"))
            told = sum(int(line.split("n_events=")[1].split()[0]) for line in log.splitlines() if "n_events=" in line)
            return Measured(measured.seconds, measured.peak_kib, told)
        finally:
            instance.stop()

    def timed(self, command: List[str], environment: dict, given: bytes, to_file: bool) -> Measured:
        written = self.folder / "written" if to_file else Path(os.devnull)
        with written.open("wb") as out, (self.folder / "errors").open("wb") as errors:
            begun = time.monotonic()
            process = subprocess.Popen(
                command, env=environment, stdin=subprocess.PIPE, stdout=out, stderr=errors, cwd=self.folder
            )
            process.stdin.write(given)
            process.stdin.close()
            peak = 0
            while process.poll() is None:
                peak = max(peak, _peak_kib(process.pid))
                time.sleep(0.005)
            seconds = time.monotonic() - begun
        if process.returncode:
            raise RuntimeError(f"{command[1]} failed: {(self.folder / 'errors').read_text()}")
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
