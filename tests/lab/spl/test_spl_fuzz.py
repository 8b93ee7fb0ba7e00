"""Whatever is typed, the search language answers with rows or with an error of its own.

Four kinds of text: pieces of the language in any order, whole pipelines of the command table (judge_pipelines),
the shared vectors' searches with characters and tokens deleted, doubled, swapped or replaced, and text that is
none of these. All run over rows. Nothing but `SearchError` may come out, with its place inside the text; no
search may take long; the events stay as they were, and a second run gives the same.
"""

from __future__ import annotations

import copy
import faulthandler
import json
import random
import re
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Callable, Dict, Iterator, List

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lab.spl.commands import COMMANDS
from lab.spl.errors import SearchError
from lab.spl.eval_expression.expression import parse_expression
from lab.spl.functions import FUNCTIONS
from lab.spl.search import parse
from lab.spl.syntax.source import Source
from lab.spl.vector_context import GivenContext

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent / "judges"))

from judge_pipelines import AGGREGATIONS, TEMPLATES, pipelines, rows, stages  # noqa: E402
from judge_search import SURROUNDINGS  # noqa: E402
from judge_settings import FACTOR, examples  # noqa: E402

HANGS = 30
SLOWEST = 2.0  # seconds for one small search over a few rows, on a busy machine
SIGNS = (
    """ | = != == < <= > >= ( ) [ ] , . + - * / % " ' ` ``` \\ $ { } @ : # AND OR NOT XOR IN LIKE BY AS OUTPUT WHERE """
)
WORDS = [
    "a",
    "user",
    "_raw",
    "_time",
    "1",
    "-1d@d",
    "0.5",
    "99999999999999999999",
    "1e999",
    "--1",
    "²",
    '"x y"',
    "'a b'",
    '""',
    "''",
    "eval(",
    "TERM(",
    "count",
    "sum(a)",
    "x=1",
    "span=1h",
    "é",
    "\n",
    "\t",
]
PIECES = st.sampled_from([*SIGNS.split(), *WORDS, *sorted(COMMANDS), *(f"{name}(" for name in sorted(FUNCTIONS))])
SEARCHES = st.one_of(
    st.lists(PIECES, max_size=20).map(" ".join),
    st.lists(PIECES, max_size=12).map(lambda pieces: "* | " + " ".join(pieces)),
    st.lists(st.lists(PIECES, min_size=1, max_size=4).map(" ".join), max_size=4).map(" | ".join),
    st.text(max_size=60),
)
ROWS: List[Dict[str, Any]] = [
    {"a": "1", "_raw": "x y", "_time": 5.0, "mv": ["a", "b"]},
    {"user": "bob", "a": "é", "b": '{"k": [1]}'},
]
TABLES = {"lookup_files": {"t.csv": "k,v\nx,one\n1,two\nx,three\n"}}


@contextmanager
def quickly(text: str) -> Iterator[None]:
    """The block must end soon; one that never does ends the run of the tests with a traceback."""
    faulthandler.dump_traceback_later(HANGS, exit=True)
    begun = time.process_time()
    try:
        yield
    finally:
        faulthandler.cancel_dump_traceback_later()
    taken = time.process_time() - begun
    assert taken < SLOWEST, f"{taken:.1f} s for {text!r}"


def answer(text: str, world: GivenContext) -> Any:
    """The rows, or the error of the language, which must know a place inside the text."""
    with quickly(text):
        try:
            found = parse(text, world)
            found.base_fields()
            return found.run(world)
        except SearchError as error:
            check_error(error, text)
            return str(error)


def check_error(error: SearchError, text: str) -> None:
    assert error.message.strip()
    assert error.place is not None, f"no place: {error.message!r} for {text!r}"
    lines = text.split("\n")
    assert 1 <= error.place.line <= len(lines), f"line {error.place.line} is outside: {text!r}"
    assert 1 <= error.place.column <= len(lines[error.place.line - 1]) + 1, f"{error} is outside: {text!r}"


def ask(text: str, given_rows: List[Dict[str, Any]], settings: Dict[str, Any] = TABLES) -> Any:  # noqa: B006
    """Its answer, which must be the same twice and leave the rows as they were."""
    before = copy.deepcopy(given_rows)
    first = answer(text, GivenContext(SURROUNDINGS, given_rows, settings))
    assert given_rows == before, f"the events were changed by {text!r}"
    second = answer(text, GivenContext(SURROUNDINGS, given_rows, settings))
    assert repr(first) == repr(second), f"twice is not the same: {text!r}"
    return first


@examples(400)
@given(text=SEARCHES)
def test_no_search_text_breaks_the_parser_or_the_run(text: str) -> None:
    ask(text, ROWS)


@examples(400)
@given(text=st.one_of(st.lists(PIECES, max_size=15).map(" ".join), st.text(max_size=60)))
def test_no_text_breaks_an_expression(text: str) -> None:
    with quickly(text):
        try:
            parse_expression(text).compile(GivenContext(SURROUNDINGS))(dict(ROWS[0]))
        except SearchError as error:
            assert str(error)


