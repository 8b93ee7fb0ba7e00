"""splunk-sdk alone drives splunkd, as it would a real one: search, saved searches, KV store, HEC, conf, secrets, users.

Nothing here reaches around the SDK but for starting splunkd and moving its clock.
"""

from __future__ import annotations

import json
from urllib.parse import quote, urlsplit

import pytest
import splunklib.binding as binding
import splunklib.client as sdk
import splunklib.results as results

from tests.lab.rest.conftest import APP, START

EVENTS = [{"status": status, "path": f"/{number}"} for number, status in enumerate([200, 500, 503, 200, 500])]


@pytest.fixture
def service(connect):
    return connect(app=APP, owner="nobody")


@pytest.fixture
def filled(service, splunk):
    """The service, with five events in the index web."""
    for number, event in enumerate(EVENTS):
        service.post(
            "/services/receivers/simple",
            index="web",
            host=f"h{number % 2}",
            sourcetype="web",
            body=json.dumps(event),
        )
    assert splunk.refused == []
    return service


def read(stream):
    """(rows, messages) of a JSON stream of results."""
    rows, messages = [], []
    for one in results.JSONResultsReader(stream):
        (messages if isinstance(one, results.Message) else rows).append(one)
    return rows, messages


def test_it_says_who_it_is(service):
    assert service.splunk_version >= (9, 0)
    assert not service.disable_v2_api
    assert service.info["serverName"] == service.settings["serverName"]
    assert APP in service.apps
    assert service.apps[APP]["version"] == "1.2.3"


def test_what_pytest_splunk_addon_asks_before_its_first_search(filled, connect):
    """It reads the web server's settings and searches in the app `system`, which sees what others export."""
    settings = filled.settings
    assert (settings["enableSplunkWebSSL"], settings["httpport"]) == ("0", "8000")
    assert settings["pass4SymmKey"] == "******"
    system = connect("admin", sharing="system")
    rows, _ = read(system.jobs.oneshot("search `web_index` | stats count", output_mode="json"))
    assert rows == [{"count": "5"}]
    with pytest.raises(binding.HTTPError, match="no_app"):
        connect("admin", app="no_app", owner="nobody").jobs.oneshot("search `web_index`")


def test_a_saved_search_by_name_runs_over_its_own_time_range_unless_another_is_given(filled, splunk):
    named = '| savedsearch "Errors by host"'
    splunk.clock.set(START + 60)
    assert len(read(filled.jobs.oneshot(named, output_mode="json"))[0]) == 2
    splunk.clock.set(START + 7200)  # it looks an hour back
    assert read(filled.jobs.oneshot(named, output_mode="json"))[0] == []
    assert len(read(filled.jobs.oneshot(named, output_mode="json", earliest_time="-3h"))[0]) == 2


def test_a_search_is_created_waited_for_and_read(filled):
    job = filled.jobs.create("search index=web status>=500 | stats count by host | sort host", earliest_time="-1h")
    while not job.is_done():
        pass
    assert read(job.results(output_mode="json")) == ([{"host": "h0", "count": "2"}, {"host": "h1", "count": "1"}], [])
    assert (job["resultCount"], job["eventCount"], job["dispatchState"]) == ("2", "3", "DONE")
    assert [found.sid for found in filled.jobs] == [job.sid]
    job.cancel()
    assert list(filled.jobs) == []
    job.cancel()  # of a job that is gone: the SDK takes the 404 for done


def test_results_come_in_pages_and_in_xml_and_csv(filled):
    job = filled.jobs.create("| makeresults count=5 | streamstats count AS n | fields n", exec_mode="blocking")
    assert job.is_done()
    rows, _ = read(job.results(output_mode="json", count=2, offset=3, f="n"))
    assert [row["n"] for row in rows] == ["4", "5"]
    assert [row["n"] for row in results.ResultsReader(job.results(count=2, f="n"))] == ["1", "2"]
    assert job.results(output_mode="csv", f="n").read() == b"n\n1\n2\n3\n4\n5\n"
    assert len(read(job.results(output_mode="json", count=0))[0]) == 5


