"""Messages and errors of custom search commands, and the bounds of commands.conf."""

from __future__ import annotations

import time

import pytest

from lab.spl.errors import SearchError, Unsupported
from lab.spl.search import parse

from .commands_of_apps import ECHO, NUMBERS, TAGGER, raw


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
