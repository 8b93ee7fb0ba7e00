"""What must hold for any pipeline, whatever its commands: the laws of test_metamorphic.py for whole searches."""

from __future__ import annotations

from typing import Any, List

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from judge_laws import outcome, same
from judge_pipelines import pipelines, rows, stages
from judge_search import Row, same_rows
from judge_settings import examples

from lab.spl.search import Search
from lab.spl.values import as_text


@examples(100)
@given(given_rows=rows(), stage=stages())
def test_a_search_run_twice_gives_the_same(given_rows: List[Row], stage: str) -> None:
    """And leaves the events as they were (`search` looks)."""
    same(f"* | {stage}", f"* | {stage}", given_rows)


STREAMING = """
eval {x}={e}, y={f}
where {c}
search {q}
fields {F}
rename {f} AS {x}
fillnull value=none {F}
replace x WITH w IN {f}
rex field={f} "(?<{x}>.)" max_match=0
rex field={f} mode=sed "s/x/w/g"
regex {f}="^[a-z1]"
makemv delim="-" {f}
mvexpand {f}
nomv {f}
strcat {f} "-" {f} {x}
rangemap field={f} low=0-2 default=none
convert num({f}) AS {x}
spath input={f}
spath path=a.b{{}} output={x}
addtotals fieldname={x} {f}
bin {f} span=5
lookup t.csv k AS {f} OUTPUT v AS {x}
tojson
foreach {F} [eval {x}='<<FIELD>>']
""".strip().splitlines()


@examples(150)
@given(given_rows=rows(), pipeline=pipelines(3, STREAMING), cut=st.integers(0, 8))
def test_streaming_commands_see_one_row_at_a_time(given_rows: List[Row], pipeline: str, cut: int) -> None:
    whole, first, second = (outcome(f"{base} | {pipeline}", given_rows) for base in ("*", f"n<={cut}", f"n>{cut}"))
    assume(not any(isinstance(one, str) for one in (whole, first, second)))
    assert same_rows(whole, [*first, *second]), (pipeline, given_rows, whole, first, second)


@examples(300)
@given(given_rows=rows(), pipeline=pipelines(3), wanted=st.sampled_from(["a", "x n", "b g", "y count", "n", "c _time"]))
def test_fields_not_asked_for_change_nothing(given_rows: List[Row], pipeline: str, wanted: str) -> None:
    """Only the fields that a search needs reach it (`needs`); with all of them it says the same."""
    spl = f"* | {pipeline} | table {wanted}"
    projected = outcome(spl, given_rows)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Search, "visible_fields", lambda self: None)
        everything = outcome(spl, given_rows)
    assert projected == everything, (spl, given_rows)


def _as_event(value: Any) -> Any:
    return [as_text(one) for one in value] if isinstance(value, list) else as_text(value)


@examples(200)
@given(given_rows=rows(), pipeline=pipelines(3))
def test_a_number_is_its_text(given_rows: List[Row], pipeline: str) -> None:
    """Events hold text alone: a search over numbers says what it says over their text."""
    assume("mv_to_json_array" not in pipeline and "json_" not in pipeline and "tojson" not in pipeline)
    texts = [
        {name: value if name == "_time" else _as_event(value) for name, value in row.items()} for row in given_rows
    ]
    one, two = outcome(f"* | {pipeline}", given_rows), outcome(f"* | {pipeline}", texts)
    if isinstance(one, str) or isinstance(two, str):
        assert one == two
    else:
        assert same_rows(one, two), (pipeline, given_rows, one, two)


@examples(100)
@given(given_rows=rows(), pipeline=pipelines(3))
def test_the_text_of_a_search_may_be_laid_out_otherwise(given_rows: List[Row], pipeline: str) -> None:
    """Line breaks and comments between commands, no spaces around pipes."""
    assume("[" not in pipeline)
    parts = pipeline.split(" | ")
    same(f"* | {pipeline}", "*\n|\t" + "\n  | ".join(parts), given_rows)
    same(f"* | {pipeline}", "*|" + " ``` a | comment ``` | ".join(parts), given_rows)
