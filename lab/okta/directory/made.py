"""Two ways to make a directory: of a simulated organisation, and of many users for scale.

Both are a hardened tenant's (hardened.py), the same for the same seed and time.
"""

from __future__ import annotations

from random import Random
from typing import Any, Dict, List, Tuple

from lab.okta.directory import hardened, shapes
from lab.okta.directory.state import Directory
from lab.okta.event import published
from lab.okta.people import Actor, Organisation

NOW = 1709596800.0  # 2024-03-05, the first day of a Tenant
DAY = 86400.0
HELP_DESK = "Help Desk Administrators"  # the group through which an administrator is one
MONITOR = "Security Monitoring"  # the service app with a role

_ROLES = {
    "super": "SUPER_ADMIN",
    "organisation": "ORG_ADMIN",
    "help_desk": "HELP_DESK_ADMIN",
    "report": "REPORT_ADMIN",
}
_FACTORS = {
    "OKTA_VERIFY_PUSH": "push",
    "SIGNED_NONCE": "signed_nonce",
    "FIDO_WEBAUTHN": "webauthn",
    "OKTA_SOFT_TOKEN": "token:software:totp",
}
_PROVISIONING = ("okta.users.create", "okta.users.manage", "okta.groups.members.manage")
_TOKEN_ROLES = {"hr": "CUSTOM", "scim": "CUSTOM", "terraform": "ORG_ADMIN", "workflows": "WORKFLOWS_ADMIN"}
_TOKEN_NAMES = {"hr": "HR system", "scim": "SCIM", "terraform": "Terraform", "workflows": "Workflows"}


def of(organisation: Organisation, kind: str = "idx", now: float = NOW, **options: Any) -> Directory:
    """Its people, service accounts, groups, apps and tokens, by the ids that its events carry.

    The first help desk administrator is one only through the group HELP_DESK; the first super administrator has
    sms beside FIDO2. The tokens' owners have roles too. `options`: those of Directory.
    """
    directory = Directory(kind, seed=organisation.seed, **options)
    made = now - 400 * DAY
    everyone = directory.add_group("Everyone", made, type="BUILT_IN")["id"]
    for group in organisation.groups:
        directory.add_group(group.name, made, id=group.id)
    for number, person in enumerate(organisation.people):
        id = _add(directory, person.actor, now - number * 3600 - 1)
        group = organisation.groups[number % 6].id  # the departments
        directory.members[group][id] = None
        directory.add_factor(id, _FACTORS[person.factor], made)
    for number, account in enumerate(organisation.service_accounts):
        _add(directory, account, now - 200 * DAY + number)
    _appoint(directory, organisation, made)
    _surroundings(directory, organisation.domain, made)
    _tokens(directory, organisation, now)
    console, apps = organisation.console_policy, organisation.policy
    hardened.furnish(directory, console, apps, made)
    _first_party(directory, organisation.admin_console.id, organisation.dashboard.id, console[0], apps[0], made)
    for app in organisation.apps:
        if app.mode == "OPENID_CONNECT":
            entry = shapes.oidc_app(app.id, app.label, "web", made)
        else:
            entry = shapes.app(app.id, app.instance, app.label, app.mode, made)
        _add_app(directory, entry, apps[0])
        directory.app_groups[app.id] = [everyone]
    return directory


def many(
    users: int, administrators: int, kind: str = "idx", seed: str = "", now: float = NOW, **options: Any
) -> Directory:
    """`users` in all, of every status, changed within the last year; each twentieth in the same millisecond as
    another. A fifth of the `administrators`, who have the only factors, are so only through one of four groups.
    """
    directory = Directory(kind, seed=f"many {seed}", **options)
    rng = Random(f"{seed}/many")
    made = now - 400 * DAY
    directory.add_group("Everyone", made, type="BUILT_IN")
    departments = [directory.add_group(f"Department {number}", made)["id"] for number in range(20)]
    changed = now
    for number in range(users):
        if number % 20 != 19:
            changed = now - 1 - rng.random() * 365 * DAY
        status = "ACTIVE" if number < administrators else rng.choices(*_STATUSES)[0]
        user = directory.add_user(
            f"user{number:06d}@many.example", changed, name=f"User {number:06d}", status=status,
            groups=[departments[number % 20]],
        )  # fmt: skip
        user["created"] = published(made)
    _appoint_many(directory, list(directory.users)[:administrators], made)
    _surroundings(directory, "many.okta.example", made)
    console = (directory.new_id("rst"), "Okta Admin Console")
    apps = (directory.new_id("rst"), "Any two factors")
    hardened.furnish(directory, console, apps, made)
    _first_party(directory, directory.new_id("0oa"), directory.new_id("0oa"), console[0], apps[0], made)
    return directory


