"""Simulated tenants in one emulated Splunk, each a host of its own: hunted at once, or replayed by the clock.

No process collects: what a tenant's log persists is indexed at the next full minute, as an input does that asks each
minute. In a replay `ipintel` is asked once for each address: its lists do not change in between, and its process would
take most of the time. Findings are registered here in memory, as `okta_itdr_register` does it; the searches, their
windows and what they read of findings and ledgers are the packaged ones.
"""

from __future__ import annotations

import json
import math
import os
import time
from dataclasses import dataclass, field, replace
from datetime import datetime, timezone
from typing import Callable, Dict, Iterator, List, Mapping, Sequence, Tuple

from lab.cases import SEVERITIES
from lab.cli.findings import COLUMNS, Finding, findings
from lab.cli.hunt import SOURCETYPE, newest, report_jobs
from lab.cli.installed import APP, FINDINGS, installed, refusals
from lab.mutation.remembering import remembering
from lab.okta.directory import made
from lab.okta.event import published
from lab.okta.tenant import Tenant
from lab.schedule.dispatch import Alert, Job, dispatch_scheduled
from lab.schedule.hunt import hunt, is_detection, is_generator
from lab.schedule.replay import replay
from lab.schedule.saved_search import SavedSearch
from lab.schedule.scheduler import Scheduler
from lab.schedule.search_head import SearchHead
from lab.spl.context import Context
from lab.spl.search import Search
from lab.splunkd.indexes import Arrival
from lab.splunkd.instance import Instance

Tenants = Mapping[str, Tenant]  # by host
ACCOUNTS = "okta_itdr:inventory:account"
ADMINISTRATORS = "okta_itdr:inventory:administrator"
ROLES = "okta_itdr:inventory:role"
_BATCH = 5000
_MINUTE = 60.0
_SLOWEST = 3 * 3600.0  # after the last event every rule has judged it
_LONG_AGO = 400 * 86400.0  # when the accounts were created


@dataclass
class Found:
    """`registered`: of each finding, when each of its events first stood in it (a replay alone says)."""

    findings: List[Finding]
    events: int
    seconds: Dict[str, float] = field(default_factory=dict)  # of processor, by saved search
    registered: Dict[str, Dict[str, float]] = field(default_factory=dict)
    indexed: Dict[str, float] = field(default_factory=dict)  # by the event's uuid (a replay alone says)

    @property
    def ids(self) -> Dict[str, Finding]:
        return {finding["finding_id"]: finding for finding in self.findings}

    def of(self, host: str) -> List[Finding]:
        return [finding for finding in self.findings if finding["tenant"] == host]


def hunted(tenants: Tenants, said: Callable[[str], None] = lambda text: None) -> Found:
    """Every detection over all of them, as `./build.sh hunt` does it."""
    seconds: Dict[str, float] = {}
    with installed(start=time.time()) as instance:
        for host, tenant in tenants.items():
            _take_inventory(instance, host, tenant)
            said(f"reading {host}")
            _index(instance, ((host, event.raw) for event in tenant.events()))
        instance.start()
        last = [_processor()]

        def each(job: Job) -> None:
            now = _processor()
            seconds[job.saved.title] = now - last[0]
            last[0] = now
            said(job.saved.title)

        jobs = hunt(instance.saved_searches(APP), instance.head, newest(instance), Register(instance), each)
        report_jobs(jobs)
        refusals(instance)
        events = sum(1 for number in range(len(instance.store)) if instance.store.origin(number)[1] == SOURCETYPE)
        return Found(_findings(instance), events, seconds)


def replayed(tenants: Tenants, said: Callable[[str], None] = lambda text: None) -> Found:
    """The clock stepped through their days; all Gen searches and detections run at their own times."""
    jobs: List[Job] = []
    begin = min(tenant.begin for tenant in tenants.values())
    with installed(start=begin) as instance:
        for host, tenant in tenants.items():
            _take_inventory(instance, host, tenant)
        feed = Feed(instance, tenants)
        instance.start()
        searches = [
            replace(saved, disabled=False)
            for saved in instance.saved_searches(APP)
            if is_generator(saved) or is_detection(saved)
        ]
        instance.knowledge.plan([saved.search for saved in searches], APP)
        head = _Head(**vars(instance.head))
        register = Register(instance)

        def run(saved: SavedSearch, moment: float) -> Job:
            return dispatch_scheduled(saved, moment, head, register)

        def each(moment: float, ran: List[Job]) -> None:
            jobs.extend(ran)
            said(datetime.fromtimestamp(moment, timezone.utc).strftime("%a %H:%M"))

        replay(Scheduler(searches, run, begin), instance.clock, feed.last + _SLOWEST, each, feed)
        report_jobs(jobs)
        refusals(instance)
        return Found(_findings(instance), feed.given, {}, register.told, feed.indexed)


