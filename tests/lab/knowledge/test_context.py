"""A search's surroundings: which events it sees, and that no short cut changes what it finds."""

from __future__ import annotations

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lab.knowledge.base_search import BaseSearch
from lab.knowledge.rows_context import RowsContext, vector_surroundings
from lab.spl.conformance import main as run_vectors
from lab.spl.errors import SearchError, Unsupported
from lab.spl.search import parse
from lab.spl.search_expression.expression import parse_search_expression, predicate
from lab.spl.search_expression.keywords import term_test
from lab.store.kvstore import KVStore
from lab.store.terms import dotted_terms, words_holding

OKTA = '[OktaIM2:log]\nKV_MODE = json\nEVAL-event_type = eventType\nEVAL-src_ip = nullif(ip, "null")\n'


@pytest.fixture
def okta(searches):
    """Three kinds of Okta events, one of another index, one of another sourcetype."""
    searches.installed.app("app", {"props": OKTA, "macros": "[log]\ndefinition = sourcetype=OktaIM2:log\n"})
    start = '{"eventType":"user.session.start","ip":"198.51.100.7","uuid":"u1"}'
    end = '{"eventType":"user.session.end","ip":null,"uuid":"u2"}'
    searches.add(start, end, sourcetype="OktaIM2:log", host="acme.example.com")
    searches.add('{"eventType":"user.session.start","uuid":"u3"}', sourcetype="OktaIM2:log", index="okta")
    searches.add('{"eventType":"user.session.start","uuid":"u4"}', sourcetype="other")
    searches.add('{"eventType":"user.session.start","uuid":"u5"}', sourcetype="OktaIM2:log", index="_internal")
    return searches


def uuids(searches, text: str, **bounds: float) -> str:
    return " ".join(row["uuid"] for row in searches.run(f"{text} | table uuid", **bounds))


def test_without_index_only_the_default_ones_are_searched_and_internal_ones_only_by_name(okta):
    assert uuids(okta, "`log`") == "u2 u1"
    assert uuids(okta, "index=okta `log`") == "u3"
    assert uuids(okta, "index=* `log`") == "u3 u2 u1"
    assert uuids(okta, "index=_* `log`") == "u5"
    assert uuids(okta, "(index=okta OR index=main) eventType=user.session.start") == "u4 u3 u1"


def test_time_ranges_of_the_search_and_of_its_text(okta):
    assert uuids(okta, "index=*", earliest=1001, latest=1003) == "u3 u2"
    assert uuids(okta, "index=*", index_earliest=1062) == "u4 u3"
    assert uuids(okta, "index=* earliest=1002", earliest=0, latest=9999) == "u4 u3"
    assert uuids(okta, "index=* _index_latest=1061") == "u1"


def test_an_event_type_is_found_by_term_by_field_and_by_calculated_field(okta):
    for condition in ("TERM(user.session.start)", "eventType=user.session.start", "event_type=user.session.start"):
        assert uuids(okta, f"`log` {condition}") == "u1"
    assert uuids(okta, "`log` (TERM(user.session.start) OR TERM(user.session.end))") == "u2 u1"
    assert uuids(okta, "`log` NOT TERM(user.session.start)") == "u2"
    assert uuids(okta, "`log` (TERM(198.51.100.7) OR TERM(user.session.end))") == "u2 u1"


def test_a_base_search_leaves_to_the_index_and_to_the_origin_what_they_can_decide(okta):
    context = okta.knowledge.context(okta.store, okta.kvstore, now=0.0, app="app")
    text = "index=main sourcetype=OktaIM2* TERM(user.session.start) earliest=5 src_ip=* (TERM(a.b) OR uuid=1)"
    base = BaseSearch(parse_search_expression(text, context), context, okta.store.answers)
    assert base.terms == [["user.session.start"]]
    assert base.reads == {"src_ip", "_raw", "uuid"}
    assert base.earliest == 5
    assert {okta.store.origins[number].index for number in base.origins(okta.store.origins)} == {"main"}


def test_an_or_whose_sides_the_index_can_narrow_extracts_none_but_theirs(okta, monkeypatch):
    read = []
    raw = okta.store.raw
    monkeypatch.setattr(okta.store, "raw", lambda ordinal: read.append(ordinal) or raw(ordinal))
    either = "(sourcetype=OktaIM2:log TERM(user.session.end) uuid=u*) OR (sourcetype=other uuid=u4)"
    assert uuids(okta, f"index=* ({either})") == "u4 u2"
    assert sorted(set(read)) == [1, 3]
    read.clear()
    assert uuids(okta, "index=* ((TERM(user.session.end)) OR (uuid=u1))") == "u2 u1"  # one side may be anywhere
    assert len(set(read)) == 4


