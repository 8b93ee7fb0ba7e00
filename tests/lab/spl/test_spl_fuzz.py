"""Whatever is typed, the search language answers with rows or with an error of its own."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lab.spl.commands import COMMANDS
from lab.spl.errors import SearchError
from lab.spl.expression import parse_expression
from lab.spl.functions import FUNCTIONS
from lab.spl.search import parse

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
    '"x y"',
    "'a b'",
    "eval(",
    "TERM(",
    "count",
    "x=1",
    "é",
    "\n",
]
PIECES = st.sampled_from([*SIGNS.split(), *WORDS, *sorted(COMMANDS), *(f"{name}(" for name in sorted(FUNCTIONS))])
SEARCHES = st.one_of(
    st.lists(PIECES, max_size=20).map(" ".join),
    st.lists(PIECES, max_size=12).map(lambda pieces: "* | " + " ".join(pieces)),
    st.lists(st.lists(PIECES, min_size=1, max_size=4).map(" ".join), max_size=4).map(" | ".join),
    st.text(max_size=60),
)
ROWS = [{"a": "1", "_raw": "x y", "_time": 5.0, "mv": ["a", "b"]}, {"user": "bob", "a": "é"}]
QUICK = settings(
    max_examples=400, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@QUICK
@given(text=SEARCHES)
def test_no_search_text_breaks_the_parser_or_the_run(text, context):
    world = context(ROWS)
    try:
        found = parse(text, world)
        found.base_fields()
        found.run(world)
    except SearchError as error:
        assert str(error)


@QUICK
@given(text=st.one_of(st.lists(PIECES, max_size=15).map(" ".join), st.text(max_size=60)))
def test_no_text_breaks_an_expression(text, context):
    try:
        parse_expression(text).compile(context())(ROWS[0])
    except SearchError as error:
        assert str(error)


def test_deep_nesting_is_refused_not_a_crash(context):
    for text in (
        "* | eval x=" + "(" * 5000,
        "* | where " + "NOT " * 5000 + "a=1",
        "(" * 5000,
        "NOT " * 5000,
        "* " + "| append [ search * " * 400,
    ):
        try:
            parse(text, context())
        except SearchError as error:
            assert str(error)


def test_a_long_chain_of_terms_is_no_nesting(search):
    many = " OR ".join(f"a={number}" for number in range(3000))
    assert len(search(many, ROWS)) == 1
    assert len(search("* | where " + " OR ".join(f"a={number}" for number in range(3000)), ROWS)) == 1
    assert search("* | eval x=" + ".".join(['"y"'] * 3000) + " | table x", ROWS)[0]["x"] == "y" * 3000
