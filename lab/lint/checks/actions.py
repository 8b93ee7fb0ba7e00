"""Alert actions: each that a search enables exists with its script, takes the parameters it is given, and every token
in what it is given stands for something.

alert_actions.conf.spec and savedsearches.conf.spec (`action.<name>.<parameter>`); Alerting Manual, "Use tokens in
email notifications": metadata of the search, its settings by name, its job, the server, and the first result. Those of
Enterprise Security's own actions name the result's fields alone (Administer Splunk Enterprise Security, "Create a
notable": `$fieldname$`).
"""

from __future__ import annotations

import re
from typing import Dict, Iterator, List, Optional, Tuple

from lab.knowledge.conf import Setting, is_true
from lab.lint.finding import Place
from lab.lint.shipped_app import ShippedApp
from lab.lint.spec import Spec, read_spec

NAME = "actions"
_SPLUNKS_OWN = ("email", "script", "rss", "summary_index", "lookup", "populate_lookup", "logevent", "webhook")
_ENTERPRISE_SECURITYS = ("notable", "risk", "correlationsearch", "customsearch")  # SA-ThreatIntelligence, Splunk_SA_CIM
# What every action has (alert_actions.conf.spec, global settings).
_OF_EVERY_ACTION = ("command", "forceCsvResults", "hostname", "maxresults", "maxtime", "track_alert", "ttl")
_TOKEN = re.compile(r"\$([A-Za-z][\w.{}:\-]*)\$")
_TOKENS = """
    app cron_schedule description name next_scheduled_time owner results.count results.file results.url results_link
    search trigger_date trigger_time trigger_timeHMS type view_link
""".split()  # noqa: SIM905
_TOKENS_OF = ("action.", "alert.", "job.", "server.")


def findings(app: ShippedApp) -> Iterator[Tuple[Place, str]]:
    actions, searches = app.conf("alert_actions"), app.conf("savedsearches")
    for action in actions:
        if not (app.folder / "bin" / f"{action}.py").is_file():
            first = next(iter(actions.settings(action).values()))
            yield app.at(first), f"[{action}] there is no bin/{action}.py"
    columns = {tried.text.name: app.columns(tried) for tried in app.tried if tried.text.kind == "saved search"}
    declared = {action: {*_OF_EVERY_ACTION, *actions.settings(action)} for action in actions}
    readme = _readme(app)
    for title in searches:
        settings = searches.settings(title)
        for action, setting in _enabled(settings):
            if action not in actions and action not in (*_SPLUNKS_OWN, *_ENTERPRISE_SECURITYS):
                yield app.at(setting), f"[{title}] there is no alert action {action}"
        for key, setting in settings.items():
            if not key.startswith("action."):
                continue
            action, _, parameter = key[len("action.") :].partition(".")
            known = action not in declared or not parameter or parameter in declared[action]
            if not known and not any(spec.knows(action, parameter) for spec in readme):
                yield app.at(setting), f"[{title}] the action {action} has no {parameter}"
            given = columns.get(title)
            theirs = action in _ENTERPRISE_SECURITYS
            for message in _fields(setting.value, given) if theirs else _tokens(setting.value, settings, given):
                yield app.at(setting), f"[{title}] {message}"


def _tokens(value: str, settings: Dict[str, Setting], columns: Optional[frozenset[str]]) -> Iterator[str]:
    """`columns`: those of the search, None where only the run can tell."""
    for token in _TOKEN.findall(value):
        of, _, field = token.partition(".")
        if of == "result":
            if columns is not None and field not in columns:
                yield f"$result.{field}$: the search gives no such column"
        elif token not in _TOKENS and token not in settings and not token.startswith(_TOKENS_OF):
            yield f"${token}$ stands for nothing"


def _fields(value: str, columns: Optional[frozenset[str]]) -> Iterator[str]:
    for field in _TOKEN.findall(value):
        if columns is not None and field not in columns:
            yield f"${field}$: the search gives no such column"


def _enabled(settings: Dict[str, Setting]) -> List[Tuple[str, Setting]]:
    return [
        (key[len("action.") :], setting)
        for key, setting in settings.items()
        if key.startswith("action.") and key.count(".") == 1 and is_true(setting.value)
    ]


def _readme(app: ShippedApp) -> List[Spec]:
    path = app.folder / "README" / "alert_actions.conf.spec"
    return [read_spec(path)] if path.is_file() else []
