"""rex: extract fields by a regular expression, or edit a field as sed does (Search Reference: rex)."""

from __future__ import annotations

import re
from typing import Any, Callable, Dict, List, Optional, Tuple

from lab.spl.command import Arguments, Command, Context, Fields, Rows
from lab.spl.errors import SearchError
from lab.spl.regex import compile_regex
from lab.spl.values import as_text, from_list, scalars

_REFERENCE = re.compile(r"\\(\d)|\\(.)", re.DOTALL)


class Rex(Command):
    """Each named group becomes a field, with `max_match` above 1 (0: no bound) a multivalue. Where
    nothing matches the fields keep what they had. A multivalue is searched value by value."""

    name = "rex"

    def __init__(self, args: Arguments) -> None:
        self.field = args.option("field", default="_raw")
        self.max_match = args.option_int("max_match", default=1, minimum=0)
        self.offset_field = args.option("offset_field")
        sed = args.option_choice("mode", choices=("sed",)) == "sed"
        at = args.peek()
        if at is not None and args.peek(1) is not None and args.peek(1).is_operator("="):
            args.done()  # an option there is none of
        text = args.string("a regular expression in quotes")
        args.done()
        self.edit: Optional[Callable[[str], str]] = None
        self.names: List[str] = []
        try:
            if sed:
                self.edit = sed_expression(text)
            else:
                self.pattern = compile_regex(text)
                self.names = list(self.pattern.groupindex)
        except SearchError as error:
            raise args.error(error.reason, at) from None
        if not sed and not self.names:
            raise args.error("the regular expression extracts nothing: it needs a named group (?<name>…)", at)
        if self.offset_field is not None and (sed or len(self.names) > 1):
            raise args.unsupported("offset_field with sed or several groups", at)

    def needs(self, wanted: Fields) -> Fields:
        return None if wanted is None else wanted | {self.field}

    def columns(self, before: Optional[List[str]]) -> Optional[List[str]]:
        if before is None:
            return None
        added = [*self.names, *([self.offset_field] if self.offset_field else [])]
        return list(dict.fromkeys([*before, *added]))

    def run(self, rows: Rows, context: Context) -> Rows:
        for row in rows:
            values = scalars(row.get(self.field))
            if values and self.edit is not None:
                row[self.field] = from_list([self.edit(as_text(value)) for value in values])
            elif values:
                self._extract(values, row)
            yield row

    def _extract(self, values: List[Any], row: Dict[str, Any]) -> None:
        found: Dict[str, List[str]] = {}
        offsets: List[str] = []
        matches = 0
        for value in values:
            text = value if value.__class__ is str else as_text(value)
            for match in self.pattern.finditer(text):
                matches += 1
                for name in self.names:
                    part = match.group(name)
                    if part is not None:
                        found.setdefault(name, []).append(part)
                if self.offset_field is not None:
                    start, end = match.span(self.names[0])
                    if start >= 0:
                        offsets.append(f"{self.names[0]}={start}-{end - 1}")
                if self.max_match and matches >= self.max_match:
                    break
            if self.max_match and matches >= self.max_match:
                break
        for name, parts in found.items():
            row[name] = from_list(parts)
        if offsets and self.offset_field is not None:
            row[self.offset_field] = from_list(offsets)


def sed_expression(text: str) -> Callable[[str], str]:
    """What `s/regex/replacement/flags` (flags: g, or the number of the match) or `y/from/to/` does, or
    several of them one after the other, with blanks between (props.conf.spec, SEDCMD)."""
    edits: List[Callable[[str], str]] = []
    rest = text.strip()
    while rest or not edits:
        if len(rest) < 2 or rest[0] not in "sy":
            raise SearchError(f"'{text}' is no sed expression: s/regex/replacement/flags or y/from/to/")
        first, second, after = _split(rest[2:], rest[1], text)
        flags = (after.split(None, 1) or [""])[0] if after[:1].strip() else ""
        edits.append(_edit(rest[0], first, second, flags, text))
        rest = after[len(flags) :].strip()
    if len(edits) == 1:
        return edits[0]

    def edit(value: str) -> str:
        for one in edits:
            value = one(value)
        return value

    return edit


def _edit(command: str, first: str, second: str, flags: str, text: str) -> Callable[[str], str]:
    if command == "y":
        first, second = _unescaped(first), _unescaped(second)
        if len(first) != len(second) or flags:
            raise SearchError(f"'{text}': y needs two texts of one length and no flags")
        table = str.maketrans(first, second)
        return lambda value: value.translate(table)
    if flags not in ("", "g") and not (flags.isdecimal() and int(flags)):
        raise SearchError(f"'{text}': the flags of s are g or a number, not {flags}")
    pattern, replacement = compile_regex(first), _replacement(second)
    which = int(flags) if flags.isdecimal() else 0 if flags == "g" else 1
    return lambda value: _substituted(pattern, replacement, which, value)


def _split(body: str, separator: str, text: str) -> Tuple[str, str, str]:
    """What stands before the first and before the second separator that no backslash protects, and
    what comes after."""
    parts, piece, at = [], "", 0
    while at < len(body) and len(parts) < 2:
        if body[at] == "\\" and at + 1 < len(body):
            piece += body[at + 1] if body[at + 1] == separator else body[at : at + 2]
            at += 2
            continue
        if body[at] == separator:
            parts.append(piece)
            piece = ""
        else:
            piece += body[at]
        at += 1
    if len(parts) < 2:
        raise SearchError(f"'{text}' is no sed expression: it needs three '{separator}'")
    return parts[0], parts[1], body[at:]


def _unescaped(text: str) -> str:
    """The characters of y: `\\n` is a new line, `\\t` a tab, any other protected character itself."""
    return _REFERENCE.sub(lambda found: {"n": "\n", "t": "\t"}.get(found.group()[1], found.group()[1]), text)


def _replacement(text: str) -> Callable[[Any], str]:
    """`\\1` is a group, `\\n` a new line, `\\t` a tab; any other protected character is itself."""

    def expand(match: Any) -> str:
        def part(found: Any) -> str:
            if found.group(1) is not None:
                number = int(found.group(1))
                return (match.group(number) or "") if number <= match.re.groups else ""
            return {"n": "\n", "t": "\t"}.get(found.group(2), found.group(2))

        return _REFERENCE.sub(part, text)

    return expand


def _substituted(pattern: Any, expand: Callable[[Any], str], which: int, value: str) -> str:
    """Replace every match (`which` 0) or the one with that number."""
    pieces, last = [], 0
    for number, match in enumerate(pattern.finditer(value), 1):
        if which in (0, number):
            pieces += [value[last : match.start()], expand(match)]
            last = match.end()
        if number == which:
            break
    return "".join([*pieces, value[last:]])
