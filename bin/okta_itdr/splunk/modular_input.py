"""How splunkd starts a modular input (Splunk: "Create modular inputs"; the XML is splunklib's).

`--scheme` asks what the input is, `--validate-arguments` whether settings will do, no argument means: run.
"""

from __future__ import annotations

import os
import re
import sys
import xml.etree.ElementTree as ElementTree
from dataclasses import dataclass
from logging import Logger
from pathlib import Path
from typing import Mapping, Protocol, Sequence

from splunklib.modularinput.argument import Argument as SchemeArgument
from splunklib.modularinput.input_definition import InputDefinition
from splunklib.modularinput.scheme import Scheme
from splunklib.modularinput.validation_definition import ValidationDefinition

from okta_itdr.collect.argument import Argument
from okta_itdr.collect.health import SOURCETYPE as HEALTH
from okta_itdr.collect.output import Output
from okta_itdr.splunk.log import open_log, report, report_bug
from okta_itdr.trouble import Trouble


@dataclass(frozen=True)
class Started:
    """An input that splunkd has started: its stanza and where splunkd is."""

    stanza: str  # scheme://name
    settings: Mapping[str, str]
    server_uri: str
    session_key: str
    folder: Path  # its scheme's checkpoint_dir
    log: Logger

    @property
    def name(self) -> str:
        return self.stanza.split("://", 1)[1]

    def tell_health(self, event: str, now: float) -> None:
        """Its state as the only event of a run."""
        output = Output(sys.stdout.buffer, self.stanza, "")
        output.write(HEALTH, [(event, now)])
        output.close()


class Input(Protocol):
    """A kind of input: what splunkd shows of it, how its settings are checked, what a run does."""

    scheme: str
    title: str
    description: str
    arguments: Sequence[Argument]

    def check(self, settings: Mapping[str, str]) -> None:
        """Refuse, when the input is saved and when it runs, what could never work. Raises Trouble."""

    def work(self, started: Started) -> None:
        """One run. Raises Trouble, said already in a health event."""


def run(kind: Input) -> None:
    """Do what splunkd asks for on the command line, and exit."""
    arguments = sys.argv[1:]
    if arguments == ["--scheme"]:
        sys.stdout.write(scheme(kind))
        sys.exit(0)
    if arguments == ["--validate-arguments"]:
        sys.exit(_validate(kind))
    if arguments:
        print(f"ERROR Unknown arguments {arguments}: --scheme, --validate-arguments or none.", file=sys.stderr)
        sys.exit(2)
    sys.exit(_work(kind))


def scheme(kind: Input) -> str:
    """The scheme as XML: one process for each input, events as XML."""
    described = Scheme(kind.title)
    described.description = kind.description
    described.use_external_validation = True
    described.use_single_instance = False
    described.streaming_mode = Scheme.streaming_mode_xml
    for argument in kind.arguments:
        described.add_argument(
            SchemeArgument(
                argument.name,
                title=argument.title,
                description=argument.description,
                required_on_create=argument.required,
                required_on_edit=False,
            )
        )
    return ElementTree.tostring(described.to_xml(), encoding="unicode")


def _validate(kind: Input) -> int:
    definition = ValidationDefinition.parse(sys.stdin.buffer)
    try:
        kind.check(definition.parameters)
    except Trouble as trouble:
        error = ElementTree.Element("error")
        ElementTree.SubElement(error, "message").text = str(trouble)
        sys.stdout.write(ElementTree.tostring(error, encoding="unicode"))
        return 1
    return 0


def _work(kind: Input) -> int:
    definition = InputDefinition.parse(sys.stdin.buffer)
    # use_single_instance is false: splunkd gives exactly one stanza, "scheme://name".
    ((stanza, settings),) = definition.inputs.items()
    log = open_log(f"{kind.scheme}_{re.sub(r'[^A-Za-z0-9_-]', '_', stanza.split('://', 1)[1])}")
    splunkd = definition.metadata
    folder = Path(splunkd["checkpoint_dir"])
    try:
        kind.work(Started(stanza, settings, splunkd["server_uri"], splunkd["session_key"], folder, log))
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
