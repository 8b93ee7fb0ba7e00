"""A saved search: one stanza of savedsearches.conf with Splunk's defaults (savedsearches.conf.spec).

In goes the resolved stanza (default and local layered by `lab.knowledge`), out comes an object. A
key the spec does not name is an error, a setting the lab does not carry out is `Unsupported`: a
search that ran otherwise than its conf says would prove nothing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from lab.spl.errors import Unsupported

# Keys that change what people see or how Splunk shares its machine, never which results come out.
_WITHOUT_EFFECT = {
    "alert.display_view",
    "alert.managedBy",
    "defer_scheduled_searchable_idxc",
    "allow_skew",  # the lab runs each search at the first moment Splunk might
    "description",
    "dispatch.auto_cancel",
    "dispatch.auto_pause",
    "dispatch.buckets",
    "dispatch.max_time",
    "dispatch.rate_limit_retry",
    "dispatch.reduce_freq",
    "dispatch.spawn_process",
    "dispatch.ttl",
    "displayview",
    "embed.enabled",
    "is_visible",
    "max_concurrent",  # the lab runs one search after the other
    "precalculate_required_fields_for_alerts",
    "restart_on_searchpeer_add",
    "schedule_window",  # as allow_skew
    "skip_scheduled_realtime_idxc",
    "vsid",
    "workload_pool",
}
# … and those that refine a key which has to keep its default (below), or real-time searches.
_WITHOUT_EFFECT_PREFIXES = ("display.", "request.", "auto_summarize.", "durable.", "dispatch.rt_", "dispatch.indexedR")

# Keys whose default the lab carries out and nothing else.
_ONLY_DEFAULT = {
    "alert.suppress.group_name": "",
    "auto_summarize": "0",
    "dispatch.allow_partial_results": "1",
    "dispatch.indexedRealtime": "0",
    "dispatch.lookups": "1",
    "dispatch.rt_backfill": "0",
    "dispatch.sample_ratio": "1",
    "dispatch.time_format": "",
    "dispatchAs": "owner",
    "durable.track_time_type": "none",
    "run_n_times": "0",
    "run_on_startup": "0",
    "schedule": "",
    "schedule_as": "auto",
    # of Splunk 3 and 4, and no longer described
    "action_email": "",
    "action_rss": "",
    "nextrun": "",
    "qualifiedSearch": "",
    "query": "",
    "role": "",
    "sendresults": "",
    "userid": "",
}

_TRUE = {"1", "true", "t", "yes", "y", "on"}
_FALSE = {"0", "false", "f", "no", "n", "off"}
_DURATION = re.compile(r"(\d+)\s*(|s|sec|secs|seconds?|m|mins?|minutes?|h|hrs?|hours?|d|days?)")
_UNIT_SECONDS = {"": 1, "s": 1, "m": 60, "h": 3600, "d": 86400}

COUNT_TYPES = ("always", "number of events", "number of hosts", "number of sources", "custom")
RELATIONS = ("greater than", "less than", "equal to", "not equal to", "drops by", "rises by")
PRIORITIES = ("highest", "higher", "default")


class SavedSearchError(Exception):
    """A stanza of savedsearches.conf that Splunk would refuse or ignore in part."""


@dataclass(frozen=True)
class SavedSearch:
    """What a saved search is and when, over which window and with which actions it runs."""

    app: str
    title: str
    search: str
    owner: str = "nobody"
    disabled: bool = False
    scheduled: bool = False
    cron_schedule: str = ""
    realtime_schedule: bool = True
    earliest: str = ""
    latest: str = ""
    index_earliest: str = ""
    index_latest: str = ""
    max_count: int = 500_000
    count_type: str = "always"
    relation: str = "greater than"
    quantity: int = 0
    in_percent: bool = False  # of what the last run counted (drops by, rises by)
    alert_condition: str = ""  # commands over the results; any result of theirs triggers (counttype = custom)
    priority: str = "default"
    digest_mode: bool = True
    track: bool = False  # among the triggered alerts
    severity: int = 3
    expires: int = 86_400  # seconds a triggered alert is kept
    suppress: bool = False
    suppress_seconds: int = 0
    suppress_fields: tuple[str, ...] = ()
    # action name → its settings (`action.<name>.<setting>`), the enabled actions only
    actions: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """Which search it is, among all of an instance."""
        return f"{self.owner}/{self.app}/{self.title}"


def saved_search(app: str, title: str, settings: Mapping[str, str]) -> SavedSearch:
    """The stanza `[title]` of `app` as an object."""
    stanza = _Stanza(title, settings)
    digest_mode = stanza.boolean("alert.digest_mode", True)
    suppress = stanza.boolean("alert.suppress", False)
    suppress_fields = tuple(name for name in re.split(r"[,\s]+", stanza.text("alert.suppress.fields")) if name)
    if suppress and not digest_mode and not suppress_fields:
        raise SavedSearchError(f"[{title}] throttles single results: name the fields in alert.suppress.fields")
    suppress_seconds = stanza.seconds("alert.suppress.period")
    if suppress and not suppress_seconds:
        raise SavedSearchError(f"[{title}] throttles: say for how long in alert.suppress.period")
    relation = stanza.choice("relation", RELATIONS, "greater than")
    quantity, in_percent = stanza.quantity(relation)
    result = SavedSearch(
        app=app,
        title=title,
        search=stanza.text("search"),
        disabled=stanza.boolean("disabled", False),
        scheduled=stanza.boolean("enableSched", False),
        cron_schedule=stanza.text("cron_schedule"),
        realtime_schedule=stanza.boolean("realtime_schedule", True),
        earliest=stanza.text("dispatch.earliest_time"),
        latest=stanza.text("dispatch.latest_time"),
        index_earliest=stanza.text("dispatch.index_earliest"),
        index_latest=stanza.text("dispatch.index_latest"),
        max_count=stanza.integer("dispatch.max_count", 500_000),
        count_type=stanza.choice("counttype", COUNT_TYPES, "always"),
        relation=relation,
        quantity=quantity,
        in_percent=in_percent,
        alert_condition=stanza.text("alert_condition"),
        priority=stanza.choice("schedule_priority", PRIORITIES, "default"),
        digest_mode=digest_mode,
        track=stanza.track(),
        severity=stanza.integer("alert.severity", 3),
        expires=stanza.seconds("alert.expires") or 86_400,
        suppress=suppress,
        suppress_seconds=suppress_seconds,
        suppress_fields=suppress_fields,
        actions=stanza.actions(),
    )
    stanza.done()
    if not result.search:
        raise SavedSearchError(f"[{title}] has no search")
    if (result.count_type == "custom") != bool(result.alert_condition):
        raise SavedSearchError(f"[{title}] counttype = custom and alert_condition belong together: one is missing")
    if result.scheduled and not result.cron_schedule:
        raise SavedSearchError(f"[{title}] has enableSched = 1 and no cron_schedule: it would never run")
    return result


class _Stanza:
    """Reads keys one by one and knows in the end which nobody read."""

    def __init__(self, title: str, settings: Mapping[str, str]) -> None:
        self._title = title
        self._left = dict(settings)

    def text(self, key: str) -> str:
        return self._left.pop(key, "").strip()

    def boolean(self, key: str, default: bool) -> bool:
        value = self.text(key).lower()
        if not value:
            return default
        if value in _TRUE or value in _FALSE:
            return value in _TRUE
        raise SavedSearchError(f"[{self._title}] {key} = {value}: neither true nor false")

    def integer(self, key: str, default: int) -> int:
        value = self.text(key)
        try:
            return int(value) if value else default
        except ValueError:
            raise SavedSearchError(f"[{self._title}] {key} = {value}: not a whole number") from None

    def track(self) -> bool:
        """alert.track; `auto` goes by track_alert of the actions, which is false in alert_actions.conf."""
        value = self.text("alert.track").lower()
        self._left["alert.track"] = "" if value == "auto" else value
        return self.boolean("alert.track", False)

    def quantity(self, relation: str) -> tuple[int, bool]:
        """(number, whether it is a percentage), which only a change can be."""
        value = self.text("quantity")
        in_percent = value.endswith("%")
        if in_percent and relation not in ("drops by", "rises by"):
            raise SavedSearchError(f"[{self._title}] quantity = {value}: a percentage of nothing ({relation})")
        self._left["quantity"] = value.rstrip("%")
        return self.integer("quantity", 0), in_percent

    def choice(self, key: str, choices: tuple[str, ...], default: str) -> str:
        value = self.text(key) or default
        if value not in choices:
            raise Unsupported(f"[{self._title}] {key} = {value}: the lab runs {', '.join(choices)}")
        return value

    def seconds(self, key: str) -> int:
        value = self.text(key)
        if not value:
            return 0
        match = _DURATION.fullmatch(value.lower())
        if match is None:
            raise SavedSearchError(f"[{self._title}] {key} = {value}: not a duration such as 60s, 10m, 1h or 1d")
        return int(match.group(1)) * _UNIT_SECONDS[match.group(2)[:1]]

    def actions(self) -> dict[str, dict[str, str]]:
        """The enabled actions; `action.x.y` of an action that is off has no effect."""
        keys = [key for key in self._left if key.startswith("action.")]
        enabled: dict[str, dict[str, str]] = {}
        for key in keys:
            if key.count(".") == 1 and self.boolean(key, False):
                enabled[key[len("action.") :]] = {}
        for key in keys:
            if key.count(".") > 1:
                _, name, setting = key.split(".", 2)
                value = self._left.pop(key)
                if name in enabled:
                    enabled[name][setting] = value
        return enabled

    def done(self) -> None:
        for key, default in _ONLY_DEFAULT.items():
            value = self.text(key)
            if value and value.lower() != default and not _same_boolean(value, default):
                raise Unsupported(f"[{self._title}] {key} = {value}: the lab runs {key} = {default or '(empty)'} only")
        unknown = sorted(
            key for key in self._left if key not in _WITHOUT_EFFECT and not key.startswith(_WITHOUT_EFFECT_PREFIXES)
        )
        if unknown:
            raise SavedSearchError(f"[{self._title}] savedsearches.conf knows no {', '.join(unknown)}")


def _same_boolean(value: str, default: str) -> bool:
    return any(value.lower() in words and default in words for words in (_TRUE, _FALSE))
