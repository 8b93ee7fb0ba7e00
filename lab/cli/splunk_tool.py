"""`judge addon`: the packaged add-on before pytest-splunk-addon, unmodified, on the emulated splunkd.

In the same run an app of which half is wrong on purpose goes before it, so that it is known that the judge can fail.
"""

from __future__ import annotations

import json
import secrets
import shutil
import ssl
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import List, Sequence
from urllib.parse import urlsplit

import trustme
from rich.console import Console
from rich.table import Table

from lab.addon_judge import samples, tool
from lab.addon_judge.handed import hand
from lab.addon_judge.verdict import FAILED, PASSED, SKIPPED, Excepted, Outcome, Verdict, read_exceptions, read_report
from lab.cli.installed import APP, LabError, refusals
from lab.cli.judged_day import PROVOKED, events, judged_day
from lab.cli.progress import progress, stderr
from lab.clock import Clock
from lab.splunkd.indexes import Arrival
from lab.splunkd.instance import Instance
from tools.environment import SetUpError, python_of

PART = "addon"
_TESTS = Path(__file__).resolve().parents[2] / "tests" / "judges" / "addon"
_CONTROL = "judge_control"
_NOON = 1709640000.0  # 2024-03-05 12:00 UTC, four hours after the control's first event
_USER = "judge"
_PROBE = "hec_token_test"  # the sourcetype of what the tool sends to try the token


@dataclass
class Judgement:
    """What was said of the add-on and of the control, and how long it took."""

    addon: Verdict
    control: Verdict
    seconds: float

    @property
    def met(self) -> bool:
        return self.addon.met and self.control.met


def judge() -> Judgement:
    """Both at once: most of the time the tool waits for events to be searchable."""
    begun = time.monotonic()
    folder = Path(tempfile.mkdtemp(prefix="okta-itdr-addon-"))
    judgement = None
    try:
        python = python_of("addon_judge")
        with progress() as bars, ThreadPoolExecutor(1) as beside:
            bars.add_task("pytest-splunk-addon", total=None, note="the add-on, and an app that is half wrong")
            control = beside.submit(_judge_control, python, folder / "control")
            addon = _judge_addon(python, folder / "addon")
            judgement = Judgement(addon, control.result(), time.monotonic() - begun)
    except (SetUpError, tool.ToolError, ValueError) as error:
        raise LabError(str(error)) from error
    finally:
        if judgement is not None and judgement.met:
            shutil.rmtree(folder)
        else:
            stderr.print(f"What pytest-splunk-addon wrote is in {folder}", soft_wrap=True)
    return judgement


def _judge_addon(python: Path, folder: Path) -> Verdict:
    with judged_day(_certified()) as instance:
        verdict = _judged(python, instance, APP, events(instance), folder, _TESTS / "exceptions.json", PROVOKED)
        refusals(instance)
        problems = [said for said in instance.inputs.problems if not any(words in said for words in PROVOKED)]
        if problems:
            raise LabError("an input failed: " + "; ".join(problems))
    return verdict


def _judge_control(python: Path, folder: Path) -> Verdict:
    """Its exceptions are the faults that must be found."""
    control = _TESTS / "control"
    folder.mkdir(parents=True)
    instance = Instance(folder / "splunk", Clock(folder / "clock", _NOON))
    try:
        shutil.copytree(control, instance.apps.folder / _CONTROL)
        instance.start(_certified())
        told = []
        for line in (control / "events.jsonl").read_text(encoding="utf-8").splitlines():
            event = samples.Event(**json.loads(line), source="control", index="main")
            instance.index([Arrival(event.raw, event.index, event.sourcetype, event.source, "control.example")])
            told.append(event)
        verdict = _judged(python, instance, _CONTROL, told, folder, control / "expected.json", ())
        refusals(instance)
        return verdict
    finally:
        instance.stop()


def _certified() -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    trustme.CA().issue_cert("127.0.0.1").configure_cert(context)
    return context


