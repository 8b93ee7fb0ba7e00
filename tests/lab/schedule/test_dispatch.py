"""A saved search run over a window, with its actions; a hunt over everything. Real searches over a real store."""

from __future__ import annotations

import textwrap
from pathlib import Path

import pytest

from lab.knowledge import Knowledge
from lab.schedule.dispatch import ActionError, dispatch, dispatch_scheduled
from lab.schedule.hunt import HuntError, hunt
from lab.schedule.saved_search import saved_search
from lab.schedule.search_head import SearchHead
from lab.schedule.throttle import Throttle
from lab.schedule.window import Window, scheduled_window
from lab.store.events import Event, EventStore
from lab.store.kvstore import KVStore

APP = "TA_tiny"
NOW = 1_700_000_000.0
RULE = "Okta ITDR - {} - Rule"
CONF = {
    "app": "[launcher]\nauthor = nobody\n",
    "props": "[tiny:log]\nKV_MODE = json\nSHOULD_LINEMERGE = false\nDATETIME_CONFIG = CURRENT\n",
    "collections": "[tiny]\nfield.user = string\n",
    "transforms": """
        [tiny]
        external_type = kvstore
        collection = tiny
        fields_list = _key, user
        """,
}
DETECTIONS = "detection_id,search,rank\n" + "".join(
    f"{name},{RULE.format(name)},{rank}\n" for name, rank in (("Zero", 1), ("Alpha", 2), ("Beta", 1))
)


@pytest.fixture
def head(tmp_path: Path) -> SearchHead:
    app = tmp_path / "apps" / APP
    for name, text in CONF.items():
        path = app / "default" / f"{name}.conf"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(text))
    (app / "lookups").mkdir()
    (app / "lookups" / "okta_itdr_detections.csv").write_text(DETECTIONS)
    store = EventStore(tmp_path / "events")
    store.append(
        Event(f'{{"user":"{user}","n":{number}}}', NOW - age, NOW - age + delay, "main", "tiny:log", "s", "h")
        for number, (user, age, delay) in enumerate([("ann", 7200, 0), ("bob", 600, 0), ("eve", 300, 290)])
    )
    return SearchHead(Knowledge(tmp_path / "apps"), store, KVStore())


class Acts:
    """Takes the place of splunkd's alert actions and keeps what it was given."""

    def __init__(self, error: str = ""):
        self.alerts = []
        self._error = error

    def __call__(self, action, alert):
        self.alerts.append((action, alert))
        if self._error:
            raise ActionError(self._error)

    @property
    def users(self):
        return [[row["user"] for row in alert.rows] for _, alert in self.alerts]


SEARCH = "sourcetype=tiny:log | table user n"


def saved(title="s", search=SEARCH, **settings):
    return saved_search(APP, title, {"search": search, "action.register": "1", **settings})


def test_rows_and_columns_come_from_the_window_and_go_to_the_action(head):
    acts = Acts()
    search = saved(**{"dispatch.earliest_time": "-1h", "dispatch.latest_time": "now"})
    job = dispatch(search, scheduled_window(search, NOW), head, acts)
    assert job.error is None and job.failed_actions == []
    assert job.columns == ["user", "n"]
    assert [row["user"] for row in job.rows] == ["eve", "bob"]
    assert acts.users == [["eve", "bob"]]


def test_index_time_bounds_the_events_too(head):
    search = saved(**{"dispatch.index_earliest": "-5m", "dispatch.index_latest": "now"})
    assert [row["user"] for row in dispatch(search, scheduled_window(search, NOW), head, Acts()).rows] == ["eve"]


def test_without_results_no_action_where_a_number_is_asked(head):
    acts = Acts()
    settings = {"counttype": "number of events", "relation": "greater than", "quantity": "0"}
    dispatch(saved(search="sourcetype=none | table user", **settings), Window(NOW), head, acts)
    assert acts.alerts == []


def test_per_result_each_row_starts_the_action_with_its_own_number(head):
    acts = Acts()
    dispatch(saved(**{"alert.digest_mode": "0"}), Window(NOW), head, acts)
    assert acts.users == [["eve"], ["bob"], ["ann"]]
    assert [alert.result_number for _, alert in acts.alerts] == [0, 1, 2]


@pytest.mark.parametrize(("condition", "users"), [("where n > 1", [["eve", "bob", "ann"]]), ("| search n=7", [])])
def test_a_custom_condition_sees_the_results_and_leaves_them_as_they_are(head, condition, users):
    acts = Acts()
    job = dispatch(saved(counttype="custom", alert_condition=condition), Window(NOW), head, acts)
    assert acts.users == users
    assert job.columns == ["user", "n"] and len(job.rows) == 3


def test_a_custom_condition_that_cannot_run_is_said(head):
    job = dispatch(saved(counttype="custom", alert_condition="nonsense"), Window(NOW), head, Acts())
    assert "its alert_condition" in job.error and "nonsense" in job.error


