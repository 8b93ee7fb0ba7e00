"""The add-on's own logs, in $SPLUNK_HOME/var/log/splunk (index _internal), as UCC's monitoring page reads them."""

from __future__ import annotations

import logging
import sys
from typing import Callable, Mapping

from solnlib import log

from okta_itdr.splunk import APP
from okta_itdr.trouble import Trouble


def open_log(name: str, level: str = "INFO") -> logging.Logger:
    """The log file `ta_okta_itdr_NAME.log`; the monitoring page finds it by its beginning. Exits when it cannot be."""
    # solnlib's retries log tracebacks on the root logger, which without a handler prints them.
    logging.getLogger().addHandler(logging.NullHandler())
    full_name = f"{APP.lower()}_{name}"
    try:
        logger = log.Logs().get_logger(full_name)
    except OSError as error:
        print(f"ERROR The log of the add-on cannot be written ({error}): mend that first.", file=sys.stderr)
        sys.exit(1)
    log.Logs().set_level(level, full_name)
    return logger


class LogLevelError(Trouble):
    """The level on the Logging page is none."""


def log_level(page: Mapping[str, str]) -> str:
    """The level that the stanza of the Logging page (ta_okta_itdr_settings.conf, [logging]) names."""
    level = page.get("loglevel") or "INFO"
    if level not in ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"):
        raise LogLevelError(f"The log level {level!r} is none: choose one on the Logging page.")
    return level


def report(logger: logging.Logger, trouble: Trouble) -> None:
    """An error for an admin: in the log with the label that UCC's page counts, and on stderr for splunkd.log."""
    logger.error('exc_l="%s" %s', trouble.kind, trouble)
    print(f"ERROR {trouble}", file=sys.stderr, flush=True)


def report_bug(logger: logging.Logger) -> None:
    """Our own mistake: the whole of it in the log for whoever mends it, one line for the admin."""
    logger.exception('exc_l="Unexpected Error" This is a mistake of the add-on:')
    print(
        "ERROR The add-on ran into a mistake of its own and stopped; nothing collected was lost. Its log in index "
        f"_internal (source=*{APP.lower()}*) says more: please report it.",
        file=sys.stderr,
        flush=True,
    )


def ingested(logger: logging.Logger, stanza: str, index: str, account: str, host: str) -> Callable[[str, int], None]:
    """Tells the monitoring page how many events of a sourcetype went out; `stanza`, `scheme://name`: their source."""

    def tell(sourcetype: str, count: int) -> None:
        log.events_ingested(logger, stanza, sourcetype, count, index, account=account, host=host)

    return tell