def _judged(
    python: Path,
    instance: Instance,
    app: str,
    told: Sequence[samples.Event],
    folder: Path,
    exceptions: Path,
    provoked: Sequence[str],
) -> Verdict:
    """The app installed in the instance judged by the tool, which works in `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    password, token = secrets.token_urlsafe(20), secrets.token_hex(16)
    instance.add_user(_USER, password, "admin")
    instance.configure("system", "props", _PROBE, {"SHOULD_LINEMERGE": "false", "DATETIME_CONFIG": "CURRENT"})
    instance.configure("splunk_httpinput", "inputs", "http", {"disabled": "0", "enableSSL": "0"})
    instance.configure("splunk_httpinput", "inputs", f"http://{_USER}", {"token": token, "sourcetype": _PROBE})
    _index_logs(instance)
    seen = samples.write(folder / "data", told, instance.clock.now(), time.time())
    address = urlsplit(instance.uri)
    there = tool.Splunk(address.hostname or "", address.port or 0, _USER, password, instance.hec_port, token)
    report = tool.run(python, hand(instance.apps.folder / app, folder), folder / "data", there, folder, provoked)
    outcomes = read_report(report)
    for stanza in instance.apps.own_conf("props", app):
        if "::" not in stanza and stanza != "default" and stanza not in seen:
            outcomes.append(Outcome(f"sourcetype[{stanza}]", FAILED, "no event of it is there to judge it by"))
    return Verdict(outcomes, read_exceptions(exceptions))


def _index_logs(instance: Instance) -> None:
    """What the shipped processes and splunkd have written below var/log/splunk, which every Splunk watches."""
    for file in sorted((instance.home / "var" / "log" / "splunk").glob("*.log")):
        lines = file.read_text(encoding="utf-8").splitlines()
        common = {"index": "_internal", "sourcetype": file.stem, "source": str(file), "host": instance.server_name}
        now = instance.clock.now()
        instance.index(Arrival(line, **common, time=now, whole=True) for line in lines if line)


# ---- telling


def as_json(judgement: Judgement) -> str:
    addon, control = judgement.addon, judgement.control
    told = {
        "part": PART,
        **{result: addon.count(result) for result in (PASSED, FAILED, SKIPPED)},
        "misses": [outcome._asdict() for outcome in addon.misses],
        "excepted": _reasons(addon),
        "stale_exceptions": [one._asdict() for one in addon.stale],
        "control": {
            **{result: control.count(result) for result in (PASSED, FAILED, SKIPPED)},
            "wrongly_failed": [outcome._asdict() for outcome in control.misses],
            "not_found": [one._asdict() for one in control.stale],
        },
        "met": judgement.met,
        "seconds": round(judgement.seconds, 1),
    }
    return json.dumps(told, ensure_ascii=False)


def _reasons(verdict: Verdict) -> List[dict]:
    used = [one for one in verdict.exceptions if one not in verdict.stale]
    return [{**one._asdict(), "tests": sum(map(one.covers, verdict.outcomes))} for one in used]


def print_judgement(judgement: Judgement, console: Console) -> None:
    addon = judgement.addon
    table = Table(PART, box=None, header_style="bold", padding=(0, 1))
    for column in (PASSED, FAILED, SKIPPED):
        table.add_column(column, justify="right")
    table.add_column()
    for kind in addon.kinds:
        counts = [addon.count(result, kind) for result in (PASSED, FAILED, SKIPPED)]
        missed = any(outcome.kind == kind for outcome in addon.misses)
        said = "missed" if missed else "excepted" if any(counts[1:]) else "met"
        shown = [str(count) if count else "" for count in counts]
        table.add_row(kind, *shown, said)
    console.print(table)
    for one in _reasons(addon):
        said = f"{one['result']}: {one['test']} ({one['reason']})"
        console.print(said, soft_wrap=True, markup=False, highlight=False)
    console.print(_sentence(judgement), soft_wrap=True, highlight=False)


def complaints(judgement: Judgement) -> List[str]:
    """A line for each thing that keeps the judgement from being met."""
    said = [f"{outcome.test} {outcome.result}: {_short(outcome.words)}" for outcome in judgement.addon.misses]
    said += [f"no test needs this exception any more: {_named(one)}" for one in judgement.addon.stale]
    said += [f"the control's {o.test} {o.result}: {_short(o.words)}" for o in judgement.control.misses]
    said += [f"the control's fault was not found: {_named(one)}" for one in judgement.control.stale]
    return said


def _sentence(judgement: Judgement) -> str:
    addon, control = judgement.addon, judgement.control
    counts = ", ".join(f"{addon.count(result)} {result}" for result in (PASSED, FAILED, SKIPPED))
    faults = [one for one in control.exceptions if one.result == FAILED]
    found = sum(one not in control.stale for one in faults)
    return f"{counts}; {found} of the control's {len(faults)} faults found; {judgement.seconds:.0f} s"


def _named(one: Excepted) -> str:
    return f"{one.test} {one.result} ({one.reason})"


def _short(words: str) -> str:
    return " ".join(words.split())[:500]
