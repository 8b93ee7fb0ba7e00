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
from pathlib import Path
from typing import Dict, Iterator, List, NamedTuple

import trustme
from rich.console import Console
from rich.table import Table

from lab.cli.findings import Finding, as_json, findings, print_findings, print_summary
from lab.cli.hunt import report_jobs
from lab.cli.installed import APP, FINDINGS, LabError, installed, refusals
from lab.cli.progress import progress, stderr
from lab.okta.serve import TenantProcess
from lab.okta.tenant import Tenant
from lab.schedule.dispatch import Job
from lab.schedule.hunt import is_detection
from lab.schedule.replay import replay
from lab.splunkd.instance import Instance

NAME = "demo"
HELP = "a simulated tenant's day with the intrusion in it, collected, searched, found"
INPUT = "okta_system_log://demo"
_INTERVAL = 600  # seconds between two runs of the input; Splunk's default of 60 would only take longer
_REQUESTS_A_MINUTE = 10_000  # the clock stands still while the input runs: a full bucket would never refill


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--seed", default="demo", help="another seed is another tenant (default: %(default)s)")
    parser.add_argument("--people", type=int, default=60, help="how many work there (default: %(default)s)")
    parser.add_argument("--start", default="2024-03-05", metavar="DATE", help="the day (default: %(default)s)")
    parser.add_argument("--days", type=int, default=1, help="how many days (default: %(default)s)")
    parser.add_argument("--json", metavar="FILE", help="also write the findings to FILE, one JSON object a line")
    parser.add_argument(
        "--no-serve", action="store_true", help="end instead of serving the dashboards (there are none yet)"
    )


def run(given: argparse.Namespace) -> int:
    begun = time.monotonic()
    settings = {
        "seed": given.seed,
        "people": given.people,
        "start": given.start,
        "days": given.days,
        "attacks": ["beyondtrust_2023"],
    }
    try:
        tenant = Tenant(**settings)
    except ValueError as error:
        raise LabError(str(error)) from error
    with installed(start=tenant.begin) as instance, _serving(settings, instance) as access:
        enable(instance, tenant.begin, access)
        jobs = _live(instance, tenant)
        found = findings(instance.kvstore.collection(APP, FINDINGS).documents())
        events = len(instance.store)
        refusals(instance)
        if instance.inputs.problems:
            raise LabError("the input failed: " + "; ".join(instance.inputs.problems))
    report_jobs(jobs)
    console = Console()
    print_findings(found, console)
    rules = len({job.saved.title for job in jobs if is_detection(job.saved)})
    print_summary(found, f"{events:,} events, {rules} detections, {time.monotonic() - begun:.1f} s", console)
    console.print(attack_steps(tenant, found))
    if given.json:
        try:
            Path(given.json).write_text("".join(as_json(finding) + "\n" for finding in found), encoding="utf-8")
        except OSError as error:
            raise LabError(f"{given.json} cannot be written: {error.strerror}") from error
    if not given.no_serve:
        stderr.print("The dashboards come in a later release: nothing to serve.", style="dim")
    return 0


class Access(NamedTuple):
    """How to reach the tenant: its address, an API token, the PEM certificate of its authority."""

    domain: str
    token: str
    authority: str


@contextmanager
def _serving(settings: Dict[str, object], instance: Instance) -> Iterator[Access]:
    """The tenant in its own process, over TLS."""
    authority = trustme.CA()
    folder = instance.home.parent
    certificate = authority.issue_cert("127.0.0.1", "localhost")
    chain, key = folder / "tenant.pem", folder / "tenant.key"
    for blob in certificate.cert_chain_pems:
        blob.write_to_path(chain, append=True)
    certificate.private_key_pem.write_to_path(key)
    token = "00" + secrets.token_urlsafe(30)
    server = TenantProcess(settings, instance.clock.path, token, (chain, key), _REQUESTS_A_MINUTE)
    try:
        yield Access(f"localhost:{server.port}", token, authority.cert_pem.bytes().decode())
    finally:
        server.stop()


def enable(instance: Instance, start: float, access: Access) -> None:
    """What an admin does after the installation: an account, an input, every search switched on."""
    account = {"domain": access.domain, "ca_certificates": access.authority}
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


def _live(instance: Instance, tenant: Tenant) -> List[Job]:
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


def attack_steps(tenant: Tenant, found: List[Finding]) -> Table:
    """The truth beside the findings: which of them hold an event of each step of the attack."""
    table = Table("step of the intrusion", "seen by", box=None, header_style="bold", pad_edge=False)
    for step in sorted({str(entry["step"]) for entry in tenant.truth}):
        uuids = {entry["uuid"] for entry in tenant.truth if str(entry["step"]) == step}
        seen = sorted({finding["detection_id"] for finding in found if uuids & set(finding["evidence"])})
        table.add_row(step, ", ".join(seen) or "nothing yet")
    return table
