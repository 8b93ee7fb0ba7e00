"""Text functions (Search Reference page of that name)."""

from __future__ import annotations

import re
from typing import Any, Callable, Optional
from urllib.parse import unquote_to_bytes

from lab.spl.context import Context, Row
from lab.spl.errors import SearchError
from lab.spl.eval_expression.tree import NUMBER, TEXT, Call, Evaluator, Literal
from lab.spl.functions.registry import function, inspect_pattern, pattern_argument, scalar
from lab.spl.paths import extract_values, parse_path, path_of_value
from lab.spl.values import as_number, as_text, from_list

_PAGE = "Search Reference/Text functions"
_BLANKS = " \t"
_REFERENCE = re.compile(r"\\(\d|g<\w+>|\\)|\$(\d)")


@scalar("len", "length", page=_PAGE, fewest=1, returns=NUMBER, each=True)
def len_(value: Any) -> int:
    return len(as_text(value))


@scalar("lower", page=_PAGE, fewest=1, returns=TEXT, each="documented")
def lower(value: Any) -> str:
    return as_text(value).lower()


@scalar("upper", page=_PAGE, fewest=1, returns=TEXT, each="documented")
def upper(value: Any) -> str:
    return as_text(value).upper()


def _register_trim(name: str, strip: Callable[[str, str], str]) -> None:
    @scalar(name, page=_PAGE, fewest=1, most=2, returns=TEXT, each=True)
    def apply(value: Any, characters: Any = _BLANKS) -> str:
        return strip(as_text(value), as_text(characters))


_register_trim("trim", str.strip)
_register_trim("ltrim", str.lstrip)
_register_trim("rtrim", str.rstrip)


@scalar("substr", page=_PAGE, fewest=2, most=3, returns=TEXT, each=True)
def substr(value: Any, start: Any, length: Any = None) -> Optional[str]:
    """From the character `start`, counted from 1, or from the end where it is negative. A start before
    the text, 0 too, uses up a part of the length, as in SQLite."""
    text, first = as_text(value), as_number(start)
    if first is None:
        return None
    at = int(first)
    at = len(text) + at if at < 0 else at - 1
    if length is None:
        return text[max(0, at) :]
    count = as_number(length)
    if count is None or count < 0:
        return None
    return text[max(0, at) : max(0, at + int(count))]


@function("replace", page=_PAGE, fewest=3, returns=TEXT)
def replace(call: Call, context: Context) -> Evaluator:
    """Every match of the regular expression replaced; `\\1` in the replacement is a group."""
    subject, _, replacement = (argument.compile(context) for argument in call.arguments)
    pattern = pattern_argument(call, 1, context)
    each = context.reading("multivalue in a text function") == "each"

    def evaluate(row: Row) -> Any:
        value, regex, new = subject(row), pattern(row), replacement(row)
        if value is None or regex is None or new is None:
            return None
        template = as_text(new)
        if value.__class__ is list:
            return [substituted(regex, template, as_text(one)) for one in value] if each else None
        return substituted(regex, template, as_text(value))

    return evaluate


replace.inspect = inspect_pattern(1)


def substituted(regex: Any, template: str, text: str, count: int = 0) -> str:
    """`text` with the first `count` matches (0: all) replaced by `template`, groups put in."""
    pieces = []
    at = 0
    for number, found in enumerate(regex.finditer(text), 1):
        pieces.append(text[at : found.start()])
        pieces.append(_expanded(template, found))
        at = found.end()
        if number == count:
            break
    pieces.append(text[at:])
    return "".join(pieces)


def _expanded(template: str, found: Any) -> str:
    if "\\" not in template and "$" not in template:
        return template

    def group(reference: re.Match[str]) -> str:
        name = reference.group(1)
        if name is None:
            return reference.group()  # a dollar sign stands for itself
        if name == "\\":
            return "\\"
        key = int(name) if name.isdigit() else name[2:-1]
        try:
            return found.group(int(key) if str(key).isdigit() else key) or ""
        except (IndexError, KeyError):
            raise SearchError(f"the replacement names a group that is not there: {reference.group()}") from None

    return _REFERENCE.sub(group, template)


@scalar("urldecode", page=_PAGE, fewest=1, returns=TEXT, each=True)
def urldecode(value: Any) -> str:
    return unquote_to_bytes(as_text(value)).decode("utf-8", "replace")


@function("spath", page=_PAGE, fewest=2)
def spath(call: Call, context: Context) -> Evaluator:
    """The value at a path of JSON or XML text."""
    subject, path = (argument.compile(context) for argument in call.arguments)
    base = 1 if context.reading("spath index") == "one" else 0

    def evaluate(row: Row) -> Any:
        value, where = subject(row), path(row)
        if value is None or where is None:
            return None
        if path_of_value(as_text(where)) is None:
            return None
        return from_list(extract_values(as_text(value), as_text(where), base) or [])

    return evaluate


def _inspect_path(call: Call) -> None:
    node = call.arguments[1]
    if isinstance(node, Literal):
        try:
            parse_path(as_text(node.value))
        except SearchError as error:
            raise call.error(error.reason, 1) from None


spath.inspect = _inspect_path
