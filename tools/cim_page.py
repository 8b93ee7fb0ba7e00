"""docs/cim.md: what the event types are to CIM, and by which rules the fields are made.

`python tools/run.py tools.cim_page` writes it anew, with the Python of the lab's environment; a test fails when it
is stale. The types come from the shipped tables; their tags are those that the lab gives an event of the type; the
rules are said here, and a calculated field without a rule is an error.
"""

from __future__ import annotations

import csv
import json
import shutil
import sys
import tempfile
from collections import defaultdict
from pathlib import Path
from typing import Dict, Iterator, List, Tuple

from lab.knowledge import Knowledge
from lab.knowledge.conf import read_conf
from lab.spl.search import parse
from lab.store.events import Event, EventStore
from lab.store.kvstore import KVStore
from tools.event_types import rows
from tools.knowledge_objects import flat_fields

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "cim.md"
APP = "TA_okta_itdr"
LOG, FINDING = "OktaIM2:log", "okta_itdr:finding"
_NOW = 1_757_412_000.0

# Fields that are no business of CIM's: the product's own flat ones, each with one meaning (DESIGN: "Fields").
_OWN = frozenset(flat_fields())
_RULES = {
    "signature signature_id command": "the event type",
    "user": "the affected account: the login of the first target of type User, else the actor's login, else "
    "the actor's name (an address, where Okta knows no more), else the tenant",
    "user_id user_name user_type": "the same account's id, name and type",
    "src_user": "the actor's login, else name, else id",
    "src_user_id src_user_name src_user_type": "the actor's id, name and type",
    "src": "the client's address; of what Okta's own system does, the tenant",
    "dest dvc vendor_account": "the tenant",
    "app": "the first target of type AppInstance, else Okta Identity Cloud",
    "vendor_product": "Okta Identity Cloud",
    "reason": "Okta's reason of the outcome, else its message",
    "outcome_class": "of the outcome: SUCCESS and ALLOW success; FAILURE, DENY, ABANDONED, UNANSWERED, RATE_LIMIT and "
    "SKIPPED failure; CHALLENGE, SCHEDULED and DEFERRED pending; UNKNOWN and none error",
    "action": "of a change the table's; of a sign-in by type and outcome_class "
    "(`okta_itdr_authentication_actions_builtin.csv`): mostly the class itself; a challenge sent is pending, a refusal "
    "is failure whatever its outcome says",
    "status": "success, where the outcome is none, SUCCESS, ALLOW, SCHEDULED or DEFERRED, and of a lock; else failure",
    "result": "lockout of a lock (CIM's Account_Lockouts), else Okta's reason of the outcome, else the outcome",
    "object object_id": "of accounts and memberships the affected account; else the first target, else (of user.*) the "
    "actor, else the tenant",
    "object_attrs": "the attributes that Okta says were changed, or the privileges; else the word of the type that "
    "names them",
    "authentication_method": "Okta's factor, method or credential type; else what the type tells; else unknown",
    "authentication_service": "Okta's authentication provider, else Okta",
    "id": "the event's uuid",
    "description": "Okta's message",
    "severity": "INFO and DEBUG informational, WARN medium, ERROR high, FATAL critical; as Okta wrote it in "
    "vendor_severity",
    "vendor_severity": "INFO, WARN …",
    "type": "warning of WARN, alert of ERROR and FATAL, else event",
}
_FINDING_RULES = {
    "signature signature_id": "the detection's title and id",
    "description": "the finding's message",
    "id": "finding_id",
    "app vendor_product": "Okta Identity Threat Detection",
    "src": "src_ip, else the tenant",
    "dest vendor_account": "the tenant",
    "type": "alert",
    "mitre_technique_id": "the techniques, a value each",
}

_INTRODUCTION = """\
<!-- Written by tools/cim_page.py: edit the tables and the tool, not this page. -->
# CIM

Events of the Okta System Log are in the models Authentication, Change or Alerts of Splunk's Common Information Model,
each in one of them or in none; copies of findings are in Alerts. Searches of others find them by tag. Which model is
decided by the event type alone, by `okta_itdr_event_types_builtin.csv`: {listed} types, all that Okta's catalogue
2026.08.1 has, of which {modelled} are in a model.

| tag | event type | what |
|---|---|---|
{tags}

Of CIM's tags for Authentication, `default`, `cleartext` and `insecure` are not given: Okta has no accounts that come
with it and no sign-in in clear text. CIM has no tags `multifactor` and `cloud`, which are here for whoever searches.
Findings are events of their own that other products may take up; whoever already turns them into notables in Enterprise
Security and has searches over Alerts as well may switch off the tag `alert` of `okta_itdr_finding`.

## Fields

Every field that a model requires has a value, one of those the model knows, in every event of the model. What stands
behind the first 5,000 characters or 100 fields of a large event, where Splunk stops reading JSON, is read where it is
needed. Nothing is said of `*_category`, `*_priority` and `*_bunit`: these are Enterprise Security's.

| field | rule |
|---|---|
{rules}
| `cim_model` `object_category` `change_type` | the table's |

Of findings:

| field | rule |
|---|---|
{finding_rules}

## A type that the table does not have

It is in no model, and no detection weighs it. *Okta ITDR - Event Types Without A Row - Report* names such types; so
does the macro `` `okta_itdr_event_types_without_row` ``. The table comes with the add-on, and an upgrade replaces it;
a table of your own stays:

1. Make it, in the app's context:
   `| inputlookup okta_itdr_event_types_builtin.csv | outputlookup okta_itdr_event_types.csv`.
2. Point the lookup definition `okta_itdr_event_types` to it (*Settings > Lookups > Lookup definitions*, file
   `okta_itdr_event_types.csv`). This is kept in `local`, where no upgrade writes.
3. Add rows: `event_type`; `cim_model`; of a change also `command` (the type again), `action`, `object_category`
   (`user` if, and only if, it is an account) and `change_type`; what an administrator does has `admin_class`,
   `admin_weight` (1 to 5) and `self_service` (1 where people may do it to themselves); `anchor` is 1 where somebody
   really authenticated. A new kind of sign-in has four rows in the same way behind
   `okta_itdr_authentication_actions`, one an outcome.

After an upgrade take over what the shipped table has that yours has not:

```
| inputlookup okta_itdr_event_types.csv
| inputlookup append=true okta_itdr_event_types_builtin.csv
| dedup event_type
| outputlookup okta_itdr_event_types.csv
```

Where the lookup definition stays as shipped, the shipped table counts, and there is nothing to do."""