def test_times_are_written_as_splunkd_writes_them(filled):
    rows, _ = read(filled.jobs.oneshot("| makeresults | eval epoch=_time", output_mode="json"))
    assert rows == [{"_time": "2023-11-14T22:13:20.000+00:00", "epoch": "1700000000"}]


def test_a_oneshot_and_an_export_give_their_rows_at_once(filled):
    search = 'search index=web | eval kind=if(status>=500, "bad", "good") | stats count, values(status) AS s by kind'
    rows, _ = read(filled.jobs.oneshot(search, output_mode="json"))
    assert rows == [{"kind": "bad", "count": "3", "s": ["500", "503"]}, {"kind": "good", "count": "2", "s": "200"}]
    stream = results.JSONResultsReader(filled.jobs.export(search, output_mode="json"))
    assert list(stream) == rows
    assert stream.is_preview is False
    assert list(filled.jobs) == []


def test_a_post_process_search_runs_over_the_results(filled):
    job = filled.jobs.create("search index=web | stats count by status", exec_mode="blocking")
    for search in ("search status>=500 | stats sum(count) AS bad", "| search status>=500 | stats sum(count) AS bad"):
        assert read(job.results(output_mode="json", search=search))[0] == [{"bad": "3"}]
        assert read(job.preview(output_mode="json", search=search))[0] == [{"bad": "3"}]
    assert len(read(job.results(output_mode="json"))[0]) == 3


def test_events_of_a_search_are_newest_first_and_whole(filled):
    job = filled.jobs.create("search index=web status=503", exec_mode="blocking")
    (row,), _ = read(job.events(output_mode="json"))
    assert row["_raw"] == '{"status": 503, "path": "/2"}'
    assert (row["host"], row["index"], row["sourcetype"], row["path"]) == ("h0", "web", "web", "/2")


@pytest.mark.parametrize(
    ("search", "text"),
    [
        ("index=web", "unknown search command 'index'"),
        ("search index=web | nonsense", "unknown search command 'nonsense'"),
        ("search index=web | eval x=", "Error in 'eval' command"),
        ("search `no_such_macro`", "no_such_macro"),
        ("stats count", "first command"),
    ],
)
def test_a_search_that_cannot_run_is_refused_when_it_is_made(filled, search, text):
    with pytest.raises(binding.HTTPError) as refused:
        filled.jobs.create(search)
    assert refused.value.status == 400
    assert text in str(refused.value)
    assert list(filled.jobs) == []


def test_a_search_that_fails_on_the_way_says_so_in_place_of_results(filled):
    job = filled.jobs.create("| inputlookup no_such_table.csv", exec_mode="blocking")
    assert (job.is_done(), job["dispatchState"], job["isFailed"]) == (True, "FAILED", "1")
    with pytest.raises(binding.HTTPError) as refused:
        job.results(output_mode="json")
    assert "no_such_table.csv" in str(refused.value)


def test_where_a_limit_cuts_the_result_says_so(filled):
    job = filled.jobs.create("| makeresults count=12000 | sort _time", exec_mode="blocking")
    rows, messages = read(job.results(output_mode="json", count=1))
    assert len(rows) == 1
    assert [message.type for message in messages] == ["WARN"]
    assert job["resultCount"] == "10000"


def test_a_job_is_controlled_and_gone_when_its_time_is_over(filled, clock):
    job = filled.jobs.create("| makeresults", exec_mode="blocking")
    job.set_ttl(60).set_priority(3).disable_preview().enable_preview().touch().finalize()
    assert job.refresh()["ttl"] == "60"
    assert job["priority"] == "3"
    clock.set(START + 59)
    assert job.refresh().sid == job.sid
    clock.set(START + 59 + 61)
    with pytest.raises(binding.HTTPError) as gone:
        job.refresh()
    assert gone.value.status == 404


