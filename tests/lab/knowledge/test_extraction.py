"""Search-time fields: in Splunk's order, and the same whether a search wants one of them or all."""

from __future__ import annotations

import pytest

from lab.knowledge.conf import ConfError
from lab.spl.errors import SearchError, Unsupported

JSON = "[st]\nKV_MODE = json\n"


def row(searches, raw: str, props: str, *wanted: str, **files: str) -> dict:
    """The event's wanted fields, once extracted alone and once out of all of them."""
    searches.installed.app("app", {"props": props, **files})
    searches.add(raw)
    everything = searches.run("*")[0]
    table = searches.run("* | table " + " ".join(f'"{name}"' for name in wanted))[0]
    assert table == {name: everything[name] for name in wanted if name in everything}
    return table


def test_an_event_has_its_default_fields(searches):
    found = row(searches, "x", "[st]\nKV_MODE = none\n", "_time", "_indextime", "index", "sourcetype", "source", "host")
    assert found == {
        "_time": 1000.0,
        "_indextime": 1060,
        "index": "main",
        "sourcetype": "st",
        "source": "src",
        "host": "h",
    }


def test_inline_extractions_run_in_ascii_order_of_their_class_and_the_first_value_stays(searches):
    props = "[st]\nKV_MODE = none\nEXTRACT-b = (?<user>\\w+)$\nEXTRACT-a = ^(?<user>\\w+)\n"
    props += "EXTRACT-c = (?<first>.) in user\n"
    assert row(searches, "anna and bert", props, "user", "first") == {"user": "anna", "first": "a"}


def test_report_finds_by_regex_format_and_delimiters(searches):
    props = "[st]\nKV_MODE = none\nREPORT-x = named, pairs, several, columns\n"
    transforms = (
        "[named]\nREGEX = id=(?<id>\\d+)\n"
        "[pairs]\nREGEX = (\\w+):(\\w+)\nFORMAT = $1::$2\n"
        "[several]\nREGEX = id=(\\d+)\nFORMAT = every::$1\nMV_ADD = true\n"
        '[columns]\nDELIMS = "|"\nFIELDS = one, "two words"\nCLEAN_KEYS = false\n'
    )
    found = row(searches, "id=1 id=2 k:v|rest", props, "id", "k", "every", "one", "two words", transforms=transforms)
    assert found == {"id": "1", "k": "v", "every": ["1", "2"], "one": "id=1 id=2 k:v", "two words": "rest"}


def test_automatic_pairs_are_found_beside_json_and_never_replace_what_is_there(searches):
    props = "[st]\nEXTRACT-a = a=(?<a>\\d)\n"
    assert row(searches, 'a=12 b="two words" c=x,d=3 e=""', props, "a", "b", "c", "d", "e") == {
        "a": "1",
        "b": "two words",
        "c": "x",
        "d": "3",
    }


def test_an_alias_replaces_removes_or_leaves(searches):
    props = JSON + "FIELDALIAS-a = a AS alias b AS there none AS gone\nFIELDALIAS-b = a ASNEW kept, none ASNEW also\n"
    raw = '{"a":"1","b":"2","there":"x","gone":"y","kept":"z","also":"w"}'
    assert row(searches, raw, props, "alias", "there", "gone", "kept", "also", "a") == {
        "alias": "1",
        "there": "2",
        "kept": "z",
        "also": "w",
        "a": "1",
    }


def test_calculated_fields_all_see_what_was_there_before_any_of_them(searches):
    props = JSON + 'EVAL-x = y . "!"\nEVAL-y = "new"\nFIELDALIAS-a = a AS b\nEVAL-c = b . "+"\n'
    assert row(searches, '{"x":"1","y":"2","a":"3"}', props, "x", "y", "c") == {"x": "2!", "y": "new", "c": "3+"}


def test_a_calculated_null_takes_the_extracted_field_away(searches):
    assert row(searches, '{"x":"null"}', JSON + 'EVAL-x = nullif(x, "null")\n', "x") == {}


def test_calculated_fields_remember_values_without_mixing_them_up(searches):
    props = JSON + 'EVAL-low = lower(x)\nEVAL-both = x . "/" . y\nEVAL-list = split(x, ",")\n'
    searches.installed.app("app", {"props": props})
    searches.add('{"x":"A,B","y":"1"}', '{"x":"C","y":"1"}', '{"x":"A,B","y":"2"}', '{"x":["P","Q"],"y":"2"}', "{}")
    rows = searches.run("* | table low both list | eval list=mvappend(list, low)")
    assert [found.get("both") for found in rows] == [None, None, "A,B/2", "C/1", "A,B/1"]
    assert [found.get("list") for found in rows[2:]] == [["A", "B", "a,b"], ["C", "c"], ["A", "B", "a,b"]]


