"""The JSON functions that give a changed document (Search Reference: JSON functions): json_set,
json_set_exact, json_append, json_extend, json_delete. Pairs of path and value apply from left to
right, each to what the one before left."""

from __future__ import annotations

from typing import Any, Callable, List, Optional, Sequence

from lab.spl.context import Context, Row
from lab.spl.eval_expression.tree import Call, Evaluator
from lab.spl.functions.json_functions import JSON, PAGE, embedded, inspect_paths, own_document
from lab.spl.functions.registry import function
from lab.spl.paths import Step, json_text, json_values, path_of_value
from lab.spl.values import as_text


@function("json_delete", page=PAGE, fewest=2, most=None, returns=JSON)
def json_delete(call: Call, context: Context) -> Evaluator:
    """The object without some keys: each an argument, or an item of an array of them; `a.b` is a key in
    a key. Array indexes are not supported: such a path deletes nothing."""
    subject, *keys = (argument.compile(context) for argument in call.arguments)

    def evaluate(row: Row) -> Optional[str]:
        try:
            document = own_document(subject(row))
        except ValueError:
            return None
        for node, key in zip(call.arguments[1:], keys):
            value = key(row)
            if value is None:
                return None
            for name in _key_names(embedded(node, value)):
                _remove(document, path_of_value(name))
        return json_text(document)

    return evaluate


json_delete.inspect = inspect_paths


def _key_names(value: Any) -> List[str]:
    return [as_text(one) for one in (value if isinstance(value, list) else [value])]


def _remove(document: Any, steps: Optional[Sequence[Step]]) -> None:
    if not steps or any(kind != "key" for kind, _ in steps):
        return
    for parent in json_values(document, tuple(steps[:-1]), 0):
        if isinstance(parent, dict):
            parent.pop(steps[-1][1], None)


def _register_change(name: str, change: Callable[[Any, Sequence[Step], Any], Any], exact: bool = False) -> None:
    """A function over a document and pairs of path and value."""

    @function(name, page=PAGE, fewest=3, most=None, returns=JSON, booleans=True)
    def build(call: Call, context: Context) -> Evaluator:
        compiled = [argument.compile(context) for argument in call.arguments]

        def evaluate(row: Row) -> Optional[str]:
            try:
                document = own_document(compiled[0](row))
            except ValueError:
                return None
            for index in range(1, len(compiled), 2):
                path = compiled[index](row)
                if path is None:
                    return None
                steps = (("key", as_text(path)),) if exact else path_of_value(as_text(path))
                if steps is None:
                    continue  # as for every path that leads nowhere
                document = change(document, steps, embedded(call.arguments[index + 1], compiled[index + 1](row)))
            return json_text(document)

        return evaluate

    def inspect(call: Call) -> None:
        if len(call.arguments) % 2 == 0:
            raise call.error("takes a document and pairs: a path and a value", len(call.arguments) - 1)
        if not exact:
            inspect_paths(call, 2)

    build.inspect = inspect


def _set(document: Any, steps: Sequence[Step], value: Any) -> Any:
    """The document with `value` at the end of the path. Objects on the way are made; where the path does
    not fit what is there, nothing changes."""
    if not steps:
        return document
    for parent in _parents(document, steps):
        kind, what = steps[-1]
        if (
            kind == "key"
            and isinstance(parent, dict)
            or kind == "index"
            and isinstance(parent, list)
            and -len(parent) <= what < len(parent)
        ):
            parent[what] = value
        elif kind == "all" and isinstance(parent, list):
            parent[:] = [value] * len(parent)
    return document


def _parents(document: Any, steps: Sequence[Step]) -> List[Any]:
    """What holds the last step, objects on the way made where they are missing."""
    found = [document]
    for kind, what in steps[:-1]:
        if kind == "key":
            for value in found:
                if isinstance(value, dict):
                    value.setdefault(what, {})
        found = [item for value in found for item in json_values(value, ((kind, what),), 0)]
    return found


def _append(document: Any, steps: Sequence[Step], value: Any) -> Any:
    return _added(document, steps, [value])


def _extend(document: Any, steps: Sequence[Step], value: Any) -> Any:
    return _added(document, steps, value if isinstance(value, list) else [value])


def _added(document: Any, steps: Sequence[Step], values: List[Any]) -> Any:
    """The document with `values` at the end of what the steps lead to; what is no array there becomes
    the first item of one. A path that leads nowhere changes nothing."""
    if not steps:
        return (document if isinstance(document, list) else [document]) + values
    kind, what = steps[0]
    if isinstance(document, dict) and kind == "key" and what in document:
        document[what] = _added(document[what], steps[1:], values)
    elif isinstance(document, list) and kind == "all":
        document[:] = [_added(item, steps[1:], values) for item in document]
    elif isinstance(document, list) and kind == "index" and -len(document) <= what < len(document):
        document[what] = _added(document[what], steps[1:], values)
    return document


_register_change("json_set", _set)
_register_change("json_set_exact", _set, exact=True)
_register_change("json_append", _append)
_register_change("json_extend", _extend)