def test_a_saved_search_lives_its_life(filled, splunk):
    made = filled.saved_searches.create(
        "Bad hosts", "index=web status>=500 | stats count by host", **{"dispatch.earliest_time": "-1h"}
    )
    assert made.access.app == APP
    made.update(cron_schedule="*/5 * * * *", is_scheduled=True, description="Hosts that fail").refresh()
    assert (made["cron_schedule"], made["is_scheduled"], made["description"]) == ("*/5 * * * *", "1", "Hosts that fail")
    assert made.scheduled_times("now", "+11m")
    job = made.dispatch()
    while not job.is_done():
        pass
    assert [row["count"] for row in read(job.results(output_mode="json"))[0]] == ["2", "1"]
    assert [one.sid for one in made.history()] == [job.sid]
    made.disable()
    assert made.refresh()["disabled"] == "1"
    with pytest.raises(binding.HTTPError):
        made.dispatch()
    made.enable()
    assert [saved.title for saved in splunk.saved_searches(APP) if saved.scheduled] == ["Bad hosts"]
    filled.saved_searches.delete("Bad hosts")
    assert "Bad hosts" not in filled.saved_searches
    assert {one.name for one in filled.saved_searches} == {"Errors by host", "Off"}


def test_a_shipped_saved_search_changes_in_local_and_cannot_be_deleted(filled):
    shipped = filled.saved_searches["Errors by host"]
    shipped.update(**{"dispatch.earliest_time": "-2h"}).refresh()
    assert shipped["dispatch.earliest_time"] == "-2h"
    assert shipped["search"] == "`web_index` status>=500 | stats count by host"
    with pytest.raises(binding.HTTPError) as refused:
        filled.saved_searches.delete("Errors by host")
    assert "cannot be deleted" in str(refused.value)


@pytest.mark.parametrize(
    "settings",
    [{"cron_schedule": "every day", "is_scheduled": 1}, {"no_such_key": "1"}, {"alert.suppress": "1"}],
)
def test_a_saved_search_that_cannot_be_is_refused(service, settings):
    with pytest.raises(binding.HTTPError) as refused:
        service.saved_searches.create("Wrong", "index=web", **settings)
    assert refused.value.status == 400
    assert "Wrong" not in service.saved_searches


def test_without_a_namespace_a_saved_search_is_its_makers_own(connect):
    ana, admin = connect("ana"), connect("admin")
    made = ana.saved_searches.create("Mine", "index=web")
    assert (made.access.owner, made.access.app, made.access.sharing) == ("ana", "search", "user")
    assert "Mine" in ana.saved_searches
    assert "Mine" not in admin.saved_searches
    assert "Mine" not in connect("ana", app=APP, owner="nobody").saved_searches
    everything = connect("admin", app="-", owner="-").saved_searches
    assert {"Mine", "Off"} <= {one.name for one in everything}
    shared = {one.name for one in connect("admin", app="-", owner="nobody").saved_searches}
    assert "Off" in shared and "Mine" not in shared


def test_many_searches_side_by_side_give_what_each_gives_alone(filled):
    searches = [f"search index=web status>={status} | stats count by host, status" for status in range(100, 600, 25)]
    alone = [read(filled.jobs.oneshot(search, output_mode="json"))[0] for search in searches]
    jobs = [filled.jobs.create(search) for search in searches]
    for job, expected in zip(jobs, alone):
        while not job.is_done():
            pass
        assert read(job.results(output_mode="json"))[0] == expected


