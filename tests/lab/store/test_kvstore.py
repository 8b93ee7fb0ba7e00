"""The KV store: documents replaced whole, typed as declared, found as its query language says."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from lab.store.kvstore import (
    DuplicateKey,
    KVStore,
    KVStoreError,
    NoSuchCollection,
    NoSuchDocument,
)
from lab.store.query import BadQuery, compile_filter, parse_fields, parse_sort

APP = "TA_okta_itdr"


@pytest.fixture
def findings():
    return KVStore().define(APP, "findings", {"field.score": "number", "field.live": "bool", "field.user": "string"})


def test_a_saved_document_replaces_the_whole_one(findings):
    findings.batch_save([{"_key": "a", "user": "x", "score": 1, "note": "old"}])
    findings.batch_save([{"_key": "a", "user": "x", "score": 2}])
    assert findings.get("a") == {"_key": "a", "_user": "nobody", "user": "x", "score": 2}


def test_inserting_a_known_key_fails_and_changes_nothing(findings):
    findings.insert({"_key": "a", "score": 1})
    with pytest.raises(DuplicateKey) as refused:
        findings.insert({"_key": "a", "score": 2})
    assert refused.value.status == 409
    assert findings.get("a")["score"] == 1


def test_a_document_without_a_key_gets_one(findings):
    key = findings.insert({"score": 1})
    assert findings.get(key)["score"] == 1
    assert len(key) == 24
    assert findings.insert({"score": 1}) != key


def test_declared_types_hold_and_what_cannot_be_converted_is_dropped(findings):
    findings.batch_save([{"_key": "a", "score": "7.5", "live": "1", "user": 42, "free": {"x": [1]}}])
    kept = findings.get("a")
    assert (kept["score"], kept["live"], kept["user"], kept["free"]) == (7.5, True, "42", {"x": [1]})
    findings.batch_save([{"_key": "b", "score": "high"}])
    assert "score" not in findings.get("b")


def test_enforced_types_refuse_the_document():
    strict = KVStore().define(APP, "strict", {"enforceTypes": "true", "field.score": "number"})
    with pytest.raises(KVStoreError, match="score"):
        strict.insert({"score": "high"})
    assert len(strict) == 0


def test_a_multivalue_is_kept_as_an_array(findings):
    findings.batch_save([{"_key": "a", "evidence": ["u1", "u2"], "score": ["1", "2"]}])
    assert findings.get("a")["evidence"] == ["u1", "u2"]
    assert findings.get("a")["score"] == [1, 2]


def test_what_was_read_can_be_changed_without_changing_the_store(findings):
    findings.batch_save([{"_key": "a", "evidence": ["u1"]}])
    findings.get("a")["evidence"].append("u2")
    findings.query()[0]["evidence"].append("u3")
    assert findings.get("a")["evidence"] == ["u1"]


def test_a_batch_with_one_bad_document_saves_none(findings):
    with pytest.raises(KVStoreError):
        findings.batch_save([{"_key": "a"}, ["no object"]])
    assert len(findings) == 0


def test_a_page_ends_at_the_limit_of_rows(findings):
    findings.max_rows_per_query = 3
    findings.batch_save([{"_key": str(number)} for number in range(5)])
    assert len(findings.query()) == 3
    assert len(findings.query(limit=10)) == 3
    assert [document["_key"] for document in findings.query(skip=3)] == ["3", "4"]
    assert len(findings.documents()) == 5


def test_a_batch_above_the_limit_is_refused(findings):
    findings.max_documents_per_batch_save = 2
    with pytest.raises(KVStoreError, match="limit of 2"):
        findings.batch_save([{}, {}, {}])


@pytest.mark.parametrize(
    ("query", "keys"),
    [
        ({"user": "x"}, "ac"),
        ({"score": 5}, "b"),
        ({"score": "5"}, ""),
        ({"score": {"$gt": 1, "$lte": 5}}, "b"),
        ({"user": {"$ne": "x"}}, "bd"),
        ({"user": None}, "d"),
        ({"$or": [{"score": 1}, {"user": "y"}]}, "ab"),
        ({"$and": [{"user": "x"}, {"score": {"$gte": 9}}]}, "c"),
        ({"$not": {"user": "x"}}, "bd"),
        ({"tags": "two"}, "d"),
        ({"sub.deep": 1}, "d"),
    ],
)
def test_a_query_finds_by_value_type_and_operator(findings, query, keys):
    findings.batch_save(
        [
            {"_key": "a", "user": "x", "score": 1},
            {"_key": "b", "user": "y", "score": 5},
            {"_key": "c", "user": "x", "score": 9},
            {"_key": "d", "tags": ["one", "two"], "sub": {"deep": 1}},
        ]
    )
    assert "".join(document["_key"] for document in findings.query(query)) == keys


@pytest.mark.parametrize("query", [["a"], {"$where": "1"}, {"a": {"$regex": "x"}}, {"$or": {}}])
def test_a_query_the_store_does_not_know_is_refused(query):
    with pytest.raises(BadQuery):
        compile_filter(query)


def test_sort_and_fields_read_as_the_rest_endpoint_takes_them(findings):
    findings.batch_save([{"_key": "a", "n": 2, "m": 1}, {"_key": "b", "n": 10, "m": 1}, {"_key": "c", "m": 0}])
    ordered = findings.query(sort=parse_sort("m:-1,n:-1"), fields=parse_fields("n,_key:0"))
    assert ordered == [{"n": 10}, {"n": 2}, {}]
    assert set(findings.query(fields=parse_fields("m:0"))[0]) == {"_key", "_user", "n"}
    with pytest.raises(BadQuery):
        parse_fields("a:1,b:0")
    with pytest.raises(BadQuery):
        parse_sort("a:down")


def test_users_do_not_see_each_others_documents(findings):
    findings.insert({"_key": "a"}, user="eve")
    assert findings.query() == []
    with pytest.raises(NoSuchDocument):
        findings.get("a")
    assert findings.get("a", user="eve")["_user"] == "eve"


def test_deleting_by_key_and_by_query(findings):
    findings.batch_save([{"_key": key, "n": number} for number, key in enumerate("abcd")])
    findings.delete_key("a")
    with pytest.raises(NoSuchDocument):
        findings.delete_key("a")
    assert findings.delete({"n": {"$gt": 1}}) == 2
    assert [document["_key"] for document in findings.documents()] == ["b"]


def test_an_unknown_collection_and_setting_are_errors():
    store = KVStore()
    with pytest.raises(NoSuchCollection):
        store.collection(APP, "nothing")
    with pytest.raises(KVStoreError, match="feild"):
        store.define(APP, "x", {"feild.a": "number"})
    with pytest.raises(KVStoreError, match="integer"):
        store.define(APP, "x", {"field.a": "integer"})


def test_documents_outlive_the_process_and_the_file_does_not_grow_without_end(tmp_path: Path):
    ledger = KVStore(tmp_path).define(APP, "ledger", {})
    for turn in range(3_000):
        ledger.upsert({"_key": "one", "turn": turn})
    ledger.upsert({"_key": "two"})
    ledger.delete_key("two")
    file = tmp_path / APP / "ledger.jsonl"
    assert len(file.read_text().splitlines()) < 1_500
    with file.open("a") as torn:
        torn.write(json.dumps({"save": {"_key": "three"}})[:9])  # killed in the middle of a write
    again = KVStore(tmp_path).define(APP, "ledger", {})
    assert [document["turn"] for document in again.documents()] == [2_999]
    again.upsert({"_key": "four"})
    assert len(KVStore(tmp_path).define(APP, "ledger", {}).documents()) == 2
