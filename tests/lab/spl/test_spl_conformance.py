"""The conformance runner itself: what it must not let pass (facts/spl.md, B.1)."""

import json

import pytest

from lab.spl.conformance import main

GOOD = {"id": "good", "events": [{"a": "1"}], "spl": "* | table a", "expected": [{"a": 1.0}]}


@pytest.fixture
def run(tmp_path, surroundings, capsys):
    def write_and_run(*vectors):
        file = tmp_path / "vectors.jsonl"
        file.write_text("\n".join(v if isinstance(v, str) else json.dumps(v) for v in vectors))
        code = main([str(file)], surroundings)
        return code, capsys.readouterr()

    return write_and_run


def test_the_last_line_counts_and_the_exit_tells(run):
    code, said = run(GOOD, {**GOOD, "id": "bad", "expected": [{"a": "2"}]})
    assert code == 1
    assert said.out.splitlines()[-1] == "1 passed, 1 failed"
    assert said.out.startswith("bad: ")
    assert run(GOOD)[0] == 0


@pytest.mark.parametrize(
    "change",
    [
        {"expected": []},
        {"expected": [{"a": "1", "b": "2"}]},
        {"expected": [{}]},
        {"expect_error": "any"},
        {"columns": ["b"]},
        {"compare_internal": {"_time": 5}},
        {"side_effect": {"collect": {"index": "summary", "rows": 1}}},
        {"then": {"spl": "*", "expected": []}},
        {"spl": "* | kmeans a"},
        {"events": [{"a": "1"}, {"a": "2"}], "expected": [{"a": "2"}, {"a": "1"}], "ordered": True},
        {"events": [{"a": ["2", "1"]}], "expected": [{"a": ["1", "2"]}]},
    ],
    ids=str,
)
def test_a_wrong_result_never_passes(change, run):
    assert run({**GOOD, **change})[0] == 1


@pytest.mark.parametrize(
    "change",
    [
        {"accept_error": True, "spl": "* | kmeans a"},
        {"accept_alt": [[{"a": "1"}]], "expected": [{"a": "9"}]},
        {"events": [{"a": "1"}, {"a": "2"}], "compare": "prefix"},
        {"events": [{"a": "1"}, {"a": "2"}], "expected": [{"a": "2"}, {"a": "1"}]},
        {"events": [{"a": "1", "_raw": "x"}], "spl": "*"},
        {"events": [{"a": "1"}], "expected": [{"a": ["1"], "b": None}]},
    ],
    ids=str,
)
def test_what_the_contract_allows_passes(change, run):
    assert run({**GOOD, **change})[0] == 0


@pytest.mark.parametrize(
    "vector", [{**GOOD, "surprise": 1}, {**GOOD, "context": {"surprise": 1}}, "{not json", "[]", {"spl": "*"}], ids=str
)
def test_a_file_that_breaks_the_contract_is_refused_with_its_line(vector, run):
    code, said = run(GOOD, vector)
    assert code == 2
    assert "line 2" in said.err


def test_a_file_that_is_not_there_is_refused(surroundings, tmp_path, capsys):
    assert main([str(tmp_path / "none.jsonl")], surroundings) == 2
    assert "none.jsonl" in capsys.readouterr().err
