"""The mutants of conditions, and which of them a detection's cases notice."""

import pytest

from lab.mutation.conditions import mutants
from lab.mutation.judgement import NotAsExpected, Run, judged
from lab.mutation.remembering import Remembering
from lab.mutation.values import known_before
from lab.spl.eval_expression.expression import parse_expression


def changes(text):
    return [mutant.change for mutant in mutants(parse_expression(text))]


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("a = 1", ["!= instead of =: a = 1"]),
        ("a >= 5", ["< instead of >=: a >= 5", "> instead of >=: a >= 5"]),
        ("isnull(a)", ["NOT isnull(a)"]),
        ("NOT isnull(a)", ["without NOT: isnull(a)"]),
        ("a != 1 AND isnull(b)", ["OR instead of AND: a != 1 AND isnull(b)", "without a != 1", "without isnull(b)"]
            + ["= instead of !=: a != 1", "NOT isnull(b)"]),
        ("if(a = 1, 2, 3) = b", ["!= instead of =: if(a = 1, 2, 3) = b", "!= instead of =: a = 1"]),
        ("true()", []),
    ],
)  # fmt: skip
def test_a_condition_is_changed_in_every_small_way(condition, expected):
    assert [change.replace("without NOT: NOT ", "without NOT: ") for change in changes(condition)] == expected


def test_each_change_does_what_it_says(context):
    rows = [{"a": a, "b": b} for a in ("1", "2") for b in ("1", None)]

    def passing(expression):
        holds = expression.condition(context())
        return [index for index, row in enumerate(rows) if holds({k: v for k, v in row.items() if v is not None})]

    told = {
        mutant.change: passing(mutant.expression) for mutant in mutants(parse_expression("a = 1 AND NOT isnull(b)"))
    }
    assert told == {
        "OR instead of AND: a = 1 AND NOT isnull(b)": [0, 1, 2],
        "without a = 1": [0, 2],
        "without NOT isnull(b)": [0, 1],
        "!= instead of =: a = 1": [2],
        "without NOT: NOT isnull(b)": [1],
    }


SEARCH = '* | eval weight = case(kind = "a", 3, kind = "b", 1) | where weight > 0 | where size >= 10 | table kind size'
ROWS = [{"kind": "a", "size": "20"}, {"kind": "b", "size": "5"}, {"kind": "c", "size": "20"}]


@pytest.fixture
def judge(context, parse_search):
    def of(rows, expected):
        world = context(rows)
        run = Run(world, lambda found: [row["kind"] for row in found] == expected)
        return {(told.clause, told.change): told.killed for told in judged(parse_search(SEARCH, world), [run])}

    return of


def test_a_mutant_lives_until_a_row_tells_it_from_the_condition(judge):
    told = judge(ROWS, ["a"])
    assert told == {
        ("weight > 0", "no condition"): True,
        ("weight > 0", "<= instead of >: weight > 0"): True,  # and `>=` is none: a weight is 3, 1 or null
        ("size >= 10", "no condition"): True,
        ("size >= 10", "< instead of >=: size >= 10"): True,
        ("size >= 10", "> instead of >=: size >= 10"): False,
    }
    assert all(judge([*ROWS, {"kind": "b", "size": "10"}], ["a", "b"]).values())


def test_what_fails_its_cases_unchanged_is_not_judged(judge):
    with pytest.raises(NotAsExpected):
        judge(ROWS, ["a", "b"])


def test_a_field_that_anything_but_eval_writes_may_have_any_value(context, parse_search):
    def known(spl):
        return known_before(parse_search(spl, context()).commands).get("x")

    assert known("* | eval y = if(a = 1, 1, 0), x = y + case(b = 1, 2)") == {None, 2, 3}
    assert known("* | eval x = 1 | sort 0 x") == {1}
    assert known("* | eval x = 1 | stats sum(x) AS x BY b") is None
    assert known("* | eval x = a") is None


class Doubling:
    """A custom command that answers row by row, and counts what it is asked."""

    name = "double"
    asked = 0

    def run(self, rows, context):
        for row in rows:
            self.asked += 1
            yield {**row, "other": str(row["other"]), "twice": str(2 * row["x"])}


def test_a_custom_command_is_asked_once_for_each_thing_it_is_asked_about():
    command = Doubling()
    remembered = Remembering(command, " x output=all ")
    first = list(remembered.run([{"x": 1, "other": 5}, {"x": 2, "other": 6}, {"x": 1, "other": 7}], None))
    assert [(row["twice"], row["other"]) for row in first] == [("2", 5), ("4", 6), ("2", 7)]
    assert list(remembered.run([{"x": 2, "other": 8}], None)) == [{"x": 2, "other": 8, "twice": "4"}]
    assert command.asked == 2
