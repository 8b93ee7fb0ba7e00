"""BeyondTrust's intrusion, found by the packaged add-on.

A simulated Okta tenant lives a working day with the intrusion of October 2023 inside it. The packaged modular input
collects it through an emulated splunkd, every scheduled search runs at its own times, and the findings are printed.
"""

from __future__ import annotations

import argparse
import secrets
import time
from contextlib import contextmanager
from datetime import datetime, timezone
from typing import Dict, Iterable, Iterator, List, NamedTuple, Optional, Set

import trustme
from rich.console import Console
from rich.table import Table

from lab.cli.findings import Finding, as_json, findings, print_findings, print_summary
from lab.cli.hunt import report_jobs
from lab.cli.installed import APP, FINDINGS, LabError, installed, refusals
from lab.cli.progress import progress, stderr
from lab.okta.attacks.beyondtrust_2023 import STEPS
from lab.okta.principals import ApiToken
from lab.okta.serve import TenantProcess
from lab.okta.tenant import Tenant
from lab.schedule.dispatch import Job
from lab.schedule.hunt import is_detection
from lab.schedule.replay import replay
from lab.spl.values import as_text
from lab.splunkd.instance import Instance

NAME = "demo"
HELP = "a simulated tenant's day with the intrusion in it, collected, searched, found"
INPUT = "okta_system_log://demo"
LOG = "OktaIM2:log"
INCIDENTS = "Okta ITDR - Incidents - Alert"  # the one place that wakes people
# Seconds between two runs of the input. Splunk's default of 60 would only take longer; with an hour an absence is
# judged before what disproves it has been collected.
_INTERVAL = 1800
_REQUESTS_A_MINUTE = 10_000  # the clock stands still while the input runs: a full bucket would never refill


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--seed", default="demo", help="another seed is another tenant (default: %(default)s)")
    parser.add_argument("--people", type=int, default=60, help="how many work there (default: %(default)s)")
    parser.add_argument("--start", default="2024-03-05", metavar="DATE", help="the day (default: %(default)s)")
    parser.add_argument("--days", type=int, default=1, help="how many days (default: %(default)s)")
    parser.add_argument("--json", metavar="FILE", help="also write the findings to FILE, one JSON object a line")
    parser.add_argument("--events", metavar="FILE", help="also write the collected events to FILE, as hunt reads them")
    parser.add_argument(
        "--no-serve", action="store_true", help="end instead of serving the dashboards (there are none yet)"
    )


class Alarm(NamedTuple):
    """One alert of the bridge: when (epoch seconds), and the incident as it then was."""

    at: float
    incident: Dict[str, str]


class Lived(NamedTuple):
    """What came of the days: the findings, every search that ran, the raw events in the order of collection."""

    findings: List[Finding]
    jobs: List[Job]
    raws: List[str]

    @property
    def alarms(self) -> List[Alarm]:
        """What woke somebody, in the order of time."""
        return [
            Alarm(job.window.now, {name: as_text(value) for name, value in row.items()})
            for job in self.jobs
            if job.saved.title == INCIDENTS
            for row in job.alerted
        ]


def run(given: argparse.Namespace) -> int:
    begun = time.monotonic()
    settings = {"seed": given.seed, "people": given.people, "start": given.start, "days": given.days}
    settings["attacks"] = ["beyondtrust_2023"]
    try:
        tenant = Tenant(**settings)
    except ValueError as error:
        raise LabError(str(error)) from error
    lived = live(tenant, settings)
    report_jobs(lived.jobs)
    if given.json:
        _write(given.json, map(as_json, lived.findings))
    if given.events:
        _write(given.events, lived.raws)
    console = Console()
    print_findings(lived.findings, console)
    console.print(attack_steps(tenant, lived.findings))
    console.print(woken(lived.alarms))
    rules = len({job.saved.title for job in lived.jobs if is_detection(job.saved)})
    facts = f"{len(lived.raws):,} events, {rules} detections, {time.monotonic() - begun:.1f} s"
    print_summary(lived.findings, facts, console)
    if not given.no_serve:
        stderr.print("The dashboards come in a later release: nothing to serve.", style="dim")
    return 0


