"""Questions public text leaves open, each with its readings (facts/spl.md, B.3).

A `Context` answers `reading(question)` with one of them; `default(question)` is the one the lab takes
where nobody chose. Every shipped search must give the same findings under each.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Dict, Tuple


@dataclass(frozen=True)
class Question:
    """`readings[0]` is the default; `asks` says what is open."""

    name: str
    asks: str
    readings: Tuple[str, str]


_ALL = (
    Question("not of null", 'where NOT f="x" when f is null: drop the row, or keep it?', ("null", "true")),
    Question(
        "multivalue comparison",
        "a multivalue compared in where or eval: true if any value is, or null?",
        ("any", "null"),
    ),
    Question(
        "multivalue !=",
        "a multivalue under != in search: true if any value differs, or only if none equals?",
        ("any", "none"),
    ),
    Question(
        "multivalue in a text function",
        "a text function or `.` over a multivalue: each value of it, or null?",
        ("each", "null"),
    ),
    Question("mixed plus", "+ with a number and a text that is none: null, or both as text?", ("null", "text")),
    Question(
        "precision of a calculation",
        "what eval stores of 8.250 * 0.2: the floating-point number, or rounded to the figures of the inputs?",
        ("double", "significant"),
    ),
    Question("precedence of .", "does . bind as + and -, or tighter?", ("equal", "tighter")),
    Question(
        "lookup without match", "OUTPUT with no match over an existing value: cleared, or kept?", ("clear", "keep")
    ),
    Question(
        "order of automatic lookups",
        "LOOKUP- settings that give one field: by name, or the other way round?",
        ("name", "reverse"),
    ),
    Question(
        "lookup overlap",
        "several CIDR or WILDCARD rows match: in the order of the file, or the most specific first?",
        ("file", "specific"),
    ),
    Question("null in sort", "rows without the sort field: last, or first?", ("last", "first")),
    Question("dedup sortby", "dedup sortby: sort the rows before dedup, or after?", ("before", "after")),
    Question("mvexpand of null", "mvexpand of a row without the field: passed on, or dropped?", ("keep", "drop")),
    Question("accum of null", "accum where the field is no number: no total, or the total so far?", ("none", "carry")),
    Question("foreach absent", "foreach over an explicit field no row has: run, or skip?", ("run", "skip")),
    Question(
        "numeric groups",
        "the order of stats' groups whose BY values look like numbers: as text, or by number?",
        ("text", "number"),
    ),
    Question(
        "time_window boundary",
        "streamstats time_window: does an event exactly that old count, or not?",
        ("excluded", "included"),
    ),
    Question("spath index", "spath's index `{N}` of a JSON array counts from 0, or from 1?", ("zero", "one")),
    Question(
        "format of a multivalue",
        "a multivalue in a subsearch's result: its values ORed in parentheses, or without?",
        ("parentheses", "bare"),
    ),
    Question(
        "inputlookup case", "inputlookup where: compares without regard to case, or with?", ("insensitive", "sensitive")
    ),
    Question(
        "error message of a command",
        "a custom command says ERROR, then that it has finished, and exits non-zero: the search fails, or goes on?",
        ("fail", "show"),
    ),
)

QUESTIONS: Dict[str, Question] = {question.name: question for question in _ALL}


def default(question: str) -> str:
    """The lab's own reading; KeyError for a question nobody wrote down."""
    return QUESTIONS[question].readings[0]
