"""Data models of the installed apps: default/data/models/<Model>.json, and local over it (Knowledge Manager Manual,
"About data models"; datamodels.conf.spec).

Splunk's JSON is turned into the form that `lab.spl.datasets` runs: each object with its constraint, its fields, and
its calculations as commands. What else an object may be (transactions, GeoIP fields) is refused by name.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Dict, Iterator, List, Mapping, Optional, Tuple

from lab.knowledge.apps import Apps
from lab.spl.errors import SearchError

_ROOT_SEARCH = "BaseSearch"
_REFUSED_ROOTS = ("BaseTransaction", "BaseInterface")
_CALCULATIONS = ("Eval", "Rex", "Lookup")
_KINDS = ("models", "datamodels")  # what metadata calls them


def read_data_model(apps: Apps, app: str, name: str) -> Dict[str, Any]:
    """The model as a search in `app` sees it: its own, else one that another app exports. A `SearchError` where there
    is none, or where its file is no model."""
    path = _find(apps, app, name)
    if path is None:
        raise SearchError(f"the data model '{name}' does not exist, or is not visible here")
    try:
        model = json.loads(path.read_text(encoding="utf-8"))
        return {"objects": [_object(one, name) for one in model["objects"]]}
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise SearchError(f"{path.name} is no data model: {error!r}") from None


def _find(apps: Apps, app: str, name: str) -> Optional[Path]:
    others = [other for other in reversed(apps.names) if other != app and _exported(apps, other, name)]
    for candidate in [app, *others]:
        for layer in ("local", "default"):
            path = apps.folder / candidate / layer / "data" / "models" / f"{name}.json"
            if path.is_file():
                return path
    return None


def _exported(apps: Apps, app: str, name: str) -> bool:
    return any(apps.exports(app, kind, name) for kind in _KINDS)


def _object(one: Mapping[str, Any], model: str) -> Dict[str, Any]:
    parent = one.get("parentName", "")
    refused = f"objects of the kind {parent}" if parent in _REFUSED_ROOTS else None
    commands: List[str] = []
    fields = [field["fieldName"] for field in one.get("fields", ())]
    for calculation in one.get("calculations", ()):
        if calculation["calculationType"] not in _CALCULATIONS:
            refused = f"calculated fields of the kind {calculation['calculationType']}"
            continue
        commands.append(_command(calculation))
        fields += [name for name, _ in _outputs(calculation)]
    found: Dict[str, Any] = {
        "objectName": one["objectName"],
        "parentName": parent,
        "search": " ".join(f"({text})" for text in _constraints(one)),
        "fields": fields,
        "commands": commands,
    }
    if refused is not None:
        return {"objectName": one["objectName"], "refused": f"the lab does not do {refused} (data model {model})"}
    if parent == _ROOT_SEARCH:
        found["baseSearch"] = one["baseSearch"]
    return found


def _constraints(one: Mapping[str, Any]) -> Iterator[str]:
    """An object's own; its ancestors have theirs."""
    for constraint in one.get("constraints", ()):
        if constraint.get("search", "").strip() and constraint.get("owner", one["objectName"]) in _own(one):
            yield constraint["search"].strip()


def _own(one: Mapping[str, Any]) -> Tuple[str, ...]:
    """How a constraint names the object it belongs to: by its name, or by its lineage."""
    return one["objectName"], one.get("lineage", one["objectName"])


def _command(calculation: Mapping[str, Any]) -> str:
    """A calculation of one of `_CALCULATIONS`."""
    kind = calculation["calculationType"]
    outputs = _outputs(calculation)
    if kind == "Eval":
        return f"eval '{outputs[0][0]}'={calculation['expression']}"
    if kind == "Rex":
        expression = calculation["expression"].replace("\\", "\\\\").replace('"', '\\"')
        return f'rex field="{calculation["inputField"]}" "{expression}"'
    inputs = ", ".join(f'"{pair["lookupField"]}" AS "{pair["inputField"]}"' for pair in calculation["lookupInputs"])
    given = ", ".join(f'"{column}" AS "{field}"' for field, column in outputs)
    return f"lookup {calculation['lookupName']} {inputs} OUTPUT {given}"


def _outputs(calculation: Mapping[str, Any]) -> List[Tuple[str, str]]:
    """(field, column of the lookup) of what it gives."""
    return [
        (output["fieldName"], output.get("lookupOutputFieldName", output["fieldName"]))
        for output in calculation["outputFields"]
    ]