def live(tenant: Tenant, settings: Dict[str, object]) -> Lived:
    """The tenant's days (`settings` are those of `Tenant`) collected and searched by the packaged add-on."""
    with installed(start=tenant.begin) as instance, serving(settings, instance) as access:
        enable(instance, tenant.begin, access)
        jobs = _replay(instance, tenant)
        found = findings(instance.kvstore.collection(APP, FINDINGS).documents())
        raws = [event.raw for event in map(instance.store.event, range(len(instance.store))) if event.sourcetype == LOG]
        refusals(instance)
        if instance.inputs.problems:
            raise LabError("the input failed: " + "; ".join(instance.inputs.problems))
    return Lived(found, jobs, raws)


def _write(file: str, lines: Iterable[str]) -> None:
    try:
        with open(file, "w", encoding="utf-8") as out:
            out.writelines(line + "\n" for line in lines)
    except OSError as error:
        raise LabError(f"{file} cannot be written: {error.strerror}") from error


class Access(NamedTuple):
    """How to reach the tenant: its address, an API token, the PEM certificate of its authority."""

    domain: str
    token: str
    authority: str


@contextmanager
def serving(
    settings: Dict[str, object], instance: Instance, directory: Optional[str] = None, role: str = "READ_ONLY_ADMIN"
) -> Iterator[Access]:
    """The tenant in its own process, over TLS. `directory`: the kind, idx or v1, where it is to have one; `role`: of
    the administrator whose token it is."""
    authority = trustme.CA()
    folder = instance.home.parent
    certificate = authority.issue_cert("127.0.0.1", "localhost")
    chain, key = folder / "tenant.pem", folder / "tenant.key"
    for blob in certificate.cert_chain_pems:
        blob.write_to_path(chain, append=True)
    certificate.private_key_pem.write_to_path(key)
    token = "00" + secrets.token_urlsafe(30)
    server = TenantProcess(
        settings, instance.clock.path, ApiToken(token, role), (chain, key), _REQUESTS_A_MINUTE, directory=directory
    )
    try:
        yield Access(f"localhost:{server.port}", token, authority.cert_pem.bytes().decode())
    finally:
        server.stop()


def enable(instance: Instance, start: float, access: Access) -> None:
    """What an admin does after the installation: an account, an input, every search switched on."""
    account = {"domain": access.domain, "ca_certificates": access.authority, "authentication": "api_token"}
    instance.configure(APP, "ta_okta_itdr_account", "demo", account, {"api_token": access.token})
    since = datetime.fromtimestamp(start, timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    instance.configure(
        APP,
        "inputs",
        INPUT,
        {"account": "demo", "index": "main", "interval": str(_INTERVAL), "start": since, "disabled": "0"},
    )
    for saved in instance.saved_searches(APP):
        instance.configure(APP, "savedsearches", saved.title, {"disabled": "0"})


def _replay(instance: Instance, tenant: Tenant) -> List[Job]:
    """Collect and search until the day is over and the slowest rule has judged its last event."""
    jobs: List[Job] = []
    instance.start()
    with progress() as bars:
        bar = bars.add_task("Living the day", total=tenant.end - tenant.begin, note="")

        def each(moment: float, ran: List[Job]) -> None:
            jobs.extend(ran)
            clock = datetime.fromtimestamp(moment, timezone.utc).strftime("%a %H:%M")
            bars.update(bar, completed=moment - tenant.begin, note=f"{clock} UTC · {len(instance.store):,} events")

        replay(instance.scheduler(), instance.clock, tenant.end, each, instance.inputs)
    return jobs


def woken(alarms: List[Alarm]) -> Table:
    """When somebody was woken, and by what."""
    table = Table("somebody was woken", "by", "about", box=None, header_style="bold", padding=(0, 2, 1, 0))
    for at, incident in alarms:
        clock = datetime.fromtimestamp(at, timezone.utc).strftime("%a %H:%M UTC")
        table.add_row(clock, f"{incident['severity']}: {incident['title']}", incident.get("user", ""))
    if not alarms:
        table.add_row("nobody was", "", "")
    return table


def attack_steps(tenant: Tenant, found: List[Finding]) -> Table:
    """The truth beside the findings: which detections hold an event of each step of the attack."""
    table = Table("what the intruder did", "found by", box=None, header_style="bold", padding=(0, 2, 1, 0))
    steps: Dict[str, Set[object]] = {}
    for entry in tenant.truth:
        steps.setdefault(f"{entry['step']}. {STEPS[entry['step']]}", set()).add(entry["uuid"])
    for step, uuids in steps.items():
        seen = sorted({finding["detection_id"] for finding in found if uuids & set(finding["evidence"])})
        table.add_row(step, "\n".join(seen) or "nothing")
    return table