_STATUSES = (
    ("ACTIVE", "DEPROVISIONED", "STAGED", "PROVISIONED", "PASSWORD_EXPIRED", "SUSPENDED", "LOCKED_OUT", "RECOVERY"),
    (90, 4, 1, 1, 1, 1, 1, 1),
)
_GROUP_ROLES = ("HELP_DESK_ADMIN", "USER_ADMIN", "APP_ADMIN", "SUPER_ADMIN")
_OWN_ROLES = ("SUPER_ADMIN", "ORG_ADMIN", "APP_ADMIN", "HELP_DESK_ADMIN", "HELP_DESK_ADMIN", "READ_ONLY_ADMIN")


def _add(directory: Directory, actor: Actor, changed: float) -> str:
    user = directory.add_user(actor.alternate_id, changed, name=actor.display_name, id=actor.id)
    user["created"] = user["activated"] = user["statusChanged"] = published(changed - 200 * DAY)
    return actor.id


def _appoint(directory: Directory, organisation: Organisation, now: float) -> None:
    group = directory.add_group(HELP_DESK, now)["id"]
    directory.assign_role(group, "HELP_DESK_ADMIN", now)
    for person in organisation.administrators:
        if person.role == "help_desk" and not directory.members[group]:
            directory.join(group, [person.actor.id], now)
        else:
            directory.assign_role(person.actor.id, _ROLES[str(person.role)], now)
    directory.add_factor(organisation.with_role("super")[0].actor.id, "sms", now)


def _appoint_many(directory: Directory, administrators: List[str], now: float) -> None:
    groups = []
    for type in _GROUP_ROLES:
        groups.append(directory.add_group(f"Administrators by {type}", now)["id"])
        directory.assign_role(groups[-1], type, now)
    for number, id in enumerate(administrators):
        if number % 5 == 4:
            directory.join(groups[number // 5 % len(groups)], [id], now)
        else:
            directory.assign_role(id, _OWN_ROLES[number // 5 % len(_OWN_ROLES)], now)
        directory.add_factor(id, "webauthn", now)
        if number % 20 == 0:
            directory.add_factor(id, "sms", now)


def _surroundings(directory: Directory, domain: str, now: float) -> None:
    """Zones, a service app, a custom role; and no log stream but one."""
    directory.add_custom_role("User provisioning", _PROVISIONING, now)
    directory.add_service_app(directory.new_id("0oa"), MONITOR, now, role="READ_ONLY_ADMIN")
    offices = [{"type": "CIDR", "value": "198.51.100.0/24"}]
    for zone in (
        shapes.zone(directory.new_id("nzo"), "Offices", "IP", "POLICY", now, gateways=offices, proxies=None),
        shapes.zone(directory.new_id("nzo"), "BlockedIpZone", "IP", "BLOCKLIST", now, gateways=None, proxies=None),
        shapes.zone(
            directory.new_id("nzo"), "Anonymising services", "DYNAMIC", "BLOCKLIST", now,
            proxyType="Any", locations=None, asns=None,
        ),
    ):  # fmt: skip
        directory.zones[zone["id"]] = zone
    stream = shapes.log_stream(
        directory.new_id("0oa"), "Splunk Cloud", "splunk_cloud_logstreaming", now,
        host=f"{domain.split('.')[0]}.splunkcloud.com", edition="aws",
    )  # fmt: skip
    directory.log_streams[stream["id"]] = stream


def _tokens(directory: Directory, organisation: Organisation, now: float) -> None:
    """Their owners are those that the events name: lab.okta.life.automation."""
    custom = next(iter(directory.custom_roles))
    owners = dict(zip(sorted(organisation.tokens), organisation.service_accounts))
    for name, id in organisation.tokens.items():
        owner = owners[name].id
        token = shapes.api_token(id, _TOKEN_NAMES[name], owner, now, 30 * DAY, addresses=True)
        token["created"] = published(now - 100 * DAY)
        offices = [zone for zone in directory.zones.values() if zone["usage"] == "POLICY"]
        token["network"]["include"] = [zone["id"] for zone in offices]
        directory.api_tokens[id] = token
        type = _TOKEN_ROLES[name]
        directory.assign_role(owner, type, now - 100 * DAY, custom_role=custom if type == "CUSTOM" else "")


def _first_party(directory: Directory, console: str, dashboard: str, policy: str, others: str, now: float) -> None:
    entries: Tuple[Tuple[Dict[str, Any], str], ...] = (
        (shapes.app(console, "saasure", "Okta Admin Console", "OPENID_CONNECT", now), policy),
        (shapes.app(dashboard, "okta_enduser", "Okta Dashboard", "OPENID_CONNECT", now), others),
    )
    for app, guarded_by in entries:
        _add_app(directory, app, guarded_by)


def _add_app(directory: Directory, app: Dict[str, Any], policy: str) -> None:
    if directory.kind == "idx":  # Classic has no policies of apps
        app["_links"]["accessPolicy"] = {"href": f"/api/v1/policies/{policy}"}
    directory.apps[app["id"]] = app
