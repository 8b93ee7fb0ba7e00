"""Policies, their rules, and the authenticators they name (facts/okta-api 3)."""

from __future__ import annotations

from typing import List

from lab.okta.directory import pages
from lab.okta.directory.call import Call, Json, invalid
from lab.okta.directory.pages import Key
from lab.okta.directory.state import POLICY_TYPES
from lab.okta.exchange import Refusal

MOST = 200
DEFAULT = 20  # the lab's figures: Okta does not say


def listed(call: Call) -> List[Json]:
    type = call.query.get("type")
    if type not in POLICY_TYPES[call.directory.kind]:
        raise invalid("type")
    status = call.query.get("status")
    found = [
        policy
        for policy in call.directory.policies.values()
        if policy["type"] == type and status in (None, policy["status"])
    ]
    return pages.linked(call, found, DEFAULT, MOST, _by_priority)


def one(call: Call) -> Json:
    return call.found(call.directory.policies, "Policy")


def rules(call: Call) -> List[Json]:
    call.found(call.directory.policies, "Policy")
    return pages.linked(call, call.directory.rules[call.ids[0]], DEFAULT, MOST, _by_priority)


def authenticators(call: Call) -> List[Json]:
    """Not paged; Identity Engine's alone."""
    if call.directory.kind != "idx":
        raise Refusal(403, "E0000015", "You do not have permission to access the feature you are requesting")
    return list(call.directory.authenticators.values())


def _by_priority(item: Json) -> Key:
    return (item["priority"], item["id"])
