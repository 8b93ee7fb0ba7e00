"""Given rows as SPL that any Splunk runs: `| makeresults count=… | eval …`, multivalues by mvappend.

A vector's rows stand for what its base search finds; elsewhere they must be made first.
"""

from __future__ import annotations

import json
from typing import Any, Dict, List, Mapping, Sequence

_ROW = "lab_row"


def rows_as_spl(rows: Sequence[Mapping[str, Any]]) -> str:
    """A search that gives exactly these rows, in their order; no row at all is possible too."""
    if not rows:
        return "| makeresults | where false()"
    cases: Dict[str, List[str]] = {}
    for number, row in enumerate(rows, 1):
        for name, value in row.items():
            if value is not None and value != []:
                cases.setdefault(name, []).append(f"{_ROW}={number}, {_value(value)}")
    assignments = [f"'{name}'=case({', '.join(chosen)})" for name, chosen in cases.items()]
    made = f"| makeresults count={len(rows)} | streamstats count AS {_ROW}"
    dropped = _ROW if "_time" in cases else f"_time, {_ROW}"  # makeresults gives each row a time
    return " ".join([made, *(f"| eval {one}" for one in assignments), f"| fields - {dropped}"])


def _value(value: Any) -> str:
    if isinstance(value, list):
        return f"mvappend({', '.join(_value(item) for item in value if item is not None)})"
    if isinstance(value, bool):
        return json.dumps(str(value).lower())
    if isinstance(value, (int, float)):
        return repr(value)
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