def test_lookups_come_last_and_see_calculated_fields(searches):
    props = JSON + "EVAL-key = lower(k)\nLOOKUP-a = people key OUTPUT name AS person\n"
    props += "LOOKUP-b = people key OUTPUTNEW level\n"
    found = row(
        searches,
        '{"k":"A","level":"own"}',
        props,
        "person",
        "level",
        transforms="[people]\nfilename = people.csv\n",
        **{"lookups/people.csv": "key,name,level\na,Anna,9\n"},
    )
    assert found == {"person": "Anna", "level": "own"}


def test_an_automatic_lookup_sees_the_table_a_search_has_written(searches):
    files = {
        "props": JSON + "LOOKUP-a = t k OUTPUT v\n",
        "transforms": "[t]\nfilename = t.csv\n",
        "lookups/t.csv": "k,v\n1,old\n",
    }
    searches.installed.app("app", files)
    searches.add('{"k":"1"}')
    assert searches.run("* | table v") == [{"v": "old"}]
    searches.run('| makeresults | eval k="1", v="new" | table k v | outputlookup t')
    assert searches.run("* | table v") == [{"v": "new"}]


def test_event_types_and_tags_are_fields_and_search_terms(searches):
    files = {
        "props": JSON,
        "eventtypes": "[fails]\nsearch = action=fail\npriority = 1\n[all]\nsearch = *\n"
        "[off]\nsearch = *\ndisabled = 1\n",
        "tags": "[eventtype=fails]\nauthentication = enabled\nold = disabled\n[user=a%20b]\nperson = enabled\n",
    }
    searches.installed.app("app", files)
    searches.add('{"action":"fail","user":"a b"}', '{"action":"ok"}')
    assert searches.run("* | table eventtype tag tag::user") == [
        {"eventtype": "all"},
        {"eventtype": ["fails", "all"], "tag": ["authentication", "person"], "tag::user": "person"},
    ]
    assert searches.run("eventtype=fails | table action") == [{"action": "fail"}]
    assert searches.run("tag=authentication | table action") == [{"action": "fail"}]
    assert searches.run("tag=auth* eventtype=f* | table action") == [{"action": "fail"}]
    assert searches.run("tag=ol* | table action") == []
    assert searches.run("eventtype!=fails | table action") == [{"action": "ok"}]
    with pytest.raises(SearchError, match="off"):
        searches.run("eventtype=off")


def test_an_event_type_may_use_macros_and_other_event_types(searches):
    files = {
        "props": JSON,
        "macros": "[failing]\ndefinition = action=fail\n",
        "eventtypes": "[fails]\nsearch = `failing`\n[fails of admins]\nsearch = eventtype=fails user=admin*\n",
    }
    searches.installed.app("app", files)
    searches.add('{"action":"fail","user":"admin1"}', '{"action":"fail","user":"b"}')
    assert searches.run("* | table eventtype") == [{"eventtype": "fails"}, {"eventtype": ["fails", "fails of admins"]}]
    assert len(searches.run('eventtype="fails of admins"')) == 1
    assert len(searches.run("eventtype=fails*")) == 2


def test_search_time_settings_of_another_app_hold_only_if_exported(searches):
    searches.installed.app("app", {"props": JSON})
    searches.installed.app("other", {"props": '[st]\nEVAL-x = "other"\n'})
    searches.installed.app(
        "open", {"props": '[st]\nEVAL-y = "open"\n', "metadata/default.meta": "[props]\nexport = system\n"}
    )
    searches.add("{}")
    assert searches.run("* | table x y") == [{"y": "open"}]
    assert searches.run("* | table x y", app="other") == [{"x": "other", "y": "open"}]


@pytest.mark.parametrize(
    ("setting", "error", "message"),
    [
        ("EVAL-x = now()", Unsupported, "time"),
        ("EVAL-x = lower(", SearchError, "props.conf:3: EVAL-x"),
        ("KV_MODE = xml", Unsupported, "xml"),
        ("rename = other", Unsupported, "rename"),
        ("FIELDALIAS-a = a TO b", ConfError, "FIELDALIAS-a"),
        ("FIELDALIAS-a = a AS c b AS c", ConfError, "two fields"),
        ("FIELDALIAS-a = a AS b b AS c", Unsupported, "another alias"),
        ("REPORT-x = nothing", ConfError, "transforms.conf has no"),
        ("EXTRACT-x = (no group)", ConfError, "names no group"),
        ("EXTRACT-x = (?<x>", ConfError, "props.conf:3: EXTRACT-x"),
    ],
)
def test_a_setting_that_cannot_work_says_why_and_where(searches, setting, error, message):
    searches.installed.app("app", {"props": JSON + setting + "\n"})
    searches.add("{}")
    with pytest.raises(error, match=message):
        searches.run("*")


def test_a_field_that_splunk_makes_and_the_lab_does_not_is_refused_not_null(searches):
    searches.installed.app("app", {"props": JSON})
    searches.add("{}")
    with pytest.raises(Unsupported, match="date_hour"):
        searches.run("* | table date_hour")
