"""Custom search commands: real processes, on splunk-sdk or raw, behind real searches."""

from __future__ import annotations

import argparse
import json
import os
import tarfile
import time
from pathlib import Path

import pytest

from lab.cli import search as cli_search
from lab.clock import Clock
from lab.knowledge.rows_context import RowsContext
from lab.schedule.dispatch import dispatch
from lab.schedule.saved_search import saved_search
from lab.schedule.window import Window
from lab.spl.errors import SearchError, Unsupported
from lab.spl.search import parse
from lab.splunkd.instance import Instance
from lab.splunkd.sessions import SYSTEM_USER

from .commands_of_apps import (
    BACKWARDS,
    COUNT_ONLY,
    ECHO,
    NUMBERS,
    RAW,
    SELECTED,
    SUM,
    TAGGER,
    WITNESS,
    raw,
)

APP = "TA_commands"
START = 1_700_000_000.0
FIVE = [{"n": str(n), "user": f"u{n}"} for n in range(1, 6)]


class World:
    """An instance whose apps a test makes, and searches over given rows."""

    def __init__(self, folder: Path) -> None:
        self.home = folder / "splunk"
        self.messages: list[str] = []
        self._clock = Clock(folder / "clock", START)
        self._instance: Instance | None = None
        (self.home / "etc" / "apps" / APP / "default").mkdir(parents=True)
        self.file("default/app.conf", "[launcher]\n")

    def file(self, name: str, text: str, app: str = APP) -> Path:
        path = self.home / "etc" / "apps" / app / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return path

    def command(self, name: str, script: str, app: str = APP, **settings: str) -> None:
        """A stanza of commands.conf (beside those there are) and its script."""
        self.file(f"bin/{name}.py", script, app)
        lines = "".join(f"{key} = {value}\n" for key, value in {"chunked": "true", **settings}.items())
        path = self.home / "etc" / "apps" / app / "default" / "commands.conf"
        known = path.read_text() if path.exists() else ""
        self.file("default/commands.conf", f"{known}[{name}]\nfilename = {name}.py\n{lines}", app)

    @property
    def splunk(self) -> Instance:
        if self._instance is None:
            self._instance = Instance(self.home, self._clock)
        return self._instance

    def stop(self) -> None:
        if self._instance is not None:
            self._instance.stop()

    def context(self, rows=(), app: str = APP, **bounds) -> RowsContext:
        return RowsContext(
            self.splunk.knowledge,
            rows,
            kvstore=self.splunk.kvstore,
            now=START,
            app=app,
            warn=self.messages.append,
            commands=self.splunk.commands.of(),
            **bounds,
        )

    def run(self, text: str, rows=FIVE, **how):
        context = self.context(rows, **how)
        return parse(text, context).run(context).rows

    def limit_rows(self, number: int) -> None:
        self.file("local/limits.conf", f"[searchresults]\nmaxresultrows = {number}\n")

    def fails(self, text: str, rows=FIVE) -> str:
        with pytest.raises(SearchError) as error:
            self.run(text, rows)
        assert not isinstance(error.value, Unsupported)
        assert error.value.line == 1
        assert not self.splunk.commands._running
        return error.value.message


@pytest.fixture
def world(tmp_path: Path):
    made = World(tmp_path)
    yield made
    made.stop()


