"""Apps: the Admin Console is named `saasure`; OIDC and service apps `oidc_client` (facts/okta-api 3)."""

from __future__ import annotations

from typing import List

from lab.okta.directory import pages, search
from lab.okta.directory.call import Call, Json

MOST = 200
DEFAULT = 20
_ATTRIBUTES = frozenset({"name", "status"})  # Okta has user.id, group.id and credentials.signing.kid too


def listed(call: Call) -> List[Json]:
    apps = search.chosen(call.directory.apps.values(), call.query.get("filter"), _ATTRIBUTES)
    return pages.linked(call, apps, DEFAULT, MOST)


def one(call: Call) -> Json:
    return call.found(call.directory.apps, "AppInstance")
