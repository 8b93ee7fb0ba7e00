"""What a modular input is and how splunkd describes its settings to it (Developer Guide, "Create modular inputs")."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from cronsim import CronSim, CronSimError

from lab.spl.errors import Unsupported
from lab.splunkd.processes import Processes, last_line

_DEFAULT_INTERVAL = 60.0  # inputs.conf.spec


class InputError(Exception):
    """An input that cannot be started, with what is wrong in its app or its stanza."""


@dataclass(frozen=True)
class Scheme:
    """What a modular input says of itself (`--scheme`)."""

    name: str
    app: str
    script: Path
    title: str
    external_validation: bool
    single_instance: bool  # one process gets all stanzas
    required: list[str]  # arguments that a new input must have


@dataclass(frozen=True)
class Stanza:
    """One input: `scheme://name` and its settings in force."""

    name: str
    scheme: Scheme
    settings: dict[str, str]

    @property
    def index(self) -> str:
        """The index of events that name none; `default` means main."""
        index = self.settings.get("index") or "default"
        return "main" if index == "default" else index

    def check(self) -> None:
        missing = [name for name in self.scheme.required if not self.settings.get(name)]
        if missing:
            raise InputError(f"[{self.name}] lacks {', '.join(missing)}, which its scheme requires")


def introspect(processes: Processes, script: Path) -> Scheme:
    """Ask a script what it is."""
    process = processes.start(script, ["--scheme"])
    output, stderr = process.communicate()
    if process.returncode:
        said = last_line(stderr.decode("utf-8", "replace"))
        raise InputError(f"{script.name} --scheme ended with exit code {process.returncode}: {said}")
    try:
        root = ElementTree.fromstring(output)
    except ElementTree.ParseError as error:
        raise InputError(f"{script.name} --scheme printed no XML: {error}") from None
    if root.findtext("streaming_mode", "simple") != "xml":
        raise Unsupported(f"{script.name}: the lab takes streaming_mode xml only")
    return Scheme(
        name=script.stem,
        app=script.parent.parent.name,
        script=script,
        title=root.findtext("title", script.stem),
        single_instance=_true(root.findtext("use_single_instance", "false")),
        external_validation=_true(root.findtext("use_external_validation", "false")),
        required=[
            argument.get("name", "")
            for argument in root.iterfind("endpoint/args/arg")
            if _true(argument.findtext("required_on_create", "true"))
        ],
    )


def validate(processes: Processes, stanza: Stanza, session_key: str, server_name: str) -> str:
    """What the input says against its settings (`--validate-arguments`); nothing where it has no objection."""
    if not stanza.scheme.external_validation:
        return ""
    root = Element("items")
    _surroundings(root, stanza, processes, session_key, server_name)
    _settings(SubElement(root, "item", name=stanza.name.split("://", 1)[1]), stanza)
    process = processes.start(stanza.scheme.script, ["--validate-arguments"])
    output, stderr = process.communicate(_document(root))
    if process.returncode == 0:
        return ""
    try:
        message = ElementTree.fromstring(output).findtext("message")
    except ElementTree.ParseError:
        message = None
    return message or last_line(stderr.decode("utf-8", "replace"))


def definition(stanzas: Sequence[Stanza], processes: Processes, session_key: str, server_name: str) -> bytes:
    """What a starting input reads from stdin; with use_single_instance all stanzas of its scheme."""
    root = Element("input")
    _surroundings(root, stanzas[0], processes, session_key, server_name)
    configuration = SubElement(root, "configuration")
    for stanza in stanzas:
        _settings(SubElement(configuration, "stanza", name=stanza.name, app=stanza.scheme.app), stanza)
    return _document(root)


@dataclass(frozen=True)
class Interval:
    """When an input starts again: after so many seconds, or at the moments of a cron expression (inputs.conf.spec,
    interval). A negative number: never again; 0: as soon as it has ended."""

    seconds: float | None
    cron: str = ""

    @classmethod
    def of(cls, text: str, name: str) -> Interval:
        if not text:
            return cls(_DEFAULT_INTERVAL)
        try:
            return cls(float(text))
        except ValueError:
            pass
        try:
            CronSim(text, datetime.fromtimestamp(0, timezone.utc))
        except CronSimError as error:
            raise InputError(f"[{name}] interval = {text}: neither seconds nor a cron expression ({error})") from None
        return cls(None, text)

    def first(self, since: float) -> float:
        """A cron expression's inputs wait for their moment, others start with splunkd."""
        return self._moment(since) if self.cron else since

    def next(self, now: float) -> float | None:
        if self.cron:
            return self._moment(now)
        # 0 starts it again at once; the lab's clock then moves by a second.
        return None if self.seconds < 0 else now + max(self.seconds, 1.0)

    def _moment(self, after: float) -> float:
        return next(CronSim(self.cron, datetime.fromtimestamp(after, timezone.utc))).timestamp()


def _surroundings(root: Element, stanza: Stanza, processes: Processes, session_key: str, server_name: str) -> None:
    checkpoints = processes.home / "var" / "lib" / "splunk" / "modinputs" / stanza.scheme.name
    checkpoints.mkdir(parents=True, exist_ok=True)
    SubElement(root, "server_host").text = server_name
    SubElement(root, "server_uri").text = processes.splunkd_uri
    SubElement(root, "session_key").text = session_key
    SubElement(root, "checkpoint_dir").text = str(checkpoints)


def _settings(element: Element, stanza: Stanza) -> None:
    for name, value in sorted(stanza.settings.items()):
        SubElement(element, "param", name=name).text = value


def _document(root: Element) -> bytes:
    return ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)


def _true(text: str) -> bool:
    return text.strip().lower() in ("1", "true")
