"""A Splunk with something to judge: the packaged add-on has collected a simulated tenant's days up to an hour and a
quarter after the last intruder came, its inventory and its own accounts of itself, and has searched them.
"""

from __future__ import annotations

import json
import ssl
from contextlib import contextmanager
from datetime import datetime, timezone
from typing import Any, Dict, Iterator, List

from lab.addon_judge.samples import Event
from lab.cli.demo import INPUT, LOG, Access, serving
from lab.cli.installed import APP, FINDINGS, installed
from lab.okta.attacks.beyondtrust_2023 import BeyondTrust2023
from lab.okta.attacks.variants import make
from lab.okta.tenant import Tenant
from lab.schedule.replay import replay
from lab.splunkd.indexes import Arrival
from lab.splunkd.instance import Instance

BASELINE = "okta_itdr_user_baseline"
INVENTORY = "okta_inventory://demo"
GONE = "okta_system_log://gone"  # an input that was deleted in the morning: an alert misses it for a day
REFUSED = "okta_inventory://refused"  # never finishes a snapshot: its API token is none
PROVOKED = ("Okta refused the key",)  # what the inputs say of it in their logs
AFTER = 75 * 60  # the rule about what did not follow within the hour has judged
_RARE = (
    "user.lifecycle.create",
    "user.lifecycle.delete.initiated",
    "user.lifecycle.delete.completed",
    "lab.not.known.yet",
)
_VPN = {"proxyType": "service", "tunnels": '[{"anonymous":true,"operator":"EXAMPLE_VPN","type":"VPN"}]'}
_ATTACKS = [  # between them they give each detection of the log something to find; the last is what is waited for
    make("help_desk_reset_then_idp", "as_reported"),
    make("api_token_from_vps", "scim_token"),
    BeyondTrust2023(day=1, victims=2),
]
_SETTINGS = {"seed": "judge", "people": 30, "start": "2024-03-05", "days": 2, "attacks": _ATTACKS}


@contextmanager
def judged_day(ssl_context: ssl.SSLContext) -> Iterator[Instance]:
    tenant = Tenant(**_SETTINGS)
    came = _came(tenant)
    owner = {"directory": "idx", "role": "SUPER_ADMIN"}
    with installed(start=tenant.begin) as instance, serving(_SETTINGS, instance, **owner) as access:
        _enable(instance, tenant.begin, access)
        instance.start(ssl_context)
        replay(instance.scheduler(), instance.clock, came, inputs=instance.inputs)
        instance.configure(APP, "inputs", GONE, {"disabled": "1"})
        for saved in instance.saved_searches(APP):
            instance.configure(APP, "savedsearches", saved.title, {"disabled": "0"})
        replay(instance.scheduler(), instance.clock, came + AFTER, inputs=instance.inputs)
        _bring_about(instance)
        yield instance


def events(instance: Instance) -> List[Event]:
    """What stands in its indexes of the add-on's sourcetypes, in the order of indexing."""
    found = map(instance.store.event, range(len(instance.store)))
    return [
        Event(event.raw, event.time, event.sourcetype, event.source, event.index)
        for event in found
        if event.sourcetype.startswith(("OktaIM2:", "okta_itdr:"))
    ]


def _came(tenant: Tenant) -> float:
    """When the intruder used the stolen session for the first time."""
    first = next(entry["uuid"] for entry in tenant.truth if entry["attack"] == BeyondTrust2023.name)
    return next(logged.published for logged in tenant.events() if logged.uuid == first)


def _enable(instance: Instance, start: float, access: Access) -> None:
    account = {"domain": access.domain, "ca_certificates": access.authority, "authentication": "api_token"}
    instance.configure(APP, "ta_okta_itdr_account", "demo", account, {"api_token": access.token})
    common = {"account": "demo", "index": "main", "checkpoint": "file", "disabled": "0"}
    since = datetime.fromtimestamp(start, timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    revoked = {"api_token": access.token[::-1]}
    instance.configure(APP, "ta_okta_itdr_account", "revoked", account, revoked)
    for name in (INPUT, GONE):
        instance.configure(APP, "inputs", name, {**common, "interval": "3600", "start": since, "audit": "1"})
    inventory = {"interval": "21600", "factors": "administrators", "accounts": "1"}
    instance.configure(APP, "inputs", INVENTORY, {**common, **inventory})
    instance.configure(APP, "inputs", REFUSED, {**common, **inventory, "account": "revoked"})


def _bring_about(instance: Instance) -> None:
    """What no ordinary day has: an hour that lacks events, as another input tells; an account made once more, made an
    administrator through a VPN and deleted; an administrator who sets up SMS; an event of a type that Okta brings out
    tomorrow; a finding on a session that taught the baseline."""
    log = [(event, json.loads(event.raw)) for event in events(instance) if event.sourcetype == LOG]
    audits = [(event, json.loads(event.raw)) for event in events(instance) if event.sourcetype == "okta_itdr:audit"]
    event, busiest = max(audits, key=lambda pair: pair[1]["count"])
    arrivals = [_retold(event, {**busiest, "input": "leaky", "count": busiest["count"] + 10})]
    event, made = next(pair for pair in reversed(log) if pair[1]["eventType"] == "user.lifecycle.create")
    for number, kind in enumerate(_RARE):
        arrivals.append(_retold(event, {**made, "eventType": kind, "uuid": f"{made['uuid'][:-4]}000{number}"}))
    granted = {
        "debugData": {**made["debugContext"]["debugData"], "privilegeGranted": "Help Desk administrator", **_VPN}
    }
    grant = {"eventType": "user.account.privilege.grant", "debugContext": granted, "uuid": f"{made['uuid'][:-4]}0009"}
    arrivals.append(_retold(event, {**made, **grant}))
    event, opened = [
        (event, told)
        for event, told in log
        if told["eventType"] == "user.session.access_admin_app" and event.time < instance.clock.now() - AFTER / 2
    ][-1]
    phone = {"eventType": "user.mfa.factor.activate", "target": [opened["actor"]]}
    reason = {"result": "SUCCESS", "reason": "User set up SMS_FACTOR factor"}
    arrivals.append(_retold(event, {**opened, **phone, "outcome": reason, "uuid": f"{opened['uuid'][:-4]}0010"}))
    instance.index(arrivals)
    collections = instance.kvstore
    taught = next(line for line in collections.collection(APP, BASELINE).documents() if line.get("session_key"))
    found = {"tenant": taught["tenant"], "session_id": taught["session_key"], "severity": "medium"}
    collections.collection(APP, FINDINGS).insert({**found, "updated": instance.clock.now()})


def _retold(event: Event, told: Dict[str, Any]) -> Arrival:
    raw = json.dumps(told, separators=(",", ":"), ensure_ascii=False)
    return Arrival(raw, event.index, event.sourcetype, event.source, "localhost")
