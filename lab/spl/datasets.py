"""Datasets by name, as from, join, union and tstats take them: `datamodel:"Auth.Authentication"`,
`lookup:users`, `inputlookup:users`, `savedsearch:"name"`.

A data model's object is a search: the constraints of its ancestors and its own, and its calculated
fields. `Context.datamodel(name)` gives the model with its `objects`: each has `objectName`, `parentName`, `search` (its
constraint; of a root that is a whole search, `baseSearch`), `fields`, and what it calculates, as `calculated` (field →
expression) or as `commands` in order; `refused` says why the lab does not run it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Dict, List, NamedTuple

from lab.spl.context import Context, Row
from lab.spl.errors import SearchError, Unsupported
from lab.spl.saved_search import saved_search_rows
from lab.spl.syntax.tokens import STRING, WORD, Token

if TYPE_CHECKING:
    from lab.spl.command import Arguments

_ROOTS = ("BaseEvent", "BaseSearch", "BaseTransaction", "")
_LOOKUPS = ("lookup", "inputlookup")
_SEARCHES = ("savedsearch", "report")
_KINDS = ("datamodel", *_LOOKUPS, *_SEARCHES)
# What every event has, whatever a model declares (Knowledge Manager Manual, "Use default fields").
_DEFAULT_FIELDS = """
    host index linecount punct source sourcetype splunk_server timestamp date_hour date_mday date_minute date_month
    date_second date_wday date_year date_zone
"""


class Dataset(NamedTuple):
    kind: str
    name: str

    @property
    def is_table(self) -> bool:
        """A lookup, not a search."""
        return self.kind in _LOOKUPS

    def rows(self, context: Context) -> List[Row]:
        if self.is_table:
            return [dict(row) for row in context.read_table(self.name)]
        if self.kind in _SEARCHES:
            return saved_search_rows(self.name, context)
        return dataset_rows(self.name, context, prefixed=False, strict=True)


def is_dataset(token: Token) -> bool:
    """`kind:name` or `kind:` before a quoted name."""
    kind, colon, _ = token.text.partition(":")
    return bool(colon) and token.kind == WORD and kind.lower() in _KINDS


def read_dataset(args: Arguments, spaced: bool = False) -> Dataset:
    """`kind:name`, the name perhaps quoted; with `spaced` also `kind name` (from)."""
    at = args.peek()
    kind, colon, name = args.word("a dataset such as lookup:users").partition(":")
    following = args.peek()
    if not name and following is not None and (spaced or (colon and following.kind == STRING)):
        name = args.string("the name of a dataset")
    if not name:
        raise args.error("expected a kind and a name, such as lookup:users", at)
    if kind.lower() not in _KINDS:
        raise args.unsupported(f"a dataset of the kind '{kind}'", at)
    return Dataset(kind.lower(), name)


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
        if objects[at].get("refused"):
            raise Unsupported(objects[at]["refused"])
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
    whole = path[0].get("baseSearch") if path else None
    if whole is None:
        parts = [" ".join(constraints) or "*"]
    else:
        parts = [whole.strip(), *(f"search {constraint}" for constraint in constraints)]
    for one in path:
        parts += [f"eval '{field}'={expression}" for field, expression in (one.get("calculated") or {}).items()]
        parts += one.get("commands") or ()
    if prefixed:
        parts += [f'rename "{field}" AS "{owner}.{field}"' for field, owner in _owners(path).items()]
        parts.append(f'eval nodename="{".".join(one["objectName"] for one in path)}"')
    return " | ".join(parts)


def dataset_rows(name: str, context: Context, prefixed: bool, strict: bool) -> List[Row]:
    """The events of an object, with `Object.` before its fields or without; `strict`: those fields and the default
    ones alone (datamodels.conf.spec, strict_fields)."""
    from lab.spl.search import parse  # the parser knows the commands, which import this

    owners = _owners(lineage(name, context))
    visible = {f"{owner}.{field}" if prefixed else field for field, owner in owners.items()}
    visible.update(_DEFAULT_FIELDS.split())
    found = parse(datamodel_search(name, context, prefixed), context).run(context).rows
    return [
        {
            field: value
            for field, value in row.items()
            if field != "nodename" and (not strict or field in visible or field.startswith("_"))
        }
        for row in found
    ]


def _owners(path: List[Dict[str, Any]]) -> Dict[str, str]:
    """Each field of an object, and the object among its ancestors that has it first."""
    owners: Dict[str, str] = {}
    for one in path:
        for field in (*(one.get("fields") or ()), *(one.get("calculated") or ())):
            owners.setdefault(field, one["objectName"])
    return owners
