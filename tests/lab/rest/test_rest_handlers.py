"""Apps' own REST endpoints: UCC's handlers of the packaged add-on, and a persistent script (restmap.conf.spec)."""

from __future__ import annotations

import json
import textwrap
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import splunklib.binding as binding
import splunklib.client as sdk

from lab.clock import Clock
from lab.splunkd.instance import Instance
from tests.lab.rest.conftest import START
from tools import pythons

ADDON = "TA_okta_itdr"
SECRET = "00secret-of-the-account"
KEY = {"authentication": "api_token", "api_token": SECRET, "test_connection": "0"}
SCRIPT = """
import json, os, sys, urllib.request
from splunk.persistconn.application import PersistentServerConnectionApplication

class Echo(PersistentServerConnectionApplication):
    asked = 0

    def handle(self, in_string):
        request = json.loads(in_string)
        Echo.asked += 1
        print("a stray line on standard output")
        if request["path_info"] == "die":
            print("out of memory", file=sys.stderr)
            sys.stderr.flush()
            os._exit(3)
        if request["path_info"] == "raise":
            raise ValueError("no such thing")
        answer = {"asked": Echo.asked, "request": request}
        if "system_authtoken" in request:
            uri = request["server"]["rest_uri"] + "/services/authentication/current-context?output_mode=json"
            headers = {"Authorization": "Splunk " + request["system_authtoken"]}
            reply = json.load(urllib.request.urlopen(urllib.request.Request(uri, headers=headers)))
            answer["system_user"] = reply["entry"][0]["content"]["username"]
        return {"status": 202, "payload": answer, "headers": {"X-Tiny": "yes"}}
"""
RESTMAP = """
    [script:echo]
    match = /tiny/echo
    script = tiny_echo.py
    scripttype = persist
    handler = tiny_echo.Echo
    passPayload = true
    passSystemAuth = true
    capability.post = run_tiny

    [script:plain]
    match = /tiny/plain
    script = tiny_echo.py
    scripttype = persist
    handler = tiny_echo.Echo
    passConf = false
    passSession = false

    [script:old]
    match = /tiny/old
    script = tiny_echo.py
    handler = tiny_echo.Echo
"""


@pytest.fixture(params=[(3, 9), (3, 13)], ids=lambda version: "python{}.{}".format(*version))
def python(request) -> Path:
    found = pythons.found().get(request.param)
    if found is None:
        pytest.skip("no Python {}.{} on this machine".format(*request.param))
    return found


@pytest.fixture
def running(tmp_path: Path, python: Path):
    """A splunkd with users, started on one Python; apps come afterwards."""
    instance = Instance(tmp_path / "splunk", Clock(tmp_path / "clock", START), str(python))
    instance.add_user("admin", "correct horse", "admin")
    instance.add_user("ana", "battery staple", "user")
    instance.start()
    yield instance
    instance.stop()


def service(splunk: Instance, user: str, app: str) -> sdk.Service:
    address = urlsplit(splunk.uri)
    password = {"admin": "correct horse", "ana": "battery staple"}[user]
    return sdk.connect(
        scheme="http", host=address.hostname, port=address.port, username=user, password=password, owner="nobody",
        app=app,
    )  # fmt: skip


def content(response) -> dict:
    """Objects by name of a JSON reply."""
    return {entry["name"]: entry["content"] for entry in json.loads(response.body.read())["entry"]}


@pytest.fixture
def configured(running: Instance, tarball: Path):
    running.install(tarball)
    return service(running, "admin", ADDON)


def test_an_account_is_set_up_on_uccs_page_and_its_secret_is_nowhere_in_the_clear(configured, running, tmp_path):
    page = f"{ADDON}_account"
    assert content(configured.get(page, output_mode="json")) == {}
    made = configured.post(page, name="acme", domain="acme.okta.com", **KEY, output_mode="json")
    assert made.status == 201
    account = content(made)["acme"]
    assert (account["domain"], account["api_token"]) == ("acme.okta.com", "******")
    assert content(configured.get(f"{page}/acme", output_mode="json"))["acme"]["api_token"] == "******"
    shown = configured.get(f"{page}/acme", output_mode="json", **{"--cred--": "1"})
    assert content(shown)["acme"]["api_token"] == SECRET
    files = [path for path in (tmp_path / "splunk").rglob("*") if path.is_file()]
    assert not [path for path in files if SECRET.encode() in path.read_bytes()]
    configured.post(f"{page}/acme", domain="acme.oktapreview.com")
    assert content(configured.get(page, output_mode="json"))["acme"]["domain"] == "acme.oktapreview.com"
    configured.delete(f"{page}/acme")
    assert content(configured.get(page, output_mode="json")) == {}
    assert [one.name for one in configured.storage_passwords] == []
    assert running.refused == []


def test_uccs_own_refusals_come_through_as_its_page_expects_them(configured):
    page = f"{ADDON}_account"
    configured.post(page, name="acme", domain="acme.okta.com", **KEY)
    for arguments, status, text in (
        ({"name": "acme", "domain": "acme.okta.com", **KEY}, 500, "REST Error [409]: Conflict"),
        ({"name": "other", "domain": "not a domain", **KEY}, 500, "REST Error [400]: Bad Request"),
        ({"name": "other", "domain": "acme.okta.com"}, 400, "required arguments are missing: authentication"),
        ({"name": "other", "domain": "a.okta.com", **KEY, "colour": "1"}, 400, '"colour" is not supp'),
        ({"domain": "acme.okta.com", **KEY}, 400, "required arguments are missing: name"),
    ):
        with pytest.raises(binding.HTTPError) as refused:
            configured.post(page, output_mode="json", **arguments)
        assert refused.value.status == status
        assert text in json.loads(refused.value.body)["messages"][0]["text"]
        assert SECRET not in str(refused.value)


