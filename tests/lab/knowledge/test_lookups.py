"""Lookups: which rows match, what a search sees of a table, and what it leaves there."""

from __future__ import annotations

import gzip

import pytest

from lab.knowledge.conf import ConfError
from lab.spl.errors import SearchError, Unsupported

PEOPLE = "user,dept,level\nalice,eng,3\nbob,ops,1\nBob,ops,2\n*.svc,bots,\n"
NETS = "net,zone\n10.0.0.0/8,wide\n10.1.0.0/16,narrow\n2001:db8::/32,six\nnot a net,none\n"


@pytest.fixture
def app(searches):
    def install(transforms: str = "", **files: str):
        base = {"transforms": transforms, "lookups/people.csv": PEOPLE, "lookups/nets.csv": NETS}
        searches.installed.app("app", {**base, **files})
        return searches

    return install


def looked_up(searches, field: str, value: str, lookup: str, output: str):
    text = f'| makeresults | eval {field}="{value}" | lookup {lookup} {field} OUTPUT {output} | table {output}'
    return searches.run(text)[0].get(output)


def test_a_file_is_a_lookup_by_its_name_or_by_its_stanza(app):
    searches = app("[people]\nfilename = people.csv\n")
    assert looked_up(searches, "user", "alice", "people.csv", "dept") == "eng"
    assert looked_up(searches, "user", "alice", "people", "dept") == "eng"
    assert looked_up(searches, "user", "ALICE", "people", "dept") is None


def test_case_max_matches_min_matches_and_default(app):
    searches = app(
        "[nocase]\nfilename = people.csv\ncase_sensitive_match = false\n"
        "[one]\nfilename = people.csv\ncase_sensitive_match = false\nmax_matches = 1\n"
        "[always]\nfilename = people.csv\nmin_matches = 1\ndefault_match = nobody\n"
    )
    assert looked_up(searches, "user", "BOB", "nocase", "level") == ["1", "2"]
    assert looked_up(searches, "user", "BOB", "one", "level") == "1"
    assert looked_up(searches, "user", "eve", "always", "dept") == "nobody"


def test_an_empty_cell_is_no_value(app):
    searches = app("[p]\nfilename = people.csv\nmatch_type = WILDCARD(user)\n")
    assert looked_up(searches, "user", "backup.svc", "p", "dept") == "bots"
    assert looked_up(searches, "user", "backup.svc", "p", "level") is None


def test_addresses_match_their_networks_in_the_order_of_the_file_or_the_most_specific_first(app):
    transforms = "[n]\nfilename = nets.csv\nmatch_type = CIDR(net)\n[first]\nfilename = nets.csv\n"
    searches = app(transforms + "match_type = CIDR(net)\nmax_matches = 1\n")
    ask = '| makeresults | eval ip="{}" | lookup {} net AS ip OUTPUT zone | table zone'
    assert searches.run(ask.format("10.1.2.3", "n")) == [{"zone": ["wide", "narrow"]}]
    assert searches.run(ask.format("10.1.2.3", "first")) == [{"zone": "wide"}]
    assert searches.run(ask.format("2001:DB8::5", "n")) == [{"zone": "six"}]
    assert searches.run(ask.format("no address", "n")) == [{}]
    searches.options = {"readings": {"lookup overlap": "specific"}}
    searches._knowledge = None
    assert searches.run(ask.format("10.1.2.3", "first")) == [{"zone": "narrow"}]


def test_a_filter_hides_rows_from_matching_and_reading(app):
    searches = app('[p]\nfilename = people.csv\nfilter = dept="ops" level>1\n')
    assert looked_up(searches, "user", "bob", "p", "dept") is None
    assert [row["user"] for row in searches.run("| inputlookup p")] == ["Bob"]


def test_a_lookup_of_another_app_is_seen_only_if_it_exports_both_stanza_and_file(searches):
    other = {"transforms": "[p]\nfilename = people.csv\n", "lookups/people.csv": PEOPLE}
    searches.installed.app("app", {})
    searches.installed.app("other", {**other, "metadata/default.meta": "[transforms]\nexport = system\n"})
    assert looked_up(searches, "user", "alice", "p", "dept") == "eng"  # the definition brings its file
    with pytest.raises(SearchError, match="does not exist"):
        searches.run("| inputlookup people.csv")


