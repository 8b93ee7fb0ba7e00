"""Whether a search that has run triggers its alert: counttype, relation, quantity, alert_condition
(savedsearches.conf.spec; Alerting Manual, "Configure alert trigger conditions")."""

from __future__ import annotations

from typing import Callable, Sequence

from lab.schedule.saved_search import SavedSearch
from lab.spl.context import Row
from lab.spl.values import as_text, scalars

# The custom condition's commands, run over rows that stay as they are; gives how many rows come out.
CountAfter = Callable[[str, Sequence[Row]], int]
_COUNTED_FIELD = {"number of hosts": "host", "number of sources": "source"}


def counted(saved: SavedSearch, rows: Sequence[Row]) -> int:
    """What `counttype` counts: rows, or the different hosts or sources among them."""
    name = _COUNTED_FIELD.get(saved.count_type)
    if name is None:
        return len(rows)
    return len({as_text(value) for row in rows for value in scalars(row.get(name))})


def triggers(saved: SavedSearch, rows: Sequence[Row], previous: int | None, count_after: CountAfter) -> bool:
    """Whether these rows trigger the actions. `previous` is what the search's last run counted: without one nothing
    has risen or dropped."""
    if saved.count_type == "always":
        return True
    if saved.count_type == "custom":
        return count_after(saved.alert_condition, rows) > 0
    count = counted(saved, rows)
    if saved.relation in ("rises by", "drops by"):
        if previous is None:
            return False
        change = count - previous if saved.relation == "rises by" else previous - count
        return change >= (previous * saved.quantity / 100 if saved.in_percent else saved.quantity) and change > 0
    return {
        "greater than": count > saved.quantity,
        "less than": count < saved.quantity,
        "equal to": count == saved.quantity,
        "not equal to": count != saved.quantity,
    }[saved.relation]
