"""What CIM asks of events (facts from the models of CIM 8.5 and of pytest-splunk-addon 6.4 and 7.0).

Required: every event of the model has the field, one value of it, and none of those that stand for no value.
"""

from __future__ import annotations

from typing import Dict, FrozenSet, NamedTuple, Tuple

NO_VALUES = frozenset(("", "-", "unknown", "null", "(null)"))
# Enterprise Security fills these from its assets and identities: an add-on must not.
FORBIDDEN = tuple(
    f"{field}_{more}"
    for field in ("dest", "dvc", "src", "src_user", "user")
    for more in ("bunit", "category", "priority")
)


class Model(NamedTuple):
    """`tag` puts an event into it."""

    tag: str
    required: Tuple[str, ...]
    prescribed: Dict[str, FrozenSet[str]]


AUTHENTICATION = Model(
    "authentication",
    ("action", "app", "dest", "src", "user"),
    {"action": frozenset(("success", "failure", "pending", "error"))},
)
CHANGE = Model(
    "change",
    (
        "action",
        "change_type",
        "command",
        "dest",
        "dvc",
        "object",
        "object_attrs",
        "object_category",
        "object_id",
        "result",
        "src",
        "status",
        "user",
        "vendor_product",
    ),
    {
        "action": frozenset(
            (
                *("acl_modified", "cleared", "created", "deleted", "lockout", "logoff", "modified", "read"),
                *("restarted", "started", "stopped", "unlocked", "updated"),
            )
        ),
        "status": frozenset(("success", "failure")),
    },
)
ALERTS = Model(
    "alert",
    ("app", "description", "dest", "id", "severity", "signature", "signature_id", "src", "type", "user"),
    {
        "severity": frozenset(("critical", "high", "medium", "low", "informational")),
        "type": frozenset(("alarm", "alert", "event", "task", "warning")),
    },
)
MODELS = {"authentication": AUTHENTICATION, "change": CHANGE, "alert": ALERTS}
