"""Lookups that an app's script answers (transforms.conf.spec, external_cmd; Knowledge Manager Manual, "Configure
external lookups").

The script gets CSV on standard input, its header the lookup's fields_list, with what is known filled in, and writes
the same with the rest. Its rows are then a table, matched by the stanza's own rules. Who starts it is handed in.
"""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any, Callable, Dict, List, Mapping, Optional, Sequence, Tuple

from lab.knowledge.conf import Setting
from lab.knowledge.lookup_tables import LookupTable, MatchRules
from lab.knowledge.names import words
from lab.spl.context import Row
from lab.spl.errors import SearchError, Unsupported
from lab.spl.values import as_text

# (script, arguments, standard input) → standard output; raises SearchError where the script fails.
RunScript = Callable[[Path, Sequence[str], bytes], bytes]
_Key = Tuple[Tuple[str, str], ...]


class ExternalLookup:
    """Fulfils `lab.spl.context.Lookup`; asked in batches, it runs its script once for each."""

    temporal = False

    def __init__(self, name: str, settings: Mapping[str, Setting], rules: MatchRules, run: RunScript) -> None:
        if rules.time is not None:
            raise Unsupported(f"the lab does no external lookups by time ({name})")
        python = settings.get("python.version")
        if python is not None and python.value == "python2":
            raise Unsupported(f"{python.place}: the lab does not run python.version = python2")
        command = settings["external_cmd"]
        parts = [word for word, _ in words(command.value)]
        self._name = name
        self._script = command.path.parent.parent / "bin" / parts[0]
        self._arguments = parts[1:]
        self._rules = rules
        self._run = run
        self.fields: Sequence[str] = [word for word, _ in words(settings["fields_list"].value)]
        self.batch = int(settings["max_ext_batch"].value) if "max_ext_batch" in settings else 300
        if "/" in parts[0] or not self._script.is_file():
            raise SearchError(f"the external lookup {name} has no script {parts[0]} in its app's bin")
        remembered = getattr(run, "remembered", None)
        self._answers: Dict[_Key, List[Row]] = remembered(self._script, self._arguments) if remembered else {}

    @property
    def rows(self) -> Sequence[Row]:
        raise SearchError(f"the lookup {self._name} is external: it has no table to read")

    def ask(self, wanted: Sequence[Mapping[str, Any]]) -> None:
        """Have the script answer these inputs (field → value) at once, but for those it has answered."""
        texts = [{field: as_text(value) for field, value in inputs.items()} for inputs in wanted]
        for field in {field for inputs in texts for field in inputs}:
            if field not in self.fields:
                raise SearchError(f"the lookup {self._name} has no field {field}")
        texts = [inputs for inputs in texts if _key(inputs) not in self._answers]
        for start in range(0, len(texts), self.batch):
            self._ask(texts[start : start + self.batch])

    def match(self, inputs: Mapping[str, Any], outputs: Sequence[str], time: Optional[float] = None) -> List[Row]:
        key = _key({field: as_text(value) for field, value in inputs.items()})
        if key not in self._answers:
            self.ask([inputs])
        table = LookupTable(self.fields, self._answers[key], self._rules)
        return table.match(inputs, outputs, time)

    def _ask(self, texts: Sequence[Dict[str, str]]) -> None:
        asked = io.StringIO(newline="")
        writer = csv.DictWriter(asked, self.fields, lineterminator="\n")
        writer.writeheader()
        writer.writerows(texts)
        answer = self._run(self._script, self._arguments, asked.getvalue().encode())
        found = self._read(answer)
        for inputs in texts:
            known = [row for row in found if all(row.get(field) == value for field, value in inputs.items())]
            self._answers[_key(inputs)] = known

    def _read(self, answer: bytes) -> List[Row]:
        try:
            reader = csv.DictReader(io.StringIO(answer.decode("utf-8"), newline=""), strict=True)
            missing = [field for field in self.fields if field not in (reader.fieldnames or ())]
            if missing:
                raise SearchError(f"the script of the lookup {self._name} gives no column {', '.join(missing)}")
            return [{name: cell for name, cell in row.items() if name and cell} for row in reader]
        except (UnicodeDecodeError, csv.Error) as error:
            raise SearchError(f"the script of the lookup {self._name} gives no CSV: {error}") from None


def _key(inputs: Mapping[str, str]) -> _Key:
    return tuple(sorted(inputs.items()))
