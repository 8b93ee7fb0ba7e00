"""Alert actions: each that a search enables exists with its script, takes the parameters it is given, and finds the
result fields that its tokens name."""

from __future__ import annotations

import re
from typing import Dict, Iterator, List, Tuple

from lab.knowledge.conf import Setting
from lab.lint.shipped_app import ShippedApp

NAME = "actions"
_SPLUNKS_OWN = ("email", "script", "rss", "summary_index", "lookup", "populate_lookup", "logevent", "webhook")
_ENTERPRISE_SECURITYS = ("notable", "risk", "correlationsearch", "customsearch")  # SA-ThreatIntelligence, Splunk_SA_CIM
_RESULT = re.compile(r"\$result\.([^$]+)\$")


def findings(app: ShippedApp) -> Iterator[Tuple[str, str]]:
    actions, searches = app.conf("alert_actions"), app.conf("savedsearches")
    for action in actions:
        if not (app.folder / "bin" / f"{action}.py").is_file():
            first = next(iter(actions.settings(action).values()))
            yield app.at(first), f"[{action}] there is no bin/{action}.py"
    columns = {tried.text.name: tried.search.columns() for tried in app.tried if tried.search is not None}
    for title in searches:
        settings = searches.settings(title)
        for action, setting in _enabled(settings):
            if action not in actions and action not in (*_SPLUNKS_OWN, *_ENTERPRISE_SECURITYS):
                yield app.at(setting), f"[{title}] there is no alert action {action}"
        for key, setting in settings.items():
            action, _, parameter = key[len("action.") :].partition(".") if key.startswith("action.") else ("", "", "")
            if action in actions and parameter and parameter not in actions.settings(action):
                yield app.at(setting), f"[{title}] the action {action} has no {parameter}"
            known = columns.get(title)
            for field in _RESULT.findall(setting.value) if known is not None else ():
                if field not in known:
                    yield app.at(setting), f"[{title}] $result.{field}$: the search gives no such column"


def _enabled(settings: Dict[str, Setting]) -> List[Tuple[str, Setting]]:
    return [
        (key[len("action.") :], setting)
        for key, setting in settings.items()
        if key.startswith("action.") and key.count(".") == 1 and setting.value.lower() in ("1", "true")
    ]
