"""Scripts of external lookups, started as splunkd starts them: CSV in, CSV out, their stderr to splunkd.log."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Dict, Tuple

from lab.spl.errors import SearchError
from lab.splunkd.log import SplunkdLog
from lab.splunkd.processes import Overdue, Processes, last_line


class LookupScripts:
    """An instance is the `run_script` of a search's lookups.

    What a script said of a row is not asked again while it and its app's lookup files stay as they are: Splunk asks in
    each search, and a replay of a day would mostly wait for that (docs/lab.md).
    """

    def __init__(self, processes: Processes, log: SplunkdLog, patience: float = 60.0) -> None:
        self._processes = processes
        self._log = log
        self._patience = patience
        self._known: Dict[Tuple[Any, ...], Dict[Any, Any]] = {}

    def remembered(self, script: Path, arguments: Sequence[str]) -> Dict[Any, Any]:
        """Where the answers of a script with these arguments are kept, by input."""
        beside = sorted((script.parent.parent / "lookups").glob("*"))
        state = tuple((str(path), path.stat().st_mtime_ns, path.stat().st_size) for path in (script, *beside))
        return self._known.setdefault((*arguments, state), {})

    def __call__(self, script: Path, arguments: Sequence[str], data: bytes) -> bytes:
        try:
            ended = self._processes.run(script, arguments, data, self._patience)
        except Overdue:
            raise SearchError(f"the lookup script {script.name} gave no answer in {self._patience:g} s") from None
        for line in ended.stderr.splitlines():
            self._log.write("ERROR", "ScriptRunner", f"stderr from '{script.name}': {line}")
        if ended.code:
            reason = last_line(ended.stderr)
            raise SearchError(f"the lookup script {script.name} ended with exit code {ended.code}: {reason}")
        return ended.output
