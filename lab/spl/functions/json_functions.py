"""JSON functions (Search Reference: JSON functions). JSON is text; arrays count from 0.

A value put into JSON is a number where it is one (or a field's text that looks like one), JSON
where another JSON function made it, else a string.
"""

from __future__ import annotations

from typing import Any, Callable, Optional, Tuple

import orjson

from lab.spl.context import Context, Row
from lab.spl.errors import SearchError
from lab.spl.eval_expression.tree import BOOLEAN, TEXT, Call, Evaluator, Literal, Node
from lab.spl.functions.informational import typed
from lab.spl.functions.registry import function, scalar
from lab.spl.paths import has_all, json_text, json_values, parse_path, path_of_value
from lab.spl.values import as_text, from_list, scalars, tidy

PAGE = "Search Reference/JSON functions"
JSON = "json"  # the type of what these functions return: embedded, not quoted, in other JSON


_last_read: Tuple[Any, Any] = (None, None)


def _document(value: Any) -> Any:
    """The parsed JSON of a field, to be read only; ValueError where it is none. The last one is kept:
    calculated fields ask one event's text for a dozen paths."""
    global _last_read
    text, document = _last_read
    if text is not value:
        if value.__class__ is not str:
            raise ValueError("no text")
        document = orjson.loads(value)
        _last_read = (value, document)
    return document


def own_document(value: Any) -> Any:
    """The same, to be changed."""
    if value.__class__ is not str:
        raise ValueError("no text")
    return orjson.loads(value)


def embedded(node: Node, value: Any) -> Any:
    """The value as it stands in other JSON. What is JSON by its making, or a field's text that is a JSON
    object or array, is embedded; a text in double quotes stays a text."""
    if value.__class__ is list:
        return [embedded(node, one) for one in value]
    if value.__class__ is str:
        if node.type == JSON:
            return orjson.loads(value)
        if node.type != TEXT and value[:1] in ("{", "["):
            try:
                return orjson.loads(value)
            except ValueError:
                return value
    value = typed(node, value)
    return tidy(value) if value.__class__ is float else value