@examples(250)
@given(pipeline=pipelines(4), given_rows=rows())
def test_no_pipeline_breaks(pipeline: str, given_rows: List[Dict[str, Any]]) -> None:
    ask(f"* | {pipeline}", given_rows)


OPTIONS = sorted({option for template in TEMPLATES for option in re.findall(r"(\w+)=", template)} | {"limit", "output"})
VALUES = [
    "0",
    "1",
    "-1",
    "--1",
    "²",
    "1-²",
    "t",
    "false",
    "x",
    '""',
    '"a b"',
    "1h",
    "1.5",
    "(a=1)",
    "[search a=1]",
    "99999999999",
    "",
]


@examples(250)
@given(
    stage=stages(),
    option=st.sampled_from(OPTIONS),
    value=st.sampled_from(VALUES),
    first=st.booleans(),
    given_rows=rows(3),
)
def test_no_option_breaks_a_command(
    stage: str, option: str, value: str, first: bool, given_rows: List[Dict[str, Any]]
) -> None:
    """Any option for any command, also where it knows none of that name."""
    name, _, arguments = stage.partition(" ")
    given_option = f"{option}={value}"
    ask(f"* | {name} {given_option} {arguments}" if first else f"* | {stage} {given_option}", given_rows)


@examples(150)
@given(name=st.sampled_from(sorted(FUNCTIONS)), arguments=st.lists(PIECES, max_size=4), given_rows=rows(3))
def test_no_arguments_break_a_function(name: str, arguments: List[str], given_rows: List[Dict[str, Any]]) -> None:
    ask(f"* | eval x={name}({', '.join(arguments)})", given_rows)


_PLAIN = [
    "a",
    "b",
    "c",
    "missing",
    "1",
    "-1",
    "0",
    "2.5",
    '"x"',
    '""',
    '"%Y"',
    '"-"',
    '"["',
    "null()",
    "1e308",
    '"a.b{}"',
]


@examples(300)
@given(
    name=st.sampled_from(sorted(FUNCTIONS)),
    arguments=st.lists(st.sampled_from(_PLAIN), max_size=4),
    given_rows=rows(3),
)
def test_no_values_break_a_function(name: str, arguments: List[str], given_rows: List[Dict[str, Any]]) -> None:
    ask(f"* | eval x={name}({', '.join(arguments)}) | where x=x | stats max(x) BY x", given_rows)
    ask(f"* | where {name}({', '.join(arguments)})", given_rows)


@examples(60)
@given(function=st.sampled_from(AGGREGATIONS), by=st.sampled_from(["", "BY a", "BY _time"]), given_rows=rows(4))
def test_no_values_break_a_statistic(function: str, by: str, given_rows: List[Dict[str, Any]]) -> None:
    for field in ("a", "_time", "n"):
        item = function.replace("{f}", field).replace("{x}", "x").replace("{c}", "a=1")
        for command in ("stats", "eventstats", "streamstats", "streamstats window=2", "timechart span=1m", "chart"):
            ask(f"* | {command} {item} {by}", given_rows)


# ---- the vectors' searches, spoilt


SHARED = HERE.parents[3] / "shared" / "data" / "spl_vectors.jsonl"
FILES = [*sorted((HERE / "vectors").glob("*.jsonl")), *([SHARED] if SHARED.exists() else [])]
SPOILT = 400  # vectors of each test run, ever the same


def vectors(choice: random.Random) -> List[Dict[str, Any]]:
    lines = [line for file in FILES for line in file.read_text(encoding="utf-8").splitlines() if line.strip()]
    chosen = choice.sample(lines, min(len(lines), SPOILT * FACTOR))
    return [json.loads(line) for line in chosen]


_TOKEN = re.compile(r"\w+|\s+|[^\w\s]")


def spoilt(text: str, choice: random.Random) -> str:
    """One to three changes: a character or a token deleted, doubled, swapped with its neighbour or replaced."""
    for _ in range(choice.randint(1, 3)):
        parts = _TOKEN.findall(text) if choice.random() < 0.6 else list(text)
        if not parts:
            return text
        at = choice.randrange(len(parts))
        kind = choice.randrange(5)
        if kind == 0:
            del parts[at]
        elif kind == 1:
            parts.insert(at, parts[at])
        elif kind == 2 and at + 1 < len(parts):
            parts[at], parts[at + 1] = parts[at + 1], parts[at]
        elif kind == 3:
            parts[at] = choice.choice([*SIGNS.split(), "a", "1", " ", "|", '"', "é"])
        else:
            parts = parts[:at] if choice.random() < 0.3 else parts[:at] + parts[choice.randrange(len(parts)) :]
        text = "".join(parts)
    return text


def test_no_spoilt_vector_breaks() -> None:
    choice = random.Random(4)
    for vector in vectors(choice):
        settings = vector.get("context") or {}
        for _ in range(2):
            ask(spoilt(vector["spl"], choice), vector.get("events") or [], settings)


# ---- deep, long, slow


