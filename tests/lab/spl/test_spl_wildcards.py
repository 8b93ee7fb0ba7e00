"""Wildcards: the same answers as regular expressions give, in a time that grows with the text alone."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lab.spl.errors import SearchError
from lab.spl.search_expression.keywords import keyword_test
from lab.spl.wildcards import like_test, wildcard_parts

LETTERS = st.text("ab.", max_size=8)


@given(st.text("ab*", max_size=7).filter(lambda text: "*" in text), LETTERS)
def test_the_parts_are_those_of_a_greedy_regular_expression(pattern, text):
    pieces = pattern.split("*")
    found = re.compile("(.*)".join(map(re.escape, pieces)), re.DOTALL).fullmatch(text)
    assert wildcard_parts(pieces, text) == (found.groups() if found else None)


@given(st.text("ab.%_", max_size=7), LETTERS)
def test_like_answers_as_its_regular_expression_would(pattern, text):
    regex = "".join({"%": ".*", "_": "."}.get(character) or re.escape(character) for character in pattern)
    assert like_test(pattern)(text) == (re.fullmatch(regex, text, re.DOTALL) is not None)


@given(st.text("ab*", min_size=1, max_size=6).filter(lambda text: text.strip("*")), st.text("ab ", max_size=8))
def test_a_keyword_with_wildcards_is_found_where_its_regular_expression_is(pattern, text):
    opens = "" if pattern[0] == "*" else r"(?<!\S)"
    closes = "" if pattern[-1] == "*" else r"(?!\S)"
    regex = opens + r"\S*".join(map(re.escape, pattern.split("*"))) + closes
    assert keyword_test(pattern)(text) == (re.search(regex, text) is not None)


HOSTILE = "a" * 3000


@pytest.mark.parametrize(
    "spl",
    [
        '* | where like(a, "%a%a%a%a%a%a%a%b")',
        "a=*a*a*a*a*a*a*a*b",
        "*a*a*a*a*a*a*a*b",
        "* | replace *a*a*a*a*a*a*b* WITH x IN a | where a=0",
    ],
)
def test_no_pattern_takes_for_ever(spl, search):
    assert not search(spl, [{"a": HOSTILE, "_raw": HOSTILE}])


@pytest.mark.parametrize(
    "spl",
    [
        '* | where match(a, "^(a+)+$")',
        '* | regex a="^(a+)+$"',
        '* | rex field=a "^(?<b>(a+)+)$"',
        '* | rex field=a mode=sed "s/^(a+)+$/b/"',
    ],
)
def test_a_regular_expression_that_backtracks_for_ever_is_an_error_with_its_place(spl, search):
    with pytest.raises(SearchError, match=r"match_limit.*\n?.*") as caught:
        search(spl, [{"a": HOSTILE + "!"}])
    assert "line 1, column 5" in str(caught.value)


def test_an_honest_regular_expression_reads_a_long_text(search):
    assert search('* | where match(a, "^(?:a|b)+$") | table a', [{"a": "ab" * 15_000}])
