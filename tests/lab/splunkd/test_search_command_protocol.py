"""The chunked protocol where a command does not go the usual way, and how its process ends."""

from __future__ import annotations

import pytest

from lab.spl.errors import SearchError
from lab.spl.search import parse

from .commands_of_apps import ECHO, raw
from .commands_world import FIVE, World, gone

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
    world.command("any", raw(told, '{"type": "stateful"}'))
    world.command("chosen", raw(told, '{"type": "stateful", "required_fields": ["n"]}'))
    assert world.run("nothing=here | any") == [{"body": "<>"}]
    assert world.run("nothing=here | chosen") == [{"body": "<n _chunked_idx __mv_n __mv__chunked_idx>"}]


def test_a_command_that_works_row_by_row_would_be_started_for_nothing(world):
    world.command("row_by_row", raw(ECHO.replace("body)", "'rows\\n1\\n')")))
    assert world.run("nothing=here | row_by_row") == []


def test_fields_of_the_description_bound_the_chunks(world):
    world.command("echo", raw(ECHO.replace("body)", "'rows\\n%d\\n' % len(lines(body)))"), '{"maxinputs": 3}'))
    assert [row["rows"] for row in world.run("* | echo")] == ["3", "2", "0"]


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
    forgets = "take()\npid = os.environ['SPLUNK_HOME'] + '/pid'\nif os.path.exists(pid):\n    os.remove(pid)\n"
    waits = "while not (os.path.exists(pid) and os.path.getsize(pid)):\n    time.sleep(0.01)\n"
    world.command("broken", raw(forgets + "send({'finished': False}, 'n\\n1\\n')\n" + waits + "os._exit(1)"))
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