def test_a_collection_keeps_documents(service):
    collection = service.kvstore["seen"].data
    key = collection.insert({"user": "ana", "n": 1})["_key"]
    assert collection.query_by_id(key) == {"_key": key, "_user": "nobody", "user": "ana", "n": 1}
    collection.update(key, {"user": "ana", "n": 2})
    collection.batch_save({"_key": "b", "user": "bo", "n": 7}, {"_key": "c", "user": "cy", "n": 3})
    assert [row["user"] for row in collection.query(query={"n": {"$gt": 2}}, sort="n:-1")] == ["bo", "cy"]
    first, second = collection.batch_find({"query": {"user": "ana"}}, {"query": {}, "sort": "user", "limit": 2})
    assert ([row["n"] for row in first], [row["user"] for row in second]) == ([2], ["ana", "bo"])
    rows, _ = read(service.jobs.oneshot("| inputlookup seen | sort n | table user n", output_mode="json"))
    assert rows == [{"user": "ana", "n": "2"}, {"user": "cy", "n": "3"}, {"user": "bo", "n": "7"}]
    collection.delete_by_id("b")
    collection.delete(json.dumps({"user": "cy"}))
    assert [row["_key"] for row in collection.query()] == [key]
    with pytest.raises(binding.HTTPError) as refused:
        collection.insert({"n": "many"})
    assert refused.value.status == 400


def test_a_collection_is_made_changed_and_dropped(service):
    service.kvstore.create("made", fields={"n": "number"})
    made = service.kvstore["made"]
    made.data.insert({"n": "5", "x": 1})
    made.update_field("user", "string")
    assert service.kvstore["made"]["field.user"] == "string"
    assert [row["n"] for row in made.data.query()] == [5]
    service.kvstore.delete("made")
    assert "made" not in service.kvstore


def test_conf_files_macros_and_secrets(service):
    macro = service.macros.create("bad", "status>=500")
    macro.update(definition="status>=400").refresh()
    assert service.macros["bad"].definition == "status>=400"
    assert service.confs["macros"]["web_index"]["definition"] == "index=web"
    service.confs["web_settings"] if "web_settings" in service.confs else service.confs.create("web_settings")
    service.storage_passwords.create("s3cret", "bot", "realm:one")
    (secret,) = [one for one in service.storage_passwords if one.username == "bot"]
    assert (secret.realm, secret.clear_password) == ("realm:one", "s3cret")
    service.storage_passwords.delete("bot", "realm:one")
    assert [one for one in service.storage_passwords if one.username == "bot"] == []


def test_a_key_that_splunk_does_not_know_is_refused_and_nothing_is_changed(service):
    for path, name in (("configs/conf-props", {"name": "fresh"}), ("configs/conf-props/web", {})):
        with pytest.raises(binding.HTTPError, match="unknown key of props.conf .* KV_MOD") as refused:
            service.post(path, KV_MOD="json", **name)
        assert refused.value.status == 400
    assert "fresh" not in service.confs["props"]
    assert "KV_MOD" not in service.confs["props"]["web"].content
    assert service.confs["props"]["web"]["KV_MODE"] == "json"


def test_events_sent_to_hec_are_found(service, splunk):
    made = service.post("/servicesNS/nobody/splunk_httpinput/data/inputs/http", name="app", index="web")
    assert made.status == 201
    token = service.inputs["app", "http"]["token"]
    service.post("/services/data/inputs/http/http/enable")
    port = int(service.inputs["http", "http"]["port"])
    hec = binding.Context(scheme="http", host=urlsplit(splunk.uri).hostname, port=port, token=f"Splunk {token}")
    body = '{"time": 1699999000.5, "host": "web-1", "sourcetype": "web", "event": {"status": 418}}{"event": "plain"}'
    answer = hec.post("/services/collector/event", headers=[("Content-Type", "application/json")], body=body)
    assert json.loads(answer.body.read()) == {"text": "Success", "code": 0}
    rows, _ = read(service.jobs.oneshot("search index=web status=418 | table _time host _raw", output_mode="json"))
    assert rows == [{"_time": "2023-11-14T21:56:40.500+00:00", "host": "web-1", "_raw": '{"status": 418}'}]
    with pytest.raises(binding.HTTPError) as refused:
        hec.post("/services/collector/event", body='{"event": "x", "index": "nowhere"}')
    assert json.loads(refused.value.body) == {"text": "Incorrect index", "code": 7, "invalid-event-number": 1}


