"""Search command ipintel: what the addresses in fields of the results are.

`ipintel [field=]<field> [<field> ...] [prefix=<text>] [output=min|default|all] [private=label|skip]
[unknown=blank|label]`
"""

from __future__ import annotations

import re
from datetime import date, datetime, timezone
from typing import Dict, List, Sequence, Tuple

from okta_itdr.ipintel.columns import ALL, DEFAULT, MINIMUM, Cell, Columns
from okta_itdr.ipintel.intelligence import Intelligence
from okta_itdr.splunk.call import Call
from okta_itdr.splunk.search_command import APP_FOLDER
from okta_itdr.trouble import Trouble

_PREFIX = re.compile(r"(?!__)[\w.:-]*")  # __mv_ is the protocol's own
_OLD_DAYS = 90


class IpIntel:
    """Fulfils `okta_itdr.splunk.enrichment.Enrichment`. Raises Trouble for options that cannot be."""

    optional = ()

    def __init__(self, call: Call) -> None:
        call.check_options("field", "prefix", "output", "private", "unknown")
        items = {"default": DEFAULT, "min": MINIMUM, "all": ALL}[call.choice("output", "default", "min", "all")]
        skip_special = call.choice("private", "label", "skip") == "skip"
        label_unknown = call.choice("unknown", "blank", "label") == "label"
        self.fields = _fields(call)
        self.columns = _columns(self.fields, call.options, items)
        self._call = call
        self._intelligence = Intelligence.open(APP_FOLDER, call.now)
        self._warned = 0
        self._columns = Columns(self._intelligence, items, skip_special, label_unknown)
        self._warn()
        _tell_age(call, self._intelligence.data_version)

    def cells(self, values: Tuple[Tuple[str, ...], ...]) -> List[Cell]:
        cells = [cell for addresses in values for cell in self._columns.cells(addresses)]
        self._warn()
        return cells

    def _warn(self) -> None:
        """Pass on what the data has to say of itself, some of it only when it is read."""
        for text in self._intelligence.warnings[self._warned :]:
            self._call.warn(text)
        self._warned = len(self._intelligence.warnings)


def _fields(call: Call) -> List[str]:
    given = [call.options["field"]] if call.options.get("field") else []
    fields = list(dict.fromkeys([*given, *call.arguments]))
    if not fields:
        raise Trouble("ipintel needs the name of a field that holds addresses, for example: | ipintel src_ip.")
    return fields


def _columns(fields: Sequence[str], options: Dict[str, str], items: Sequence[str]) -> List[str]:
    prefix = options.get("prefix")
    if prefix is not None and not _PREFIX.fullmatch(prefix):
        raise Trouble(
            f"ipintel cannot begin columns with prefix={prefix}: use letters, digits, _ . : or -, and no __ in front."
        )
    if prefix is not None and len(fields) > 1:
        raise Trouble(
            f"ipintel cannot give the columns of {' and '.join(fields)} the same names: leave out prefix={prefix} "
            "(they then begin with the field's name), or use ipintel once for each field."
        )
    if prefix is None:
        prefix = "ip_"
    prefixes = [prefix] if len(fields) == 1 else [f"{field}_" for field in fields]
    columns = [begin + item for begin in prefixes for item in items]
    for column in columns:
        if column in fields or columns.count(column) > 1:
            raise Trouble(
                f"ipintel cannot write the column {column}, which another field has or gives: use ipintel once for "
                "each field, with another prefix=."
            )
    return columns


def _tell_age(call: Call, version: str) -> None:
    """`version`: the date of the newest source, 2026-06-17."""
    try:
        dated = date.fromisoformat(version)
    except ValueError:
        return
    days = (datetime.fromtimestamp(call.now, timezone.utc).date() - dated).days
    if days > _OLD_DAYS:
        call.inform(
            f"ipintel's data on addresses is of {version}, {days} days old: update the add-on, or refresh what changes "
            "fast with an input of lists."
        )
