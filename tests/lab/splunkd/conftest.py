"""A started splunkd over a tiny app made here: an input, an alert action, a collection, macros."""

from __future__ import annotations

import http.client
import json
import textwrap
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Dict, Optional
from urllib.parse import urlencode, urlsplit

import pytest

from lab.clock import Clock
from lab.splunkd.instance import Instance

from .commands_world import World

APP = "TA_tiny"
START = 1_700_000_000.0

# Prints what it was given as events: one with all its own metadata, one with none, one unbroken pair.
INPUT = '''
"""A modular input for the tests of splunkd."""
import json, os, signal, sys, time
import xml.etree.ElementTree as ElementTree

SCHEME = """<scheme><title>Tiny</title><use_external_validation>true</use_external_validation>
<streaming_mode>xml</streaming_mode><use_single_instance>false</use_single_instance>
<endpoint><args><arg name="account"/><arg name="mode"><required_on_create>false</required_on_create></arg></args>
</endpoint></scheme>"""

def emit(text):
    sys.stdout.write(text)
    sys.stdout.flush()

if sys.argv[1:] == ["--scheme"]:
    emit(SCHEME)
    sys.exit(0)
root = ElementTree.fromstring(sys.stdin.buffer.read())
params = {param.get("name"): param.text for param in root.iter("param")}
if sys.argv[1:] == ["--validate-arguments"]:
    if params["account"] != "good":
        emit("<error><message>there is no account %s</message></error>" % params["account"])
        sys.exit(1)
    sys.exit(0)
mode = params.get("mode")
if mode == "fail":
    print("first line", file=sys.stderr)
    print("ERROR Okta refused the key", file=sys.stderr)
    sys.exit(3)
if mode == "garbage":
    emit("<stream><event><data>good</data></event><event><data>cut")
    sys.exit(0)
if mode == "wait":
    told_to_stop = []  # printing in the handler itself might interrupt a print
    signal.signal(signal.SIGTERM, lambda *_: told_to_stop.append(True))
    emit("<stream><event><data>started</data></event>")
    while not told_to_stop:
        time.sleep(0.02)
    emit("<event><data>stopped</data></event></stream>")
    sys.exit(0)
if mode == "tell":
    told = {"environment": sorted(os.environ), "checkpoints": root.findtext("checkpoint_dir"),
            "session_key": root.findtext("session_key"), "server_uri": root.findtext("server_uri"), "params": params}
    with open(os.path.join(os.environ["SPLUNK_HOME"], "told.json"), "w") as file:
        json.dump(told, file)
emit("<stream>")
emit('<event stanza="tiny_input://a"><time>1699999000.250</time><host>h</host><source>s</source>'
     '<sourcetype>tiny:log</sourcetype><index>summary</index><data>{"a": "&lt;&amp;&#228;"}</data></event>')
emit("<event><data>plain</data></event>")
emit('<event unbroken="1"><data>one\\ntw</data></event><event unbroken="1"><data>o</data><done/></event>')
emit("</stream>")
'''

ACTION = '''
"""An alert action for the tests of splunkd: keeps what it was given beside the results."""
import gzip, json, os, sys, urllib.request
payload = json.loads(sys.stdin.buffer.read())
if payload["configuration"].get("mode") == "fail":
    print("cannot register", file=sys.stderr)
    sys.exit(2)
request = urllib.request.Request(payload["server_uri"] + "/services/server/info?output_mode=json",
                                 headers={"Authorization": "Splunk " + payload["session_key"]})
payload["answer"] = urllib.request.urlopen(request).status
payload["csv"] = gzip.open(payload["results_file"], "rt", encoding="utf-8", newline="").read()
payload["argv"] = sys.argv[1:]
with open(os.path.join(os.environ["SPLUNK_HOME"], "acted.jsonl"), "a") as file:
    file.write(json.dumps(payload) + "\\n")
'''

CONF = {
    "app": "[launcher]\nauthor = nobody\n",
    "inputs": "[tiny_input]\ninterval = 300\n",
    "props": """
        [tiny_input]
        SHOULD_LINEMERGE = false
        DATETIME_CONFIG = CURRENT
        [tiny:log]
        SHOULD_LINEMERGE = false
        TIME_PREFIX = "published":"
        TIME_FORMAT = %Y-%m-%dT%H:%M:%S.%3N%Z
        KV_MODE = json
        """,
    "alert_actions": "[tiny_action]\nis_custom = 1\npayload_format = json\nparam.colour = blue\n",
    "collections": "[tiny]\nenforceTypes = true\nfield.n = number\nfield.name = string\n",
    "macros": "[tiny_index]\ndefinition = summary\n",
    "tiny_settings": "[logging]\nloglevel = INFO\n",
}


def make_app(folder: Path, conf: Dict[str, str] = CONF, app: str = APP) -> Path:
    for name, text in conf.items():
        path = folder / app / "default" / f"{name}.conf"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(text))
    for name, text in {"tiny_input": INPUT, "tiny_action": ACTION}.items():
        path = folder / app / "bin" / f"{name}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return folder / app


@dataclass
class Answer:
    status: int
    headers: Dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


class Client:
    """Raw requests, as no client library would send them."""

    def __init__(self, splunk: Instance) -> None:
        self._splunk = splunk

    def __call__(
        self,
        method: str,
        path: str,
        body: Any = None,
        form: Optional[Dict[str, str]] = None,
        key: Optional[str] = None,
        **query: Any,
    ) -> Answer:
        headers = {"Authorization": f"Splunk {self._splunk.session_key if key is None else key}"}
        data = body
        if form is not None:
            data, headers["Content-Type"] = urlencode(form), "application/x-www-form-urlencoded"
        elif body is not None and not isinstance(body, (str, bytes)):
            data, headers["Content-Type"] = json.dumps(body), "application/json"
        connection = http.client.HTTPConnection(urlsplit(self._splunk.uri).netloc, timeout=10)
        connection.request(method, path + ("?" + urlencode(query) if query else ""), data, headers)
        reply = connection.getresponse()
        answer = Answer(reply.status, {name.lower(): value for name, value in reply.getheaders()}, reply.read())
        connection.close()
        return answer


@pytest.fixture
def clock(tmp_path: Path) -> Clock:
    return Clock(tmp_path / "clock", START)


@pytest.fixture
def splunk(tmp_path: Path, clock: Clock):
    make_app(tmp_path / "splunk" / "etc" / "apps")
    instance = Instance(tmp_path / "splunk", clock)
    instance.start()
    yield instance
    instance.stop()


@pytest.fixture
def ask(splunk: Instance) -> Client:
    return Client(splunk)


@pytest.fixture
def world(tmp_path: Path):
    """An instance for custom search commands."""
    made = World(tmp_path)
    yield made
    made.stop()
