"""The System Log input as splunkd starts it: the packaged file, on each Python it may meet."""

from __future__ import annotations

import json
import shutil
import signal
import time
import xml.etree.ElementTree as ElementTree

import pytest
from filelock import FileLock
from okta_itdr.collect.moments import epoch, iso
from servers import Reply, Server, event, refused
from shipped import ROOT, Done

SAMPLES = ROOT.parent / "shared" / "data" / "okta_samples.jsonl"


def uuids(events) -> list[str]:
    return [json.loads(each.raw)["uuid"] for each in events]


def test_evidence_would_not_be_what_okta_sent(okta, collector):
    """Spaces, escapes, number formats, XML's own signs and what XML cannot hold."""
    okta.log = [
        event(1),
        '{ "uuid" : "spaced-0001",  "published" : "2026-03-01T10:00:00.001Z" , "n": 1.50, "e": "\\u00e9\\/" }',
        '{"uuid":"signs-0001","published":"2026-03-01T10:00:00.002Z","t":"a<b>&amp;c]]>\\"\'"}',
        '{"uuid":"wide-0001","published":"2026-03-01T10:00:00.003Z","t":"é 日本 🔑 \u2028 \x7f\x85"}',
    ]
    done = collector.run()
    assert (done.code, done.err) == (0, "")
    assert [each.raw for each in done.events] == okta.log
    assert {each[2:] for each in done.events} == {("localhost", "okta_system_log://main", "OktaIM2:log")}
    assert done.events[0].time == "1772359201.001"


def test_real_events_would_arrive_changed(okta, collector):
    if not SAMPLES.exists():
        pytest.skip("../shared/data/okta_samples.jsonl is not here")
    okta.page_size = 50
    lines = [json.loads(line)["event"] for line in SAMPLES.read_text("utf-8").splitlines()]
    okta.log = [json.dumps({**real, "uuid": f"sample-{number}"}) for number, real in enumerate(lines)]
    assert [each.raw for each in collector.run().events] == okta.log


def test_character_that_xml_cannot_hold_would_break_the_stream(okta, collector):
    """It comes as JSON's own escape: another writing of the same event, the only one possible."""
    okta.log = ['{"uuid":"u1","published":"2026-03-01T10:00:00.002Z","t":"\uffff\ufffe\x0b"}']
    (found,) = collector.run().events
    assert json.loads(found.raw) == json.loads(okta.log[0], strict=False)


def test_next_run_would_begin_again_or_leave_a_gap(okta, collector, splunk):
    okta.log = [event(number) for number in range(7)]
    first = collector.run()
    okta.log += [event(number) for number in range(7, 9)]
    second = collector.run()
    assert uuids(first.events + second.events) == uuids_of(okta.log)
    asked = [request.query for request in okta.requests]
    assert asked[0] == {"limit": "1"}  # tells Okta's time
    assert {name: value for name, value in asked[1].items() if name != "since"} == {
        "limit": "1000",
        "sortOrder": "ASCENDING",
    }
    assert [query.get("since") for query in asked[2:]] == [None] * 5
    assert all("until" not in query for query in asked)
    assert splunk.checkpoint()["next"] == okta.link(9)
    assert splunk.checkpoint()["hw"] == "2026-03-01T10:00:08.008Z"


def uuids_of(log) -> list[str]:
    return [json.loads(each)["uuid"] for each in log]


def test_quiet_tenant_would_lose_its_place(okta, collector, splunk):
    """Empty pages keep the place, with a next link and without one; nothing at all is written."""
    okta.log = [event(1)]
    collector.run()
    place = splunk.checkpoint()["next"]
    okta.links = lambda _after: None
    assert collector.run().events == []
    assert splunk.checkpoint()["next"] == place


def test_input_without_start_date_would_ingest_a_week_or_skip_its_first_minute(okta, collector):
    """It begins at Okta's own now, once: a second first run does not move it."""
    okta.clock = lambda: 1772359200.0
    okta.replies = [Reply(body=b"[]"), refused(503, "E0000010", "read-only")] + [
        refused(401, "E0000011", "Invalid token provided")
    ]
    assert collector.run().code == 1
    okta.log = [event(1)]
    okta.clock = time.time
    assert uuids(collector.run().events) == ["uuid-00001"]
    asked = [request.query.get("since") for request in okta.requests]
    assert asked == [None, *["2026-03-01T10:00:00.000Z"] * 3, None]


def test_late_event_or_one_delivered_twice_would_be_lost_or_doubled(okta, collector):
    okta.log = [event(5), event(6), event(7), event(2), event(6), event(8), event(5)]
    assert uuids(collector.run().events) == [f"uuid-{number:05d}" for number in (5, 6, 7, 2, 8)]


