"""One search, over raw Okta events or over rows.

With --events the packaged add-on's props make the fields, as in Splunk; with --rows each JSON object is what the base
search returns. The add-on's macros and lookups are there in both. All time unless --earliest and --latest say
otherwise (epoch seconds, ISO 8601, or relative like -24h@h). Exit: 0 also without rows, 2 with the reason on stderr.
"""

from __future__ import annotations

import argparse
import json
import time
from datetime import datetime, timezone
from pathlib import Path
from typing import Any, Dict, Iterator, List

from rich.console import Console
from rich.table import Table

from lab.cli.hunt import load, report_bad_lines
from lab.cli.installed import APP, LabError, installed, refusals
from lab.cli.progress import stderr
from lab.exports import BadLine
from lab.knowledge.rows_context import RowsContext
from lab.spl.context import Context
from lab.spl.errors import SearchError
from lab.spl.search import parse
from lab.spl.times import time_of
from lab.spl.values import as_text

NAME = "search"
HELP = "one search over events or rows"


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("spl", metavar="SPL", help="the search; a leading pipe starts with a generating command")
    source = parser.add_mutually_exclusive_group()
    source.add_argument(
        "--events", metavar="FILE", action="append", default=[], help="raw Okta events, as hunt reads them"
    )
    source.add_argument("--rows", metavar="FILE", help="JSON objects, one a line: what the base search returns")
    parser.add_argument("--earliest", metavar="TIME", help="default: all time")
    parser.add_argument("--latest", metavar="TIME", help="default: all time")
    parser.add_argument("--now", metavar="TIME", help="what now() and relative times mean (default: the clock)")
    parser.add_argument("--tenant", default="okta", help="the tenant's domain, where the export does not say it")
    parser.add_argument("--json", action="store_true", help="one row a line, as JSON")


def run(given: argparse.Namespace) -> int:
    bad: List[BadLine] = []
    try:
        now = _moment(given.now, time.time()) if given.now else time.time()
        with installed(start=now) as instance:
            for _ in load(instance, given.events, given.tenant, bad):
                pass
            report_bad_lines(bad)
            surroundings: Any = {
                "kvstore": instance.kvstore,
                "now": now,
                "earliest": _moment(given.earliest, now) if given.earliest else 0.0,
                "latest": _moment(given.latest, now) if given.latest else float("inf"),
                "app": APP,
                "warn": lambda message: stderr.print(message, style="yellow", markup=False),
                "commands": instance.commands.of(),
            }
            knowledge = instance.head.knowledge
            context: Context
            if given.rows:
                context = RowsContext(knowledge, _rows(given.rows), **surroundings)
            else:
                context = knowledge.context(instance.store, **surroundings)
            result = parse(given.spl, context).run(context)
            refusals(instance)
    except SearchError as error:
        raise LabError(str(error)) from error
    if given.json:
        for row in result.rows:
            print(
                json.dumps(
                    {column: _text(row[column]) for column in result.columns if row.get(column) is not None},
                    ensure_ascii=False,
                )
            )
    else:
        _print(result.rows, result.columns)
    return 2 if bad else 0


def _moment(text: str, now: float) -> float:
    try:
        return float(text)
    except ValueError:
        pass
    try:
        moment = datetime.fromisoformat(text.replace("Z", "+00:00"))
        return (moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)).timestamp()
    except ValueError:
        return time_of(text, now, timezone.utc)


def _rows(file: str) -> Iterator[Dict[str, Any]]:
    try:
        for number, line in enumerate(Path(file).read_text(encoding="utf-8").splitlines(), 1):
            if line.strip():
                row = json.loads(line)
                if not isinstance(row, dict):
                    raise LabError(f"{file}:{number}: a row is a JSON object")
                yield row
    except (OSError, UnicodeDecodeError) as error:
        raise LabError(f"{file}: {error}") from error
    except ValueError as error:
        raise LabError(f"{file}:{number}: {error}") from error


def _text(value: Any) -> Any:
    return [as_text(one) for one in value] if isinstance(value, list) else as_text(value)


def _print(rows: List[Dict[str, Any]], columns: List[str]) -> None:
    console = Console()
    table = Table(*columns, header_style="bold", box=None, pad_edge=False)
    for row in rows:
        table.add_row(
            *(
                "\n".join(_text(value))
                if isinstance(value := row.get(column), list)
                else ""
                if value is None
                else as_text(value)
                for column in columns
            )
        )
    if columns:
        console.print(table)
    console.print(f"{len(rows)} row{'s' if len(rows) != 1 else ''}", style="dim")
