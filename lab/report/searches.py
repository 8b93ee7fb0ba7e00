"""The searches behind the report, made of the macros that ship, so that the page tells what detections saw.

`Ask` runs one in the add-on's app over all events and gives its rows; the values that a search is narrowed by come from
the log, hence from whoever wrote to it: they go into a search with `*` for every letter that means something there, and
who asks compares the rows exactly.
"""

from __future__ import annotations

import re
from typing import Any, Callable, Dict, Iterable, List

Row = Dict[str, Any]
Ask = Callable[[str], List[Row]]  # the text of a search → its rows
_HARMLESS = re.compile(r"[^A-Za-z0-9_.:@-]")

EVENT_TYPES = """`okta_itdr_log`
| stats count min(_time) AS first_time max(_time) AS last_time BY tenant event_type
| lookup okta_itdr_event_types event_type OUTPUT event_type AS known
| table tenant event_type known count first_time last_time"""
INVENTORY = '`okta_itdr_index` sourcetype="okta_itdr:inventory:*" | stats count'
ADMINISTRATORS = "| inputlookup okta_itdr_administrators | stats count"
IP_DATA = """| makeresults
| eval address = "8.8.8.8"
| ipintel address output=all
| table ip_data_version ip_attribution"""
THRESHOLDS = """| makeresults
| eval baseline_age = `okta_itdr_baseline_age`, known_network_age = `okta_itdr_known_network_age`,
    report_habit = `okta_itdr_report_habit`, token_networks_days = `okta_itdr_token_networks_days`
| table baseline_age known_network_age report_habit token_networks_days"""


def session_events(sessions: Iterable[str], addresses: Iterable[str]) -> str:
    """What was done in these sessions, and at these addresses: an event of the same address may tell the AS that
    another lacks (macro okta_itdr_network)."""
    return f"""({one_of("session_key", sessions)} OR {one_of("src_ip", addresses)}) `okta_itdr_session_events`
| `okta_itdr_anchor`
| `okta_itdr_console_attempt`
| `okta_itdr_admin_action`
| eval deed = `okta_itdr_deed`
| table _time uuid tenant session_key context actor_user src_ip city country as_org network os_family browser_family
    event_type outcome outcome_reason anchor admin_weight console_opened target_user target_app deed"""


def addresses(addresses: Iterable[str]) -> str:
    """What these addresses are, by Okta and by the lists."""
    return f"""{one_of("src_ip", addresses)} `okta_itdr_log`
| stats max(asn) AS asn max(is_proxy) AS is_proxy values(tunnels) AS tunnels values(proxy_type) AS proxy_type BY src_ip
| `okta_itdr_ip_verdict`
| where isnotnull(ip_verdict)
| table src_ip ip_verdict_words"""


def events(uuids: Iterable[str]) -> str:
    """The events with these ids."""
    return f"""{one_of("uuid", uuids)} `okta_itdr_log`
| table _time tenant uuid event_type outcome outcome_reason actor_user target_user target_app src_ip city country
    as_org session_key _raw"""


def number_of(terms: str) -> str:
    """How many events have one of the event types of a macro such as okta_itdr_anchor_terms."""
    return f"`okta_itdr_log` `{terms}` | stats count"


def one_of(field: str, values: Iterable[str]) -> str:
    """A condition that every event with one of these values meets, and perhaps others."""
    told = sorted({_HARMLESS.sub("*", value) for value in values if value})
    listed = ", ".join(f'"{value}"' for value in told or [""])
    return f"{field} IN ({listed})"


# What is asked of events, with values to stand for those of the findings: a hunt that extracts each event once is told
# beforehand which fields will be wanted.
OF_EVENTS = (session_events(["x"], ["x"]), addresses(["x"]), events(["x"]), EVENT_TYPES)
