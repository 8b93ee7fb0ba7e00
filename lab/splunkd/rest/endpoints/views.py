"""data/ui/views and data/ui/times: dashboards, and the presets of the time range picker (REST API Reference,
"Knowledge endpoint descriptions")."""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree import ElementTree

from lab.knowledge.apps import Apps
from lab.knowledge.permissions import permissions
from lab.splunkd.rest.atom import Entry, Reply
from lab.splunkd.rest.request import Endpoint, Refusal, Request, endpoint

# etc/apps/search/default/times.conf, the presets that dashboards are given most.
_TIMES = {
    "last_15_minutes": ("Last 15 minutes", "-15m", "now"),
    "last_60_minutes": ("Last 60 minutes", "-60m@m", "now"),
    "last_4_hours": ("Last 4 hours", "-4h@m", "now"),
    "last_24_hours": ("Last 24 hours", "-24h@h", "now"),
    "last_7_days": ("Last 7 days", "-7d@h", "now"),
    "last_30_days": ("Last 30 days", "-30d@d", "now"),
    "today": ("Today", "@d", "now"),
    "yesterday": ("Yesterday", "-1d@d", "@d"),
    "all_time": ("All time", "0", ""),
}


def endpoints(apps: Apps) -> list[Endpoint]:
    def views(request: Request) -> Iterator[Entry]:
        """Those of the namespace's app, and what other apps export; local before default."""
        roles = request.authority.roles_of(request.user)
        for app in apps.names:
            names: dict[str, str] = {}
            for layer in ("default", "local"):
                for path in sorted((apps.folder / app / layer / "data" / "ui" / "views").glob("*.xml")):
                    names[path.stem] = path.read_text(encoding="utf-8")
            for name, text in names.items():
                allowed = permissions(apps, app, "views", name)
                if (request.app in ("-", app) or allowed.sharing == "global") and allowed.lets_read(roles):
                    yield Entry(name, _content(app, name, text), app, allowed, ("list", "edit"))

    def listing(request: Request) -> Reply:
        request.passed_over("digest")
        return request.page("views", list(views(request)))

    def show(request: Request, name: str) -> Reply:
        found = next((entry for entry in views(request) if entry.name == name), None)
        if found is None:
            raise Refusal(404, f"Could not find object id={name}")
        return request.one("views", found)

    def times(request: Request) -> Reply:
        presets = [
            Entry(name, {"label": label, "earliest_time": earliest, "latest_time": latest, "is_sub_menu": "0"})
            for name, (label, earliest, latest) in _TIMES.items()
        ]
        return request.page("times", presets)

    return [
        endpoint(r"data/ui/views", GET=listing),
        endpoint(r"data/ui/views/(?P<name>[^/]+)", GET=show),
        endpoint(r"data/ui/times", GET=times),
    ]


def _content(app: str, name: str, text: str) -> dict[str, object]:
    try:
        root = ElementTree.fromstring(text)
    except ElementTree.ParseError as error:
        raise Refusal(500, f"The view {name} of {app} is no XML: {error}") from None
    return {
        "disabled": False,
        "eai:appName": app,
        "eai:data": text,
        "eai:type": "views",
        "eai:userName": "nobody",
        "isDashboard": root.tag in ("dashboard", "form"),
        "isVisible": root.get("isVisible", "true") == "true",
        "label": root.findtext("label", name),
        "rootNode": root.tag,
        "version": root.get("version", ""),
    }