def _native(value: Any) -> Any:
    """A JSON value as eval has it: numbers and text as such, objects and arrays as JSON text."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (dict, list)):
        return json_text(value)
    return value


@function("json_object", page=PAGE, fewest=0, most=None, returns=JSON, booleans=True)
def json_object(call: Call, context: Context) -> Evaluator:
    compiled = [argument.compile(context) for argument in call.arguments]

    def evaluate(row: Row) -> Optional[str]:
        made = {}
        for index in range(0, len(compiled), 2):
            key = compiled[index](row)
            if key is None:
                return None
            made[as_text(key)] = embedded(call.arguments[index + 1], compiled[index + 1](row))
        return json_text(made)

    return evaluate


def _inspect_pairs(call: Call) -> None:
    if len(call.arguments) % 2:
        raise call.error("takes pairs: a key and a value", len(call.arguments) - 1)


json_object.inspect = _inspect_pairs


@function("json_array", page=PAGE, fewest=0, most=None, returns=JSON, booleans=True)
def json_array(call: Call, context: Context) -> Evaluator:
    compiled = [argument.compile(context) for argument in call.arguments]
    return lambda row: json_text([embedded(node, get(row)) for node, get in zip(call.arguments, compiled)])


@scalar("json", page=PAGE, fewest=1, returns=JSON)
def json_(value: Any) -> Optional[str]:
    """The value if it is JSON, else null."""
    try:
        orjson.loads(as_text(value))
    except ValueError:
        return None
    return as_text(value)


@function("json_valid", page=PAGE, fewest=1, returns=BOOLEAN)
def json_valid(call: Call, context: Context) -> Evaluator:
    evaluate = call.arguments[0].compile(context)

    def valid(row: Row) -> Optional[bool]:
        value = evaluate(row)
        if value is None:
            return None
        try:
            orjson.loads(as_text(value))
        except ValueError:
            return False
        return True

    return valid


Finder = Callable[[Any], Any]


@function("json_extract", page=PAGE, fewest=1, most=None)
def json_extract(call: Call, context: Context) -> Evaluator:
    """The value at a path; of several paths, the array of their values; without one, the document."""
    return _extraction(call, context, _path_finder)


@function("json_extract_exact", page=PAGE, fewest=1, most=None)
def json_extract_exact(call: Call, context: Context) -> Evaluator:
    """As json_extract, but each argument is a key as it stands, dots and braces included."""
    return _extraction(call, context, _key_finder)


def _path_finder(path: str) -> Finder:
    steps = path_of_value(path)
    if steps is None:
        return lambda document: None
    if path == "{}":  # the page's first example: of an object, the whole of it
        return lambda document: document if document.__class__ in (dict, list) else None
    if has_all(steps):
        return lambda document: json_values(document, steps, 0) or None

    def find(document: Any) -> Any:
        for kind, what in steps:
            if kind == "key" and document.__class__ is dict:
                document = document.get(what)
            elif kind == "index" and document.__class__ is list and -len(document) <= what < len(document):
                document = document[what]
            else:
                return None
        return document

    return find


def _key_finder(key: str) -> Finder:
    return lambda document: document.get(key) if document.__class__ is dict else None


def _extraction(call: Call, context: Context, finder: Callable[[str], Finder]) -> Evaluator:
    subject, *paths = (argument.compile(context) for argument in call.arguments)
    if len(paths) == 1 and isinstance(call.arguments[1], Literal):
        find = finder(as_text(call.arguments[1].value))

        def evaluate_literal(row: Row) -> Any:
            try:
                return _native(find(_document(subject(row))))
            except ValueError:
                return None

        return evaluate_literal

    def evaluate(row: Row) -> Any:
        try:
            document = _document(subject(row))
        except ValueError:
            return None
        wanted = [path(row) for path in paths]
        if None in wanted:
            return None
        if not wanted:
            return _native(document)
        found = [finder(as_text(path))(document) for path in wanted]
        return _native(found[0] if len(found) == 1 else found)

    return evaluate


def inspect_paths(call: Call, step: int = 1) -> None:
    """A literal path that is none is refused before any row is read; every `step`-th argument from the
    second on is one."""
    for index in range(1, len(call.arguments), step):
        node = call.arguments[index]
        if isinstance(node, Literal):
            try:
                parse_path(as_text(node.value))
            except SearchError as error:
                raise call.error(error.reason, index) from None


json_extract.inspect = inspect_paths
json_extract.json_value = json_extract_exact.json_value = True


@scalar("json_keys", page=PAGE, fewest=1, returns=JSON)
def json_keys(value: Any) -> Optional[str]:
    document = _object(value)
    return None if document is None else json_text(list(document))


@scalar("json_entries", page=PAGE, fewest=1, returns=JSON)
def json_entries(value: Any) -> Optional[str]:
    document = _object(value)
    return None if document is None else json_text([{"key": key, "value": one} for key, one in document.items()])


@scalar("json_has_key_exact", page=PAGE, fewest=2, returns=BOOLEAN)
def json_has_key_exact(value: Any, key: Any) -> Optional[bool]:
    document = _object(value)
    return None if document is None else as_text(key) in document


def _object(value: Any) -> Optional[dict]:
    try:
        document = _document(value)
    except ValueError:
        return None
    return document if isinstance(document, dict) else None


@function("json_array_to_mv", page=PAGE, fewest=1, most=2, booleans=True)
def json_array_to_mv(call: Call, context: Context) -> Evaluator:
    """The items of a JSON array; with true() as second argument text keeps its quotes."""
    subject = call.arguments[0].compile(context)
    quoted = call.arguments[1].compile(context) if len(call.arguments) == 2 else lambda row: False

    def evaluate(row: Row) -> Any:
        try:
            document = _document(subject(row))
        except ValueError:
            return None
        if not isinstance(document, list):
            return None
        keep = quoted(row) is True
        return from_list([json_text(item) if keep or item is None else _native(item) for item in document])

    return evaluate


@function("mv_to_json_array", page=PAGE, fewest=1, most=2, returns=JSON, booleans=True)
def mv_to_json_array(call: Call, context: Context) -> Evaluator:
    """The values as an array of strings; with true() as second argument they are JSON, or null."""
    subject = call.arguments[0].compile(context)
    infer = call.arguments[1].compile(context) if len(call.arguments) == 2 else lambda row: False

    def evaluate(row: Row) -> Optional[str]:
        value = subject(row)
        if value is None:
            return None
        if infer(row) is True:
            return json_text([inferred(one) for one in scalars(value)])
        return json_text([as_text(one) for one in scalars(value)])

    return evaluate


def inferred(value: Any) -> Any:
    """A value of a multivalue as the JSON it is, or null where it is none."""
    try:
        return tidy_numbers(orjson.loads(as_text(value)))
    except ValueError:
        return None


def tidy_numbers(value: Any) -> Any:
    """The same JSON with 1.00 as 1."""
    if isinstance(value, list):
        return [tidy_numbers(item) for item in value]
    if isinstance(value, dict):
        return {key: tidy_numbers(item) for key, item in value.items()}
    return tidy(value) if value.__class__ is float else value