@pytest.mark.parametrize(
    ("transforms", "error", "message"),
    [
        ("[p]\nfilename = none.csv\n", SearchError, "does not exist"),
        ("[p]\nexternal_cmd = x.py a\nfields_list = a\n", SearchError, "no script x.py"),
        ("[p]\nfilename = people.csv\ntime_field = since\n", SearchError, "no field since"),
        ("[p]\nfilename = people.csv\nmatch_type = FUZZY(user)\n", ConfError, "match_type"),
        ("[p]\nfilename = people.csv\nmax_matches = 5000\n", ConfError, "max_matches"),
        ("[p]\nexternal_type = kvstore\nfields_list = a\n", SearchError, "no collection p"),
    ],
)
def test_a_lookup_that_cannot_work_says_why(app, transforms, error, message):
    searches = app(transforms)
    with pytest.raises(error, match=message):
        looked_up(searches, "user", "alice", "p", "dept")


def test_a_table_with_too_many_cells_names_its_line(app):
    searches = app(**{"lookups/bad.csv": "a,b\n1,2\n1,2,3\n"})
    with pytest.raises(SearchError, match="bad.csv line 3"):
        searches.run("| inputlookup bad.csv")


def test_outputlookup_replaces_a_file_and_append_adds_only_its_columns(app):
    searches = app()
    searches.run('| makeresults | eval k="1", v=split("a,b", ",") | table k v | outputlookup new.csv')
    searches.run('| makeresults | eval k="2", extra="x" | table k extra | outputlookup append=true new.csv')
    assert searches.run("| inputlookup new.csv") == [{"k": "1", "v": "a b"}, {"k": "2"}]
    searches.run("| makeresults | where 1=2 | outputlookup override_if_empty=false new.csv")
    assert len(searches.run("| inputlookup new.csv")) == 2
    searches.run("| makeresults | where 1=2 | outputlookup new.csv")
    with pytest.raises(SearchError, match="does not exist"):
        searches.run("| inputlookup new.csv")


LEDGER = {
    "transforms": "[ledger]\nexternal_type = kvstore\ncollection = ledger_kv\n"
    "fields_list = _key, user, seen, live, where\n",
    "collections": "[ledger_kv]\nfield.seen = number\nfield.live = bool\nfield.where = array\n",
}


def test_the_kv_store_keeps_types_replaces_documents_and_gives_them_back(searches):
    searches.installed.app("app", LEDGER)
    write = (
        '| makeresults | eval _key="k1", user="a", seen="7", live="true", where=split("x,y", ",") | outputlookup ledger'
    )
    searches.run(write)
    assert searches.kvstore.collection("app", "ledger_kv").get("k1") == {
        "_key": "k1",
        "_user": "nobody",
        "user": "a",
        "seen": 7,
        "live": True,
        "where": ["x", "y"],
    }
    assert searches.run("| inputlookup ledger") == [
        {"user": "a", "seen": 7, "live": "true", "where": ["x", "y"], "_key": "k1"}
    ]
    searches.run('| makeresults | eval id="k1", user="b" | outputlookup append=true key_field=id ledger')
    assert searches.run("| inputlookup ledger") == [{"user": "b", "_key": "k1"}]
    assert looked_up(searches, "user", "b", "ledger", "_key") == "k1"
    searches.run('| makeresults | eval user="c" | outputlookup ledger')
    assert [row["user"] for row in searches.run("| inputlookup ledger")] == ["c"]


def test_a_value_of_the_wrong_type_fails_the_search_where_types_are_enforced(searches):
    searches.installed.app("app", {**LEDGER, "collections": "[ledger_kv]\nenforceTypes = true\nfield.seen = number\n"})
    with pytest.raises(SearchError, match="seen"):
        searches.run('| makeresults | eval seen="never" | outputlookup ledger')
    assert searches.run("| inputlookup ledger") == []


def test_reading_a_large_collection_is_cut_at_a_page_with_a_warning_but_matching_is_not(searches):
    searches.installed.app("app", LEDGER)
    local = searches.installed.etc / "system" / "local"
    local.mkdir(parents=True)
    (local / "limits.conf").write_text("[kvstore]\nmax_rows_per_query = 2\n")
    searches.knowledge.define_collections(searches.kvstore)
    collection = searches.kvstore.collection("app", "ledger_kv")
    collection.batch_save([{"_key": str(number), "user": f"u{number}"} for number in range(3)])
    assert len(searches.run("| inputlookup ledger")) == 2
    assert "max_rows_per_query" in searches.warnings[0]
    assert looked_up(searches, "user", "u2", "ledger", "_key") == "2"