def gone(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return False


# ---- what splunk-sdk makes of it


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


# ---- what it is told


def test_a_command_is_told_all_that_splunkd_tells(world):
    world.command("witness", WITNESS)
    world.file("default/macros.conf", '[the_note]\ndefinition = note="a, b"\n')
    (row,) = world.run("| witness one, two `the_note` | eval x=1", earliest=START - 60.5, latest=START)
    told = json.loads(row["searchinfo"])
    sid = told["sid"]
    home = str(world.splunk.home)
    assert told == {
        "args": ["one", "two", "note=a, b"],
        "raw_args": ["one", "two", 'note="a, b"'],
        "dispatch_dir": f"{home}/var/run/splunk/dispatch/{sid}",
        "sid": sid,
        "app": APP,
        "owner": "admin",
        "username": "admin",
        "session_key": told["session_key"],
        "splunkd_uri": world.splunk.uri,
        "splunk_version": "9.4.0",
        "search": '| witness one, two note="a, b" | eval x=1',
        "command": "witness",
        "maxresultrows": 50_000,
        "earliest_time": START - 60.5,
        "latest_time": START,
    }
    assert Path(told["dispatch_dir"]).is_dir() and sid.startswith("1700000000.")
    assert row["note"] == "a, b" and row["fieldnames"] == ["one", "two"]
    assert row["answer"] == row["service"] == "9.4.0"  # its session key is good while it runs …
    assert world.splunk.sessions.user(told["session_key"]) is None  # … and no longer
    assert json.loads(row["argv"]) == []  # arguments on the command line would mean protocol version 1
    environment = json.loads(row["environment"])
    assert environment["SPLUNK_HOME"] == home and "VIRTUAL_ENV" not in environment


def test_an_unbounded_search_and_arguments_of_the_stanza(world):
    told = "metadata, _ = take()\nsend({'type': 'stateful', 'generating': True})\ntake()\n"
    told += "send({'finished': True}, 'earliest,latest,argv\\n%s,%s,%s\\n' % (metadata['searchinfo']['earliest_time'],"
    told += " metadata['searchinfo']['latest_time'], ' '.join(sys.argv[1:])))\n"
    arguments = {"command.arg.10": "last", "command.arg.1": "$SPLUNK_HOME/x", "command.arg.2": "$NOTHING"}
    world.command("told", RAW + told, **arguments)
    (row,) = world.run("| told")
    assert row == {"earliest": "0", "latest": "0", "argv": f"{world.splunk.home}/x $NOTHING last"}


def test_a_scheduled_search_gives_its_own_id_and_runs_as_the_systems_user(world):
    world.command("witness", WITNESS)
    splunk = world.splunk
    saved = saved_search(APP, "S", {"search": "| witness"})
    job = dispatch(saved, Window(START), splunk.head, splunk.act)
    assert job.error is None
    told = json.loads(job.rows[0]["searchinfo"])
    assert (told["sid"], told["owner"], told["username"]) == (job.sid, "nobody", SYSTEM_USER)
    again = dispatch(saved, Window(START), splunk.head, splunk.act)
    assert json.loads(again.rows[0]["searchinfo"])["sid"] == again.sid != job.sid


def test_the_word_search_runs_the_packaged_apps_commands(world, monkeypatch, tmp_path, capsys):
    world.command("tagger", TAGGER.replace("DECORATION", ""))
    world.command("witness", WITNESS)
    (tmp_path / "dist").mkdir()
    with tarfile.open(tmp_path / "dist" / "TA_okta_itdr-1.0.0.tar.gz", "w:gz") as archive:
        archive.add(world.home / "etc" / "apps" / APP, "TA_okta_itdr")
    monkeypatch.setattr("lab.cli.installed._DIST", tmp_path / "dist")
    (tmp_path / "rows.jsonl").write_text('{"user": "ann", "n": 1}\n')
    given = argparse.ArgumentParser()
    cli_search.arguments(given)
    rows = str(tmp_path / "rows.jsonl")
    assert cli_search.run(given.parse_args(["* | tagger user prefix=x_ say=this", "--rows", rows, "--json"])) == 0
    printed = capsys.readouterr()
    assert json.loads(printed.out) == {"user": "ann", "n": "1", "x_tags": ["user", "$ann"], "chunk": "1"}
    assert "WARN: careful with this" in printed.err
    # splunkd answers the command, though nobody had asked it to listen.
    assert cli_search.run(given.parse_args(["| witness | fields answer", "--json"])) == 0
    assert json.loads(capsys.readouterr().out) == {"answer": "9.4.0"}


def test_a_search_that_is_parsed_keeps_no_process_and_asks_a_command_once(world):
    script = raw(ECHO).replace(
        "take()\nsend", "open(os.environ['SPLUNK_HOME'] + '/asked', 'a').write('x')\ntake()\nsend", 1
    )
    world.command("echo", script)
    context = world.context(FIVE)
    search = parse("* | echo a", context)
    assert not world.splunk.commands._running
    parse("* | echo a | head 1", context)
    assert (world.home / "asked").read_text() == "x"
    parse("* | echo b", context)
    search.run(context)
    search.run(context)
    assert (world.home / "asked").read_text() == "xxxx"


# ---- whose commands there are


def test_another_apps_command_is_there_if_it_is_exported(world):
    world.command("echo", raw(ECHO), app="TA_other")
    assert "unknown search command 'echo'" in world.fails("* | echo")
    world.file("metadata/default.meta", "[commands]\nexport = system\n", app="TA_other")
    world.splunk.reload()
    assert len(world.run("* | echo")) == 5
    world.file("metadata/local.meta", "[commands/echo]\nexport = none\n", app="TA_other")
    world.splunk.reload()
    assert "unknown search command" in world.fails("* | echo")


def test_local_is_stronger_and_a_disabled_command_is_none(world):
    world.command("echo", raw(ECHO))
    world.file("bin/other.py", raw(ECHO.replace("body)", "body.replace('u1', 'local'))")))
    world.file("local/commands.conf", "[echo]\nfilename = other.py\n")
    assert world.run("* | echo")[0]["user"] == "local"
    world.file("local/commands.conf", "[echo]\ndisabled = 1\n")
    world.splunk.reload()
    assert "unknown search command" in world.fails("* | echo")


@pytest.mark.parametrize(
    ("conf", "message"),
    [
        ("filename = x.py\n", "protocol version 1: chunked is not true"),
        ("chunked = false\nfilename = x.py\n", "protocol version 1"),
        ("chunked = true\nfilename = x.exe\n", "Python scripts only, not x.exe"),
        ("chunked = true\nfilename = x.path\n", "Python scripts only"),
        ("chunked = true\nfilename = x.py\npython.version = python2\n", "python2"),
    ],
)
def test_what_the_lab_does_not_start_is_unsupported_by_name(conf, message, world):
    world.file("default/commands.conf", f"[old]\n{conf}")
    world.file("bin/x.py", raw(ECHO))
    with pytest.raises(Unsupported, match=message) as error:
        world.run("* | old")
    assert (error.value.line, error.value.column) == (1, 5)


def test_a_script_that_is_missing_or_outside_the_app(world):
    world.file("default/commands.conf", "[old]\nchunked = 1\nfilename = x.py\n[up]\nchunked = 1\nfilename = ../x.py\n")
    message = world.fails("* | old")
    assert message == f"Error in 'old' command: Cannot find program 'old' or script 'x.py' in {APP}/bin."
    assert "is outside the app's bin" in world.fails("* | up")


def test_without_a_filename_the_commands_name_is_the_scripts(world):
    world.file("bin/echo.py", raw(ECHO))
    world.file(
        "default/commands.conf", "[echo]\nchunked = true\npython.version = python3\npython.required = 3.9, 3.13\n"
    )
    assert len(world.run("* | echo")) == 5


# ---- chunks that go otherwise


def test_a_command_may_finish_before_its_input_does(world):
    world.limit_rows(2)
    world.command("first", raw("_, body = take()\nsend({'finished': True}, body)\nstdin.read()\n"))
    assert [row["n"] for row in world.run("* | first")] == ["1", "2"]


def test_a_command_may_finish_without_reading_its_input(world):
    world.command("deaf", raw("send({'finished': True}, 'a\\n1\\n')\nstdin.close()\n"))
    wide = [{"n": str(n), "pad": "x" * 1000} for n in range(2_000)]
    assert world.run("* | deaf", wide) == [{"a": "1"}]


def test_nobody_waits_for_ever_when_both_write_at_once(world):
    echo_late = "while True:\n    header = stdin.readline()\n    sys.stderr.write('e' * 300_000 + '\\n')\n"
    echo_late += "    sizes = [int(x) for x in header.decode().split(',')[1:]] if header else sys.exit(0)\n"
    echo_late += "    finished = json.loads(stdin.read(sizes[0]))['finished']\n"
    echo_late += "    send({'finished': finished}, 'a\\n' + ('y' * 1000 + '\\n') * 2000)\n    stdin.read(sizes[1])\n"
    world.command("late", raw(echo_late))
    wide = [{"n": str(n), "pad": "x" * 1000} for n in range(2_000)]
    assert len(world.run("* | late", wide)) == 4_000


def test_a_command_that_outputs_nothing_for_a_chunk(world):
    world.limit_rows(2)
    world.command("some", raw(ECHO.replace("body)", "body if 'u3' in body else '')")))
    assert [row["n"] for row in world.run("* | some")] == ["3", "4"]


def test_more_may_come_after_the_last_row(world):
    world.command(
        "more",
        raw(
            "left = 3\nwhile True:\n    metadata, body = take()\n    left -= metadata['finished']\n"
            "    send({'finished': left == 0}, 'left\\n%d\\n' % left)\n",
            '{"type": "events"}',
        ),
    )
    assert world.run("* | more") == [{"left": "2"}, {"left": "1"}, {"left": "0"}]


def test_no_rows_are_a_chunk_without_a_table_or_with_the_fields_that_were_asked_for(world):
    told = "while True:\n    metadata, body = take()\n"
    told += "    send({'finished': metadata['finished']}, 'body\\n<' + body.strip().replace(',', ' ') + '>\\n')\n"
    world.command("any", raw(told))
    world.command("chosen", raw(told, '{"required_fields": ["n"]}'))
    assert world.run("nothing=here | any") == [{"body": "<>"}]
    assert world.run("nothing=here | chosen") == [{"body": "<n _chunked_idx __mv_n __mv__chunked_idx>"}]


def test_fields_of_the_description_bound_the_chunks(world):
    world.command("echo", raw(ECHO.replace("body)", "'rows\\n%d\\n' % len(lines(body)))"), '{"maxinputs": 3}'))
    assert [row["rows"] for row in world.run("* | echo")] == ["3", "2", "0"]


# ---- messages and errors


def test_messages_are_shown_with_the_results(world):
    world.command("tagger", TAGGER.replace("DECORATION", ""))
    assert len(world.run("* | tagger n say=this")) == 5
    assert world.messages == ["INFO: seen this", "WARN: careful with this"]
    assert "hidden" in world.splunk.log.file.read_text()


def test_metrics_and_messages_of_an_unknown_level_are_passed_over(world):
    told = '{"metric.x": [1, 2, 3, 4], "messages": [["LOUD", "x"], "broken", ["INFO", "ok"]]}'
    world.command("told", raw(f"take()\nsend({{'finished': True, 'inspector': {told}}}, 'a\\n1\\n')"))
    assert world.run("* | told") == [{"a": "1"}]
    assert world.messages == ["INFO: ok"]


def test_an_error_message_of_a_command_that_ends_well_is_shown(world):
    told = '{"messages": [["ERROR", "half of it"]]}'
    world.command("told", raw(f"take()\nsend({{'finished': True, 'inspector': {told}}}, 'a\\n1\\n')"))
    assert world.run("* | told") == [{"a": "1"}]
    assert world.messages == ["ERROR: half of it"]


def test_a_command_that_gives_up_fails_the_search_with_its_message(world):
    world.command("tagger", TAGGER.replace("DECORATION", ""))
    message = world.fails("* | tagger n fail=true")
    assert message.startswith("Error in 'tagger' command: ") and "the third is wrong" in message
    world.splunk.knowledge.readings = {"error message of a command": "show"}
    world.splunk.reload()
    # So it was measured on Splunk 9.4.6: the job is done, without results (the SDK drops the chunk it was at).
    assert world.run("* | tagger n fail=true") == []
    assert world.messages[-1] == "ERROR: the third is wrong"


@pytest.mark.parametrize("description", ['{"finished": True, "error": "no licence"}', '{"error": "no licence"}'])
def test_an_error_in_the_description_fails_the_search_when_it_is_parsed(description, world):
    world.command("told", raw("", description))
    with pytest.raises(SearchError) as error:
        parse("* | told", world.context())
    assert error.value.message == "Error in 'told' command: no licence"
    assert error.value.column == 5


def test_an_error_in_a_reply_fails_the_search(world):
    world.command("told", raw("take()\nsend({'finished': True, 'error': 'full disk'})"))
    assert world.fails("* | told") == "Error in 'told' command: full disk"


def test_a_fatal_message_fails_the_search(world):
    told = '{"messages": [["FATAL", "gone"]]}'
    world.command("told", raw(f"take()\nsend({{'finished': True, 'inspector': {told}}})"))
    assert world.fails("* | told") == "Error in 'told' command: External search command failed. It said: gone"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ("n nosuch=1", "Unrecognized option: nosuch=1"),
        ("n fail=perhaps", "Illegal value: fail=perhaps"),
    ],
)
def test_arguments_that_the_sdk_refuses_fail_the_search_when_it_is_parsed(arguments, said, world):
    world.command("tagger", TAGGER.replace("DECORATION", ""))
    with pytest.raises(SearchError) as error:
        parse(f"* | tagger {arguments}", world.context())
    assert error.value.message == (
        "Error in 'tagger' command: External search command exited unexpectedly with non-zero error code 1. "
        f"It said: {said}"
    )