def page() -> str:
    """The whole page."""
    types = rows()
    tagged = _tags([row["event_type"] for row in types if row["cim_model"] != "none"])
    introduction = _INTRODUCTION.format(
        listed=f"{len(types):,}",
        modelled=len(tagged),
        tags="\n".join(_event_types()),
        rules=_rules(LOG, _RULES),
        finding_rules=_rules(FINDING, _FINDING_RULES),
    )
    sign_ins = [row["event_type"] for row in types if row["cim_model"] == "authentication"]
    alerts = [row["event_type"] for row in types if row["cim_model"] == "alert"]
    return "\n".join(
        [
            introduction,
            f"\n## Authentication ({len(sign_ins)} types)\n",
            *_sign_ins(sign_ins, tagged),
            f"\n## Alerts ({len(alerts)} types)\n",
            ", ".join(f"`{name}`" for name in alerts) + ".",
            "\nTags: alert.\n",
            *_changes([row for row in types if row["cim_model"] == "change"], tagged),
            "",
        ]
    )


def _event_types() -> Iterator[str]:
    described = read_conf(ROOT / "default" / "eventtypes.conf").stanzas
    for stanza, tags in read_conf(ROOT / "default" / "tags.conf").stanzas.items():
        name = stanza.partition("=")[2]
        given = " ".join(f"`{tag}`" for tag, setting in tags.items() if setting.value == "enabled")
        yield f"| {given} | `{name}` | {described[name]['description'].value} |"


def _rules(sourcetype: str, rules: Dict[str, str]) -> str:
    settings = read_conf(ROOT / "default" / "props.conf").stanzas[sourcetype]
    calculated = {key[len("EVAL-") :] for key in settings if key.startswith("EVAL-")} - _OWN
    said = {name for names in rules for name in names.split()}
    if calculated != said:
        raise ValueError(f"{sourcetype}: tools/cim_page.py and props.conf differ in {sorted(calculated ^ said)}")
    return "\n".join(f"| {' '.join(f'`{name}`' for name in names.split())} | {rule} |" for names, rule in rules.items())


def _sign_ins(types: List[str], tagged: Dict[str, str]) -> Iterator[str]:
    actions: Dict[str, Dict[str, str]] = defaultdict(dict)
    table = ROOT / "package" / "lookups" / "okta_itdr_authentication_actions_builtin.csv"
    with open(table, encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            actions[row["event_type"]][row["outcome_class"]] = row["action"]
    yield "| event type | tags | action if the outcome is success, failure, pending, error |"
    yield "|---|---|---|"
    for name in types:
        given = ", ".join(actions[name][outcome] for outcome in ("success", "failure", "pending", "error"))
        yield f"| `{name}` | {tagged[name]} | {given} |"


def _changes(types: List[Dict[str, str]], tagged: Dict[str, str]) -> Iterator[str]:
    grouped: Dict[Tuple[str, ...], List[str]] = defaultdict(list)
    for row in types:
        name = row["event_type"]
        grouped[row["object_category"], row["change_type"], row["action"], tagged[name]].append(f"`{name}`")
    yield f"## Change ({len(types)} types)\n"
    yield "| object_category | change_type | action | tags | event types |"
    yield "|---|---|---|---|---|"
    for (category, kind, action, tags), names in sorted(grouped.items()):
        yield f"| {category} | {kind} | {action} | {tags} | {' '.join(names)} |"


def _tags(types: List[str]) -> Dict[str, str]:
    """The tags of an event of each type, as the lab gives them: by our own conf files, over the smallest event."""
    with tempfile.TemporaryDirectory(prefix="okta-itdr-cim-") as folder:
        apps = Path(folder) / "etc" / "apps"
        for source in ("default", "package/lookups", "package/metadata"):
            shutil.copytree(ROOT / source, apps / APP / Path(source).name)
        knowledge = Knowledge(apps)
        store = EventStore(Path(folder) / "events")
        store.append([Event(_event(name), _NOW, _NOW, "main", LOG, "okta_system_log://main", "okta") for name in types])
        context = knowledge.context(store, KVStore(Path(folder) / "kvstore"), now=_NOW, app=APP)
        found = parse(f'sourcetype="{LOG}" | table eventType tag', context).run(context).rows
    return {row["eventType"]: ", ".join([row["tag"]] if isinstance(row["tag"], str) else row["tag"]) for row in found}


def _event(event_type: str) -> bytes:
    return json.dumps({"eventType": event_type, "outcome": {"result": "SUCCESS"}}).encode()


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
    print(PAGE, file=sys.stderr)
