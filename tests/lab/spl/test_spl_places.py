"""Errors say line and column of the text the user wrote, macros and all."""

from pathlib import Path

import pytest

from lab.spl.conformance import read_vectors
from lab.spl.errors import SearchError, Unsupported
from lab.spl.search import parse
from lab.spl.vector_context import GivenContext

VECTORS = sorted((Path(__file__).parent / "vectors").glob("*.jsonl"))

MACROS = {
    "macros": {
        "good": {"definition": "host=a"},
        "bad": {"definition": "eval x=nosuch(1)"},
        "outer": {"definition": "`bad` | head 1"},
        "loop": {"definition": "`pool`"},
        "pool": {"definition": "`loop`"},
        "checked(1)": {"args": "n", "definition": "head $n$", "validation": "isnum($n$)", "errormsg": "no number"},
        "told(1)": {"args": "n", "definition": "head $n$", "validation": 'if($n$>9,"at most 9",null())'},
        "both(2)": {"args": "a,b", "definition": "search x=\"$a$\" y=$b$"},
        "asked": {"definition": '"user=".lower("BOB")', "iseval": "1"},
    }
}  # fmt: skip


def refusal(text, context):
    with pytest.raises(SearchError) as refused:
        parse(text, context(settings=MACROS))
    return refused.value


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [
        ("* | eval x=nosuch(1)", 1, 12),
        ("*\n| eval x=1,\n  y=nosuch(1)", 3, 5),
        ("* | nocommand", 1, 5),
        ("* | stats count by", 1, 19),
        ("* | head 5 nonsense", 1, 12),
        ("`good` | eval x=nosuch(1)", 1, 17),
        ("``` a note ``` * | eval x=nosuch(1)", 1, 27),
        ("* | append [ | makeresults | eval x=nosuch(1) ]", 1, 37),
        ("* | `bad`", 1, 5),
        ("* | `outer`", 1, 5),
        ("* | `missing`", 1, 5),
        ("* | `checked(abc)`", 1, 5),
        ("* | `good", 1, 5),
        ("* | eval x=\"open", 1, 12),
        ("* | append [ | makeresults", 1, 12),
        ("* |", 1, 3),
        ("", 1, 1),
    ],
)  # fmt: skip
def test_the_error_points_at_the_place_the_user_wrote(text, line, column, context):
    error = refusal(text, context)
    assert (error.line, error.column) == (line, column)
    assert "^" in str(error)


@pytest.mark.parametrize("file", VECTORS, ids=lambda file: file.stem)
def test_no_error_of_a_vector_is_without_its_place(file, surroundings):
    for vector in read_vectors(file):
        if vector.data.get("expect_error"):
            world = GivenContext(surroundings, vector.data.get("events") or [], vector.data.get("context") or {})
            with pytest.raises(SearchError) as refused:
                parse(vector.data["spl"], world).run(world)
            assert refused.value.place is not None, vector.id


@pytest.mark.parametrize(
    ("text", "start"),
    [
        ("user=", "Error in 'search' command: a value"),
        ("* | eval x=nosuch(1)", "Error in 'eval' command: unknown function"),
        ("* | where (a=1", "Error in 'where' command: ')' is missing"),
        ("* | lookup nosuch k", "Error in 'lookup' command: there is no lookup"),
        ("* | streamstats time_window=1h count", "Error in 'streamstats' command: time_window needs _time"),
        ("* | append [ | makeresults | eval x=nosuch(1) ]", "Error in 'eval' command: unknown function"),
        ("* | append [ | kmeanz ]", "unknown search command 'kmeanz'"),
        ("| tstats prestats=t count where index=*", "'tstats' command: prestats=true is not supported"),
        ("* | kmeans k=2", "the command 'kmeans' is not supported"),
        ("[ search earliest=nonsense ] | head 1", "Error in 'search' command: 'nonsense' is no relative time"),
    ],
)  # fmt: skip
def test_an_error_names_the_innermost_command_it_is_in(text, start, context):
    world = context([{"a": "1"}])
    with pytest.raises(SearchError) as refused:
        parse(text, world).run(world)
    assert refused.value.message.startswith(start)


def test_an_error_inside_a_macro_names_the_macro(context):
    assert "`bad`" in str(refusal("* | `bad`", context))


def test_a_documented_command_the_lab_lacks_is_unsupported_and_an_invented_one_unknown(context):
    assert isinstance(refusal("* | kmeans k=2", context), Unsupported)
    assert not isinstance(refusal("* | kmeanz k=2", context), Unsupported)


def test_macros_that_call_each_other_are_an_error_not_a_hang(context):
    assert "calls itself" in refusal("`loop`", context).message


def test_a_validation_that_returns_text_is_the_message(context):
    assert refusal("* | `told(10)`", context).message == "at most 9"
    parse("* | `told(9)`", context(settings=MACROS))


def test_quoted_arguments_may_hold_commas_and_a_call_in_quotes_is_text(search):
    rows = [{"x": "a, b", "y": "1"}, {"x": "`good`", "y": "2"}]
    assert search('* | `both("a, b",1)`', rows, MACROS) == [rows[0]]
    assert search('* | search x="`good`"', rows, MACROS) == [rows[1]]
    assert search("`asked`", [{"user": "bob"}], MACROS) == [{"user": "bob"}]


def test_a_value_that_looks_like_an_argument_stays_what_it_is(search):
    row = {"x": "$b$", "y": "1"}
    assert search("* | `both($b$,1)`", [row], MACROS) == [row]
