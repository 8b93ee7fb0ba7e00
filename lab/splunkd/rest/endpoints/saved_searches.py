"""saved/searches: saved searches as objects, enabled, scheduled and dispatched over REST (REST API Reference, "Search
endpoint descriptions": saved/searches)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timezone
from typing import Any, Callable

from lab.knowledge.conf import is_true
from lab.schedule.saved_search import SavedSearch, SavedSearchError, saved_search
from lab.spl import times
from lab.spl.errors import SearchError, Unsupported
from lab.splunkd.dispatcher import Dispatcher
from lab.splunkd.jobs import Jobs
from lab.splunkd.rest.atom import Entry, Reply
from lab.splunkd.rest.endpoints.sharing import share
from lab.splunkd.rest.job_entry import job_entry, sid_reply
from lab.splunkd.rest.objects import Object, Objects
from lab.splunkd.rest.request import Endpoint, NotEmulated, Refusal, Request, endpoint

_CONF = "savedsearches"
# etc/system/default/savedsearches.conf, as far as clients read it of every saved search.
_DEFAULTS = {
    "action.email": "0",
    "action.populate_lookup": "0",
    "action.rss": "0",
    "action.script": "0",
    "action.summary_index": "0",
    "actions": "",
    "alert.digest_mode": "1",
    "alert.expires": "24h",
    "alert.severity": "3",
    "alert.suppress": "",
    "alert.suppress.period": "",
    "alert.track": "0",
    "alert_comparator": "",
    "alert_condition": "",
    "alert_threshold": "",
    "alert_type": "always",
    "cron_schedule": "",
    "description": "",
    "disabled": "0",
    "dispatch.buckets": "0",
    "dispatch.earliest_time": "",
    "dispatch.latest_time": "",
    "dispatch.lookups": "1",
    "dispatch.max_count": "500000",
    "dispatch.max_time": "0",
    "dispatch.ttl": "2p",
    "is_visible": "1",
    "max_concurrent": "1",
    "realtime_schedule": "1",
    "run_on_startup": "0",
    "schedule_priority": "default",
    "schedule_window": "0",
}
# What the endpoint calls otherwise than savedsearches.conf: the alert's condition and whether it is scheduled.
_NAMES = {
    "alert_type": "counttype",
    "alert_comparator": "relation",
    "alert_threshold": "quantity",
    "is_scheduled": "enableSched",
}


_BOOLEANS = [
    "disabled",
    "is_scheduled",
    "is_visible",
    "realtime_schedule",
    "run_on_startup",
    "alert.digest_mode",
    "alert.track",
]


def endpoints(objects: Objects, jobs: Jobs, dispatcher: Dispatcher) -> list[Endpoint]:
    def listing(request: Request) -> Reply:
        earliest, latest = request.argument("earliest_time"), request.argument("latest_time")
        if earliest or latest:
            raise NotEmulated(400, "The lab's splunkd lists saved searches without their schedules.")
        return request.page("savedsearch", [entry(request, found) for found in objects.list(request, _CONF)])

    def entry(request: Request, found: Object) -> Entry:
        return _entry(found, dispatcher, request.now)

    def check(request: Request, name: str, settings: Mapping[str, str]) -> None:
        """400 with the reason where the settings make no saved search; scheduling one needs its capability."""
        saved = _checked(request.app, name, settings, request.user)
        if saved.scheduled:
            request.require("schedule_search")
        try:
            dispatcher.moments(saved, request.now, request.now)
        except SavedSearchError as error:
            raise Refusal(400, str(error)) from None

    def create(request: Request) -> Reply:
        name = request.required("name")
        settings = _settings(request.arguments())
        if not settings.get("search"):
            raise Refusal(400, "The following required arguments are missing: search.")
        if objects.exists(request, _CONF, name):
            raise Refusal(
                409,
                f"Unable to create saved search with name '{name}'. A saved search with that name already exists.",
            )
        check(request, name, settings)
        made = objects.create(request, _CONF, name, settings)
        return request.feed("savedsearch", [entry(request, made)], status=201)

    def show(request: Request, name: str) -> Reply:
        return request.one("savedsearch", entry(request, objects.get(request, _CONF, name)))

    def change(request: Request, name: str) -> Reply:
        found = objects.writable(request, _CONF, name)
        settings = _settings(request.arguments())
        check(request, name, {**found.settings, **settings})
        return request.feed("savedsearch", [entry(request, objects.change(request, _CONF, name, settings))])

    def delete(request: Request, name: str) -> Reply:
        request.done()
        objects.delete(request, _CONF, name)
        return request.feed("savedsearch", [entry(request, found) for found in objects.list(request, _CONF)])

    def switch(disabled: str) -> Callable[..., Reply]:
        def handler(request: Request, name: str) -> Reply:
            request.done()
            changed = objects.change(request, _CONF, name, {"disabled": disabled})
            return request.feed("savedsearch", [entry(request, changed)])

        return handler

    def access(request: Request, name: str) -> Reply:
        return request.feed("savedsearch", [entry(request, share(request, objects, _CONF, name))])

    def access_list(request: Request, name: str) -> Reply:
        return show(request, name)

    # ---- running

    def run(request: Request, name: str) -> Reply:
        found = objects.get(request, _CONF, name)
        given = request.arguments()
        changes = {key: value for key, value in given.items() if key.startswith(("dispatch.", "action.", "alert."))}
        moment = changes.pop("dispatch.now", "")
        with_actions = is_true(given.get("trigger_actions", "0"))
        for key in given:
            known = key in ("trigger_actions", "force_dispatch", "replay_speed", "dispatch.now")
            if key not in changes and not known:
                raise NotEmulated(400, f'Argument "{key}" is not supported by this handler.')
        saved = _checked(found.app, name, {**found.settings, **changes}, _owner(found, request))
        if saved.disabled:
            raise Refusal(400, f"The saved search '{name}' is disabled: enable it before it is dispatched.")
        now = request.now
        if moment:
            now = _moment(moment, request.now, "dispatch.now")
        job = dispatcher.dispatch(replace(saved, owner=request.user), now, with_actions)
        return sid_reply(request, job.sid)

    def history(request: Request, name: str) -> Reply:
        found = objects.get(request, _CONF, name)
        request.passed_over("savedsearch")
        ran = [job for job in jobs.all() if job.saved == name and job.app == found.app]
        entries = [replace(job_entry(job, request.now), name=job.sid) for job in ran]
        return request.page("history", entries)

    def scheduled_times(request: Request, name: str) -> Reply:
        found = objects.get(request, _CONF, name)
        earliest = _moment(request.required("earliest_time"), request.now, "earliest_time")
        latest = _moment(request.required("latest_time"), request.now, "latest_time")
        request.done()
        saved = _checked(found.app, name, found.settings, _owner(found, request))
        moments = [str(int(moment)) for moment in dispatcher.moments(saved, earliest, latest)]
        shown = entry(request, found)
        return request.one("savedsearch", replace(shown, content={**shown.content, "scheduled_times": moments}))

    def suppression(request: Request, name: str) -> Reply:
        """Whether, and for how many seconds, its alert is throttled; POST `expiration` sets that."""
        found = objects.get(request, _CONF, name)
        saved = _checked(found.app, name, found.settings, found.permissions.owner)
        if request.method == "POST":
            objects.writable(request, _CONF, name)
            dispatcher.put_to_sleep(saved, request.integer("expiration", 0))
        seconds = dispatcher.asleep(saved)
        content = {"suppressed": seconds > 0, "expiration": str(int(seconds)), "suppressionKey": saved.key}
        return request.one("savedsearch", replace(entry(request, found), content=content))

    def refuse(request: Request, name: str) -> Reply:
        what = request.resource.rpartition("/")[2]
        raise NotEmulated(501, f"The lab's splunkd does no {what} of a saved search.")

    one = r"saved/searches/(?P<name>[^/]+)"
    return [
        endpoint(r"saved/searches", GET=listing, POST=create),
        endpoint(one, GET=show, POST=change, DELETE=delete),
        endpoint(one + "/enable", POST=switch("0")),
        endpoint(one + "/disable", POST=switch("1")),
        endpoint(one + "/acl", GET=access_list, POST=access),
        endpoint(one + "/dispatch", needs={"POST": "search"}, POST=run),
        endpoint(one + "/history", GET=history),
        endpoint(one + "/scheduled_times", GET=scheduled_times),
        endpoint(one + "/suppress", GET=suppression, POST=suppression),
        endpoint(one + "/(?:acknowledge|reschedule|embed|unembed)", GET=refuse, POST=refuse),
    ]


def _settings(given: Mapping[str, str]) -> dict[str, str]:
    """What is given over REST as keys of savedsearches.conf."""
    settings = {_NAMES.get(key, key): value for key, value in given.items()}
    actions = settings.pop("actions", None)  # the enabled ones, by name
    for action in (actions or "").split(","):
        if action.strip():
            settings[f"action.{action.strip()}"] = "1"
    return settings


def _checked(app: str, name: str, settings: Mapping[str, str], owner: str) -> SavedSearch:
    try:
        return replace(saved_search(app, name, settings), owner=owner)
    except Unsupported:
        raise
    except (SavedSearchError, SearchError) as error:
        raise Refusal(400, str(error)) from None


def _owner(found: Object, request: Request) -> str:
    return found.permissions.owner if found.permissions.owner != "nobody" else request.user


def _moment(text: str, now: float, name: str) -> float:
    try:
        return times.time_of(text, now, timezone.utc)
    except SearchError as error:
        raise Refusal(400, f"Invalid {name}: {error}") from None


def _entry(found: Object, dispatcher: Dispatcher, now: float) -> Entry:
    settings = found.settings
    content: dict[str, Any] = {**_DEFAULTS, **settings}
    for shown, key in _NAMES.items():
        content[shown] = settings.get(key, content.get(shown, "0"))
    for key in content:
        if key in _BOOLEANS or (key.startswith("action.") and key.count(".") == 1):
            content[key] = is_true(str(content[key]))  # 1 and 0 in XML, true and false in JSON
    content["actions"] = ", ".join(
        key[len("action.") :]
        for key, value in settings.items()
        if key.startswith("action.") and key.count(".") == 1 and is_true(value)
    )
    content["qualifiedSearch"] = settings.get("search", "")
    content["next_scheduled_time"] = ""
    content["triggered_alert_count"] = 0
    content.update({"eai:appName": found.app, "eai:userName": found.permissions.owner})
    links = ("list", "_reload", "edit", "remove", "disable", "dispatch", "history")
    return Entry(found.name, content, app=found.app, permissions=found.permissions, links=links)
