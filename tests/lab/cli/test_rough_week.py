"""A week with outages, reruns and retries registers each finding once, and wakes once for an incident.

The real alert action registers. Every third day Splunk is down for hours (events wait at Okta, nothing runs), one run
in ten is run a second time, and one registration in ten fails before or after it did its work, as a full disk, a
restart or a time-out would have it.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from random import Random

import pytest

from lab.cli.installed import APP, FINDINGS, installed, refusals
from lab.cli.simulated import Feed, hunted
from lab.okta.attacks.variants import make
from lab.okta.clients import DAY
from lab.okta.tenant import Tenant
from lab.schedule.dispatch import ActionError, Job, dispatch_scheduled
from lab.schedule.hunt import is_detection, is_generator
from lab.schedule.replay import replay
from lab.schedule.scheduler import Scheduler
from lab.schedule.throttle import Throttle
from lab.schedule.window import Window

pytestmark = [pytest.mark.usefixtures("tarball"), pytest.mark.judge]

HOST = "week.okta.example"
INCIDENTS = "Okta ITDR - Incidents - Alert"
NOISE = ("workday", "administrators", "moving")
REGISTER = "okta_itdr_register"
DOWN = ((0.4, 0.55), (3.2, 3.4), (5.05, 5.1))  # days after the begin
_SETTLED = 8 * 3600.0  # after the last event the slowest rule has judged it


def week():
    attacks = [
        make("help_desk_reset_then_idp", "as_reported", day=2),
        make("beyondtrust_2023", "two_victims", day=4),
        make("cookie_replay_by_script", "administrators_cookie", day=5),
    ]
    return Tenant("rough week", 16, "2025-09-08", 7, list(NOISE), attacks=attacks, domain=HOST)


class Outages(Feed):
    """Events wait while Splunk is down."""

    def __init__(self, instance, tenants, begin):
        super().__init__(instance, tenants)
        self._down = [(begin + first * DAY, begin + last * DAY) for first, last in DOWN]

    def down_until(self, moment):
        """The end of the outage at that moment, or None."""
        return next((last for first, last in self._down if first <= moment < last), None)

    def next_due(self):
        due = super().next_due()
        return due if due is None else self.down_until(due) or due

    def run_due(self, now):
        if self.down_until(now) is None:
            super().run_due(now)


class Rough:
    """The actions of an instance, one in ten of them failing."""

    def __init__(self, instance, rng):
        self._instance, self._rng = instance, rng
        self.failed = 0

    def __call__(self, action, alert):
        luck = self._rng.random()
        if luck < 0.05:
            self.failed += 1
            raise ActionError("the disk is full")
        self._instance.act(action, alert)
        if luck > 0.95:
            self.failed += 1
            raise ActionError("it took longer than maxtime")


def test_each_finding_is_registered_once_and_each_incident_wakes_once(capfd):
    tenant = week()
    rng = Random("rough week")
    alerted = Counter()
    ran = Counter()
    with installed(start=tenant.begin) as instance:
        feed = Outages(instance, {HOST: tenant}, tenant.begin)
        instance.start()
        searches = [
            replace(saved, disabled=False)
            for saved in instance.saved_searches(APP)
            if is_generator(saved) or is_detection(saved) or saved.title == INCIDENTS
        ]
        instance.knowledge.plan([saved.search for saved in searches], APP)
        throttle = Throttle()
        rough = Rough(instance, rng)

        def run(saved, moment):
            if feed.down_until(moment) is not None:
                return Job(saved, Window(moment), "down")
            for again in (False, True):
                job = dispatch_scheduled(saved, moment, instance.head, rough, throttle)
                assert job.error is None, job.error
                ran[again] += 1
                if saved.title == INCIDENTS:
                    alerted.update((row["incident_key"], row["severity"]) for row in job.alerted)
                if rng.random() > 0.1:
                    return job
            return job

        replay(Scheduler(searches, run, tenant.begin), instance.clock, feed.last + _SETTLED, inputs=feed)
        refusals(instance)
        documents = list(instance.kvstore.collection(APP, FINDINGS).documents())
        log = "\n".join(file.read_text() for file in (instance.home / "var/log/splunk").glob("*okta_itdr*.log"))
        copied = Counter(
            event.raw.split('"finding_id":"')[1][:64]
            for event in map(instance.store.event, range(len(instance.store)))
            if event.sourcetype == "okta_itdr:finding"
        )
    assert ran[True] > 100 and rough.failed > 5, "nothing went wrong"
    assert {document["state"] for document in documents} == {"written"}
    registered = sum(int(new) for new in re.findall(r"\bnew=(\d+)", log))
    assert registered == len(documents)
    assert set(copied) == {document["finding_id"] for document in documents}

    at_once = hunted({HOST: tenant})
    assert {document["finding_id"] for document in documents} == set(at_once.ids)

    critical = {document["incident_key"] for document in documents if document["severity"] == "critical"}
    assert len(critical) == 4  # two victims, the help desk's, the administrator's cookie
    assert {key for key, severity in alerted if severity == "critical"} == critical
    assert max(alerted.values()) == 1
