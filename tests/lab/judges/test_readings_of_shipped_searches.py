"""Every shipped search gives the same under both readings of every open question (DESIGN section 4).

Where public text does not say what Splunk does, `lab.spl.readings` holds both answers. Here the packaged
app hunts, with its ledger already full, through a simulated day with an intrusion in it and through the attacks of
the detections' own cases, once under the lab's readings and once more for each question that was asked, with
the other answer to that question alone. Findings, ledgers and the rows of every saved search must agree:
all columns, whatever the order of rows and of the values of a multivalue.
"""

from __future__ import annotations

import hashlib
import json
from datetime import datetime, timezone
from itertools import chain, islice
from pathlib import Path
from types import MappingProxyType
from typing import Any, Dict, Iterable, Iterator, List, Mapping, Set, Tuple

import pytest

from lab.cli.installed import APP, FINDINGS, installed
from lab.exports import BadLine, read_exports
from lab.knowledge.knowledge import AppKnowledge
from lab.okta.directory import made
from lab.okta.tenant import Tenant
from lab.schedule.dispatch import dispatch
from lab.schedule.hunt import hunt, is_detection, is_generator
from lab.schedule.window import hunt_window
from lab.spl.readings import QUESTIONS
from lab.splunkd.indexes import Arrival
from lab.splunkd.instance import Instance

pytestmark = pytest.mark.judge  # sixteen detections under every reading take more minutes than the suite has

CASES = sorted((Path(__file__).parents[2] / "detections").glob("*/attack_*.jsonl"))
SOURCETYPE = "OktaIM2:log"
NOW = 1_800_000_000.0  # what the clock shows: no shipped search may care
TRUSTED = "okta_itdr_trusted_networks"
BASELINE = "okta_itdr_user_baseline"
TAUGHT = {"tenant": "earlier.example", "actor_user": "ann@earlier.example", "first_seen": 1.0, "last_seen": 1.0}
FOUND = {"tenant": "earlier.example", "severity": "high", "updated": NOW, "state": "written"}
TRUSTED_NETWORK = {"network": "AS16509", "owner": "IT", "reason": "the office's way out"}  # some lookups match

Outcome = Dict[str, List[str]]  # what it is → its rows, each as text, in order of that text


def arrivals() -> Iterator[Arrival]:
    """A day of a small company with the intrusion, what its input writes beside the log, and each detection case as a
    tenant of its own."""
    tenant = Tenant(seed="readings", people=16, attacks=["beyondtrust_2023"])
    raws = [logged.raw.decode() for logged in tenant.events()]
    for raw in raws:
        yield Arrival(raw, "main", SOURCETYPE, "day", tenant.domain)
    beside = chain(beside_the_log([json.loads(raw) for raw in raws], tenant.domain), inventory(tenant))
    for sourcetype, told in beside:
        scheme = "okta_inventory" if ":inventory:" in sourcetype else "okta_system_log"
        raw = json.dumps(told, separators=(",", ":"))
        yield Arrival(raw, "main", sourcetype, f"{scheme}://main", tenant.domain)
    for case in CASES:
        for exported in read_exports([str(case)]):
            assert not isinstance(exported, BadLine), exported
            host = f"{case.parent.name}-{case.stem}.example"
            yield Arrival(exported.raw, "main", SOURCETYPE, "case", host, exported.time)


def beside_the_log(events: List[dict], tenant: str) -> Iterator[Tuple[str, dict]]:
    """Audits of its hours, one verdict after the other, and the actors as Okta lists them."""
    hours: Dict[str, Set[str]] = {}
    for event in events:
        hours.setdefault(event["published"][:13], set()).add(event["uuid"])
    for number, (hour, uuids) in enumerate(sorted(hours.items())):
        digest = sum(int(hashlib.sha256(uuid.encode()).hexdigest()[:8], 16) for uuid in uuids)
        told = {"hour": f"{hour}:00:00.000Z", "audited": f"{hour}:59:59.999Z", "tenant": tenant}
        told |= {
            "account": "acme",
            "input": "main",
            "count": len(uuids) + number % 3 - 1,
            "digest": digest + number % 2,
        }
        yield "okta_itdr:audit", {**told, **({"filter": "x"}, {"error": "x"}, {}, {})[number % 4]}
    people = {event["actor"]["id"]: event for event in events if event["actor"]["type"] == "User"}
    for number, (identity, event) in enumerate(sorted(people.items())):
        actor, at = event["actor"], event["published"]
        told = {"collected": at, "tenant": tenant, "id": identity, "login": actor["alternateId"]}
        yield (
            "okta_itdr:inventory:account",
            {**told, "status": "ACTIVE", "type": ("oty", None)[number % 2], "changed": at},
        )


