"""Events of the collect command, as it writes them into a summary index (Search Reference, collect).

A row with `_raw` is that raw. Any other becomes a line: its time, what the search knew of itself,
then field="value"; a multivalue is one value with line breaks (limits.conf [collect]
format_multivalue_collect = false).
"""

from __future__ import annotations

import re
from datetime import datetime, timezone
from typing import Any, Dict, Mapping, Tuple

from lab.spl.values import as_number, as_text

Row = Mapping[str, Any]
_BREAKER = re.compile(r"""[\[\]<>(){}|!;,'"*\s&?+/:=@.\-$#%\\_]""")


def summary_event(
    row: Row, info: Mapping[str, float], add_info: bool, add_time: bool, marker: str
) -> Tuple[str, float]:
    """(raw, time). `info`: search_now, info_min_time, info_max_time, info_search_time."""
    time = as_number(row.get("_time"))
    time = float(time if time is not None else info["info_min_time"] or info["search_now"])
    if row.get("_raw") is not None:
        raw = as_text(row["_raw"])
        return (f"{raw}, {marker}" if marker else raw), time
    parts = [datetime.fromtimestamp(time, timezone.utc).strftime("%m/%d/%Y %H:%M:%S %z")] if add_time else []
    parts += [f"{name}={value:.3f}" for name, value in info.items()] if add_info else []
    parts += [marker] if marker else []
    parts += [f"{name}={_quoted(as_text(value))}" for name, value in _visible(row).items()]
    return ", ".join(parts), time


def _visible(row: Row) -> Dict[str, Any]:
    return {name: value for name, value in row.items() if not name.startswith("_") and value is not None}


def _quoted(text: str) -> str:
    if not text or _BREAKER.search(text):
        escaped = text.replace("\\", "\\\\").replace('"', '\\"')
        return f'"{escaped}"'
    return text