def test_deep_nesting_is_refused_not_a_crash(context: Callable[..., Any]) -> None:
    for text in (
        "* | eval x=" + "(" * 5000,
        "* | eval x=" + "-" * 5000 + "1",
        "* | eval x=" + "if(true()," * 3000 + "1",
        "* | where " + "NOT " * 5000 + "a=1",
        "* | where " + "(" * 5000 + "a=1" + ")" * 5000,
        "(" * 5000,
        "NOT " * 5000,
        "[" * 5000,
        "* " + "| append [ search * " * 400,
        "* | stats count(eval(" + "(" * 5000,
        "* | spath path=" + "a." * 3000 + "b",
        "* | search " + "(a=1 OR " * 3000,
    ):
        with quickly(text[:60]):
            try:
                parse(text, context(ROWS)).run(context(ROWS))
            except SearchError as error:
                assert str(error)


def test_deep_values_are_no_crash(search: Callable[..., Any]) -> None:
    """JSON and XML of a hostile event."""
    for raw in ("[" * 100_000, '{"a":' * 50_000 + "1" + "}" * 50_000, "<a>" * 50_000, "[" * 3000 + "]" * 3000):
        for spl in ("spath", "spath path=a.a.a output=x", 'eval x=json_extract(_raw,"a")', "where json_valid(_raw)"):
            with quickly(spl):
                search(f"* | {spl}", [{"_raw": raw}])


@pytest.mark.parametrize(
    "spl",
    [
        "head --1",
        "tail +-2",
        "dedup +-2 a",
        "top ² a",
        f"head {'9' * 30}",
        'rex field=a mode=sed "s/x/y/²"',
        "autoregress a p=²",
        f"head limit={'9' * 20}",
        f"delta a p={'9' * 20}",
    ],
)
def test_what_only_looks_like_a_number(spl: str) -> None:
    ask(f"* | {spl}", ROWS)


def test_a_long_chain_of_terms_is_no_nesting(search: Callable[..., Any]) -> None:
    many = " OR ".join(f"a={number}" for number in range(3000))
    assert len(search(many, ROWS)) == 1
    assert len(search("* | where " + " OR ".join(f"a={number}" for number in range(3000)), ROWS)) == 1
    assert search("* | eval x=" + ".".join(['"y"'] * 3000) + " | table x", ROWS)[0]["x"] == "y" * 3000


LONG = "a" * 3000 + "!"
BACKTRACKING = [
    'eval x=if(match(a,"^(a+)+$"),1,0)',
    'eval x=replace(a,"(a|aa)+$","b")',
    'rex field=a "^(?<x>(a*)*)$"',
    'rex field=a mode=sed "s/(a+)+$/b/g"',
    'regex a="^(([a-z])+.)+[A-Z]([a-z])+$"',
    'makemv tokenizer="((a+)+)$" a',
    'eval x=mvfind(a,"(a+)+$")',
    'where match(a,"^(?:a|b)+!$")',
]
WILDCARDS = [
    'where like(a,"%a%a%a%a%a%a%a%b")',
    "search a=*a*a*a*a*a*a*a*b",
    "search *a*a*a*a*a*a*a*b",
    "replace *a*a*a*a*a*b* WITH x IN a",
]
SLOW = [
    'eval x=trim(a,"a")',
    'eval x=split(a,"")',
    'eval x=printf("%999999d",1)',
    "eval x=pow(10,pow(10,10))",
    "eval x=mvrange(0,1e12)",
    "eval x=substr(a,-9999999999,9999999999)",
    "eval x=round(1.5,999999999)",
    "eval x=bit_shift_left(1,9999999999)",
    'eval x=strftime(99999999999999999,"%Y")',
    'eval x=relative_time(now(),"+999999999y")',
    "bin n span=0.0000001",
    "bin _time bins=1000000",
    "timechart span=1s count",
    "makeresults count=2 | bin n span=1e-300",
    "streamstats window=10000 count",
    "autoregress n p=1-100000",
]


LONG_ROWS = [{"a": LONG, "_raw": LONG, "n": "1", "_time": 0}, {"a": "b", "n": "2", "_time": 100_000}]


@pytest.mark.parametrize("spl", BACKTRACKING)
def test_a_regular_expression_that_backtracks_meets_a_limit(spl: str) -> None:
    ask(f"* | {spl}", LONG_ROWS)


@pytest.mark.parametrize("spl", WILDCARDS)
def test_wildcards_do_not_backtrack(spl: str) -> None:
    ask(f"* | {spl}", LONG_ROWS)


@pytest.mark.parametrize("spl", SLOW)
def test_nothing_takes_for_ever(spl: str) -> None:
    """Numbers that ask for too much: what is possible is done, or a limit is said."""
    ask(f"* | {spl}", LONG_ROWS)


def test_places_are_counted_as_people_count_them() -> None:
    """Lines and columns from 1, so that `check_error` above means what it says."""
    place = Source("a\nbcd").place(3, 4)
    assert (place.line, place.column) == (2, 2)
