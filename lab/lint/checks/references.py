"""What conf files and menus name by name is there: scripts, the event types of tags, views and reports of the menu.

What searches name, the searches themselves find (check "searches"). commands.conf.spec, restmap.conf.spec,
inputs.conf.spec and transforms.conf.spec say where Splunk looks for a script: in the app's bin.
"""

from __future__ import annotations

from typing import Iterator, Tuple
from urllib.parse import unquote
from xml.etree import ElementTree

from lab.lint.finding import Place
from lab.lint.shipped_app import ShippedApp

NAME = "references"
# Views of Splunk's own search app (etc/apps/search/default/data/ui/views), which every app's menu may name.
_SPLUNKS_VIEWS = ("search", "reports", "alerts", "dashboards", "datasets", "analytics_workspace", "data_models")
_SCRIPTS = {"commands": "filename", "restmap": "handlerfile script", "transforms": "external_cmd"}


def findings(app: ShippedApp) -> Iterator[Tuple[Place, str]]:
    yield from _scripts(app)
    yield from _modular_inputs(app)
    known = app.knowledge.visible(app.name).conf("eventtypes")
    conf = app.conf("tags")
    for stanza in conf:
        field, _, value = stanza.partition("=")
        if field == "eventtype" and unquote(value) not in known:
            yield app.at(next(iter(conf.settings(stanza).values()))), f"[{stanza}] there is no such event type"
    yield from _menu(app)


def _scripts(app: ShippedApp) -> Iterator[Tuple[Place, str]]:
    for kind, keys in _SCRIPTS.items():
        conf = app.conf(kind)
        for stanza in conf:
            settings = conf.settings(stanza)
            for key in keys.split():
                script = settings[key].value.split()[0] if key in settings and settings[key].value else None
                if script is not None and not (app.folder / "bin" / script).is_file():
                    yield app.at(settings[key]), f"[{stanza}] there is no bin/{script}"


def _modular_inputs(app: ShippedApp) -> Iterator[Tuple[Place, str]]:
    """A scheme that the app's README/inputs.conf.spec declares has a script of its name."""
    spec = app.folder / "README" / "inputs.conf.spec"
    lines = spec.read_text(encoding="utf-8").splitlines() if spec.is_file() else []
    for number, line in enumerate(lines, 1):
        scheme, found, _ = line.partition("://")
        script = f"{scheme[1:]}.py"
        if found and scheme.startswith("[") and not (app.folder / "bin" / script).is_file():
            yield app.place(spec, number), f"[{scheme[1:]}://…] there is no bin/{script}"


def _menu(app: ShippedApp) -> Iterator[Tuple[Place, str]]:
    """default/data/ui/nav: views and saved searches."""
    shown = (*(path.stem for path in (app.folder / "default/data/ui/views").glob("*.xml")), *_SPLUNKS_VIEWS)
    saved = app.conf("savedsearches")
    for path in sorted((app.folder / "default/data/ui/nav").glob("*.xml")):
        try:
            root = ElementTree.parse(path).getroot()
        except ElementTree.ParseError as error:
            yield app.place(path), f"it cannot be read: {error}"
            continue
        for tag, known in (("view", shown), ("saved", tuple(saved))):
            for name in (element.get("name") for element in root.iter(tag)):
                if name is not None and name not in known:
                    yield app.place(path), f"there is no {tag} {name}"
