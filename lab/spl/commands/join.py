"""join: combine each row with the rows of a subsearch or dataset that have the same values (Search Reference: join).

Without fields every field that both sides have must agree. `max` is how many rows of the subsearch one
row meets (1; 0: all). Of a field that both have the subsearch's value wins unless `overwrite=false`. With
`left=L right=R where L.a=R.b` every field is named after its side; without WHERE the two names say nothing.
"""

from __future__ import annotations

from math import floor
from typing import Any, Dict, List, Optional, Tuple

from lab.spl.command import ALL_FIELDS, Arguments, Command, Context, Fields, Rows
from lab.spl.context import Row
from lab.spl.datasets import Dataset, is_dataset, read_dataset
from lab.spl.field_patterns import columns_of
from lab.spl.values import as_number, as_text


class Join(Command):
    name = "join"

    def __init__(self, args: Arguments) -> None:
        self.type = args.option_choice("type", choices=("inner", "outer", "left"), default="inner")
        self.overwrite = args.option_bool("overwrite", default=True)
        self.maximum = args.option_int("max", default=1, minimum=0)
        self.usetime = args.option_bool("usetime", default=False)
        self.earlier = args.option_bool("earlier", default=True)
        self.left, self.right = args.option("left"), args.option("right")
        if (self.left is None) != (self.right is None):
            raise args.error("left= and right= go together")
        self.pairs: List[Tuple[str, str]] = []
        if self.left is not None and args.keyword("where"):
            self.pairs = self._conditions(args)
        else:
            self.left = self.right = None
            self.pairs = [(field, field) for field in _fields(args)]
        following = args.peek()
        self.dataset: Optional[Dataset] = None
        if following is not None and is_dataset(following):
            self.dataset = read_dataset(args)
        else:
            self.search = args.subsearch()
        args.done()

    def _conditions(self, args: Arguments) -> List[Tuple[str, str]]:
        """`L.a=R.b L.c=R.d …`: the main search's field and the subsearch's."""
        found = []
        while args.peek() is not None and args.peek().kind != "subsearch" and not is_dataset(args.peek()):
            at = args.peek()
            one = args.field()
            args.expect_operator("=")
            other = args.field()
            sides = {self._side(one): one, self._side(other): other}
            if set(sides) != {"left", "right"}:
                raise args.error(f"compare a field of {self.left} with one of {self.right}", at)
            found.append((sides["left"][len(self.left) + 1 :], sides["right"][len(self.right) + 1 :]))
        if not found:
            raise args.error("a comparison is missing after WHERE", args.peek())
        return found

    def _side(self, name: str) -> Optional[str]:
        if name.startswith(f"{self.left}."):
            return "left"
        return "right" if name.startswith(f"{self.right}.") else None

    def inner_fields(self) -> Fields:
        return frozenset() if self.dataset is None or self.dataset.is_table else ALL_FIELDS

    def columns(self, before: None) -> None:
        return None

    def run(self, rows: Rows, context: Context) -> Rows:
        found = self.search.run(context).rows if self.dataset is None else self.dataset.rows(context)
        limit = context.limit("join", "subsearch_maxout")
        if limit and len(found) > limit:
            context.warn(f"join: the subsearch's rows were cut at {limit} (limits.conf [join] subsearch_maxout)")
            found = found[:limit]
        pairs = self.pairs
        if not pairs:
            rows = list(rows)
            others = set(columns_of(found))
            pairs = [(name, name) for name in columns_of(rows) if name in others and not name.startswith("_")]
        by_key: Dict[Tuple[str, ...], List[Row]] = {}
        for other in found:
            key = _key(other, [field for _, field in pairs])
            if key is not None:
                by_key.setdefault(key, []).append(other)
        for row in rows:
            key = _key(row, [field for field, _ in pairs])
            matches = [other for other in by_key.get(key, []) if self._in_time(row, other)] if key is not None else []
            for other in matches if not self.maximum else matches[: self.maximum]:
                yield self._combined(row, other)
            if not matches and self.type != "inner":
                yield self._named(row)

    def _in_time(self, row: Row, other: Row) -> bool:
        if not self.usetime:
            return True
        mine, its = as_number(row.get("_time")), as_number(other.get("_time"))
        if mine is None or its is None:
            return False
        mine, its = floor(mine), floor(its)  # the same second is neither earlier nor later
        return its <= mine if self.earlier else its >= mine

    def _named(self, row: Row) -> Row:
        if self.left is None:
            return row
        return {name if name.startswith("_") else f"{self.left}.{name}": value for name, value in row.items()}

    def _combined(self, row: Row, other: Row) -> Row:
        if self.right is not None:
            beside = {f"{self.right}.{name}": value for name, value in other.items() if not name.startswith("_")}
            return {**self._named(row), **beside}
        beside = {name: value for name, value in other.items() if not name.startswith("_")}
        return {**row, **beside} if self.overwrite else {**beside, **row}


def _fields(args: Arguments) -> List[str]:
    """The fields before the subsearch or dataset."""
    found = []
    while args.peek() is not None and args.peek().kind != "subsearch" and not is_dataset(args.peek()):
        if args.peek().is_operator(","):
            args.next()
            continue
        found.append(args.field())
    return found


def _key(row: Row, fields: List[str]) -> Optional[Tuple[str, ...]]:
    """The values by which rows meet; None where one is missing."""
    values: List[Any] = [row.get(field) for field in fields]
    return None if any(value is None for value in values) else tuple(map(as_text, values))
