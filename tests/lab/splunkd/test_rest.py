"""splunkd's REST as clients meet it: shapes, refusals, conf, secrets, the KV store, receivers."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from email.utils import parsedate_to_datetime

import pytest

from .conftest import APP, START

NS = f"/servicesNS/nobody/{APP}"
ATOM = "{http://www.w3.org/2005/Atom}"
SPLUNK = "{http://dev.splunk.com/ns/rest}"


@pytest.mark.parametrize("key", ["", "wrong"])
def test_without_a_valid_session_key_nothing_is_told(ask, key):
    answer = ask("GET", f"{NS}/storage/passwords", key=key)
    assert answer.status == 401
    assert b"call not properly authenticated" in answer.body
    assert ask("GET", "/services/nonsense", key=key, output_mode="json").json == {
        "messages": [{"type": "WARN", "text": "call not properly authenticated"}]
    }


def test_an_unknown_endpoint_is_refused_and_remembered(ask, splunk):
    answer = ask("GET", "/services/search/unheard_of")
    assert answer.status == 404
    assert ElementTree.fromstring(answer.body).find("messages/msg").text == "Not Found"
    assert splunk.refused == ["GET /services/search/unheard_of: 404 Not Found"]


def test_an_unknown_argument_is_refused_and_remembered(ask, splunk):
    answer = ask("GET", "/services/server/info", output_mode="json", colour="blue")
    assert answer.status == 400
    assert answer.json["messages"][0]["text"] == 'Argument "colour" is not supported by this handler.'
    assert len(splunk.refused) == 1


def test_a_wrong_method_is_refused(ask, splunk):
    assert ask("DELETE", "/services/server/info").status == 405
    assert splunk.refused


def test_replies_name_the_connection_and_the_labs_time(ask, splunk, clock):
    clock.set(START + 86_400)
    answer = ask("GET", "/services/server/info", output_mode="json")
    assert answer.headers["connection"] in ("keep-alive", "close")
    assert parsedate_to_datetime(answer.headers["date"]).timestamp() == START + 86_400
    assert answer.json["entry"][0]["content"]["serverName"]


def test_who_am_i(ask, splunk):
    key = splunk.sessions.open("analyst")
    answer = ask("GET", "/services/authentication/current-context", key=key, output_mode="json")
    assert answer.json["entry"][0]["content"]["username"] == "analyst"
    splunk.sessions.close(key)
    assert ask("GET", "/services/server/info", key=key).status == 401


def test_a_conf_stanza_as_atom_carries_its_settings_and_app(ask):
    feed = ElementTree.fromstring(ask("GET", f"{NS}/configs/conf-tiny_settings/logging", count=-1, offset=0).body)
    entry = feed.find(f"{ATOM}entry")
    content = {key.get("name"): key for key in entry.find(f"{ATOM}content/{SPLUNK}dict")}
    assert entry.find(f"{ATOM}title").text == "logging"
    assert content["loglevel"].text == "INFO"
    acl = {key.get("name"): key.text for key in content["eai:acl"].find(f"{SPLUNK}dict")}
    assert acl["app"] == APP


def test_a_local_setting_wins_and_is_seen_at_once(ask, splunk):
    splunk.configure(APP, "tiny_settings", "logging", {"loglevel": "DEBUG"})
    assert ask("GET", f"{NS}/configs/conf-tiny_settings/logging", output_mode="json").json["entry"][0]["content"][
        "loglevel"
    ] == ("DEBUG")


def test_conf_written_over_rest_goes_to_local_and_keeps_the_rest(ask, splunk):
    assert (
        ask("POST", f"{NS}/configs/conf-macros", form={"name": "mine", "definition": "index=a | head 1"}).status == 201
    )
    assert ask("POST", f"{NS}/configs/conf-macros", form={"name": "mine", "definition": "x"}).status == 409
    assert ask("POST", f"{NS}/configs/conf-macros/tiny_index", form={"definition": "main"}).status == 200
    names = {e["name"] for e in ask("GET", f"{NS}/configs/conf-macros", output_mode="json", count=0).json["entry"]}
    assert names == {"mine", "tiny_index"}
    local = (splunk.apps.folder / APP / "local" / "macros.conf").read_text()
    assert "definition = main" in local and "index=a | head 1" in local
    assert "definition = summary" in (splunk.apps.folder / APP / "default" / "macros.conf").read_text()


@pytest.mark.parametrize("path", ["configs/conf-macros/none", "configs/conf-none/x", "properties/none"])
def test_a_missing_conf_or_stanza_is_an_ordinary_404(ask, splunk, path):
    assert ask("GET", f"{NS}/{path}").status == 404
    assert splunk.refused == []


def test_properties_list_stanzas(ask):
    answer = ask("GET", f"{NS}/properties/tiny_settings", output_mode="json")
    assert [entry["name"] for entry in answer.json["entry"]] == ["logging"]


def test_splunkd_can_be_found_by_its_own_conf(ask, splunk):
    web = ask("GET", "/servicesNS/nobody/system/configs/conf-web/settings", output_mode="json").json
    server = ask("GET", "/servicesNS/nobody/system/configs/conf-server/sslConfig", output_mode="json").json
    assert splunk.uri == "http://" + web["entry"][0]["content"]["mgmtHostPort"]
    assert server["entry"][0]["content"]["enableSplunkdSSL"] == "false"


def test_listings_are_paged(ask):
    answer = ask("GET", f"{NS}/properties/props", output_mode="json", count=1, offset=1).json
    assert len(answer["entry"]) == 1
    assert answer["paging"]["total"] > 2 and answer["paging"]["offset"] == 1


def test_secrets_of_an_account_come_back_as_ucc_keeps_them(ask, splunk):
    token = "x" * 300
    splunk.configure(APP, "tiny_account", "acme", {"domain": "acme.example.com"}, secrets={"api_token": token})
    stanza = ask("GET", f"{NS}/configs/conf-tiny_account/acme", output_mode="json").json["entry"][0]["content"]
    assert stanza["api_token"] == "******"
    realm = f"__REST_CREDENTIAL__#{APP}#configs/conf-tiny_account"
    found = ask("GET", f"{NS}/storage/passwords", output_mode="json", count=-1, search=f"realm={realm}").json["entry"]
    parts = [entry["content"]["clear_password"] for entry in found]
    assert parts[0] + parts[1] == '{"api_token": "' + token + '"}'
    assert parts[2].endswith("K``splunk_cred_sep``")
    assert ask("GET", f"{NS}/storage/passwords", output_mode="json", search="realm=other").json["entry"] == []


def test_no_secret_is_readable_below_splunk_home(splunk):
    splunk.configure(APP, "tiny_account", "acme", {"domain": "acme.example.com"}, secrets={"api_token": "s3cret-t0ken"})
    for path in splunk.home.rglob("*"):
        assert not path.is_file() or b"s3cret-t0ken" not in path.read_bytes(), path


def test_a_password_is_created_once_changed_and_deleted(ask):
    form = {"name": "u:1", "realm": "r", "password": "p"}
    created = ask("POST", f"{NS}/storage/passwords", form=form, output_mode="json")
    assert created.status == 201 and created.json["entry"][0]["name"] == "r:u\\:1:"
    assert ask("POST", f"{NS}/storage/passwords", form=form).status == 409
    path = f"{NS}/storage/passwords/r:u%5C:1:"
    assert ask("POST", path, form={"password": "q"}).status == 200
    assert ask("GET", path, output_mode="json").json["entry"][0]["content"]["clear_password"] == "q"
    assert ask("DELETE", path).status == 200
    assert ask("GET", path).status == 404


def test_a_form_without_a_content_type_is_read_as_splunk_sdk_sends_it(ask):
    assert ask("POST", f"{NS}/storage/passwords", "name=u&realm=r&password=p").status == 201


DATA = f"{NS}/storage/collections/data/tiny"


def test_kv_documents_are_saved_found_and_replaced_whole(ask):
    saved = ask("POST", f"{DATA}/batch_save", [{"_key": "a", "n": 1, "name": "x"}, {"_key": "b", "n": 2}])
    assert saved.status == 200 and saved.json == ["a", "b"]
    assert ask("POST", f"{DATA}/batch_save", [{"_key": "a", "n": 3}]).json == ["a"]
    assert ask("GET", f"{DATA}/a").json == {"_key": "a", "_user": "nobody", "n": 3}
    assert [d["_key"] for d in ask("GET", DATA, query='{"n": {"$gt": 1}}', sort="n:-1").json] == ["a", "b"]
    assert ask("GET", f"{DATA}/", limit=1, skip=1, fields="n,_key:0").json == [{"n": 2}]
    assert ask("DELETE", DATA, query='{"n": 2}').status == 200
    assert [d["_key"] for d in ask("GET", DATA).json] == ["a"]


def test_kv_inserts_make_a_key_and_never_overwrite(ask):
    made = ask("POST", DATA, {"n": 1})
    assert made.status == 201 and made.json["_key"]
    assert ask("POST", DATA, {"_key": made.json["_key"], "n": 2}).status == 409


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("GET", f"{NS}/storage/collections/data/none", None, 404),
        ("GET", f"{DATA}/none", None, 404),
        ("POST", f"{DATA}/none", {"n": 1}, 404),
        ("DELETE", f"{DATA}/none", None, 404),
        ("POST", f"{DATA}/batch_save", {"n": 1}, 400),
        ("POST", DATA, {"n": "no number"}, 400),
        ("POST", DATA, "not sent as JSON", 415),
    ],
)
def test_kv_refusals_have_splunks_status_and_shape(ask, method, path, body, status):
    answer = ask(method, path, body)
    assert answer.status == status
    assert answer.json["messages"][0]["type"] == "ERROR"


def test_kv_queries_that_are_no_query_are_refused(ask):
    assert ask("GET", DATA, query="{").status == 400
    assert ask("GET", DATA, sort="n:up").status == 400
    assert ask("GET", DATA, colour="blue").status == 400


def test_kv_documents_of_a_user_are_apart_from_the_shared_ones(ask):
    ask("POST", f"{DATA}/batch_save", [{"_key": "a", "n": 1}])
    own = DATA.replace("/nobody/", "/alice/")
    assert ask("GET", own).json == []


def test_a_collection_is_created_over_rest_as_the_checkpointer_does(ask):
    config = f"{NS}/storage/collections/config"
    assert ask("GET", f"{config}/made").status == 404
    assert ask("POST", config, form={"name": "made", "field.state": "string"}).status == 201
    assert ask("POST", config, form={"name": "made"}).status == 409
    listed = ask("GET", f"{config}/", output_mode="json", count=-1, offset=0, search="made").json["entry"]
    assert [entry["name"] for entry in listed] == ["made"]
    assert ask("DELETE", f"{config}/made").status == 200


def test_another_apps_collection_is_listed_where_it_is_shown_to_all_apps(ask, splunk):
    search = splunk.apps.folder / "search"
    (search / "default" / "collections.conf").write_text("[lent]\n[kept]\n")
    with (search / "metadata" / "default.meta").open("a") as file:
        file.write("\n[]\nexport = none\n[collections/lent]\nexport = system\n")
    splunk.reload()
    listed = ask("GET", f"{NS}/storage/collections/config", output_mode="json").json["entry"]
    assert {(entry["name"], entry["acl"]["app"]) for entry in listed} == {("lent", "search"), ("tiny", APP)}


def test_a_posted_event_is_indexed_at_the_labs_time(ask, splunk):
    body = '{"published":"2023-11-14T22:00:00.500Z","a":"ä"}'.encode()
    answer = ask("POST", "/services/receivers/simple", body, index="summary", sourcetype="tiny:log", source="x")
    assert answer.status == 200
    assert b"<text>tiny:log</text>" in answer.body
    event = splunk.store.event(0)
    assert event.raw == body.decode()
    assert (event.index, event.sourcetype, event.source) == ("summary", "tiny:log", "x")
    assert (event.time, event.index_time) == (1_699_999_200.5, START)


def test_an_event_for_an_index_that_is_not_there_is_refused(ask, splunk):
    answer = ask("POST", "/services/receivers/simple", b"x", index="nowhere", sourcetype="tiny:log")
    assert answer.status == 400
    assert b"supplied index 'nowhere' missing" in answer.body
    assert len(splunk.store) == 0
    assert splunk.refused == []
    splunk.configure(APP, "indexes", "nowhere", {"homePath": "$SPLUNK_DB/nowhere/db"})
    assert ask("POST", "/services/receivers/simple", b"x", index="nowhere", sourcetype="tiny_input").status == 200


def test_data_the_lab_cannot_index_is_refused_and_remembered(ask, splunk):
    answer = ask("POST", "/services/receivers/simple", b"x", sourcetype="merges:lines")
    assert answer.status == 501
    assert "does not merge lines" in splunk.refused[0]
