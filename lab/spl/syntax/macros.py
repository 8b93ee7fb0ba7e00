"""Search macros: text for text, before anything is parsed (macros.conf.spec, "Use search macros").

A macro is chosen by its name and number of arguments, which are given in order or all by name
(`m(1,2)`, `m(b=2,a=1)`: macros.conf.example). `$name$` in its definition is replaced
wherever it stands, quotes included; a macro's call inside double quotes is plain text. Comments in
triple backticks go at the same step.
"""

from __future__ import annotations

import re
from typing import Dict, List, Sequence, Tuple

from lab.spl.context import Context, Macro
from lab.spl.errors import SearchError
from lab.spl.eval_expression.expression import parse_expression
from lab.spl.syntax.source import Piece, Source
from lab.spl.syntax.tokens import end_of_string, unquote

_COMMENT = "```"
_SPECIAL = re.compile(r"""```|[`"]|\\["\\]""")
_DEEPEST = 50


def expand(text: str, context: Context) -> Source:
    """The search with every macro expanded and every comment gone; it knows where each part stood."""
    original = Source(text)
    out: List[str] = []
    pieces: List[Piece] = []
    length = 0

    def add(part: str, origin: int, width: int = 0, call: str = "") -> None:
        nonlocal length
        if part:
            pieces.append(Piece(length, origin, width, call or None))
            out.append(part)
            length += len(part)

    at = 0
    for start, end, call in _calls(original):
        add(text[at:start], at)
        if call:
            try:
                add(_expansion(call, context, ()), start, end - start, call)
            except SearchError as error:
                raise SearchError(error.reason, original, start, end) from None
        else:
            add(" ", start)
        at = end
    if at == 0:
        return original
    add(text[at:], at)
    if not pieces:
        pieces.append(Piece(0, 0))
    return Source("".join(out), text, pieces)


def _calls(source: Source) -> List[Tuple[int, int, str]]:
    """The macro calls outside of quotes, as (start, end, text inside the backticks); a comment has no
    text."""
    text, at, found = source.text, 0, []
    while True:
        special = _SPECIAL.search(text, at)
        if special is None:
            break
        at = special.start()
        if special.group() == '"':
            at = end_of_string(source, at, len(text))
        elif special.group() == _COMMENT:
            end = text.find(_COMMENT, at + 3)
            if end < 0:
                raise SearchError("this comment is never closed: ``` is missing", source, at, at + 3)
            found.append((at, end + 3, ""))
            at = end + 3
        elif special.group() == "`":
            end = _end_of_call(source, at)
            call = text[at + 1 : end - 1].strip()
            if not call:
                raise SearchError("a macro's name is missing", source, at, end)
            found.append((at, end, call))
            at = end
        else:
            at = special.end()
    return found


def _end_of_call(source: Source, start: int) -> int:
    text, at = source.text, start + 1
    while at < len(text):
        if text[at] == '"':
            at = end_of_string(source, at, len(text))
            continue
        if text[at] == "`":
            return at + 1
        at += 1
    raise SearchError("this macro call is never closed: a backtick is missing", source, start, start + 1)


def _expansion(call: str, context: Context, outer: Tuple[str, ...]) -> str:
    """The text of one call, macros within its definition expanded too."""
    name, values = _parse_call(call)
    label = f"{name}({len(values)})" if values else name
    if label in outer:
        raise SearchError(f"the macro '{label}' calls itself: {' → '.join((*outer, label))}")
    if len(outer) >= _DEEPEST:
        raise SearchError(f"macros are nested more than {_DEEPEST} deep")
    macro = context.macro(name, len(values))
    arguments = _bound(macro.args, values)
    if macro.validation:
        _validate(label, macro, arguments, context)
    text = _filled(macro.definition, arguments)
    if macro.iseval:
        result = parse_expression(text).compile(context)({})
        if not isinstance(result, str):
            raise SearchError(f"the macro '{label}' is an eval expression and must return text, not {result!r}")
        text = result
    source = Source(text)
    out, at = [], 0
    for start, end, inner in _calls(source):
        out.append(text[at:start])
        out.append(_expansion(inner, context, (*outer, label)) if inner else " ")
        at = end
    out.append(text[at:])
    return "".join(out)


def _validate(label: str, macro: Macro, arguments: dict[str, str], context: Context) -> None:
    """A condition must be true; any other expression must be null, its value being the complaint."""
    expression = parse_expression(_filled(macro.validation or "", arguments))
    result = expression.compile(context)({})
    if expression.boolean:
        if result is not True:
            raise SearchError(macro.errormsg or f"the arguments of the macro '{label}' are not valid")
    elif result is not None:
        raise SearchError(str(result))


def _filled(template: str, arguments: dict[str, str]) -> str:
    """One pass, so that a value that looks like an argument stays what it is."""
    if not arguments:
        return template
    names = re.compile(r"\$(" + "|".join(map(re.escape, arguments)) + r")\$")
    return names.sub(lambda found: arguments[found.group(1)], template)


def _parse_call(call: str) -> Tuple[str, List[str]]:
    name, parenthesis, rest = call.partition("(")
    if not parenthesis:
        return call, []
    if not rest.rstrip().endswith(")"):
        raise SearchError(f"')' is missing in the macro call `{call}`")
    inner = rest.rstrip()[:-1]
    return name.strip(), _arguments(inner) if inner.strip() else []


def _arguments(text: str) -> List[str]:
    """Split at the commas outside of quotes."""
    source = Source(text)
    found, start, at = [], 0, 0
    while at <= len(text):
        if at == len(text) or text[at] == ",":
            found.append(text[start:at].strip())
            start = at = at + 1
        elif text[at] == '"':
            at = end_of_string(source, at, len(text))
        else:
            at += 1
    return found


def _bound(names: Sequence[str], values: Sequence[str]) -> Dict[str, str]:
    """The arguments by name: as the call names them, if it names every one, else in order."""
    pairs = [value.partition("=") for value in values]
    if pairs and all(equals for _, equals, _ in pairs) and {name.strip() for name, _, _ in pairs} == set(names):
        return {name.strip(): _unquoted(value.strip()) for name, _, value in pairs}
    return dict(zip(names, map(_unquoted, values)))


def _unquoted(argument: str) -> str:
    """Quotes around a whole argument are not part of it."""
    if argument.startswith('"') and end_of_string(Source(argument), 0, len(argument)) == len(argument):
        return unquote(argument)
    return argument
