"""server/info and server/settings: what clients ask of the machine (REST API Reference, "Introspection endpoint
descriptions" and "System endpoint descriptions")."""

from __future__ import annotations

from pathlib import Path
from typing import Callable

from lab.splunkd.rest import VERSION
from lab.splunkd.rest.atom import Entry, Reply, message
from lab.splunkd.rest.request import Endpoint, Request, endpoint


def endpoints(
    server_name: str, home: Path, started: float, kvstore_status: Callable[[], str], restart: Callable[[], None]
) -> list[Endpoint]:
    def info(request: Request) -> Reply:
        content = {
            "activeLicenseGroup": "Enterprise",
            "build": "lab",
            "cpu_arch": "x86_64",
            "guid": "00000000-0000-4000-8000-00000000AB1E",
            "host": server_name,
            "isFree": False,
            "isTrial": False,
            "kvStoreStatus": kvstore_status(),
            "licenseState": "OK",
            "mode": "normal",
            "numberOfCores": 2,
            "os_name": "Linux",
            "product_type": "enterprise",
            "serverName": server_name,
            "server_roles": ["search_head", "indexer", "kv_store"],
            "startup_time": int(started),
            "version": VERSION,
        }
        return request.one("server-info", Entry("server-info", content))

    def settings(request: Request) -> Reply:
        content = {
            "SPLUNK_DB": str(home / "var" / "lib" / "splunk"),
            "SPLUNK_HOME": str(home),
            "enableSplunkWebSSL": False,
            "host": server_name,
            "httpport": "8000",
            "mgmtHostPort": "8089",
            "minFreeSpace": "5000",
            "pass4SymmKey": "******",
            "serverName": server_name,
            "sessionTimeout": "1h",
            "startwebserver": True,
            "trustedIP": "",
        }
        return request.one("settings", Entry("settings", content))

    def restarted(request: Request) -> Reply:
        request.done()
        restart()
        return message(200, "The server will be restarting.", request.as_json, "INFO")

    return [
        endpoint(r"server/control/restart", needs={"POST": "restart_splunkd"}, POST=restarted),
        endpoint(r"server/info(?:/server-info)?", GET=info),
        endpoint(r"server/settings(?:/settings)?", GET=settings),
    ]