def test_a_required_option_that_is_missing_fails_the_search(world):
    world.command("numbers", NUMBERS.replace("DECORATION", ""))
    assert 'A value for "count" is required' in world.fails("| numbers")


@pytest.mark.parametrize(
    ("script", "message"),
    [
        ("import no_such_module", "with non-zero error code 1. The last line of its stderr: Module"),
        (raw("take()\n1/0"), "with non-zero error code 1. The last line of its stderr: ZeroDivisionError"),
        (raw("take()\nos._exit(7)"), "with non-zero error code 7."),
        (raw("take()\nos._exit(0)"), "External search command exited unexpectedly."),
        (raw("take()\nos.kill(os.getpid(), signal.SIGKILL)"), "with non-zero error code -9."),
        (raw("take()\nstdout.write(b'chunked 1.0,100,5\\n{\"')\nstdout.flush()"), "in the middle of a chunk"),
        (
            raw("take()\nsend({'inspector': {'messages': [['ERROR', 'why']]}})\ntake()\nos._exit(3)"),
            "with non-zero error code 3. It said: why",
        ),
        ("print('hello')", "Invalid message received from external search command during setup: no header but 'hello"),
        (raw("take()\nprint('debug')"), "during search: no header but 'debug"),
        (raw("take()\nstdout.write(b'x' * 5000)\nstdout.flush()\ntime.sleep(9)"), "during search: no header but 'xxx"),
        (raw("take()\nstdout.write(b'chunked 1.0,2,0\\n[]')\nstdout.flush()\ntime.sleep(9)"), "no JSON object: '[]'"),
        (raw("take()\nstdout.write(b'chunked 1.0,2,0\\n{x')\nstdout.flush()\ntime.sleep(9)"), "no JSON object: '{x'"),
        # A body longer than the header says begins the next message.
        (raw("take()\nstdout.write(b'chunked 1.0,2,1\\n{}a\\nb')\nstdout.flush()\ntake()"), "no header but '\\nb'"),
        (raw("", '{"type": "eventing"}'), "Invalid custom search command type: eventing"),
        (raw("", '{"type": 7}'), "Invalid custom search command type: 7"),
        (raw("", '{"generating": "yes"}'), "generating in its description cannot be 'yes'"),
        (raw("", '{"required_fields": "n"}'), "required_fields in its description cannot be 'n'"),
        (raw("", '{"required_fields": [1]}'), "is a list of field names"),
        (raw("", '{"requires_preop": True}'), "unknown key requires_preop"),
        (raw("", '{"finished": True}'), "External search command exited unexpectedly."),
        (raw("take()\nsend({}, 'a,a\\n1,2\\n')"), "more than one column a"),
        (raw("take()\nsend({}, 'a,b\\n1,2\\n3\\n')"), "line 3 of its results has 1 cells and not 2"),
        (raw("take()\nsend({}, 'a\\n\"x\"y\\n')"), "line 2 of its results is no CSV"),
        (raw("take()\nsend({}, 'a,__mv_a\\nx,oops\\n')"), "__mv_a is not of the form"),
        (raw("take()\nsend({}, '_chunked_idx\\n9\\n')", '{"required_fields": ["n"]}'), "_chunked_idx = 9, and 5 rows"),
        (raw("while True:\n    take()\n    send({})"), "it never said that it had finished"),
    ],
)  # fmt: skip
def test_a_command_that_misbehaves_fails_the_search_and_is_ended(script, message, world):
    world.command("broken", script)
    said = world.fails("* | broken")
    assert said.startswith("Error in 'broken' command: ")
    assert message in said