def test_event_delivered_again_after_ten_thousand_others_would_be_doubled(okta, collector):
    okta.page_size = 1_000
    okta.log = [dated(number) for number in range(12_000)] + [dated(5), dated(11_999), dated(6)]
    done = collector.run()
    assert (done.code, len(done.events), len(set(uuids(done.events)))) == (0, 12_000, 12_000)
    assert done.health[-1]["duplicates"] == 3


def dated(number: int) -> str:
    """An event, a second after the one before."""
    return json.dumps({"published": iso(1_772_359_200 + number), "uuid": f"uuid-{number:05d}"}, separators=(",", ":"))


def test_kill_at_any_moment_of_keeping_the_place_would_lose_events(okta, collector, tmp_path):
    """kill -9 at each fsync in turn: nothing is missing, and at most one page came twice."""
    okta.log = [event(number) for number in range(8)]
    for moment in range(1, 13):  # a file and its folder for each record: the backfill's, the live log's, its pages
        shutil.rmtree(collector.splunk.checkpoints)
        collector.splunk.checkpoints.mkdir()
        killed = collector.run(KILL_AT_SYNC=str(moment))
        assert killed.code == -signal.SIGKILL
        both = uuids(killed.events + collector.run().events)
        assert sorted(set(both)) == uuids_of(okta.log)
        assert len(both) - len(set(both)) <= okta.page_size


def test_kill_while_okta_answers_would_lose_or_double_events(okta, collector):
    okta.log = [event(number) for number in range(8)]
    process = collector.splunk.start("okta_system_log.py")
    okta.before = lambda _request: process.kill() if len(okta.requests) == 3 else None
    out, _ = process.communicate(collector.definition().encode(), timeout=60)
    both = uuids(Done(process.returncode, out, "").events + collector.run().events)
    assert sorted(set(both)) == uuids_of(okta.log)
    assert len(both) - len(set(both)) <= okta.page_size  # the page before may just be on its way out


def test_stop_would_cut_a_page_in_two(okta, collector, splunk):
    """SIGTERM while Okta answers: the page in hand is written and kept, the stream closed, the rest is the next's."""
    okta.log = [event(number) for number in range(20)]
    process = splunk.start("okta_system_log.py")

    def stop(_request) -> None:
        if len(okta.requests) == 4:
            process.terminate()
            time.sleep(0.3)  # on a busy machine too it is told before the answer comes

    okta.before = stop
    out, err = process.communicate(collector.definition().encode(), timeout=60)
    stopped = Done(process.returncode, out, err.decode())
    assert (stopped.code, stopped.err) == (0, "")
    written = uuids(stopped.events)
    assert len(written) in (3, 6, 9) and written == uuids_of(okta.log)[: len(written)]
    assert out.endswith(b"</stream>\n")
    assert splunk.checkpoint()["next"] == okta.link(len(written))
    assert len(okta.requests) <= 5
    assert uuids(collector.run().events) == uuids_of(okta.log)[len(written) :]


def test_stop_would_wait_for_the_rate_limit(okta, collector, splunk):
    now = int(time.time())
    okta.replies = [refused(429, "E0000047", "Too many requests", X_Rate_Limit_Reset=now + 60)]
    process = splunk.start("okta_system_log.py")
    process.stdin.write(collector.definition().encode())
    process.stdin.close()
    while not okta.requests:
        time.sleep(0.02)
    time.sleep(0.3)
    process.terminate()
    assert process.wait(timeout=5) == 0


def test_rate_limit_would_count_as_failure(okta, collector):
    """429 of the minute and of concurrency, many in a row, are waited out; the log says so."""
    okta.log = [event(1)]
    okta.replies = [
        refused(429, "E0000047", "Too many requests", X_Rate_Limit_Limit=120, X_Rate_Limit_Reset=int(time.time()) - 5),
        refused(429, "E0000047", "Too many concurrent requests"),
    ]
    begun = time.monotonic()
    done = collector.run()
    assert (done.code, done.err, uuids(done.events)) == (0, "", ["uuid-00001"])
    assert time.monotonic() - begun > 3  # 1 second, then 2
    assert collector.splunk.log().count("share of it, is used up") == 2
    assert done.health[-1]["waited_seconds"] >= 3