def inventory(tenant: Tenant) -> Iterator[Tuple[str, dict]]:
    """Who has power in it, in a snapshot that is whole and in half of another; and an input that is silent since."""
    there, at = made.of(tenant.organisation), iso(tenant.start + 8 * 3600)
    for snapshot in ("whole", "half"):
        told = {"collected": at, "snapshot_id": snapshot, "tenant": tenant.domain}
        for user in sorted(there.administrators()):
            yield "okta_itdr:inventory:administrator", {**told, "inventory_key": user, **there.users[user]}
            for role in there.roles_of_user(user):
                owned = {"inventory_key": f"{user}/{role['id']}", "user_id": user}
                yield "okta_itdr:inventory:role", {**told, **owned, **role}
            for factor in there.factors.get(user, []) if snapshot == "whole" else []:
                owned = {"inventory_key": f"{user}/{factor['id']}", "user_id": user}
                yield "okta_itdr:inventory:factor", {**told, **owned, **factor}
    yield "okta_itdr:inventory:snapshot", {"collected": at, "snapshot_id": "whole", "tenant": tenant.domain}
    for scheme in ("okta_inventory", "okta_system_log"):
        about = {"time": at, "tenant": tenant.domain, "account": "acme", "scheme": scheme, "input": scheme}
        yield "okta_itdr:health", {**about, "status": "ok", "snapshot": "complete", "lag_seconds": 0}


def iso(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, timezone.utc).isoformat(timespec="milliseconds")[:-6] + "Z"


class Lab:
    """The installed app over the events: `outcome` is what it makes of them, each time in an instance of its
    own; `asked` are the questions that came up."""

    def __init__(self, events: Iterable[Arrival], searches: Mapping[str, str] = MappingProxyType({})) -> None:
        """`searches` are saved beside the shipped ones: title → SPL."""
        self.arrivals = list(events)
        self.searches = searches
        self.asked: Set[str] = set()

    def outcome(self, chosen: Mapping[str, str]) -> Outcome:
        with installed(start=NOW) as instance:
            instance.knowledge.readings = chosen
            instance.reload()
            for title, spl in self.searches.items():
                instance.configure(APP, "savedsearches", title, {"search": spl})
            instance.index(self.arrivals)
            instance.kvstore.collection(APP, TRUSTED).insert(TRUSTED_NETWORK)
            instance.kvstore.collection(APP, BASELINE).insert({**TAUGHT, "session_key": "idxTaught"})
            instance.kvstore.collection(APP, FINDINGS).insert({**FOUND, "session_id": "idxTaught"})
            instance.start()
            return _outcome(instance)


def _outcome(instance: Instance) -> Outcome:
    last_event = instance.store.time(next(instance.store.scan()))
    window = hunt_window(last_event)
    searches = instance.saved_searches(APP)
    ledgers = [saved for saved in searches if is_generator(saved)]
    others = [saved for saved in searches if not is_generator(saved) and not is_detection(saved)]
    jobs = [dispatch(saved, window, instance.head, instance.act) for saved in ledgers]  # the hunt finds them full
    jobs += hunt(searches, instance.head, last_event, instance.act)
    jobs += [dispatch(saved, window, instance.head, instance.act) for saved in others]
    found: Outcome = {}
    for job in jobs:
        assert job.done, (job.error, job.failed_actions)
        found.setdefault(job.saved.title, []).extend(texts(job.rows))
    for name in instance.kvstore.names(APP):
        found[f"collection {name}"] = texts(instance.kvstore.collection(APP, name).documents())
    return found


def texts(rows: Iterable[Mapping[str, Any]]) -> List[str]:
    """Each row as text in which neither its columns nor the values of a multivalue have an order."""
    return sorted(json.dumps({name: _orderless(value) for name, value in row.items()}, sort_keys=True) for row in rows)


def _orderless(value: Any) -> Any:
    return sorted(map(str, value)) if isinstance(value, list) else str(value)


@pytest.fixture(scope="module")
def lab(tarball: Path) -> Lab:
    return Lab(arrivals())


@pytest.fixture(scope="module")
def expected(lab: Lab) -> Outcome:
    """The outcome under the lab's own readings; which questions are asked is written down on the way."""
    answer = AppKnowledge.reading

    def reading(knowledge: AppKnowledge, question: str) -> str:
        lab.asked.add(question)
        return answer(knowledge, question)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(AppKnowledge, "reading", reading)
        return lab.outcome({})


def test_a_search_that_depends_on_a_reading_is_seen(tarball: Path) -> None:
    planted = {"planted": '`okta_itdr_log` | where NOT missing="x" | stats count'}
    few = Lab(islice(arrivals(), 50), planted)
    one, other = few.outcome({}), few.outcome({"not of null": "true"})
    assert one["planted"] != other["planted"]


def test_there_is_something_to_compare(expected: Outcome) -> None:
    assert all(expected[title] for title in expected if title.endswith((" - Gen", " - Rule")))
    assert expected["collection okta_itdr_findings"]
    verdicts = {json.loads(row)["verdict"] for row in expected["Okta ITDR - Log Completeness - Report"]}
    assert verdicts == {"missing", "different", "more", "filtered", "not audited", "equal"}


@pytest.mark.parametrize("question", sorted(QUESTIONS))
def test_the_other_reading_changes_nothing(question: str, lab: Lab, expected: Outcome) -> None:
    if question not in lab.asked:
        return  # no shipped search came to the question: there is nothing another answer could change
    other = lab.outcome({question: QUESTIONS[question].readings[1]})
    differences = {
        what: {"gone": sorted(set(rows) - set(other[what]))[:3], "new": sorted(set(other[what]) - set(rows))[:3]}
        for what, rows in expected.items()
        if rows != other[what]
    }
    assert not differences, f"{QUESTIONS[question].asks}\n{json.dumps(differences, indent=1)}"
