"""Findings as people name them in a command: by finding_id, or all of an incident_key."""

from __future__ import annotations

import re
from typing import List, Mapping

from okta_itdr.findings.register import COLLECTION
from okta_itdr.splunk.collection import LARGEST_BATCH
from okta_itdr.splunk.rest import Splunk
from okta_itdr.trouble import Trouble

_NAME = re.compile(r"[\w.:@-]{1,200}")


def known_findings(options: Mapping[str, str], splunk: Splunk, command: str) -> List[dict]:
    """The findings that `finding_id` or `incident_key` of the options names, one at least, in the order of their ids.

    Raises Trouble where neither or both are given, where there is no such finding, or no KV store.
    """
    given = [name for name in ("finding_id", "incident_key") if options.get(name)]
    if len(given) != 1:
        raise Trouble(
            f"{command} needs one of finding_id=<id> and incident_key=<key>: copy it from the finding's columns."
        )
    (name,) = given
    wanted = options[name]
    if _NAME.fullmatch(wanted):
        found = [*splunk.collection(COLLECTION).documents({name: wanted})]
        if len(found) > LARGEST_BATCH:
            raise Trouble(
                f"{name}={wanted} has {len(found)} findings, and {LARGEST_BATCH} are the most for one call: name one "
                "finding by finding_id=<id>."
            )
        if found:
            return sorted(found, key=lambda finding: finding["finding_id"])
    raise Trouble(f"There is no finding with {name}={wanted}: copy it from the finding's columns.")
