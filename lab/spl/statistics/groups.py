"""The groups of a BY clause: which rows belong to them, and the order in which they come out."""

from __future__ import annotations

from typing import Any, Callable, List, Sequence, Tuple

from lab.spl.context import Context, Row
from lab.spl.values import as_text, sort_key


def group_keys(by: Sequence[str], distinct: bool = False) -> Callable[[Row], Sequence[Tuple[Any, ...]]]:
    """The groups a row belongs to, each as the tuple of its BY values: none where one of them is null,
    several for multivalues (`distinct`: a value repeated in one counts once)."""
    if not by:
        return lambda row: ((),)
    if len(by) == 1:
        field = by[0]

        def keys_of_one(row: Row) -> Sequence[Tuple[Any, ...]]:
            value = row.get(field)
            if value is None:
                return ()
            if value.__class__ is list:
                return [(one,) for one in (dict.fromkeys(value) if distinct else value)]
            return ((value,),)

        return keys_of_one

    def keys(row: Row) -> Sequence[Tuple[Any, ...]]:
        found: List[Tuple[Any, ...]] = [()]
        for field in by:
            value = row.get(field)
            if value is None:
                return ()
            if value.__class__ is list:
                parts = dict.fromkeys(value) if distinct else value
                found = [(*key, part) for key in found for part in parts]
            elif len(found) == 1:
                found[0] = (*found[0], value)
            else:
                found = [(*key, value) for key in found]
        return found

    return keys


def key_text(key: Tuple[Any, ...]) -> Tuple[str, ...]:
    """By what groups are told apart: the text of their values, so that 1 and "1" are one."""
    return tuple([value if value.__class__ is str else as_text(value) for value in key])


def group_order(context: Context) -> Callable[[Tuple[Any, ...]], Any]:
    """The order in which groups come out, as a sort key of their BY values (an open question: a reading)."""
    if context.reading("numeric groups") == "number":
        return lambda key: tuple([sort_key(value) for value in key])
    return key_text
