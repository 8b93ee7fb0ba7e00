"""A started splunkd with two users, and splunk-sdk logged in to it as one of them."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

import pytest
import splunklib.client as sdk

from lab.clock import Clock
from lab.splunkd.instance import Instance

START = 1_700_000_000.0  # 2023-11-14 22:13:20 UTC
APP = "TA_rest"
CONF = {
    "app": "[launcher]\nauthor = nobody\nversion = 1.2.3\n[ui]\nlabel = Rest\n",
    "props": "[web]\nSHOULD_LINEMERGE = false\nDATETIME_CONFIG = CURRENT\nKV_MODE = json\n",
    "indexes": "[web]\nhomePath = x\n",
    "collections": "[seen]\nenforceTypes = true\nfield.n = number\nfield.user = string\n",
    "transforms": "[seen]\nexternal_type = kvstore\ncollection = seen\nfields_list = _key, n, user\n",
    "macros": "[web_index]\ndefinition = index=web\n",
    "savedsearches": (
        "[Errors by host]\nsearch = `web_index` status>=500 | stats count by host\n"
        "dispatch.earliest_time = -1h\ndispatch.latest_time = now\n"
        "[Off]\nsearch = `web_index`\ndisabled = 1\n"
    ),
}
META = "[]\naccess = read : [ * ], write : [ admin ]\n[macros]\nexport = system\n"


def make_app(apps: Path) -> None:
    for name, text in CONF.items():
        path = apps / APP / "default" / f"{name}.conf"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    (apps / APP / "metadata").mkdir()
    (apps / APP / "metadata" / "default.meta").write_text(META)


@pytest.fixture
def clock(tmp_path: Path) -> Clock:
    return Clock(tmp_path / "clock", START)


@pytest.fixture
def splunk(tmp_path: Path, clock: Clock):
    make_app(tmp_path / "splunk" / "etc" / "apps")
    instance = Instance(tmp_path / "splunk", clock)
    instance.add_user("admin", "correct horse", "admin")
    instance.add_user("ana", "battery staple", "user")
    instance.start()
    yield instance
    instance.stop()


@pytest.fixture
def connect(splunk: Instance):
    """From a user's name to splunk-sdk's service, in an app where one is named."""
    passwords = {"admin": "correct horse", "ana": "battery staple"}

    def connected(user: str = "admin", **namespace: str) -> sdk.Service:
        address = urlsplit(splunk.uri)
        return sdk.connect(
            scheme=address.scheme,
            host=address.hostname,
            port=address.port,
            username=user,
            password=passwords[user],
            **namespace,
        )

    return connected
