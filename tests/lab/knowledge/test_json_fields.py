"""KV_MODE=json: the same fields as Splunk would show, whichever of the two ways finds them."""

from __future__ import annotations

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lab.knowledge.json_fields import JsonLimits, _collect, json_extractor

NO_LIMITS = JsonLimits(0, 0, 0)


def fields(raw: str, *wanted: str, limits: JsonLimits = NO_LIMITS) -> dict:
    return json_extractor(frozenset(wanted) or None, limits)(raw.encode())


def test_nested_keys_are_joined_and_arrays_get_braces():
    raw = '{"a":{"b":{"c":"x"}},"t":[{"id":"1"},{"id":"2","n":[{"m":"3"}]}],"s":["p","q"],"aa":[["r"]]}'
    assert fields(raw) == {"a.b.c": "x", "t{}.id": ["1", "2"], "t{}.n{}.m": "3", "s{}": ["p", "q"], "aa{}{}": "r"}
    assert fields(raw, "t{}.id", "s{}", "t{}.n{}.m", "aa{}{}") == {
        "t{}.id": ["1", "2"],
        "s{}": ["p", "q"],
        "t{}.n{}.m": "3",
        "aa{}{}": "r",
    }


def test_null_and_booleans_are_words_and_empty_objects_and_arrays_no_fields():
    raw = '{"n":null,"t":true,"f":false,"o":{},"l":[],"e":""}'
    assert fields(raw) == {"n": "null", "t": "true", "f": "false", "e": ""}
    assert fields(raw, "n", "t", "f", "o", "l{}", "e") == {"n": "null", "t": "true", "f": "false", "e": ""}


_NUMBERS = ["1", "-0", "1.0", "48.856944", "-74.00", "1e5", "2.50", "1234567890" * 3, "0.1E-3"]


@pytest.mark.parametrize("number", _NUMBERS)
def test_a_number_keeps_the_text_it_has_in_the_event(number):
    raw = f'{{"other":"{number}0","lat":{number}}}'
    assert fields(raw, "lat") == {"lat": number}
    assert fields(raw)["lat"] == number


def test_a_key_with_a_dot_in_it_is_found_by_the_joined_name():
    assert fields('{"a.b":{"c":"1"}}', "a.b.c") == {"a.b.c": "1"}
    assert fields('{"a":{"b.c":"2"}}', "a.b.c") == {"a.b.c": "2"}


def test_what_lies_behind_the_cut_off_is_not_extracted_and_a_cut_number_is_none():
    raw = '{"a":"1","n":12345,"z":"9"}'
    assert fields(raw, limits=JsonLimits(0, 14, 0)) == {"a": "1"}
    assert fields(raw, "a", "n", "z", limits=JsonLimits(19, 0, 0)) == {"a": "1", "n": "12345"}
    assert fields('{"a":"é","b":"1"}', limits=JsonLimits(9, 0, 0)) == {"a": "é"}


def test_only_the_first_fields_are_extracted_where_there_are_too_many():
    raw = json.dumps({f"k{number}": number for number in range(120)})
    assert len(fields(raw, limits=JsonLimits(0, 0, 100))) == 100
    assert fields(raw, "k99", "k100", limits=JsonLimits(0, 0, 100)) == {"k99": "99"}


def test_an_array_of_many_objects_is_one_field_a_name_not_one_an_element():
    raw = json.dumps({"t": [{"id": number, "kind": "User"} for number in range(90)], "last": "x"})
    assert fields(raw, "last", limits=JsonLimits(0, 0, 100)) == {"last": "x"}


@pytest.mark.parametrize("raw", ["", "plain text", "key=value", '"text"', "12"])
def test_what_is_no_json_object_has_no_fields(raw):
    assert fields(raw) == {} == fields(raw, "a")


def test_broken_json_gives_what_stands_before_the_break():
    assert fields('{"a":"1","b":{"c":"2",,"d":"3"}') == {"a": "1", "b.c": "2"}
    assert fields('{"a":"1"}{"b":"2"}', "a", "b") == {"a": "1"}


_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["a", "b", "c.d"]), inner),
    max_leaves=12,
)


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)  # a busy machine is no fault of the data
@given(st.dictionaries(st.sampled_from(["a", "b", "x y"]), _VALUES, max_size=3))
def test_the_fast_way_finds_what_the_exact_way_finds(document):
    raw = json.dumps(document)
    exact = _collect(raw.encode(), None, NO_LIMITS)
    assert fields(raw) == exact
    assert fields(raw, *exact, "not there") == exact


def test_the_fast_way_finds_what_the_exact_way_finds_in_okta_events(shared_file):
    for line in shared_file("data/okta_samples.jsonl").read_text(encoding="utf-8").splitlines():
        raw = json.dumps(json.loads(line)["event"])
        exact = _collect(raw.encode(), None, NO_LIMITS)
        assert fields(raw) == exact
        assert fields(raw, *exact) == exact