@pytest.mark.parametrize(
    ("script", "settings", "message"),
    [
        ("import time\ntime.sleep(60)", {"maxwait": "1"}, "no output within maxwait = 1 s"),
        (raw("take()\ntime.sleep(60)"), {"maxwait": "1"}, "no output within maxwait = 1 s"),
        (raw("take()\ntime.sleep(60)", '{"maxwait": 0.3}'), {}, "no output within maxwait = 0.3 s"),
        (raw("take()\nwhile True:\n    sys.stderr.write('.'); time.sleep(0.1)"), {"maxwait": "1"}, "within maxwait"),
        (raw("take()\nsend({}, 'a\\n' + 'x' * 1000)"), {"maxchunksize": "500"}, "more than maxchunksize = 500"),
    ],
)  # fmt: skip
def test_the_bounds_of_commands_conf_end_a_command(script, settings, message, world):
    world.command("slow", script, **settings)
    begun = time.monotonic()
    assert message in world.fails("* | slow")
    assert time.monotonic() - begun < 10


def test_where_splunk_would_wait_for_ever_the_lab_gives_up_and_says_so(world):
    world.command("slow", raw("take()\ntime.sleep(60)"))
    world.splunk.commands.patience = 0.3
    assert "Splunk would wait for ever (maxwait = 0)" in world.fails("* | slow")


