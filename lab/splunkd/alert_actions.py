"""Alert actions, run as splunkd runs them (Developer Guide, "Custom alert actions"; alert_actions.conf.spec).

The results go as gzip'd CSV into the job's dispatch folder; `bin/<action>.py --execute` gets the JSON
payload on stdin. An action fails by its exit code; the last line of its stderr says why.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

from lab.knowledge.apps import Apps
from lab.knowledge.conf import is_true
from lab.schedule.dispatch import ActionError, Alert
from lab.spl.errors import Unsupported
from lab.spl.values import as_text
from lab.splunkd.log import SplunkdLog
from lab.splunkd.processes import Overdue, Processes, last_line
from lab.splunkd.results_csv import write_results
from lab.splunkd.sessions import Sessions

_TOKEN = re.compile(r"\$([^$\s]+)\$")
_MAXRESULTS = "10000"  # alert_actions.conf.spec
_DURATION = re.compile(r"(\d+)([smhd]?)")
_UNIT_SECONDS = {"": 1, "s": 1, "m": 60, "h": 3600, "d": 86400}


class AlertActions:
    """Starts actions; an instance is the `act` of `lab.schedule.dispatch`."""

    def __init__(self, apps: Apps, processes: Processes, sessions: Sessions, log: SplunkdLog, server_name: str) -> None:
        self._apps = apps
        self._processes = processes
        self._sessions = sessions
        self._log = log
        self._server_name = server_name

    def __call__(self, action: str, alert: Alert) -> None:
        script, settings = self._action(action, alert)
        session_key = self._sessions.open()
        try:
            payload = self._payload(action, alert, settings, session_key)
            self._run(action, script, payload, _seconds(settings.get("maxtime", "5m")))
        finally:
            self._sessions.close(session_key)

    def _action(self, action: str, alert: Alert) -> tuple[Path, dict[str, str]]:
        """The action's script, and its stanza of alert_actions.conf under the saved search's own settings."""
        conf = self._apps.conf("alert_actions", alert.saved.app)
        if action not in conf:
            raise ActionError(f"there is no alert action {action} in alert_actions.conf")
        settings = {**conf.stanza(action), **alert.saved.actions[action]}
        if is_true(settings.get("disabled", "0")):
            raise ActionError(f"alert action {action} is disabled in alert_actions.conf")
        if not is_true(settings.get("is_custom", "0")):
            raise Unsupported(f"alert action {action}: the lab runs custom alert actions (is_custom = 1) only")
        if settings.get("payload_format", "xml") != "json":
            raise Unsupported(f"alert action {action}: the lab writes payload_format = json only")
        if any(key.startswith("alert.execute.") for key in settings):
            raise Unsupported(f"alert action {action}: the lab runs bin/{action}.py, not alert.execute.cmd")
        for app in [alert.saved.app, *self._apps.names]:
            script = self._apps.folder / app / "bin" / f"{action}.py"
            if script.is_file():
                return script, settings
        raise ActionError(f"no app has bin/{action}.py")

    def _payload(self, action: str, alert: Alert, settings: Mapping[str, str], session_key: str) -> dict[str, Any]:
        saved = alert.saved
        results_file = self._processes.home / "var" / "run" / "splunk" / "dispatch" / alert.sid
        if saved.digest_mode:
            results_file /= "results.csv.gz"
        else:
            results_file = results_file / "per_result_alert" / f"tmp_{alert.result_number}.csv.gz"
        most = int(settings.get("maxresults", _MAXRESULTS))
        if len(alert.rows) > most:
            cut = f"action={action} - {len(alert.rows)} results, of which the action gets {most} (maxresults)"
            self._log.write("WARN", "sendmodalert", cut)
        write_results(results_file, alert.rows[:most], alert.columns)
        first = {name: as_text(value) for name, value in (alert.rows[0] if alert.rows else {}).items()}
        configuration = {
            key[len("param.") :]: _substituted(value, saved.title, first, action)
            for key, value in settings.items()
            if key.startswith("param.")
        }
        web = f"http://{self._server_name}:8000/app/{saved.app}"
        title = quote(saved.title, safe="")
        return {
            "app": saved.app,
            "owner": saved.owner,
            "results_file": str(results_file),
            "results_link": f"{web}/@go?sid={alert.sid}",
            "search_uri": f"/servicesNS/{saved.owner}/{saved.app}/saved/searches/{title}",
            "server_host": self._server_name,
            "server_uri": self._processes.splunkd_uri,
            "session_key": session_key,
            "sid": alert.sid,
            "search_name": saved.title,
            "configuration": configuration,
            "result": first,
        }

    def _run(self, action: str, script: Path, payload: Mapping[str, Any], seconds: int) -> None:
        try:
            ended = self._processes.run(script, ["--execute"], json.dumps(payload).encode(), seconds)
        except Overdue:
            raise ActionError(f"alert action {action} took longer than maxtime ({seconds} s) and was killed") from None
        for line in ended.stderr.splitlines():
            self._log.write("INFO", "sendmodalert", f"action={action} STDERR - {line}")
        if ended.code:
            said = f"action={action} - Alert action script returned error code={ended.code}"
            self._log.write("ERROR", "sendmodalert", said)
            raise ActionError(f"alert action {action} failed with exit code {ended.code}: {last_line(ended.stderr)}")


def _substituted(text: str, title: str, first: Mapping[str, str], action: str) -> str:
    """`$name$` and `$result.<field>$` in a parameter; the other tokens are not emulated."""

    def value(match: re.Match[str]) -> str:
        token = match.group(1)
        if token == "name":
            return title
        if token.startswith("result."):
            return first.get(token[len("result.") :], "")
        raise Unsupported(f"alert action {action}: the lab does not fill in the token ${token}$")

    return _TOKEN.sub(value, text)


def _seconds(text: str) -> int:
    match = _DURATION.fullmatch(text.strip())
    if match is None:
        raise ActionError(f"maxtime = {text} is no duration such as 30s or 5m")
    return int(match.group(1)) * _UNIT_SECONDS[match.group(2)]