def test_settings_and_an_input_are_set_up_on_uccs_pages(configured, running):
    configured.post(f"{ADDON}_account", name="acme", domain="acme.okta.com", **KEY)
    settings = f"{ADDON}_settings"
    configured.post(f"{settings}/logging", loglevel="DEBUG")
    assert content(configured.get(f"{settings}/logging", output_mode="json"))["logging"]["loglevel"] == "DEBUG"
    page = f"{ADDON}_okta_system_log"
    given = {
        "name": "acme",
        "account": "acme",
        "index": "main",
        "interval": "60",
        "start": "2023-10-04",
        "checkpoint": "file",
    }
    assert configured.post(page, output_mode="json", **given).status == 201
    assert content(configured.get(page, output_mode="json"))["acme"]["account"] == "acme"
    assert running.inputs.enabled() == ["okta_system_log://acme"]
    configured.post(f"{page}/acme/disable")
    assert running.inputs.enabled() == []
    configured.post(f"{page}/acme", disabled="0")
    assert running.inputs.enabled() == ["okta_system_log://acme"]
    configured.delete(f"{page}/acme")
    assert running.inputs.enabled() == []
    assert running.refused == []


def test_the_pages_are_for_those_who_may_see_secrets(configured, running):
    configured.post(f"{ADDON}_account", name="acme", domain="acme.okta.com", **KEY)
    ana = service(running, "ana", ADDON)
    with pytest.raises(binding.HTTPError) as refused:  # other actions end so too, after half a minute of retries
        ana.delete(f"{ADDON}_account/acme")
    assert "REST Error [403]" in str(refused.value)
    assert list(content(configured.get(f"{ADDON}_account", output_mode="json"))) == ["acme"]


# ---- persistent scripts


@pytest.fixture
def tiny(running: Instance):
    app = running.home / "etc" / "apps" / "TA_tiny"
    for path, text in {
        "default/app.conf": "[launcher]\nauthor = nobody\n",
        "default/restmap.conf": textwrap.dedent(RESTMAP),
        "default/authorize.conf": "[capability::run_tiny]\n[role_tiny]\nimportRoles = user\nrun_tiny = enabled\n",
        "bin/tiny_echo.py": SCRIPT,
    }.items():
        (app / path).parent.mkdir(parents=True, exist_ok=True)
        (app / path).write_text(text)
    running.reload()
    return service(running, "ana", "TA_tiny")


def answer(response) -> dict:
    return json.loads(response.body.read())


def test_a_persistent_script_gets_the_request_and_a_key_of_the_system(tiny, running):
    response = tiny.get("tiny/echo/a/b", colour="red")
    assert response.status == 202
    assert ("X-Tiny", "yes") in response.headers
    found = answer(response)
    request = found["request"]
    assert (request["method"], request["path_info"], request["rest_path"]) == ("GET", "a/b", "/tiny/echo/a/b")
    assert request["query"] == [["colour", "red"]]
    assert request["ns"] == {"app": "TA_tiny", "user": "nobody"}
    assert request["session"]["user"] == "ana"
    assert request["restmap"]["conf"]["handler"] == "tiny_echo.Echo"
    assert found["system_user"] == "splunk-system-user"
    assert running.sessions.user(request["system_authtoken"]) is None  # gone with the request
    assert answer(tiny.get("tiny/echo"))["asked"] == 2  # the same process


def test_what_is_not_to_be_passed_is_not(tiny):
    request = answer(tiny.get("tiny/plain"))["request"]
    assert "system_authtoken" not in request
    assert "session" not in request
    assert "conf" not in request["restmap"]
    assert "headers" not in request
    assert "payload" not in request


def test_a_capability_of_the_apps_own_guards_a_method(tiny, running):
    with pytest.raises(binding.HTTPError) as refused:
        tiny.post("tiny/echo", body='{"a": 1}')
    assert refused.value.status == 403
    assert "run_tiny" in str(refused.value)
    service(running, "admin", "TA_tiny").users["ana"].update(roles=["tiny"])
    assert answer(tiny.post("tiny/echo", body='{"a": 1}'))["request"]["payload"] == '{"a": 1}'


def test_a_capability_of_a_group_guards_its_members_before_they_are_started(configured, running):
    """restmap.conf.spec, "Applicable to all REST stanzas": UCC writes a handler's capabilities into its [admin:…]."""
    with pytest.raises(binding.HTTPError) as refused:
        service(running, "ana", ADDON).get("okta_itdr_setup")
    assert refused.value.status == 403
    assert "(requires capability: okta_itdr_setup)" in str(refused.value)  # splunkd's words, not the handler's


def test_a_handler_that_fails_or_dies_says_so_and_is_there_again(tiny, running):
    for path, text in (("raise", "ValueError: no such thing"), ("die", "its process ended: out of memory")):
        with pytest.raises(binding.HTTPError) as refused:
            tiny.get(f"tiny/echo/{path}")
        assert refused.value.status == 500
        assert text in str(refused.value)
    assert answer(tiny.get("tiny/echo"))["asked"] == 1
    assert "out of memory" in running.log.file.read_text()


def test_a_script_of_another_kind_is_refused_by_name(tiny, running):
    with pytest.raises(binding.HTTPError) as refused:
        tiny.get("tiny/old")
    assert refused.value.status == 501
    assert "scripttype = persist" in running.refused[0]