def test_a_command_that_does_not_stop_talking_is_ended(world, monkeypatch):
    monkeypatch.setattr("lab.splunkd.chunked._MOST_UNREAD", 1 << 20)
    world.command("flood", raw("while True:\n    send({}, 'a\\n' + 'x' * 60_000 + '\\n')"))
    wide = [{"n": str(n), "pad": "x" * 1000} for n in range(2_000)]
    assert "not asked for" in world.fails("* | flood", wide)


def test_partial_chunks_are_unsupported_by_name(world):
    world.command("parts", raw("take()\nsend({'partial': True, 'finished': False})"))
    with pytest.raises(Unsupported, match="'parts' sends partial chunks"):
        world.run("* | parts")


def test_what_a_command_writes_to_stderr_is_in_the_log(world):
    world.command("loud", raw("sys.stderr.write('one\\ntwo')\nsys.stderr.flush()\n" + ECHO))
    world.run("* | loud")
    log = world.splunk.log.file.read_text()
    assert "ERROR ChunkedExternProcessor - stderr: one\n" in log and "stderr: two\n" in log


# ---- its end


PID = "open(os.environ['SPLUNK_HOME'] + '/pid', 'w').write(str(os.getpid()))\n"


def pid_of(world: World) -> int:
    return int((world.home / "pid").read_text())