def test_per_result_alerts_have_a_limit_and_say_so(head):
    acts = Acts()
    search = saved(search="| makeresults count=501 | fields _time", **{"alert.digest_mode": "0"})
    job = dispatch(search, Window(NOW), head, acts)
    assert len(acts.alerts) == 500
    assert job.messages == ["The alert acts on 500 of 501 results (max_per_result_alerts)."]


def test_a_throttled_result_reaches_no_action(head):
    acts, throttle = Acts(), Throttle()
    settings = {"alert.suppress": "1", "alert.suppress.period": "1h", "alert.suppress.fields": "user"}
    search = saved(search="sourcetype=tiny:log | head 1 | table user", **settings, **{"alert.digest_mode": "0"})
    for _ in range(2):
        job = dispatch(search, Window(NOW), head, acts, throttle)
        assert len(job.rows) == 1
    assert acts.users == [["eve"]]


def test_a_failing_action_is_said_and_the_results_stay(head):
    job = dispatch(saved("My rule"), Window(NOW), head, Acts("exit code 1: no KV store"))
    assert len(job.rows) == 3
    assert job.failed_actions == ["My rule: exit code 1: no KV store"]


def test_a_failing_search_says_which_and_starts_nothing(head):
    acts = Acts()
    job = dispatch(saved("My rule", search="sourcetype=tiny:log | nonsense"), Window(NOW), head, acts)
    assert job.error.startswith("My rule: ") and "nonsense" in job.error
    assert acts.alerts == []


def test_more_rows_than_max_count_are_cut_with_a_message(head):
    job = dispatch(saved(**{"dispatch.max_count": "2"}), Window(NOW), head, Acts())
    assert len(job.rows) == 2
    assert job.messages == ["The result was cut at dispatch.max_count = 2 rows."]


def test_each_run_has_a_search_id_of_its_own_that_tells_the_scheduled_time(head):
    sids = [dispatch(saved(), Window(NOW), head, Acts()).sid for _ in range(2)]
    assert len(set(sids)) == 2
    assert all(sid.startswith(f"scheduler__nobody__{APP}__RMD5") and f"_at_{int(NOW)}_" in sid for sid in sids)


def test_a_window_that_is_no_time_fails_its_search_alone(head):
    acts = Acts()
    job = dispatch_scheduled(saved("My rule", **{"dispatch.earliest_time": "yesterday"}), NOW, head, acts)
    assert job.error.startswith("My rule: its window: ")
    assert acts.alerts == []


def rule(name, search=SEARCH, **settings):
    settings = {"action.register": "0", "action.okta_itdr_register": "1", "disabled": "1", **settings}
    return saved(RULE.format(name), search, **settings)


def generator(search, title="Okta ITDR - Users - Gen"):
    return saved_search(APP, title, {"search": search, "disabled": "1"})


def test_a_hunt_fills_ledgers_first_then_goes_by_rank_whatever_is_disabled(head):
    acts = Acts()
    ledger = generator("sourcetype=tiny:log | eval _key = user | table _key user | outputlookup tiny")
    reads_ledger = "| inputlookup tiny | stats count AS n values(user) AS user"
    searches = [rule("Alpha", reads_ledger), saved("Some report"), rule("Zero"), ledger, rule("Beta")]
    jobs = hunt(searches, head, NOW, acts)
    assert [job.saved.title for job in jobs] == [
        ledger.title,
        *(RULE.format(name) for name in ("Beta", "Zero", "Alpha")),
    ]
    assert [job.error for job in jobs] == [None] * 4
    assert jobs[-1].rows == [{"n": 3, "user": ["ann", "bob", "eve"]}]
    assert [action for action, _ in acts.alerts] == ["okta_itdr_register"] * 3


def test_a_hunt_is_dispatched_a_day_after_the_last_event_over_all_time(head):
    search = "sourcetype=tiny:log | head 1 | addinfo | eval t = now() | table info_min_time info_max_time t"
    (job,) = hunt([rule("Beta", search, **{"dispatch.earliest_time": "-5m"})], head, NOW, Acts())
    (row,) = job.rows
    assert [float(row[name]) for name in ("info_min_time", "info_max_time", "t")] == [0, NOW + 86_400, NOW + 86_400]


def test_a_detection_that_registers_nothing_cannot_be_hunted_with(head):
    with pytest.raises(HuntError, match="Beta - Rule. does not enable action.okta_itdr_register"):
        hunt([rule("Beta", **{"action.okta_itdr_register": "0"})], head, NOW, Acts())


def test_a_detection_missing_in_the_table_is_named(head):
    with pytest.raises(HuntError, match="New - Rule. is missing in okta_itdr_detections.csv"):
        hunt([rule("New")], head, NOW, Acts())


def test_a_hunt_tells_of_each_search_as_it_ends(head):
    told = []
    hunt([rule("Beta"), rule("Zero")], head, NOW, Acts(), told.append)
    assert [job.saved.title for job in told] == [RULE.format("Beta"), RULE.format("Zero")]
