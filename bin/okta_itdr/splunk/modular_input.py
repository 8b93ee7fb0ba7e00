"""How splunkd starts a modular input (Splunk: "Create modular inputs"; the XML is splunklib's).

`--scheme` asks what the input is, `--validate-arguments` whether settings will do, no argument means: run.
"""

from __future__ import annotations

import os
import re
import sys
import xml.etree.ElementTree as ElementTree

from solnlib.utils import handle_teardown_signals
from splunklib.modularinput.argument import Argument
from splunklib.modularinput.input_definition import InputDefinition
from splunklib.modularinput.scheme import Scheme
from splunklib.modularinput.validation_definition import ValidationDefinition

from okta_itdr.collect.checkpoint import CheckpointFile
from okta_itdr.collect.output import Output
from okta_itdr.collect.run import Collector, Run, Stop
from okta_itdr.okta.client import Client
from okta_itdr.splunk.account import Settings
from okta_itdr.splunk.log import ingested, open_log, report, report_bug
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
        collector.validate(definition.parameters)
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
    name = stanza.split("://", 1)[1]
    log = open_log(f"{collector.scheme}_{re.sub(r'[^A-Za-z0-9_-]', '_', name)}")
    try:
        pages = Settings(definition.metadata["server_uri"], definition.metadata["session_key"])
        log.setLevel(pages.log_level())
        collector.validate(settings)
        account = pages.account(settings["account"])
        client = Client(account.domain, account.authentication, account.ca_certificates, pages.proxy())
        output = Output(sys.stdout.buffer, stanza, client.host, collector.sourcetype)
        collector.collect(
            Run(
                settings=settings,
                client=client,
                output=output,
                checkpoint=CheckpointFile(definition.metadata["checkpoint_dir"], name),
                stop=stop,
                log=log,
                ingested=ingested(
                    log, stanza, collector.sourcetype, settings.get("index") or "default", account.name, client.host
                ),
            )
        )
        output.close()
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
