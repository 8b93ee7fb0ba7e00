"""/services/server/info and /services/authentication/current-context (REST API Reference)."""

from __future__ import annotations

from lab.splunkd.atom import Entry, Reply
from lab.splunkd.rest import VERSION, Endpoint, Request, endpoint
from lab.splunkd.sessions import SYSTEM_USER


def endpoints(server_name: str) -> list[Endpoint]:
    def info(request: Request) -> Reply:
        content = {
            "build": "lab",
            "cpu_arch": "x86_64",
            "guid": "00000000-0000-4000-8000-00000000AB1E",
            "host": server_name,
            "isFree": False,
            "isTrial": False,
            "kvStoreStatus": "ready",
            "licenseState": "OK",
            "mode": "normal",
            "os_name": "Linux",
            "product_type": "enterprise",
            "serverName": server_name,
            "server_roles": ["search_head", "indexer", "kv_store"],
            "version": VERSION,
        }
        return request.page("server-info", [Entry("server-info", content, owner="system", app="")])

    def current_context(request: Request) -> Reply:
        system = request.user == SYSTEM_USER
        content = {
            "capabilities": ["admin_all_objects", "list_storage_passwords", "edit_storage_passwords", "search"],
            "defaultApp": "launcher",
            "email": "",
            "realname": "Splunk System User" if system else request.user,
            "roles": ["splunk-system-role" if system else "admin"],
            "type": "Splunk",
            "tz": "",
            "username": request.user,
        }
        return request.page("current-context", [Entry("context", content, owner="system", app="")])

    return [
        endpoint(r"server/info(?:/server-info)?", GET=info),
        endpoint(r"authentication/current-context(?:/context)?", GET=current_context),
    ]
