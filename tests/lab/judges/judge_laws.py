"""Two searches over the same rows: what each says, and that both say the same."""

from __future__ import annotations

from typing import Any, List

from judge_search import Row, same_rows, search

from lab.spl.errors import SearchError

LOOKUP = {"lookup_files": {"t.csv": "k,v\nx,one\n1,two\nx,three\n"}}


def outcome(spl: str, given_rows: List[Row]) -> Any:
    """The rows, or the reason why there are none."""
    try:
        return search(spl, given_rows, LOOKUP)
    except SearchError as error:
        return f"{type(error).__name__}: {error.message}"


def same(spl: str, other: str, given_rows: List[Row], ordered: bool = True) -> None:
    one, two = outcome(spl, given_rows), outcome(other, given_rows)
    if isinstance(one, str) or isinstance(two, str):
        assert isinstance(one, str) and isinstance(two, str), f"\n{spl}\n{other}\nover {given_rows}\n{one}\n{two}"
        return
    assert same_rows(one, two, ordered), f"\n{spl}\n{other}\nover {given_rows}\n{one}\n{two}"