@pytest.mark.parametrize(
    "reply, words",
    [
        (refused(401, "E0000011", "Invalid token provided"), ["refused the key", "create a new API token"]),
        (refused(403, "E0000006", "No permission"), ["does not let this key", "Read-only Administrator"]),
        (refused(400, "E0000053", "The since parameter is over 180 days prior"), ["over 180 days prior", "start date"]),
        (refused(404, "E0000007", "Not found"), ["has nothing at /api/v1/logs", "without -admin"]),
        (refused(302, "E0000000", "", Location="https://elsewhere.example.com/"), ["redirects elsewhere"]),
    ],
    ids=["401", "403", "400", "404", "302"],
)
def test_refusal_would_be_taken_for_data_or_not_say_what_to_do(okta, collector, splunk, reply, words):
    okta.replies = [reply]
    done = collector.run()
    assert (done.code, done.events) == (1, [])
    error = json.loads(reply.body)
    for word in [*words, str(reply.status), error["errorCode"], error["errorId"], "reqRefused"]:
        assert word in done.err
    assert done.err.count("\n") == 1 and "Traceback" not in done.err + splunk.log()
    assert len(okta.requests) == 1
    (health,) = done.health
    assert health["status"] == "error" and health["error"] in done.err  # what to do, for those who read no log


def test_lost_cursor_would_end_collection_or_bring_everything_twice(okta, collector, splunk):
    """It is asked for anew, from a little before the high-water mark; what comes again is known; it says so."""
    okta.log = [event(number) for number in range(5)]
    collector.run()
    okta.replies = [refused(400, "E0000031", "Invalid cursor")]
    okta.log += [event(5)]
    asked = len(okta.requests)
    done = collector.run()
    assert (done.code, uuids(done.events)) == (0, ["uuid-00005"])
    assert [request.query.get("since") for request in okta.requests[asked:]] == [
        None,
        splunk_time_before(okta, minutes=15),
        *[None] * 2,
    ]
    (health,) = done.health
    assert health["duplicates"] == 5
    assert "no longer knows the place" in health["anchored_because"]


def test_event_from_the_future_would_open_a_gap_when_the_cursor_is_lost(okta, collector, splunk):
    """Somebody's clock is years ahead: the high-water mark, where a lost cursor is taken up, stays with the rest."""
    okta.log = [event(1), event(2).replace("2026-03-01", "2099-03-01"), event(3)]
    assert len(collector.run().events) == 3
    assert splunk.checkpoint()["hw"] == "2026-03-01T10:00:03.003Z"


def splunk_time_before(okta, minutes: int) -> str:
    """A quarter of an hour before the later of the first poll and the newest event written: here the first poll."""
    begun = epoch(okta.requests[1].query["since"])
    return iso(begun - minutes * 60)


def test_changed_filter_would_be_ignored_or_lose_events(okta, collector):
    """The filter is frozen in the cursor: it is made anew, and nothing comes twice."""
    okta.log = [event(number) for number in range(4)]
    collector.run()
    collector.settings["filter"] = 'severity eq "WARN"'
    okta.log += [event(4)]
    asked = len(okta.requests)
    done = collector.run()
    assert (done.code, uuids(done.events)) == (0, ["uuid-00004"])
    assert okta.requests[asked].query["filter"] == 'severity eq "WARN"' and "since" in okta.requests[asked].query
    assert collector.run().events == [] and "since" not in okta.requests[-1].query


def test_trouble_of_a_moment_would_end_collection_or_write_half_a_page(okta, collector):
    """503, a dropped connection, a body cut off, a body that is no list: asked again, nothing of it used."""
    okta.log = []
    collector.run()
    okta.log = [event(number) for number in range(3)]
    whole = okta.page(okta.log, okta.link(3))
    okta.replies = [
        refused(503, "E0000010", "Read only"),
        Reply(close=True),
        Reply(body=whole.body, headers=whole.headers, cut=100),
        Reply(body=b"<html>Sign in to the network</html>"),
    ]
    done = collector.run()
    assert (done.code, done.err, uuids(done.events)) == (0, "", uuids_of(okta.log))
    assert "is not what was asked for: it does not begin as a list" in collector.splunk.log()


def test_event_that_is_not_as_described_would_be_lost_or_stop_the_others(okta, collector):
    okta.log = [event(1), '{"published":"yesterday"}', '"a text"', event(2)]
    okta.page_size = 10
    done = collector.run()
    assert (done.code, [each.raw for each in done.events]) == (0, okta.log)
    assert [each.time is None for each in done.events] == [False, True, True, False]
    log = collector.splunk.log()
    assert "Event 2 of the page of request reqOf4 (uuid none) is odd: it has no uuid" in log
    assert "Event 3 of the page of request reqOf4 (uuid none) is odd: it is no object" in log


def test_key_would_be_sent_to_another_host(okta, collector, splunk, tls):
    foreign = Server(lambda _request: Reply(body=b"[]"), tls)
    okta.log = [event(1)]
    okta.links = lambda _after: f"https://localhost:{foreign.port}/api/v1/logs?after=1"
    done = collector.run()
    foreign.stop()
    assert (done.code, foreign.requests) == (1, [])
    assert f"leads to https://localhost:{foreign.port}/api/v1/logs. It was not followed" in done.err
    assert "since=" in splunk.checkpoint()["next"]


