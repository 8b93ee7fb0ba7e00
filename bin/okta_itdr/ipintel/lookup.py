"""The external lookup okta_itdr_ipintel (transforms.conf.spec, external_cmd): CSV in, CSV out, a row an address.

A lookup's cell holds one value: types and sources are joined by `;`. The columns are those of `| ipintel ip
output=all`. What the admin's own data has to say of itself says the command: splunkd starts this once a batch.
"""

from __future__ import annotations

import csv
import sys
import time
from pathlib import Path
from typing import TextIO

from okta_itdr.ipintel.columns import ALL, Columns
from okta_itdr.ipintel.intelligence import Intelligence
from okta_itdr.trouble import Trouble

APP_FOLDER = Path(__file__).resolve().parents[3]
ADDRESS = "ip"
_PREFIX = "ip_"


def run() -> None:
    """Answer splunkd on stdin and stdout. Without data: a line for splunkd.log and exit 1, which the search shows."""
    sys.stdin.reconfigure(encoding="utf-8", errors="replace", newline="")  # type: ignore[union-attr]
    sys.stdout.reconfigure(encoding="utf-8", errors="replace", newline="")  # type: ignore[union-attr]
    try:
        answer(Columns(Intelligence.open(APP_FOLDER, time.time()), ALL), sys.stdin, sys.stdout)
    except Trouble as trouble:
        print(f"ERROR {trouble}", file=sys.stderr)
        sys.exit(1)


def answer(columns: Columns, asked: TextIO, given: TextIO) -> None:
    """A row with an address is given back with what is known of it. A row without one asks which addresses have
    something, which no list can answer: it is left out, and there is no match."""
    csv.field_size_limit(2**31 - 1)
    reader = csv.DictReader(asked)
    writer = csv.DictWriter(given, reader.fieldnames or [ADDRESS], extrasaction="ignore")
    writer.writeheader()
    for row in reader:
        address = row.get(ADDRESS)
        if not address:
            continue
        cells = (cell if isinstance(cell, str) else ";".join(cell) for cell in columns.cells([address]))
        writer.writerow({**row, **dict(zip((_PREFIX + item for item in ALL), cells))})
