"""Lookups, summaries, saved searches, datasets: what goes in and out through the context."""

import pytest

from lab.spl.search import parse

USERS = {"lookup_files": {"users.csv": "user,dept\nalice,eng\nbob,ops\n"}}


def test_lookup_asks_the_table_once_for_each_different_value(world):
    asked = []

    class Table:
        fields = ("k", "v")

        def match(self, inputs, outputs):
            asked.append(inputs["k"])
            return [{"v": "1"}]

    context = world([{"k": "a"}, {"k": "b"}, {"k": "a"}])
    context.lookup = lambda name: Table()
    assert [row["v"] for row in parse("* | lookup t k", context).run(context).rows] == ["1", "1", "1"]
    assert asked == ["a", "b"]


def test_lookup_of_a_field_the_table_has_not_is_an_error(search):
    with pytest.raises(Exception, match="no field salary"):
        search("* | lookup users.csv user OUTPUT salary", [{"user": "bob"}], USERS)


def test_outputlookup_hands_the_context_all_it_needs_to_write_as_asked(world):
    written = []
    context = world([{"n": "1"}, {"n": "2"}, {"n": "3"}])
    context.write_table = lambda name, rows, **how: written.append((name, rows, how))
    rows = parse("* | outputlookup append=t key_field=n override_if_empty=f max=2 ledger", context).run(context).rows
    assert len(rows) == 3
    ((name, taken, how),) = written
    assert (name, taken, how["append"], how["key_field"]) == ("ledger", [{"n": "1"}, {"n": "2"}], True, "n")
    assert how["options"]["override_if_empty"] is False and how["options"]["create_empty"] is False
    assert "first 2 of 3" in context.warnings[0]


def test_what_comes_after_a_write_does_not_change_what_was_written(world):
    context = world([{"n": "1"}])
    parse("* | collect index=summary | outputlookup t.csv | eval n=2", context).run(context)
    assert context.collected[0][0] == [{"n": "1"}] and context.tables["t.csv"].rows == [{"n": "1"}]


def test_options_inside_a_where_clause_are_part_of_the_clause(search):
    settings = {"lookup_files": {"t.csv": "max,start\n1,a\n2,b\n"}}
    assert search("| inputlookup t.csv where max=2", (), settings) == [{"max": "2", "start": "b"}]
    assert search("| inputlookup start=1 t.csv where max=*", (), settings) == [{"max": "2", "start": "b"}]


def test_inputlookup_inside_a_pipeline_must_append(search):
    assert len(search("* | inputlookup append=t users.csv", [{}], USERS)) == 3
    with pytest.raises(Exception, match="append=true"):
        search("* | inputlookup users.csv", [{}], USERS)


def test_a_saved_search_runs_with_the_values_given(world):
    context = world([{"h": "a"}, {"h": "b"}])
    context.saved_search = lambda name: "h=$host$ | stats count AS n"
    assert parse('| savedsearch "mine" host=b', context).run(context).rows == [{"n": 1}]
    with pytest.raises(Exception, match=r"\$host\$"):
        parse('| savedsearch "mine"', context).run(context)
    assert parse('| savedsearch "mine" nosubstitution=true', context).run(context).rows == [{"n": 0}]


def test_a_data_models_child_inherits_constraints_and_fields_under_their_owners_name(search):
    model = {
        "objects": [
            {
                "objectName": "Auth",
                "parentName": "BaseEvent",
                "search": "action=*",
                "fields": ["action", "user"],
                "calculated": {"bad": 'if(action=="fail",1,0)'},
            },
            {"objectName": "Failed", "parentName": "Auth", "search": "action=fail", "fields": ["why"]},
        ]
    }
    rows = [{"action": "fail", "user": "a", "why": "pw"}, {"action": "ok", "user": "b"}, {"user": "c"}]
    settings = {"datamodels": {"M": model}}
    assert search("| tstats sum(Auth.bad) AS n values(Failed.why) AS w from datamodel=M.Failed", rows, settings) == [
        {"n": 1, "w": "pw"}
    ]
    assert search("| tstats count from datamodel=M where nodename=Auth.Failed", rows, settings) == [{"count": 1}]
    assert search("| from datamodel:M.Failed | table user bad", rows, settings) == [{"user": "a", "bad": 1}]


def test_tstats_without_a_data_model_sees_indexed_fields_only(search):
    with pytest.raises(Exception, match="'user' is no indexed field"):
        search("| tstats count by user", [{"user": "a"}])


def test_multisearch_puts_the_events_of_its_searches_in_order_of_time(search):
    rows = [{"_time": time, "h": host} for time, host in ((4, "a"), (3, "b"), (2, "a"), (1, "b"))]
    found = search("| multisearch [search h=a] [search h=b] | table _time", rows)
    assert [row["_time"] for row in found] == [4, 3, 2, 1]


def test_a_delimiter_lasts_until_nomv_joins_the_values(search):
    rows = [{"k": "1", "n": "a"}, {"k": "1", "n": "b"}]
    assert search('* | mvcombine delim="," n | nomv n | table n', rows) == [{"n": "a,b"}]
    assert search('* | stats delim=";" values(n) AS v | nomv v', rows) == [{"v": "a;b"}]
    assert search("* | mvcombine n | nomv n | table n", rows) == [{"n": "a b"}]
    assert search("* | stats values(n) AS v | nomv v", rows) == [{"v": "a\nb"}]


def test_text_with_quotes_and_backslashes_survives_format(search):
    rows = [{"n": 'a "b" \\c'}]
    for ending in ("fields n", "format"):
        found = search(f"* | search [search n=* | fields n | {ending}] | table n", rows)
        assert found == rows, ending


@pytest.mark.parametrize(
    "spl, known",
    [
        ("* | stats count BY a | eval b=1", True),
        ('* | stats count BY a | map search="search b=$a$"', False),
        ("* | stats count BY a | map mine", False),
        ("| savedsearch mine", False),
        ("| from savedsearch:mine", False),
        ("| from datamodel:M.X", False),
        ("| from lookup:users.csv", True),
        ("* | fields a | append [| savedsearch mine]", False),
        ("* | fields a | join a savedsearch:mine", False),
        ("* | fields a | union datamodel:M.X", False),
        ("* | fields a | union lookup:users.csv", True),
    ],
)
def test_the_fields_of_a_search_are_known_before_it_runs_unless_it_runs_others(spl, known, world):
    assert (parse(spl, world()).base_fields() is not None) is known


def test_lookup_wants_the_old_value_of_an_output_only_where_it_may_be_kept(world):
    spl = "* | lookup users.csv user OUTPUT dept | table dept"
    assert parse(spl, world((), USERS)).pipeline.needs() == {"user"}
    kept = world((), USERS, {"lookup without match": "keep"})
    assert parse(spl, kept).pipeline.needs() == {"user", "dept"}


def test_inputlookup_compares_with_case_or_without_as_the_reading_has_it(search):
    spl = "| inputlookup users.csv where user=ALICE | table user"
    assert search(spl, (), USERS) == [{"user": "alice"}]
    assert search(spl, (), USERS, {"inputlookup case": "sensitive"}) == []
