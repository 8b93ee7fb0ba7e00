"""Datasets by name, as from, union and tstats take them: `datamodel:"Auth.Authentication"`,
`lookup:users`, `savedsearch:"name"`.

A data model's object is a search: the constraints of its ancestors and its own, and its calculated
fields. `Context.datamodel(name)` gives the model's JSON, with `objects` of `objectName`, `parentName`,
`search`, `fields` and `calculated`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Dict, List, Tuple

from lab.spl.context import Context, Row
from lab.spl.errors import SearchError, Unsupported

if TYPE_CHECKING:
    from lab.spl.command import Arguments

_ROOTS = ("BaseEvent", "BaseSearch", "BaseTransaction", "")


def read_dataset(args: Arguments) -> Tuple[str, str]:
    """`kind:name`, the name perhaps quoted; both empty-handed where it is written otherwise."""
    kind, _, name = args.word("a dataset such as lookup:users").partition(":")
    if not name and args.peek() is not None and args.peek().kind == "string":
        name = args.string()
    return kind, name


def dataset_rows(kind: str, name: str, context: Context) -> List[Row]:
    """The rows of a dataset."""
    from lab.spl.search import parse  # the parser knows the commands, which import this

    kind = kind.lower()
    if kind in ("lookup", "inputlookup"):
        return [dict(row) for row in context.read_table(name)]
    if kind in ("savedsearch", "report"):
        return parse(context.saved_search(name), context).run(context).rows
    if kind == "datamodel":
        return parse(datamodel_search(name, context), context).run(context).rows
    raise Unsupported(f"datasets of the kind '{kind}' are not supported")


def lineage(name: str, context: Context) -> List[Dict[str, Any]]:
    """The objects from the root to `Model.Object` (without an object: the model's first)."""
    find = getattr(context, "datamodel", None)
    if find is None:
        raise Unsupported("data models are not supported here")
    model, _, wanted = name.partition(".")
    objects = {found["objectName"]: found for found in find(model)["objects"]}
    if not objects:
        raise SearchError(f"the data model '{model}' has no objects")
    at = wanted or next(iter(objects))
    path: List[Dict[str, Any]] = []
    while at not in _ROOTS:
        if at not in objects:
            raise SearchError(f"the data model '{model}' has no object '{at}'")
        path.insert(0, objects[at])
        at = objects[at].get("parentName", "")
        if len(path) > len(objects):
            raise SearchError(f"the data model '{model}': an object is its own ancestor")
    return path


def datamodel_search(name: str, context: Context, prefixed: bool = False) -> str:
    """The search of an object; `prefixed`: with the object that defines a field before its name, as
    tstats has them, and with `nodename`."""
    path = lineage(name, context)
    constraints = [f"({one['search']})" for one in path if one.get("search")]
    parts = [" ".join(constraints) or "*"]
    owners: Dict[str, str] = {}
    for one in path:
        for field in one.get("fields") or ():
            owners.setdefault(field, one["objectName"])
        for field, expression in (one.get("calculated") or {}).items():
            parts.append(f"eval '{field}'={expression}")
            owners.setdefault(field, one["objectName"])
    if prefixed:
        parts += [f'rename "{field}" AS "{owner}.{field}"' for field, owner in owners.items()]
        parts.append(f'eval nodename="{".".join(one["objectName"] for one in path)}"')
    return " | ".join(parts)