class _Head(SearchHead):
    """Parses a search once, `ipintel` remembering what it said."""

    def parsed(self, text: str, context: Context, app: str, owner: str = "admin") -> Search:
        known = self.__dict__.setdefault("known", {})
        if text not in known:
            search = super().parsed(text, context, app, owner)
            known[text] = Search(search.base, remembering(search.pipeline, ("ipintel",)), search.inner)
        return known[text]


class Feed:
    """What the tenants' logs persist, indexed at the next full minute (`lab.schedule.replay.Inputs`)."""

    def __init__(self, instance: Instance, tenants: Tenants) -> None:
        self._instance = instance
        waiting: List[Tuple[float, str, str, bytes]] = sorted(
            (event.persisted, host, event.uuid, event.raw)
            for host, tenant in tenants.items()
            for event in tenant.events()
        )
        self.last = waiting[-1][0]
        self.given = len(waiting)
        self.indexed: Dict[str, float] = {}
        self._waiting = waiting[::-1]  # the next one last

    def next_due(self) -> float | None:
        return math.ceil(self._waiting[-1][0] / _MINUTE) * _MINUTE if self._waiting else None

    def run_due(self, now: float) -> None:
        due = []
        while self._waiting and self._waiting[-1][0] <= now:
            _, host, uuid, raw = self._waiting.pop()
            self.indexed.setdefault(uuid, now)
            due.append((host, raw))
        _index(self._instance, due)


class Register:
    """The alert action's part, in memory: one document for a finding_id, evidence and severity grow."""

    def __init__(self, instance: Instance) -> None:
        self._collection = instance.kvstore.collection(APP, FINDINGS)
        self._now = instance.clock.now
        self._known: Dict[str, dict] = {}
        self.told: Dict[str, Dict[str, float]] = {}

    def __call__(self, action: str, alert: Alert) -> None:
        now = alert.window.now
        for row in alert.rows:
            found = {column: row[column] for column in COLUMNS if row.get(column) is not None}
            found["evidence"] = _listed(found.get("evidence"))
            known = self._known.get(found["finding_id"])
            grown = self._merged(known, found)
            if grown == known:
                continue
            self._known[grown["finding_id"]] = grown
            told = self.told.setdefault(grown["finding_id"], {})
            for uuid in grown["evidence"]:
                told.setdefault(uuid, now)
            registered = min(told.values())
            self._collection.upsert(
                {**grown, "_key": grown["finding_id"], "state": "written", "registered": registered, "updated": now}
            )

    @staticmethod
    def _merged(known: dict | None, new: dict) -> dict:
        if known is None:
            return new
        worse = max(known, new, key=lambda one: (-SEVERITIES.index(one["severity"]), len(one["evidence"])))
        return {
            **worse,
            "evidence": list(dict.fromkeys([*known["evidence"], *new["evidence"]])),
            "first_time": min(known["first_time"], new["first_time"], key=float),
            "last_time": max(known["last_time"], new["last_time"], key=float),
        }


def _index(instance: Instance, events: Iterator[Tuple[str, bytes]] | Sequence[Tuple[str, bytes]]) -> None:
    batch: List[Arrival] = []
    for host, raw in events:
        batch.append(Arrival(raw.decode(), "main", SOURCETYPE, "okta_system_log://main", host))
        if len(batch) == _BATCH:
            instance.index(batch)
            batch.clear()
    instance.index(batch)


def _take_inventory(instance: Instance, host: str, tenant: Tenant) -> None:
    """What the inventory lists before the first day: all accounts, and the administrators with their roles."""
    organisation = tenant.organisation
    told = {"collected": published(tenant.begin), "tenant": host}
    since = {"created": published(tenant.begin - _LONG_AGO), "changed": published(tenant.begin - _LONG_AGO)}
    account = {**told, **since, "status": "ACTIVE", "type": "otyDefault"}
    there = made.of(organisation, now=tenant.begin)
    administrators = sorted(there.administrators())
    listed: List[Tuple[str, dict]] = [
        (ACCOUNTS, {**account, "id": actor.id, "login": actor.alternate_id, "name": actor.display_name})
        for actor in [person.actor for person in organisation.people] + organisation.service_accounts
    ]
    listed += [(ADMINISTRATORS, {**told, "inventory_key": user, **there.users[user]}) for user in administrators]
    listed += [
        (ROLES, {**told, "inventory_key": f"{user}/{role['id']}", "user_id": user, **role})
        for user in administrators
        for role in there.roles_of_user(user)
    ]
    instance.index(
        Arrival(json.dumps(body, separators=(",", ":")), "main", sourcetype, "okta_inventory://main", host)
        for sourcetype, body in listed
    )


def _findings(instance: Instance) -> List[Finding]:
    return findings(instance.kvstore.collection(APP, FINDINGS).documents())


def _listed(value: object) -> List[str]:
    return value if isinstance(value, list) else [] if value is None else [str(value)]


def _processor() -> float:
    """Seconds of processor time, with those of the processes that have ended."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system