_CONDITIONS = [
    "TERM(user.session.start)",
    "TERM(user.session)",
    "TERM(user.session.end)",
    "TERM(198.51.100.7)",
    "event_type=user.session.*",
    "src_ip=198.51.100.0/24",
    "uuid!=u1",
    "index=okta",
    "index=*",
    "host=acme*",
    "sourcetype=other",
    "session",
    "eventtype=start",
]
_EXPRESSIONS = st.recursive(
    st.sampled_from(_CONDITIONS),
    lambda inner: (
        st.tuples(inner, st.sampled_from([" ", " OR "]), inner).map(lambda parts: f"({''.join(parts)})")
        | inner.map(lambda text: f"NOT {text}")
    ),
    max_leaves=6,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(_EXPRESSIONS)
def test_the_short_cuts_find_what_the_whole_expression_finds_on_the_event(okta, text):
    okta.installed.app("app", {"eventtypes": '[start]\nsearch = TERM("user.session.start") sourcetype=OktaIM2:log\n'})
    context = okta.knowledge.context(okta.store, okta.kvstore, now=0.0, app="app")
    expression = parse_search_expression(f"index=* {text}", context)
    matches = predicate(expression, context)
    everything = okta.run("index=*")
    expected = [row["uuid"] for row in everything if matches({k: v for k, v in row.items() if k != "eventtype"})]
    assert uuids(okta, f"index=* {text}").split() == expected


_PIECES = st.lists(st.sampled_from(["user", "session", "a1", *'_.-%"@/: ', ".", ".", "--", "%20"]), max_size=12)


@given(_PIECES.map("".join), st.sampled_from(["user.session", "user.session.a1", "a1.user", "user_session.a1"]))
def test_store_and_search_language_agree_on_what_holds_a_term(raw, term):
    assert bool(words_holding(term, sorted(dotted_terms(raw.encode())))) == term_test(term)(raw)


def test_each_search_gets_rows_of_its_own_with_only_its_fields(okta):
    okta.add('{"eventType":"x.y","target":[{"id":"1"},{"id":"2"}],"uuid":"u6"}', sourcetype="OktaIM2:log")
    text = '`log` TERM(x.y) | eval all=mvappend(\'target{}.id\', "3") | fields all, "target{}.id"'
    first, second = okta.run(text), okta.run(text)
    assert first == second
    first[0]["target{}.id"].append("changed")
    assert okta.run(text) == second


def test_a_planned_search_extracts_each_event_once_for_all(okta, monkeypatch):
    from lab.knowledge.extraction import Extractor

    extracted = []
    original = Extractor.fields
    monkeypatch.setattr(Extractor, "fields", lambda self, row, raw: extracted.append(raw) or original(self, row, raw))
    okta.knowledge.plan(["`log` | table src_ip", "`log` event_type=user.* | stats count by uuid", "not a ` search"])
    assert len(okta.run("`log` | table src_ip")) == 2
    assert len(okta.run("`log` event_type=user.* | stats count by uuid")) == 2
    assert len(extracted) == 2
    okta.run("`log` | table eventType")  # outside the plan: extracted anew, and right
    assert len(extracted) == 4


def test_macros_by_arity_and_what_is_wrong_with_one(searches):
    macros = (
        "[m]\ndefinition = a\n[m(2)]\nargs = x, y\ndefinition = $x$ $y$\n[bad(1)]\ndefinition = x\n[none]\nargs =\n"
    )
    searches.installed.app("app", {"macros": macros})
    context = searches.knowledge.context(searches.store, searches.kvstore, now=0.0, app="app")
    assert context.macro("m", 0).args == ()
    assert context.macro("m", 2).args == ("x", "y")
    for name, arity, message in [("m", 1, "takes 0 or 2"), ("x", 0, "does not exist"), ("none", 0, "no definition")]:
        with pytest.raises(SearchError, match=message):
            context.macro(name, arity)
    with pytest.raises(Exception, match=r"macros\.conf:7: \[bad\(1\)\] takes 1 arguments"):
        context.macro("bad", 1)


def test_an_app_that_is_not_installed_and_a_disabled_saved_search_are_errors(searches):
    searches.installed.app("app", {"savedsearches": "[on]\nsearch = x\n[off]\nsearch = x\ndisabled = 1\n"})
    context = searches.knowledge.context(searches.store, searches.kvstore, now=0.0, app="app")
    assert context.saved_search("on") == "x"
    with pytest.raises(SearchError, match="disabled"):
        context.saved_search("off")
    with pytest.raises(SearchError, match="not installed"):
        searches.run("*", app="nothing")


def test_what_an_app_exports_is_seen_after_a_reload(searches):
    searches.installed.app("app", {})
    searches.installed.app("other", {"macros": "[theirs]\ndefinition = x\n"})
    with pytest.raises(SearchError):
        searches.run("`theirs`")
    searches.installed.app("other", {"metadata/local.meta": "[macros]\nexport = system\n"})
    searches.knowledge.reload()
    assert searches.run("`theirs`") == []


def test_collect_writes_summary_events_that_a_search_reads_back(searches):
    searches.installed.app("app", {})
    searches.run(
        '| makeresults | eval _time=500, user="a b", n=5 | collect index=summary source="my search"', earliest=100
    )
    found = searches.run("index=summary | table _time source sourcetype user n info_min_time search_now")
    assert found == [
        {
            "_time": 500.0,
            "source": "my search",
            "sourcetype": "stash",
            "user": "a b",
            "n": "5",
            "info_min_time": "100.000",
            "search_now": "10000.000",
        }
    ]


def test_without_a_splunkd_an_external_command_is_refused_not_unknown(searches):
    searches.installed.app("app", {"commands": "[ipintel]\nfilename = ipintel.py\n"})
    with pytest.raises(Unsupported, match="ipintel"):
        searches.run("* | ipintel src_ip")


def test_given_rows_are_searched_with_the_apps_macros_and_lookups(installed):
    macros = "[who]\ndefinition = lookup people user OUTPUT dept\n"
    transforms = "[people]\nfilename = people.csv\n"
    installed.app("app", {"macros": macros, "transforms": transforms, "lookups/people.csv": "user,dept\na,eng\n"})
    from lab.knowledge import Knowledge

    rows = [{"user": "a", "n": 5, "ok": True, "gone": None, "list": ["x", None]}, {"user": "b", "_time": 50}]
    context = RowsContext(Knowledge(installed.apps), rows, kvstore=KVStore(), now=100.0, earliest=60.0, app="app")
    assert parse("user=* | `who` | fields *", context).run(context).rows == [
        {"user": "a", "n": 5, "ok": "true", "list": ["x"], "dept": "eng"}
    ]
    with pytest.raises(SearchError, match="row 1: the field a"):
        RowsContext(Knowledge(installed.apps), [{"a": {"b": 1}}], kvstore=KVStore(), now=0.0, app="app")


def test_given_rows_have_their_event_types_and_tags_where_a_search_names_them(installed):
    eventtypes, tags = "[failed]\nsearch = action=fail\n", "[eventtype=failed]\nauthentication = enabled\n"
    installed.app("app", {"eventtypes": eventtypes, "tags": tags})
    from lab.knowledge import Knowledge

    rows = [{"action": "fail"}, {"action": "fail", "eventtype": "own"}, {"action": "ok"}]
    context = RowsContext(Knowledge(installed.apps), rows, kvstore=KVStore(), now=0.0, app="app")
    assert parse("* | table action eventtype tag", context).run(context).rows == [
        {"action": "fail", "eventtype": "failed", "tag": "authentication"},
        {"action": "fail", "eventtype": "own"},
        {"action": "ok"},
    ]
    assert parse("tag=authentication", context).run(context).rows == [{"action": "fail"}]


def test_the_shared_vectors_of_lookups_hold_with_these_lookups(shared_file, tmp_path, capsys):
    lines = [json.loads(line) for line in shared_file("data/spl_vectors.jsonl").read_text().splitlines()]
    chosen = tmp_path / "vectors.jsonl"
    topics = ("lookup", "inputlookup", "outputlookup")
    chosen.write_text("".join(json.dumps(line) + "\n" for line in lines if line["topic"] in topics))
    assert run_vectors([str(chosen)], vector_surroundings()) == 0, capsys.readouterr().out