def test_wrong_credentials_and_an_ended_session_are_refused(connect, splunk, service):
    with pytest.raises(binding.AuthenticationError):
        address = urlsplit(splunk.uri)
        sdk.connect(scheme="http", host=address.hostname, port=address.port, username="admin", password="wrong")
    stranger = sdk.Service(scheme="http", host=address.hostname, port=address.port, token="Splunk made-up")
    with pytest.raises(binding.AuthenticationError):
        stranger.apps.list()


def test_a_token_stands_for_its_user(service, splunk):
    made = service.post("/services/authorization/tokens", name="ana", audience="tests", output_mode="json")
    text = json.loads(made.body.read())["entry"][0]["content"]["token"]
    address = urlsplit(splunk.uri)
    bearer = sdk.connect(scheme="http", host=address.hostname, port=address.port, splunkToken=text)
    context = bearer.get("/services/authentication/current-context", output_mode="json")
    assert json.loads(context.body.read())["entry"][0]["content"]["username"] == "ana"


def test_a_user_may_what_their_roles_let_them(connect, service):
    ana = connect("ana", app=APP, owner="nobody")
    assert [row["n"] for row in read(ana.jobs.oneshot("| makeresults | eval n=1", output_mode="json"))[0]] == ["1"]
    for attempt in (
        lambda: ana.storage_passwords.list(),
        lambda: ana.macros.create("mine", "x"),
        lambda: ana.saved_searches["Off"].enable(),
        lambda: ana.users.create("eve", "x", roles="admin"),
        lambda: ana.kvstore["seen"].data.insert({"n": 1}),
        lambda: ana.post("/services/receivers/simple", index="web", body="x"),
        lambda: connect("ana").saved_searches.create("x", "index=web", cron_schedule="* * * * *", is_scheduled=1),
    ):
        with pytest.raises(binding.HTTPError) as refused:
            attempt()
        assert refused.value.status == 403
    service.users["ana"].update(roles=["user", "power"])
    assert connect("ana").saved_searches.create("x", "index=web", cron_schedule="* * * * *", is_scheduled=1)


def test_users_and_roles_are_made(service, connect):
    role = service.roles.create("analyst", imported_roles="user")
    role.grant("schedule_search")
    assert service.roles["analyst"]["capabilities"] == ["schedule_search"]
    made = service.users.create("Bo", "long enough", roles="analyst", realname="Bo")
    assert (made.name, made["roles"], made["realname"]) == ("bo", ["analyst"], "Bo")
    assert "search" in made["capabilities"]
    role.refresh().revoke("schedule_search")
    assert "schedule_search" not in service.users["bo"]["capabilities"]
    service.users.delete("bo")
    assert "bo" not in service.users


def test_a_role_searches_its_indexes_only(filled, connect):
    filled.post("/services/receivers/simple", index="main", sourcetype="web", body=json.dumps({"status": 1}))
    filled.roles.create("narrow", srchIndexesAllowed="w*", srchIndexesDefault="web", capabilities="search")
    filled.users["ana"].update(roles="narrow")
    for search, count in (("index=*", "5"), ("status=*", "5"), ("index=main", "0")):
        rows, _ = read(connect("ana").jobs.oneshot(f"search {search} | stats count", output_mode="json"))
        assert rows == [{"count": count}]
        rows, _ = read(filled.jobs.oneshot("search index=* | stats count", output_mode="json"))
        assert rows == [{"count": "6"}]


def test_sharing_makes_a_private_search_everybodys(connect):
    mine = connect("admin", owner="admin", app=APP).saved_searches.create("Shared", "index=web")
    mine.acl_update(sharing="global", owner="nobody", **{"perms.read": "*", "perms.write": "admin"})
    assert "Shared" in connect("ana", owner="nobody", app="search").saved_searches


def test_what_is_not_there_is_refused_in_splunks_shape_and_kept(service, splunk):
    for path, arguments, status in (("/services/no/such", {}, 404), ("/services/saved/searches", {"wrong": 1}, 400)):
        with pytest.raises(binding.HTTPError) as refused:
            service.get(path, **arguments)
        assert refused.value.status == status
        assert b"<msg type=" in refused.value.body
    assert len(splunk.refused) == 2


