"""What a custom search command is told, and whose commands there are."""

from __future__ import annotations

import argparse
import json
import tarfile
from pathlib import Path

import pytest

from lab.cli import search as cli_search
from lab.schedule.dispatch import dispatch
from lab.schedule.saved_search import saved_search
from lab.schedule.window import Window
from lab.spl.errors import Unsupported
from lab.spl.search import parse
from lab.splunkd.sessions import SYSTEM_USER

from .commands_of_apps import ECHO, RAW, TAGGER, WITNESS, raw
from .commands_world import APP, FIVE, START

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
