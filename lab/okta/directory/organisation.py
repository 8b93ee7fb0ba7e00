"""The tenant's own settings, its tokens, zones, log streams and behaviours (facts/okta-api 3)."""

from __future__ import annotations

from typing import List

from lab.okta.directory import pages, search
from lab.okta.directory.call import Call, Json

MOST_ZONES = 200  # the lab's figure: Okta does not say
MOST_STREAMS = 200
_ZONE_ATTRIBUTES = frozenset({"id", "usage"})


def well_known(call: Call) -> Json:
    """Public."""
    return {
        "id": call.directory.id,
        "pipeline": call.directory.kind,
        "_links": {"organization": {"href": "/"}},
        "settings": {"analyticsCollectionEnabled": False, "bugReportingEnabled": True, "omEnabled": False},
    }


def api_tokens(call: Call) -> List[Json]:
    return list(call.directory.api_tokens.values())


def zones(call: Call) -> List[Json]:
    zones = search.chosen(call.directory.zones.values(), call.query.get("filter"), _ZONE_ATTRIBUTES)
    return pages.linked(call, zones, MOST_ZONES, MOST_ZONES)


def log_streams(call: Call) -> List[Json]:
    return pages.linked(call, list(call.directory.log_streams.values()), 20, MOST_STREAMS)


def behaviors(call: Call) -> List[Json]:
    return list(call.directory.behaviors.values())


def admin_console(call: Call) -> Json:
    return call.directory.admin_console


def threats(call: Call) -> Json:
    return call.directory.threats


def support(call: Call) -> Json:
    return call.directory.support


def third_party_admin(call: Call) -> Json:
    return call.directory.third_party_admin