@pytest.mark.parametrize("owner", ["..", "../..", "a/b", "."])
def test_a_namespace_leads_out_of_no_folder(service, splunk, owner):
    path = f"/servicesNS/{quote(owner, safe='')}/{APP}/configs/conf-macros"
    with pytest.raises(binding.HTTPError) as refused:
        service.post(binding.UrlEncoded(path, skip_encode=True), name="m", definition="x")
    assert refused.value.status == 404
    assert not list(splunk.home.rglob("users/**/macros.conf"))


def test_messages_and_indexes(service):
    service.messages.create("restart_required", value="Splunk must be restarted")
    assert service.restart_required
    service.messages.delete("restart_required")
    assert not service.restart_required
    assert {"main", "summary", "web"} <= {index.name for index in service.indexes}
    service.indexes.create("other")
    assert service.indexes["other"]["totalEventCount"] == "0"


def test_a_search_is_parsed_without_being_run(service):
    answer = json.loads(service.parse("search index=web | stats count", output_mode="json").body.read())
    assert [one["command"] for one in answer["commands"]] == ["search", "stats"]
    with pytest.raises(binding.HTTPError):
        service.parse("search index=web | stats")


def test_event_types_are_made_and_found_by(filled):
    made = filled.event_types.create("failing", search="status>=500", description="What fails")
    assert made["search"] == "status>=500"
    rows, _ = read(filled.jobs.oneshot("search index=web eventtype=failing | stats count", output_mode="json"))
    assert rows == [{"count": "3"}]
    made.disable()
    with pytest.raises(binding.HTTPError, match="failing"):
        filled.jobs.oneshot("search index=web eventtype=failing")
    with pytest.raises(binding.HTTPError):
        filled.event_types.create("wrong", search="(status")
    filled.event_types.delete("failing")
    assert "failing" not in filled.event_types


def test_a_triggered_alert_is_tracked_and_throttled(filled, splunk):
    settings = {
        "cron_schedule": "*/5 * * * *",
        "is_scheduled": 1,
        "alert.track": 1,
        "alert.severity": 4,
        "alert.suppress": 1,
        "alert.suppress.period": "1h",
    }
    saved = filled.saved_searches.create("Alarm", "index=web status>=500", **settings)
    (found,) = [one for one in splunk.saved_searches(APP) if one.title == "Alarm"]
    splunk.run(found, START)
    groups = {group.name: group for group in filled.fired_alerts}
    assert {name: group.count for name, group in groups.items()} == {"-": 1, "Alarm": 1}
    (alert,) = groups["Alarm"].alerts
    assert (alert["savedsearch_name"], alert["severity"], alert["trigger_time"]) == ("Alarm", "4", str(int(START)))
    saved.suppress(120)
    assert saved.suppressed == 120
    saved.unsuppress()
    assert saved.suppressed == 0


def test_inputs_are_listed_and_a_file_is_indexed_once(filled, tmp_path):
    assert sorted(kind for kind in filled.inputs.kinds) == ["http", "oneshot"]
    file = tmp_path / "more.log"
    file.write_text('{"status": 599}\n{"status": 598}\n')
    filled.indexes["web"].upload(str(file), sourcetype="web")
    rows, _ = read(filled.jobs.oneshot("search index=web status>597 | stats count", output_mode="json"))
    assert rows == [{"count": "2"}]
    assert filled.indexes["web"]["totalEventCount"] == "7"
    with pytest.raises(binding.HTTPError, match="cannot be read"):
        filled.indexes["web"].upload(str(tmp_path / "nowhere"))


def test_a_restart_logs_everybody_out_and_empties_the_board(service, connect):
    service.messages.create("note", value="hello")
    service.restart(timeout=20)
    assert not service.restart_required
    assert [message.name for message in service.messages] == []
