"""Ordinary life, one small module a kind or a few that belong together.

`KINDS` is every kind by name: those with a function make events of their own; those without one only
change how others happen (asked for by `Day.wants`).
"""

from __future__ import annotations

from typing import Callable, Dict, Iterator, Optional

from lab.okta.day import Day
from lab.okta.event import Happening
from lab.okta.life import (
    access_requests,
    administrators,
    api_tokens,
    auditors,
    automation,
    configuration_changes,
    console_refused,
    federation,
    guests,
    incidents,
    jobs,
    kiosk,
    leavers,
    machines,
    new_administrators,
    new_phones,
    other_sign_ins,
    phones,
    roaming,
    self_service,
    service_accounts,
    service_apps,
    sms,
    spray,
    travel,
    vdi,
    vpn_gateway,
    workday,
)

Life = Callable[[Day], Iterator[Happening]]

KINDS: Dict[str, Optional[Life]] = {
    "workday": workday.events,
    "phones": phones.events,
    "administrators": administrators.events,
    "hr_system": automation.hr_system,
    "terraform": automation.terraform,
    "scim": automation.scim,
    "workflows": automation.workflows,
    "access_requests": access_requests.events,
    "service_apps": service_apps.events,
    "service_accounts": service_accounts.daily,
    "new_service_accounts": service_accounts.made,
    "guests": guests.events,
    "leavers": leavers.events,
    "new_administrators": new_administrators.events,
    "configuration": configuration_changes.events,
    "federation": federation.events,
    "auditors": auditors.events,
    "api_tokens": api_tokens.events,
    "new_phones": new_phones.events,
    "sms_enrolments": sms.enrolments,
    "sms_codes": sms.codes,
    "self_service": self_service.events,
    "vpn_gateway": vpn_gateway.events,
    "vdi": vdi.events,
    "roaming": roaming.events,
    "console_refused": console_refused.events,
    "spray": spray.events,
    "travel": travel.events,
    "kiosk": kiosk.events,
    "two_browsers": machines.two_browsers,
    "web_views": machines.web_views,
    "restored_laptop": machines.restored_laptop,
    "other_sign_ins": other_sign_ins.events,
    "support": incidents.support,
    "pen_test": incidents.pen_test,
    "break_glass": incidents.break_glass,
    "clean_up": incidents.clean_up,
    "system_jobs": jobs.events,
    "large_events": jobs.large_events,
    # how the kinds above happen
    "push_on_phone": None,
    "oauth_exchange": None,
    "okta_backend": None,
    "moving": None,
    "dual_stack": None,
    "privacy_relay": None,
    "corporate_egress": None,
    "consumer_vpn": None,
    "commute": None,
    "token_moves": None,
    "border": None,
    "browser_update": None,
    "old_sessions": None,
    # how the log behaves (lab.okta.delivery)
    "unenriched": None,
    "late": None,
    "twice": None,
}
