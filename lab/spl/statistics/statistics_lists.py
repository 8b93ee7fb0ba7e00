"""Checking a statistics list, and what of it only the rows decide.

What every command of statistics refuses stands here, so that all refuse it in the same words; the rules
are those of the Search Reference's stats page unless another is named.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Dict, FrozenSet, Iterable, List, Sequence, Tuple

from lab.spl.context import Row
from lab.spl.field_patterns import columns_of, is_pattern
from lab.spl.statistics.aggregations import PER_TIME, is_chronological, is_function, wildcard_name

if TYPE_CHECKING:
    from lab.spl.command import Aggregation, Arguments, Fields
    from lab.spl.syntax.tokens import Token

_ELSEWHERE = ("rate_avg", "rate_sum")  # of metric indexes, which the lab has not
_COUNTS = ("count", "c")


def read_by(args: Arguments, until: Sequence[str] = ()) -> List[str]:
    """The fields after BY, if it stands here. They take no wildcards and no new names."""
    seen = tokens_ahead(args)
    fields = args.by_clause(until=(*until, "by", "as"))
    check_no_wildcards(args, fields, seen)
    return fields


def check_no_wildcards(args: Arguments, fields: Iterable[str], seen: Sequence[Token] = ()) -> None:
    """Raise at the one of the tokens that were `seen` before the fields were read."""
    for field in fields:
        if is_pattern(field):
            where = next((token for token in seen if token.value == field), None)
            raise args.error(f"wildcards are not supported here: '{field}'", where)


def tokens_ahead(args: Arguments) -> List[Token]:
    """All that is not read yet."""
    found: List[Token] = []
    while True:
        token = args.peek(len(found))
        if token is None:
            return found
        found.append(token)


def check_aggregations(
    args: Arguments,
    aggregations: Sequence[Aggregation],
    by: Sequence[str] = (),
    *,
    nameless: bool = False,
    nested: Sequence[str] = (),
    rates: bool = False,
) -> None:
    """Raise for a function that does not exist, and for what its arguments cannot be. `nameless`: an
    eval() needs no AS; `nested`: which of "eval" and "sparkline" may hold statistics; `rates`: per_second
    and its like exist."""
    written: Dict[Tuple[str, str], str] = {}
    names: Dict[str, Aggregation] = {}
    for item in aggregations:
        if item.parts or item.function in ("eval", "sparkline"):
            _check_nested(args, item, nested)
        else:
            _check_function(args, item, rates)
        if item.expression is not None and not item.renamed and not nameless:
            raise args.error(
                f"you must specify a rename (AS) for the aggregation of the evaluated field '{item.name}'", item
            )
        if item.field is not None:
            _check_names(args, item)
            other = written.setdefault((item.function, item.field), item.name)
            if other != item.name:
                raise args.error(f"one field cannot have two names: {item.function}({item.field}) is '{other}'", item)
        if names.setdefault(item.name, item) is not item:
            raise args.error(f"two statistics have the output field '{item.name}'", item)
        if item.name in by:
            raise args.error(f"the output field '{item.name}' cannot have the name of a group-by field", item)


def _check_nested(args: Arguments, item: Aggregation, nested: Sequence[str]) -> None:
    if not item.parts:
        raise args.error(f"{item.function} needs a statistical function in parentheses", item)
    if item.function not in nested:
        raise args.unsupported(f"{item.function}(…) of statistical functions", item)
    for part in item.parts:
        _check_function(args, part, False)
        if is_pattern(part.field or ""):
            raise args.unsupported(f"a wildcard inside {item.function}(…)", item)


def _check_function(args: Arguments, item: Aggregation, rates: bool) -> None:
    name = item.function
    if name in _ELSEWHERE:
        raise args.unsupported(f"the function {name}", item)
    if not is_function(name) and not (rates and name in PER_TIME):
        raise args.error(f"the statistical function '{name}' does not exist here", item)
    if item.field is None and item.expression is None and name not in _COUNTS:
        raise args.unsupported(f"{name} without a field (deprecated: write {name}(*) for all fields)", item)
    if item.expression is not None and item.expression.boolean and name not in (*_COUNTS, *PER_TIME):
        raise args.error(f"{name} of a condition has no value: only count takes one", item)


def _check_names(args: Arguments, item: Aggregation) -> None:
    if item.renamed and item.name.count("*") not in (0, (item.field or "").count("*")):
        raise args.error("the wildcards before and after AS do not match", item)
    if item.renamed and is_pattern(item.field or "") and not is_pattern(item.name):
        raise args.error("a name with as many wildcards is needed after AS", item)


def check_split_fields(args: Arguments, aggregations: Sequence[Aggregation], splits: Sequence[str]) -> None:
    """chart and timechart take no field both in a function and as a split (Search Reference, chart: "Using
    row-split and column-split fields")."""
    for item in aggregations:
        for one in (item, *item.parts):
            if one.field is not None and one.field in splits:
                raise args.error(f"the field '{one.field}' cannot be in a function and split the chart as well", item)


def without_wildcards(
    aggregations: Sequence[Aggregation], rows: Iterable[Row], without: FrozenSet[str]
) -> List[Aggregation]:
    """The list with each wildcard replaced by the fields of these rows that it matches."""
    if not any(is_pattern(item.field or "") for item in aggregations):
        return list(aggregations)
    fields = [field for field in columns_of(rows) if field not in without]
    found: List[Aggregation] = []
    for item in aggregations:
        if not is_pattern(item.field or ""):
            found.append(item)
            continue
        names = ((field, wildcard_name(item, field)) for field in fields)
        found += [replace(item, field=field, name=name) for field, name in names if name is not None]
    return found


def fields_read(aggregations: Sequence[Aggregation], by: Sequence[str] = ()) -> Fields:
    """The fields a statistics list and its BY clause read; None (all) for a wildcard."""
    found = set(by)
    for item in aggregations:
        if item.parts:
            read = fields_read(item.parts)
            if read is None:
                return None
            found |= read
        elif item.expression is not None:
            fields = item.expression.fields()
            if fields is None:
                return None
            found |= fields
        elif item.field is not None:
            if is_pattern(item.field):
                return None
            found.add(item.field)
        if item.function == "sparkline" or is_chronological(item.function):
            found.add("_time")
    return frozenset(found)