def test_a_process_is_ended_when_the_search_has_enough(world):
    world.limit_rows(2)
    world.command("echo", raw(PID + "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n" + ECHO))
    assert len(world.run("* | echo | head 1")) == 1
    assert gone(pid_of(world))
    context = world.context(FIVE)
    rows = parse("* | echo", context).rows(context)
    next(iter(rows))
    assert not gone(pid_of(world))
    rows.close()
    assert gone(pid_of(world))


def test_a_process_is_ended_when_a_later_command_fails(world):
    world.limit_rows(2)
    world.command("echo", raw(PID + ECHO))
    world.command("broken", raw("take()\nos._exit(1)"))
    with pytest.raises(SearchError) as error:
        world.run("* | echo | broken")
    assert gone(pid_of(world)) and error.value.column == 12


def test_a_process_is_ended_when_the_rows_before_it_fail(world):
    world.command("echo", raw(PID + ECHO))
    world.command("broken", raw("take()\nos._exit(1)"))
    assert "'broken' command" in world.fails("* | broken | echo")
    assert gone(pid_of(world))


def test_a_process_that_will_not_end_is_killed(world, monkeypatch):
    monkeypatch.setattr("lab.splunkd.chunked._FAREWELL_SECONDS", 0.5)
    world.command("stays", raw(PID + "take()\nsend({'finished': True}, 'a\\n1\\n')\ntime.sleep(60)"))
    assert world.run("* | stays") == [{"a": "1"}]
    assert gone(pid_of(world))


def test_stopping_the_instance_ends_what_a_forgotten_search_left(world):
    world.limit_rows(2)
    world.command("echo", raw(PID + ECHO))
    context = world.context(FIVE)
    forgotten = parse("* | echo", context).rows(context)
    next(iter(forgotten))
    world.splunk.stop()
    assert gone(pid_of(world))
    forgotten.close()
