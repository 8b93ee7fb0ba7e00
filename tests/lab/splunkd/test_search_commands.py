"""Custom search commands on splunk-sdk, as real processes behind real searches."""

from __future__ import annotations

import json

import pytest

from lab.spl.search import parse

from .commands_of_apps import BACKWARDS, COUNT_ONLY, ECHO, NUMBERS, SELECTED, SUM, TAGGER, raw
from .commands_world import START


@pytest.mark.parametrize("decoration", ["", "distributed=False"])
def test_a_streaming_command_of_the_sdk_adds_fields_and_multivalues(decoration, world):
    world.command("tagger", TAGGER.replace("DECORATION", decoration))
    found = world.run('* | tagger user prefix="t_"')
    assert [row["n"] for row in found] == ["1", "2", "3", "4", "5"]
    assert found[0] == {"n": "1", "user": "u1", "t_tags": ["user", "$u1"], "chunk": "1"}


def test_values_survive_the_way_there_and_back(world):
    row = {
        "plain": "a \"b\", 'c'\nnext\rline",
        "with space": "ä€😀",
        'quoted "name"': "x",
        "$dollar$": "$a$;$b$",
        "many": ["$", "a;b", "", "c\nd", "$$x"],
        "one": ["single"],
        "number": 0.5,
        "whole": 4.0,
        "_time": START + 0.25,
        "_raw": '{"a": "b\\n"}',
    }
    row["carriage"] = "return\r alone"
    world.command("echo", raw(ECHO))
    world.command("tagger", TAGGER.replace("DECORATION", ""))
    expected = {**row, "one": "single", "number": "0.5", "whole": "4", "_time": "1700000000.25"}
    assert world.run("* | echo", [row]) == [expected]
    (tagged,) = world.run("* | tagger whole", [row])
    assert {name: tagged[name] for name in row} == expected


def test_rows_go_in_chunks_of_maxresultrows_and_then_an_empty_one(world):
    world.limit_rows(2)
    world.command("tagger", TAGGER.replace("DECORATION", "distributed=False"))
    assert [row["chunk"] for row in world.run("* | tagger n")] == ["1", "1", "2", "2", "3"]
    record = "import json, os\nlog = open(os.environ['SPLUNK_HOME'] + '/seen', 'w')\n"
    keep = ECHO.replace("    send", "    log.write(json.dumps([metadata, body]) + '\\n'); log.flush()\n    send")
    world.command("echo", raw(record + keep))
    world.splunk.reload()
    world.run("* | echo")
    seen = [json.loads(line) for line in (world.home / "seen").read_text().splitlines()]
    assert [metadata for metadata, _ in seen] == [{"action": "execute", "finished": False}] * 3 + [
        {"action": "execute", "finished": True}
    ]
    assert [len(body.splitlines()) for _, body in seen] == [3, 3, 2, 1]
    assert seen[0][1] == "n,user,__mv_n,__mv_user\n1,u1,,\n2,u2,,\n"


def test_a_command_sees_only_its_required_fields_and_its_rows_keep_the_others(world):
    world.command("selected", SELECTED)
    found = world.run("* | selected", [{"user": "ann", "n": 1}, {"n": "2", "user": ["a", "b"]}, {"n": 4}, {"n": 5}])
    assert [list(row.items()) for row in found] == [
        [("user", "ann"), ("n", "1"), ("given", "_chunked_idx absent n")],
        [("n", "2"), ("user", ["a", "b"]), ("given", "twice")],
        [("n", "2"), ("user", ["a", "b"]), ("given", "_chunked_idx absent n")],
        [("n", "5"), ("given", "_chunked_idx absent n")],
    ]
    assert found[1]["user"] is not found[2]["user"]


def test_a_required_field_that_does_not_come_back_is_gone(world):
    world.command(
        "drop",
        raw(
            "while True:\n    metadata, body = take()\n"
            "    send({'finished': metadata['finished']}, '_chunked_idx,new\\n1,x\\n' if lines(body) else '')\n",
            '{"type": "stateful", "required_fields": ["n"]}',
        ),
    )
    assert world.run("* | drop") == [{"user": "u2", "new": "x"}]


def test_events_are_asked_for_with_the_required_fields_only(world):
    world.command("selected", SELECTED)
    search = parse("* | selected | fields given", world.context())
    assert search.base_fields() - {"_raw", "_indextime"} == {"n", "absent", "given", "_time"}


def test_an_eventing_command_gets_all_rows_before_anything_comes_out(world):
    world.command("backwards", BACKWARDS)
    assert [row["n"] for row in world.run("* | backwards")] == ["5", "4", "3", "2", "1"]
    assert [row["n"] for row in world.run("* | backwards | head 2")] == ["5", "4"]


def test_a_reporting_command_runs_its_map_phase_first(world):
    world.limit_rows(2)
    world.command("sum", SUM)
    # Three chunks of input are three sums; the reduce phase gets them two at a time, as it would in Splunk.
    found = world.run("* | sum total=all n")
    assert sum(float(row["all"]) for row in found) == 15
    assert sum(int(row["mapped"]) for row in found) == 5
    assert [row["sums"] for row in found] == ["2", "2"]  # the last is of the empty chunk that ends the map phase


def test_a_reporting_command_without_a_map_phase_reduces_every_row(world):
    world.command("countonly", COUNT_ONLY)
    assert world.run("* | countonly") == [{"count": "5"}]
    assert world.run("nothing=here | countonly") == [{"count": "0"}]


@pytest.mark.parametrize("decoration", ["", "distributed=True", "type='events'", "type='reporting'"])
def test_a_generating_command_leads_and_is_asked_until_it_has_finished(decoration, world):
    world.limit_rows(2)
    world.command("numbers", NUMBERS.replace("DECORATION", decoration))
    found = world.run("| numbers count=5")
    assert [row["n"] for row in found] == ["0", "1", "2", "3", "4"]
    assert found[4]["text"] == 'räw "4",\nline' and found[4]["_time"] == "1700000004"
    assert world.run("| numbers count=0") == []
    assert world.run("| numbers count=2") == found[:2]


def test_where_a_command_may_stand_depends_on_whether_it_generates(world):
    world.command("numbers", NUMBERS.replace("DECORATION", ""))
    world.command("tagger", TAGGER.replace("DECORATION", ""))
    assert "must be the first command" in world.fails("* | numbers count=1")
    assert "cannot be the first" in world.fails("| tagger n")
    assert [row["n"] for row in world.run("* | head 1 | append [| numbers count=1]")] == ["1", "0"]
