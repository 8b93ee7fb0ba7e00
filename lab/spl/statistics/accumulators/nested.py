"""Statistics made of others: a wildcard's fields, an expression over statistics.

Their "values" are whole rows.
"""

from __future__ import annotations

from typing import Any, Callable, Dict, List, Optional, Sequence, Tuple

from lab.spl.context import Row
from lab.spl.statistics.accumulators.base import Accumulator
from lab.spl.values import Number

Factory = Callable[[], Accumulator]
Reader = Callable[[Row], Any]


class Family(Accumulator):
    """A function over every field that a wildcard matches; `name` says under what name a field's result
    stands, None where the wildcard does not match it."""

    __slots__ = ("name", "factory", "members", "names")

    def __init__(self, name: Callable[[str], Optional[str]], factory: Factory) -> None:
        self.name = name
        self.factory = factory
        self.members: Dict[str, Accumulator] = {}
        self.names: Dict[str, Optional[str]] = {}

    def add(self, value: Row, time: Optional[Number]) -> None:
        for field, values in value.items():
            if field in self.names:
                name = self.names[field]
            else:
                name = self.names[field] = self.name(field)
            if name is None:
                continue
            member = self.members.get(name)
            if member is None:
                member = self.members[name] = self.factory()
            for one in values if values.__class__ is list else (values,):
                member.add(one, time)

    def result(self) -> Any:
        return None


class Computed(Accumulator):
    """`eval(avg(a)/max(b))`: an expression over the results of its parts."""

    __slots__ = ("parts", "evaluate", "members")

    def __init__(self, parts: Sequence[Tuple[str, Reader, Factory]], evaluate: Callable[[Row], Any]) -> None:
        self.parts = parts
        self.evaluate = evaluate
        self.members: List[Accumulator] = [factory() for _, _, factory in parts]

    def add(self, value: Row, time: Optional[Number]) -> None:
        for (_, read, _), member in zip(self.parts, self.members):
            found = read(value)
            if found is not None:
                for one in found if found.__class__ is list else (found,):
                    member.add(one, time)

    def result(self) -> Any:
        results = ((name, member.result()) for (name, _, _), member in zip(self.parts, self.members))
        return self.evaluate({name: value for name, value in results if value is not None})
