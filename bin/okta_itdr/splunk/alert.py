"""How splunkd starts an alert action (Splunk: "Custom alert actions"): `--execute`, a JSON payload on stdin, the
search's results as gzip'd CSV in `results_file`. A non-zero exit is logged by splunkd as a failed action."""

from __future__ import annotations

import csv
import gzip
import json
import sys
from dataclasses import dataclass
from logging import Logger
from typing import Callable, Dict, Iterator, List, Optional, Union

from okta_itdr.splunk import SETTINGS
from okta_itdr.splunk.log import log_level, open_log, report, report_bug
from okta_itdr.splunk.multivalue import PREFIX, values_of
from okta_itdr.splunk.rest import Splunk
from okta_itdr.splunk.search_id import search_time
from okta_itdr.trouble import Trouble

ResultRow = Dict[str, Union[str, List[str]]]  # a column without a value is left out


class AlertError(Trouble):
    """The payload or the results are not as Splunk writes them."""


@dataclass(frozen=True)
class Alert:
    """One call: which search fired, where its results are, how to reach splunkd."""

    search_name: str
    sid: str
    results_file: str
    server_uri: str
    session_key: str

    def __repr__(self) -> str:
        return f"Alert({self.search_name!r}, sid={self.sid!r})"  # never the session key

    def rows(self) -> Iterator[ResultRow]:
        """The results. Raises AlertError when they cannot be read to the end."""
        try:
            with gzip.open(self.results_file, "rt", encoding="utf-8", newline="") as file:
                csv.field_size_limit(2**31 - 1)
                for row in csv.DictReader(file):
                    yield _row(row)
        except (OSError, EOFError, UnicodeDecodeError, csv.Error) as error:
            raise AlertError(f"The results of {self.search_name!r} cannot be read ({error}).") from None

    def search_time(self) -> Optional[float]:
        """When the search was due to run, by its sid; None when the sid does not tell."""
        return search_time(self.sid)


def read_alert(text: bytes) -> Alert:
    """The payload. Raises AlertError naming what is missing."""
    try:
        payload = json.loads(text)
        return Alert(
            *(str(payload[key]) for key in ("search_name", "sid", "results_file", "server_uri", "session_key"))
        )
    except (ValueError, TypeError) as error:
        raise AlertError(f"The payload of the alert action is no JSON object ({error}).") from None
    except KeyError as error:
        raise AlertError(f"The payload of the alert action has no {error}.") from None


def run(name: str, action: Callable[[Alert, Splunk, Logger], None]) -> None:
    """Do the alert action `name` for what splunkd says on stdin, and exit."""
    if sys.argv[1:] != ["--execute"]:
        print("ERROR This is an alert action: splunkd starts it with --execute.", file=sys.stderr)
        sys.exit(2)
    log = open_log(name)
    try:
        alert = read_alert(sys.stdin.buffer.read())
        splunk = Splunk(alert.server_uri, alert.session_key)
        log.setLevel(log_level(splunk.stanza(SETTINGS, "logging") or {}))
        action(alert, splunk, log)
    except Trouble as trouble:
        report(log, trouble)
        sys.exit(1)
    except Exception:
        report_bug(log)
        sys.exit(1)


def _row(row: Dict[str, Optional[str]]) -> ResultRow:
    found: ResultRow = {}
    for column, value in row.items():
        if column is None or value is None:
            raise csv.Error("a row is longer or shorter than the header")
        if column.startswith(PREFIX):
            continue
        several = row.get(PREFIX + column)
        if several:
            values = values_of(several)
            found[column] = values[0] if len(values) == 1 else values  # in Splunk one value is no list
        elif value:
            found[column] = value
    return found
