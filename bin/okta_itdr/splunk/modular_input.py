"""How splunkd starts a modular input (Splunk: "Create modular inputs"; the XML is splunklib's).

`--scheme` asks what the input is, `--validate-arguments` whether settings will do, no argument means: run.
"""

from __future__ import annotations

import os
import re
import sys
import xml.etree.ElementTree as ElementTree
from logging import Logger
from pathlib import Path
from typing import Mapping

from solnlib.utils import handle_teardown_signals
from splunklib.modularinput.argument import Argument
from splunklib.modularinput.input_definition import InputDefinition
from splunklib.modularinput.scheme import Scheme
from splunklib.modularinput.validation_definition import ValidationDefinition

from okta_itdr.collect.delivery import Delivery
from okta_itdr.collect.health import SOURCETYPE as HEALTH
from okta_itdr.collect.health import Health
from okta_itdr.collect.output import Output
from okta_itdr.collect.run import Collector, Run, Stop
from okta_itdr.collect.written_hours import WrittenHours
from okta_itdr.okta.fetch import Fetch
from okta_itdr.okta.rate_limit import RateLimits
from okta_itdr.splunk.account import Settings
from okta_itdr.splunk.checkpoints import checkpoints
from okta_itdr.splunk.input_folder import lock, rate_limit_folder
from okta_itdr.splunk.log import ingested, open_log, report, report_bug
from okta_itdr.splunk.rest import Splunk
from okta_itdr.trouble import Trouble


def run(collector: Collector) -> None:
    """Do what splunkd asks for on the command line, and exit."""
    arguments = sys.argv[1:]
    if arguments == ["--scheme"]:
        sys.stdout.write(scheme(collector))
        sys.exit(0)
    if arguments == ["--validate-arguments"]:
        sys.exit(_validate(collector))
    if arguments:
        print(f"ERROR Unknown arguments {arguments}: --scheme, --validate-arguments or none.", file=sys.stderr)
        sys.exit(2)
    sys.exit(_collect(collector))


def scheme(collector: Collector) -> str:
    """The scheme as XML: one process for each input, events as XML."""
    described = Scheme(collector.title)
    described.description = collector.description
    described.use_external_validation = True
    described.use_single_instance = False
    described.streaming_mode = Scheme.streaming_mode_xml
    for argument in collector.arguments:
        described.add_argument(
            Argument(
                argument.name,
                title=argument.title,
                description=argument.description,
                required_on_create=argument.required,
                required_on_edit=False,
            )
        )
    return ElementTree.tostring(described.to_xml(), encoding="unicode")


def _validate(collector: Collector) -> int:
    definition = ValidationDefinition.parse(sys.stdin.buffer)
    try:
        collector.check(definition.parameters)
    except Trouble as trouble:
        error = ElementTree.Element("error")
        ElementTree.SubElement(error, "message").text = str(trouble)
        sys.stdout.write(ElementTree.tostring(error, encoding="unicode"))
        return 1
    return 0


def _collect(collector: Collector) -> int:
    stop = Stop()
    handle_teardown_signals(stop.request)
    definition = InputDefinition.parse(sys.stdin.buffer)
    # use_single_instance is false: splunkd gives exactly one stanza, "scheme://name".
    ((stanza, settings),) = definition.inputs.items()
    log = open_log(f"{collector.scheme}_{re.sub(r'[^A-Za-z0-9_-]', '_', stanza.split('://', 1)[1])}")
    try:
        _run(collector, definition.metadata, stanza, settings, stop, log)
    except Trouble as trouble:
        report(log, trouble)
        return 1
    except BrokenPipeError:
        # splunkd is gone; what it did not take is not in the checkpoint either.
        log.warning("splunkd closed the pipe: the page in hand is written again by the next run.")
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # what is left goes nowhere, silently
        return 1
    except Exception:
        report_bug(log)
        return 1
    return 0


def _run(
    collector: Collector, metadata: Mapping[str, str], stanza: str, settings: Mapping[str, str], stop: Stop, log: Logger
) -> None:
    name = stanza.split("://", 1)[1]
    folder = Path(metadata["checkpoint_dir"])
    splunk = Splunk(metadata["server_uri"], metadata["session_key"])
    started = splunk.now()
    account_name = settings.get("account") or ""
    try:
        pages = Settings(metadata["server_uri"], metadata["session_key"])
        log.setLevel(pages.log_level())
        collector.check(settings)
        account = pages.account(account_name)
        client = account.client(collector.scopes, pages.proxy(), collector.every_scope)
        kept = checkpoints(settings.get("checkpoint") or "", folder, splunk, collector.scheme, name)
        limits = RateLimits(rate_limit_folder(folder, account_name), account.shares)
        alone = lock(folder, name)
    except Trouble as trouble:
        _tell_health(stanza, Health("", account_name, collector.scheme, name).report(started, trouble), started)
        raise
    output = Output(sys.stdout.buffer, stanza, client.host)
    index = settings.get("index") or "default"
    delivery = Delivery(
        output,
        WrittenHours(folder, name),
        ingested(log, stanza, index, account_name, client.host),
    )
    try:
        collector.collect(
            Run(
                settings=settings,
                client=client,
                fetch=Fetch(client, limits, stop.sleep, log),
                delivery=delivery,
                health=Health(client.host, account_name, collector.scheme, name),
                checkpoint=kept,
                stop=stop,
                log=log,
                started=started,
            )
        )
    finally:
        closed = delivery.close()
        alone.release()
        if not closed:
            # A thread waits for the pipe for ever, and would keep Python from ending.
            log.warning("splunkd takes no events: the page in hand is written again by the next run.")
            os._exit(1)


def _tell_health(stanza: str, event: str, now: float) -> None:
    output = Output(sys.stdout.buffer, stanza, "")
    output.write(HEALTH, [(event, now)])
    output.close()
