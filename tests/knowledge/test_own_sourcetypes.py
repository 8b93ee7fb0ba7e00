"""What the add-on writes itself: its times, and what searches over large objects and findings must still see."""

from __future__ import annotations

from itertools import count
from typing import Iterator, List

import pytest
from indexed import THE_DAY_AFTER, Indexed, indexed
from log_events import okta

_hosts = count()
COLLECTED = "2026-03-10T12:00:00.250Z"
AT = 1773144000.25
LARGE = "x" * 60_000


@pytest.fixture(scope="module")
def addon(tarball) -> Iterator[Indexed]:
    with indexed(now=THE_DAY_AFTER) as found:
        yield found


@pytest.fixture
def host() -> str:
    return f"own-{next(_hosts)}.okta.example"


def found(kind: str, key: str, snapshot: str = "snapshot-1", **object: object) -> str:
    """An object of the inventory as the input writes it, for the tenant of the snapshot."""
    head = {"collected": COLLECTED, "snapshot_id": snapshot, "tenant": f"tenant of {snapshot}", "inventory_key": key}
    return okta({**head, **object})


def inventory(addon: Indexed, kind: str, raws: List[str], host: str = "acme.okta.example") -> None:
    for raw in raws:
        assert addon.receive(raw, host, f"okta_itdr:inventory:{kind}", "okta_inventory://main") == 1


@pytest.mark.parametrize(
    ("sourcetype", "event"),
    [
        ("okta_itdr:health", {"time": COLLECTED, "account": "acme", "input": "main", "status": "ok"}),
        ("okta_itdr:audit", {"hour": COLLECTED, "audited": "2026-03-11T00:00:00.000Z", "tenant": "a", "count": 1}),
        (
            "okta_itdr:inventory:policy",
            {"collected": COLLECTED, "snapshot_id": "s", "tenant": "a", "inventory_key": "k"},
        ),
    ],
)
@pytest.mark.parametrize("more", [{}, {"detail": LARGE}, {"time": "x", "published": "2001-01-01T00:00:00.000Z"}])
def test_what_the_add_on_writes_would_have_another_time(addon, host, sourcetype, event, more):
    event = {**event, **{name: value for name, value in more.items() if name not in event}}
    source = "okta_inventory://main" if "inventory" in sourcetype else "okta_system_log://main"
    assert addon.receive(okta(event) + "\n" + okta(event) + "\r\n", host, sourcetype, source) == 2
    rows = addon.rows(f'index=* host="{host}" | table _time _raw')
    assert rows == [{"_time": AT, "_raw": okta(event)}] * 2


def test_an_error_of_the_collector_would_hide_behind_a_long_one(addon, host):
    head = {"time": COLLECTED, "account": "acme", "input": "main", "scheme": "okta_system_log", "status": "error"}
    addon.receive(okta({**head, "error_kind": "refused", "error": LARGE}), host, "okta_itdr:health")
    names = ["account", "input", "scheme", "status", "error_kind"]
    assert addon.one(host, names) == {name: {**head, "error_kind": "refused"}[name] for name in names}


def test_a_large_object_would_fall_out_of_its_snapshot(addon):
    """The macro reads snapshot, tenant and key, which stand first; an app or policy may have 60 kB behind them."""
    for kind in ("app", "policy"):
        keys = [f"{kind}-{number}" for number in range(3)]
        inventory(addon, kind, [found(kind, key, "whole", settings={"text": LARGE}, id=key) for key in keys])
        inventory(addon, kind, [found(kind, keys[0], "whole", id=keys[0])])  # written twice
        rows = addon.rows(f"`okta_itdr_inventory({kind})` | table tenant snapshot_id inventory_key")
        assert rows == []  # not closed yet
    inventory(addon, "snapshot", [found("snapshot", "whole", "whole", missing={"request": LARGE})])
    for kind in ("app", "policy"):
        rows = addon.rows(f"`okta_itdr_inventory({kind})` | table tenant snapshot_id inventory_key")
        assert sorted(str(row["inventory_key"]) for row in rows) == [f"{kind}-{number}" for number in range(3)]
        assert {(row["tenant"], row["snapshot_id"]) for row in rows} == {("tenant of whole", "whole")}


def test_an_administrator_with_a_long_profile_would_not_be_listed(addon):
    profile = {**{f"attribute{number}": "y" * 100 for number in range(150)}, "login": "long@acme.example"}
    inventory(
        addon, "administrator", [found("administrator", "00u1", "long", id="00u1", status="ACTIVE", profile=profile)]
    )
    inventory(addon, "role", [found("role", "00u1/r", "long", user_id="00u1", label="Super", assignmentType="USER")])
    inventory(addon, "snapshot", [found("snapshot", "long", "long")])
    rows = addon.rows('| savedsearch "Okta ITDR - Administrators - Report"')
    (row,) = [row for row in rows if row["tenant"] == "tenant of long"]
    assert (row["login"], row["status"], row["roles"]) == ("long@acme.example", "ACTIVE", "Super")


@pytest.mark.parametrize("evidence", [1, 1000])
def test_a_finding_with_much_evidence_would_be_copied_in_part(addon, host, evidence):
    """Readers take the copy with the latest `updated` of a finding_id; the register writes what may be long last."""
    texts = ["incident_key", "detection_id", "title", "severity", "tenant", "user", "src_ip", "session_id", "message"]
    document = {
        "last_time": AT,
        "finding_id": "f" * 64,
        "risk_score": 75.0,
        "first_time": AT - 60,
        "registered": AT + 100,
        "updated": AT + 200,
        **{name: f"{name} of it" for name in texts},
        "mitre_attack": ["T1539", "T1550.004"],
        "reasons": ["another country", "a proxy"],
        "evidence": [f"{number:08d}-2222-3333-4444-555555555555" for number in range(evidence)],
    }
    raw = okta(document).replace(f'"last_time":{AT}', f'"last_time":{AT:.3f}')
    assert addon.receive(raw, host, "okta_itdr:finding", source="session_hijack", index="summary") == 1
    row = addon.one(host, [*texts, "finding_id", "risk_score", "first_time", "registered", "updated", "_time"])
    assert {name: row[name] for name in texts} == {name: document[name] for name in texts}
    assert (row["finding_id"], row["_time"]) == ("f" * 64, AT)
    assert [float(row[name]) for name in ("risk_score", "first_time", "registered", "updated")] == [
        document[name] for name in ("risk_score", "first_time", "registered", "updated")
    ]
    lists = addon.one(host, ['"reasons{}"', '"mitre_attack{}"'])
    assert lists == {"reasons{}": document["reasons"], "mitre_attack{}": document["mitre_attack"]}
