"""Runs conformance vectors: searches over given rows, with what must come out (facts/spl.md, B.1).

A vector is one JSON object a line. `Vector.run` says what went wrong, or nothing; `main` is the
command line's part. The world a vector's search runs in is `vector_context`.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any, Iterable, List, Mapping, Optional, Sequence

from lab.spl.context import Row
from lab.spl.errors import SearchError
from lab.spl.search import Result, parse
from lab.spl.values import as_number, as_text
from lab.spl.vector_context import GivenContext, Surroundings

_KEYS = (
    "id source topic confidence events spl expected note ordered compare accept_alt expect_error accept_error columns "
    "compare_internal context then side_effect"
)
_CONTEXT_KEYS = "now tz earliest latest macros eventtypes tags transforms lookup_files datamodels"
_THEN_KEYS = "spl expected ordered compare accept_alt columns"
_TOLERANCE = 1e-6


class VectorError(Exception):
    """The file is not what the contract says; no search is to blame."""


class Vector:
    """One search over given rows and what it must give."""

    def __init__(self, data: Mapping[str, Any]) -> None:
        _only(data, _KEYS, "a vector")
        _only(data.get("context") or {}, _CONTEXT_KEYS, "a vector's context")
        _only(data.get("then") or {}, _THEN_KEYS, "a vector's then")
        for key in ("id", "spl"):
            if key not in data:
                raise VectorError(f"a vector has no {key}")
        self.id: str = data["id"]
        self.topic: str = data.get("topic", "")
        self.data = data

    def run(self, surroundings: Surroundings, chosen: Mapping[str, str] = {}) -> Optional[str]:  # noqa: B006  read only
        """What went wrong, in one line; None if nothing did."""
        context = GivenContext(surroundings, self.data.get("events") or [], self.data.get("context") or {}, chosen)
        try:
            result = parse(self.data["spl"], context).run(context)
        except SearchError as error:
            if self.data.get("expect_error") or self.data.get("accept_error"):
                return None
            return f"raised {type(error).__name__}: {_one_line(str(error))}"
        except Exception as error:  # the engine itself is wrong: a failure with its kind, not the end of the run
            return f"broke with {type(error).__name__}: {_one_line(str(error))}"
        if self.data.get("expect_error"):
            return f"must raise ({self.data['expect_error']}), but gave {_shown(result.rows)}"
        return (
            difference(result, self.data)
            or self._internal_difference(result)
            or self._side_effect_difference(context)
            or self._next_difference(context)
        )

    def _internal_difference(self, result: Result) -> Optional[str]:
        for name, value in (self.data.get("compare_internal") or {}).items():
            for row in result.rows:
                if not same_value(row.get(name), value):
                    return f"internal field {name} must be {value!r}, not {row.get(name)!r}"
        return None

    def _side_effect_difference(self, context: GivenContext) -> Optional[str]:
        for name, wanted in (self.data.get("side_effect") or {}).items():
            if name != "collect":
                raise VectorError(f"{self.id}: unknown side effect '{name}'")
            done = [{"index": options.get("index"), "rows": len(rows)} for rows, options in context.collected]
            if wanted not in done:
                return f"collect must have written {wanted}, not {done}"
        return None

    def _next_difference(self, context: GivenContext) -> Optional[str]:
        following = self.data.get("then")
        if not following:
            return None
        try:
            result = parse(following["spl"], context).run(context)
        except SearchError as error:
            return f"then raised {type(error).__name__}: {_one_line(str(error))}"
        found = difference(result, following)
        return f"then: {found}" if found else None


def _only(data: Mapping[str, Any], known: str, what: str) -> None:
    for key in data:
        if key not in known.split():
            raise VectorError(f"{what} has the unknown key '{key}'")


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _shown(rows: Iterable[Row]) -> str:
    text = json.dumps(list(rows), ensure_ascii=False, default=str)
    return text if len(text) <= 600 else text[:600] + "…"


def difference(result: Result, wanted: Mapping[str, Any]) -> Optional[str]:
    """How the rows and columns differ from those that are wanted; None where they do not."""
    if "columns" in wanted and wanted["columns"] is not None and list(result.columns) != list(wanted["columns"]):
        return f"columns must be {wanted['columns']}, not {result.columns}"
    expected = wanted.get("expected") or []
    choices = [expected, *(wanted.get("accept_alt") or [])]
    if any(_same_rows(result.rows, rows, wanted) for rows in choices):
        return None
    return f"must give {_shown(expected)}, but gave {_shown(result.rows)}"


def _same_rows(found: List[Row], expected: List[Row], wanted: Mapping[str, Any]) -> bool:
    prefix = wanted.get("compare") == "prefix"
    if len(found) < len(expected) if prefix else len(found) != len(expected):
        return False
    if prefix:
        found = found[: len(expected)]
    if wanted.get("ordered") or prefix:
        return all(same_row(row, other) for row, other in zip(found, expected))
    left = list(found)
    for other in expected:
        match = next((index for index, row in enumerate(left) if same_row(row, other)), None)
        if match is None:
            return False
        del left[match]
    return True


def same_row(found: Row, expected: Mapping[str, Any]) -> bool:
    """Equal fields; null is absent, and internal fields count only where they are expected."""
    names = {name for name in found if not name.startswith("_")} | set(expected)
    return all(same_value(found.get(name), expected.get(name)) for name in names)


def same_value(found: Any, expected: Any) -> bool:
    found, expected = _single(found), _single(expected)
    if found is None or expected is None:
        return found is expected
    if isinstance(found, list) or isinstance(expected, list):
        if not isinstance(found, list) or not isinstance(expected, list) or len(found) != len(expected):
            return False
        return all(same_value(one, other) for one, other in zip(found, expected))
    number, other = as_number(found), as_number(expected)
    if number is not None and other is not None:
        return abs(number - other) <= _TOLERANCE
    return as_text(found) == as_text(expected)


def _single(value: Any) -> Any:
    if not isinstance(value, list):
        return value
    if not value:
        return None
    return value[0] if len(value) == 1 else value


def read_vectors(path: Path) -> List[Vector]:
    """The vectors of a file; `VectorError` with file and line where it breaks the contract."""
    found = []
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise VectorError(f"{path}: {error}") from None
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            data = json.loads(line)
            if not isinstance(data, dict):
                raise VectorError("a vector is a JSON object")
            found.append(Vector(data))
        except (ValueError, VectorError) as error:
            raise VectorError(f"{path}, line {number}: {error}") from None
    return found


def main(files: Sequence[str], surroundings: Surroundings) -> int:
    """Runs the files' vectors: a line for each failure, then `N passed, N failed`. 0: all passed, 1: some
    failed, 2: a file breaks the contract."""
    failed = passed = 0
    try:
        for vector in [vector for file in files for vector in read_vectors(Path(file))]:
            trouble = vector.run(surroundings)
            if trouble is None:
                passed += 1
            else:
                failed += 1
                print(f"{vector.id}: {trouble}")
    except VectorError as error:
        print(error, file=sys.stderr)
        return 2
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0
