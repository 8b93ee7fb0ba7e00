"""Rows for event types that package/lookups/okta_itdr_event_types_builtin.csv does not have yet, as a proposal.

`python tools/run.py tools.event_types CATALOGUE.json` prints them as CSV; the catalogue is Okta's, a JSON object by
type. What a type changes is read from its name (`<object>.<verb>`): a verb that is not known here gives the model
`none`. Whether a type is a sign-in or an alert no name tells: that is for whoever adds the row.

The table is the source and is edited by hand; this only saves typing.
"""

from __future__ import annotations

import csv
import json
import re
import sys
from pathlib import Path
from typing import Dict, List, Optional

TABLE = Path(__file__).resolve().parent.parent / "package" / "lookups" / "okta_itdr_event_types_builtin.csv"
COLUMNS = (
    "event_type",
    "cim_model",
    "command",
    "action",
    "object_category",
    "change_type",
    "admin_class",
    "admin_weight",
    "self_service",
    "anchor",
)
# The last word of a type, or the word before an underscore in it → the action of CIM's Change (CIM 8.5, All_Changes).
_VERBS = {
    "created": "add clone create created duplicate enroll generate issue register provision",
    "deleted": "delete deleted deprovision remove removed delete_all",
    "modified": """activate activated apply assign bind bulk change changed confirm deactivate
        deactivated disable disabled discover edit enable enabled expire failback failover hold invalidate migrate move
        overwrite promote push pushed reactivate reassign rename renew reset restore revert revoke rollback rollover
        rotate save stage suspend transfer unassign unsuspend update updated upload upsert use_default""",
    "read": "download export read reveal show view checkout",
    "cleared": "clear",
}
_ACTIONS = {verb: action for action, verbs in _VERBS.items() for verb in verbs.split()}
_PERMISSIONS = re.compile(r"\.(privilege|consent|permissions?|bindings?|role\.(?:group|user))\.|\.(?:grant|consent)$")
# The beginning of a type → the class of the objects it changes; the longest beginning counts.
_OBJECTS = {
    "access.": "access_request",
    "access.review.": "access_review",
    "analytics.reports.": "report",
    "app.": "application",
    "app.ad.password_migration_campaign.": "password_migration",
    "app.ai_agent_provider.": "ai_agent_provider",
    "app.oauth2.": "oauth_client",
    "app.oauth2.admin.consent.": "consent",
    "app.oauth2.as.": "authorization_server",
    "app.oauth2.as.consent.": "consent",
    "app.oauth2.as.token.": "token",
    "app.oauth2.consent.": "consent",
    "app.oauth2.token.": "token",
    "app.oauth2.trusted_server.": "authorization_server",
    "application.": "application",
    "application.account.": "application_account",
    "application.policy.": "policy",
    "application.provision.group": "group",
    "application.provision.user.": "user",
    "application.registration_policy.": "policy",
    "application.user_membership.": "user",
    "certification.": "certification",
    "device.": "device",
    "event_hook.": "hook",
    "group.": "group",
    "group.user_membership.": "user",
    "group.user_membership.rule.": "group_rule",
    "iam.policy.": "policy",
    "iam.resourceset.": "resource_set",
    "iam.role.": "role",
    "inline_hook.": "hook",
    "master_application.user_membership.": "user",
    "network_zone.": "zone",
    "oauth2.": "authorization_server",
    "pki.": "certificate",
    "policy.": "policy",
    "security.authenticator.": "authenticator",
    "security.zone.": "zone",
    "system.agent": "agent",
    "system.custom_": "customization",
    "system.hook.": "hook",
    "system.idp.": "identity_provider",
    "system.identity_sources.user.": "user",
    "system.import.": "import",
    "system.import.group.": "group",
    "system.import.user.": "user",
    "system.iwa": "agent",
    "system.mfa.factor.": "authenticator",
    "task.": "task",
    "user.": "user",
    "user.device_session.": "session",
    "user.session.": "session",
    "workload_principal.": "workload_principal",
    "workload_principal.ai_agent.": "ai_agent",
    "zone.": "zone",
}
# Their change_type is AAA.
_ACCESS = set(
    """
    access_request access_review agent ai_agent api_service api_token authenticator authorization_server
    certification client consent credential entitlement group group_rule identity_provider oauth_client permission
    policy realm resource_set role session support_access token user workload_principal
    """.split()  # noqa: SIM905
)
_KINDS = {"application": "application", "device": "device", "zone": "network", "certificate": "certificate"}


def main(catalogue: Path) -> None:
    types = json.loads(catalogue.read_text(encoding="utf-8"))
    known = {row["event_type"] for row in rows()}
    writer = csv.DictWriter(sys.stdout, COLUMNS, restval="", lineterminator="\n")
    writer.writerows(proposal(event_type) for event_type in sorted(set(types) - known))


def rows(table: Path = TABLE) -> List[Dict[str, str]]:
    """The table as it is."""
    with open(table, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def proposal(event_type: str) -> Dict[str, str]:
    """The row that the name of a type suggests."""
    action = change(event_type)
    if action is None:
        return {"event_type": event_type, "cim_model": "none"}
    category = object_category(event_type)
    return {
        "event_type": event_type,
        "cim_model": "change",
        "command": event_type,
        "action": action,
        "object_category": category,
        "change_type": change_type(category),
    }


def change(event_type: str) -> Optional[str]:
    """The action of CIM's Change, or None if the name has no verb of change."""
    verb = event_type.rpartition(".")[2]
    action = _ACTIONS.get(verb) or _ACTIONS.get(verb.partition("_")[0])
    granted = action or verb in ("grant", "consent")
    return "acl_modified" if granted and _PERMISSIONS.search(event_type) else action


def object_category(event_type: str) -> str:
    """The class of the object, by the beginning of the type, else by its words."""
    begins = [beginning for beginning in _OBJECTS if event_type.startswith(beginning)]
    if begins:
        return _OBJECTS[max(begins, key=len)]
    words = event_type.split(".")
    area = words[0] in ("account", "directory", "integration", "pam", "resource", "resource_servers", "workflows")
    words = words[2 if words[0] == "workflows" else 1 :] if area or words[0] in ("security", "system") else words
    return words[0]


def change_type(category: str) -> str:
    """`AAA` for who may do what, as CIM names it; else the field of the object."""
    return "AAA" if category in _ACCESS else _KINDS.get(category, "configuration")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