def test_a_key_field_appends_unless_told_otherwise(searches):
    searches.installed.app("app", LEDGER)
    searches.run('| makeresults | eval id="k1", user="a" | outputlookup key_field=id ledger')
    searches.run('| makeresults | eval id="k2", user="b" | outputlookup key_field=id ledger')
    assert [row["_key"] for row in searches.run("| inputlookup ledger")] == ["k1", "k2"]
    searches.run('| makeresults | eval id="k3", user="c" | outputlookup append=false key_field=id ledger')
    assert [row["_key"] for row in searches.run("| inputlookup ledger")] == ["k3"]


LEASES = "from,ip,host\n1970-01-01 00:15:00,10.0.0.1,old\n1970-01-01 00:16:00,10.0.0.1,new\n"


def test_a_time_based_lookup_finds_the_newest_row_not_later_than_the_event(searches):
    transforms = "[leases]\nfilename = leases.csv\ntime_field = from\ntime_format = %Y-%m-%d %H:%M:%S\n"
    searches.installed.app("app", {"transforms": transforms, "lookups/leases.csv": LEASES})
    ask = '| makeresults | eval _time={}, ip="10.0.0.1" | lookup leases ip OUTPUT host | table host'
    assert [searches.run(ask.format(time)) for time in (899, 900, 959, 960)] == [
        [{}],
        [{"host": "old"}],
        [{"host": "old"}],
        [{"host": "new"}],
    ]


def test_an_automatic_lookup_goes_by_the_events_time_where_the_table_has_one(searches):
    """Knowledge Manager Manual, "Configure a time-based lookup" and "Make your lookup automatic"."""
    leases = "from,ip,host\n1000,10.0.0.1,old\n1001.5,10.0.0.1,new\n"
    files = {
        "transforms": "[leases]\nfilename = leases.csv\ntime_field = from\n",
        "props": "[st]\nLOOKUP-lease = leases ip OUTPUT host AS machine\n",
        "lookups/leases.csv": leases,
    }
    searches.installed.app("app", files)
    searches.add(*["ip=10.0.0.1"] * 3, time=999.0)
    assert searches.run("index=main | sort _time | table machine") == [{}, {"machine": "old"}, {"machine": "new"}]


def test_an_automatic_lookup_matches_each_value_of_a_multivalue(searches):
    files = {
        "transforms": "[people]\nfilename = people.csv\n",
        "props": "[st]\nKV_MODE = json\nLOOKUP-p = people user AS who{} OUTPUT dept level\n",
        "lookups/people.csv": PEOPLE,
    }
    searches.installed.app("app", files)
    searches.add('{"who": ["bob", "nobody", "alice"]}', '{"who": ["nobody", "no one"]}')
    assert searches.run("index=main | sort _time | table dept level") == [
        {"dept": ["ops", "eng"], "level": ["1", "3"]},
        {},
    ]


@pytest.mark.parametrize(
    ("order", "unmatched", "found"),
    [
        ("name", "clear", [{"kind": "second"}, {}]),
        ("name", "keep", [{"kind": "second"}, {"kind": "first"}]),
        ("reverse", "clear", [{"kind": "first"}, {"kind": "first"}]),
        ("reverse", "keep", [{"kind": "first"}, {"kind": "first"}]),
    ],
)
def test_of_two_automatic_lookups_that_give_one_field_either_may_come_first(searches, order, unmatched, found):
    """limits.conf.spec, [lookup] enforce_auto_lookup_order: no order by default."""
    files = {
        "transforms": "[one]\nfilename = one.csv\n[two]\nfilename = two.csv\n",
        "props": "[st]\nLOOKUP-1 = one user OUTPUT kind\nLOOKUP-2 = two user OUTPUT kind\n",
        "lookups/one.csv": "user,kind\nann,first\nbob,first\n",
        "lookups/two.csv": "user,kind\nann,second\n",
    }
    searches.installed.app("app", files)
    searches.options = {"readings": {"order of automatic lookups": order, "lookup without match": unmatched}}
    searches.add("user=ann", "user=bob")
    assert searches.run("index=main | sort _time | table kind") == found


def test_a_compressed_table_is_read_but_not_written(app):
    searches = app()
    (searches.installed.apps / "app" / "lookups" / "zipped.csv.gz").write_bytes(gzip.compress(PEOPLE.encode()))
    assert len(searches.run("| inputlookup zipped.csv.gz")) == 4
    with pytest.raises(Unsupported, match="compressed"):
        searches.run("| makeresults | eval user=1 | outputlookup zipped.csv.gz")