def test_unreadable_checkpoint_would_start_all_over(okta, collector, splunk):
    okta.log = [event(1)]
    good = {"since": "2026-03-01T00:00:00.000Z", "next": okta.link(0)}
    for spoilt in ("", '{"next": 1, "since": ""}', '{"next": "https', "[]", "{}", json.dumps({**good, "uuids": "?"})):
        (splunk.checkpoints / "main.live.json").write_text(spoilt)
        done = collector.run()
        assert (done.code, done.events, okta.requests) == (1, [], [])
        assert "cannot be" in done.err and "live" in done.err


def test_checkpoint_that_cannot_be_kept_would_write_the_same_page_every_minute(okta, collector, splunk, tmp_path):
    okta.log = [event(1)]
    collector.checkpoints = tmp_path / "not mounted" / "okta_system_log"
    done = collector.run()
    assert (done.code, done.events, okta.requests) == (1, [], [])
    assert "cannot be written" in done.err


def test_settings_that_cannot_work_would_fail_without_a_word(okta, collector, splunkd):
    def said(**settings: str) -> str:
        collector.settings.update(settings)
        done = collector.run()
        assert (done.code, done.events, okta.requests) == (1, [], [])
        assert done.health[0]["error"] in done.err
        return done.err

    assert "There is no account 'other'" in said(account="other")
    assert "The start date 'last week' is none" in said(account="acme", start="last week")
    splunkd.confs["ta_okta_itdr_account"]["acme"]["domain"] = "https://acme.okta.com/"
    assert "The domain 'https://acme.okta.com/' of account 'acme' is none" in said(start="")
    splunkd.confs["ta_okta_itdr_account"]["acme"].update(domain=okta.domain, ca_certificates="not a certificate")
    assert "The CA certificates of the account cannot be read" in said()
    splunkd.confs["ta_okta_itdr_settings"]["proxy"] = {"proxy_enabled": "1", "proxy_url": "proxy.example.com"}
    assert "The proxy is switched on but not complete" in said()


def test_settings_that_cannot_work_would_be_saved(splunk):
    def validate(start: str):
        parameters = f'<param name="account">acme</param><param name="start">{start}</param>'
        items = f'<items><item name="main">{parameters}</item></items>'
        return splunk.run("okta_system_log.py", "--validate-arguments", stdin=items)

    assert validate("2026-10-01")[:2] == (0, b"")
    assert validate("2026-10-01T08:00:00Z")[:2] == (0, b"")
    refused_settings = validate("2026-13-01")
    assert refused_settings.code == 1
    assert refused_settings.out.startswith(b"<error><message>The start date '2026-13-01' is none")


def test_splunk_would_not_know_the_input(splunk):
    done = splunk.run("okta_system_log.py", "--scheme")
    assert done.code == 0
    scheme = ElementTree.fromstring(done.out)
    assert scheme.findtext("title") == "Okta System Log"
    assert scheme.findtext("streaming_mode") == "xml"
    assert scheme.findtext("use_single_instance") == "false"
    assert [argument.get("name") for argument in scheme.iter("arg")] == [
        "account",
        "start",
        "filter",
        "checkpoint",
        "audit",
        "collect_again",
        "generation",
    ]


def test_monitoring_page_would_show_no_events(okta, collector):
    okta.log = [event(number) for number in range(4)]
    collector.run()
    told = (
        "action=events_ingested modular_input_name=okta_system_log://main sourcetype_ingested=OktaIM2:log n_events=%d"
    )
    for count in (3, 1):
        assert told % count + " event_input=main event_index=okta event_account=acme" in collector.splunk.log()


def test_disk_that_fills_up_would_lose_or_double_events(okta, collector, splunk):
    """At each fsync in turn: one message that says what to do; at most a page again once there is room."""
    okta.log = [event(number) for number in range(8)]
    for moment in range(1, 12, 2):
        shutil.rmtree(splunk.checkpoints)
        splunk.checkpoints.mkdir()
        full = collector.run(FULL_AT_SYNC=str(moment))
        assert full.code == 1
        assert "No space left on device" in full.err and "make room" in full.err and full.err.count("\n") == 1
        assert full.health[-1]["error"] in full.err
        both = uuids(full.events + collector.run().events)
        assert sorted(set(both)) == uuids_of(okta.log)
        assert len(both) - len(set(both)) <= okta.page_size


def test_second_process_of_an_input_would_write_everything_twice(okta, collector, splunk):
    """Left over by a splunkd that crashed: the new one lets it finish its page, and the next interval goes on."""
    okta.log = [event(1)]
    with FileLock(splunk.checkpoints / "main.lock"):
        done = collector.run()
    assert (done.code, done.events, okta.requests) == (1, [], [])
    assert "Another process of input 'main' still runs" in done.err
    assert uuids(collector.run().events) == ["uuid-00001"]
