"""Retention as splunkd runs it: what is too old goes, everything else stays as it is."""

from __future__ import annotations

import time

import pytest
from keeper import APP, CHECKPOINTS, DAY, NOW, SEARCH, SESSIONS, row

from lab.schedule.hunt import is_detection, is_generator

OLD, YOUNG = NOW - 91 * DAY, NOW - 89 * DAY


@pytest.fixture
def filled(keeper):
    """Sessions of every age, and in each other collection something as old."""
    keeper.put(
        SESSIONS,
        {"_key": "old", "tenant": "acme.okta.com", "first_seen": OLD, "last_seen": OLD},
        {"_key": "ancient", "last_seen": 0},
        {"_key": "returned", "first_seen": OLD, "last_seen": YOUNG, "proven": ["a", "b"]},
        {"_key": "young", "first_seen": YOUNG, "last_seen": YOUNG},
        {"_key": "border", "last_seen": NOW - 90 * DAY},
        {"_key": "without", "first_seen": OLD},
        {"_key": "null", "first_seen": OLD, "last_seen": None},
    )
    keeper.instance.kvstore.collection(APP, SESSIONS).insert({"_key": "private", "last_seen": OLD}, user="ann")
    keeper.put("okta_itdr_accounts", {"_key": "account", "changed": OLD})
    keeper.put("okta_itdr_findings", {"_key": "finding", "last_time": OLD})
    keeper.put(CHECKPOINTS, {"_key": "okta_system_log:main:live", "state": "{}"})
    return keeper


STAY = ["border", "null", "returned", "without", "young"]


def without(everything, *gone):
    return {
        name: [document for document in documents if name != f"{APP}/{SESSIONS}" or document["_key"] not in gone]
        for name, documents in everything.items()
    }


def test_ledger_would_grow_without_end_or_lose_what_is_still_needed(filled):
    before = filled.everything()
    job = filled.search()
    assert job.done and job.triggered, (job.error, job.failed_actions)
    assert filled.left() == STAY
    assert filled.everything() == without(before, "old", "ancient")
    assert len(filled.instance.kvstore.collection(APP, SESSIONS).documents("ann")) == 1
    line, *beside = filled.logged()
    for other in (
        'okta_itdr_user_baseline" time_field="last_seen',
        'okta_itdr_token_networks" time_field="last_seen',
        'okta_itdr_habits" time_field="day',
        'okta_itdr_visitors" time_field="last_seen',
    ):
        assert any(f'collection="{other}"' in told for told in beside)
    assert line.startswith(f'search_name="{SEARCH}" sid="scheduler__')
    assert line.endswith(f'collection="{SESSIONS}" time_field="last_seen" before={NOW - 90 * DAY} removed=2')


def test_second_run_would_do_harm(filled):
    filled.search()
    once = filled.everything()
    assert filled.search().done
    assert filled.everything() == once
    assert filled.logged()[-1].endswith("removed=0")


@pytest.mark.parametrize(
    ("days", "stay"),
    [("0", [*STAY, "ancient", "old"]), ("100", [*STAY, "old"]), ("60", ["null", "without"]), ("89.5", STAY[1:])],
)
def test_admins_days_would_be_ignored(filled, days, stay):
    filled.instance.configure(APP, "macros", "okta_itdr_session_ledger_days", {"definition": days})
    job = filled.search()
    assert job.done and (SESSIONS in {told["collection"] for told in job.rows}) is (days != "0")
    assert filled.left() == sorted(stay)


@pytest.mark.parametrize(("days", "said"), [("-1", "yet to come"), ("ninety", "it has no before")])
def test_days_that_are_none_would_empty_the_ledger_or_keep_it_in_silence(filled, days, said):
    filled.instance.configure(APP, "macros", "okta_itdr_session_ledger_days", {"definition": days})
    before = filled.everything()
    job = filled.search()
    (failed,) = job.failed_actions
    assert said in failed and "Mend the" in failed
    assert filled.everything() == before


REFUSED = {
    "another app's": (row(collection="others"), "'others' is no collection of this add-on"),
    "an admin's own beside ours": (row(collection="mine"), "'mine' is no collection of this add-on"),
    "not there": (row(collection="okta_itdr_nothing"), "'okta_itdr_nothing' is no collection of this add-on"),
    "seen from here, another app's": (row(collection="okta_itdr_lent"), "'okta_itdr_lent' is no collection of this"),
    "a path": (row(collection="okta_itdr_accounts/x"), "'okta_itdr_accounts/x' is no collection of this add-on"),
    "checkpoints": (row(collection=CHECKPOINTS, time_field="state"), "okta_itdr_checkpoints holds the inputs' places"),
    "a text": (row(time_field="tenant"), "okta_itdr_session_ledger declares no number 'tenant'"),
    "undeclared": (row(time_field="seen"), "okta_itdr_session_ledger declares no number 'seen'"),
    "an operator": (row(time_field="$or"), "okta_itdr_session_ledger declares no number '$or'"),
    "no moment": (row("yesterday"), "before is 'yesterday' and no time"),
    "not a number": (row("nan"), "before is 'nan' and no time"),
    "infinite": (row("-inf"), "before is '-inf' and no time"),
    "to come": (row(NOW + 1), f"before is {NOW + 1}, which is yet to come"),
    "no collection": (row(collection=None), "it has no collection"),
    "no time field": (row(time_field=None), "it has no time_field"),
    "no before": (row(before=None), "it has no before"),
    "two collections": (row(collection=[SESSIONS, "okta_itdr_accounts"]), "collection has 2 values"),
}


@pytest.fixture
def with_others(filled):
    """Another app's collections, one shown to all apps under a name like ours; one that an admin added to our app."""
    store = filled.instance.kvstore
    folder = filled.instance.apps.folder / "search"
    (folder / "default").mkdir(exist_ok=True)
    (folder / "default" / "collections.conf").write_text(
        "[others]\nfield.last_seen = number\n[okta_itdr_lent]\nfield.last_seen = number\n"
    )
    with (folder / "metadata" / "default.meta").open("a") as file:
        file.write("\n[collections/okta_itdr_lent]\nexport = system\n")
    filled.instance.configure(APP, "collections", "mine", {"field.last_seen": "number"})
    for app, name in (("search", "others"), ("search", "okta_itdr_lent"), (APP, "mine")):
        store.collection(app, name).insert({"_key": "theirs", "last_seen": OLD})
    return filled


def test_mistake_in_one_row_would_touch_what_is_not_ours_or_stop_the_others(with_others):
    before = with_others.everything()
    rows = [bad for bad, _ in REFUSED.values()]
    ran = with_others.act(*rows, row())
    assert ran.failed
    assert len(ran.said) == len(REFUSED)
    for number, (line, (_, words)) in enumerate(zip(ran.said, REFUSED.values()), start=1):
        assert line.startswith(f"ERROR Row {number} of '{SEARCH}' removes nothing: {words}"), line
        assert "Mend the" in line
    assert with_others.everything() == without(before, "old", "ancient")
    assert len(with_others.logged()) == 1


def test_one_mistake_would_be_said_twice_or_pass_for_success(filled):
    ran = filled.act(row(), row(time_field="tenant"))
    assert ran.failed and len(ran.said) == 1
    assert filled.left() == STAY


def test_time_that_is_no_last_sign_in_would_be_compared_with_the_wrong_field(filled):
    assert not filled.act(row(collection="okta_itdr_accounts", time_field="changed")).failed
    assert filled.left("okta_itdr_accounts") == []
    assert "old" in filled.left()


def test_moment_of_the_search_itself_would_be_refused_or_fractions_lost(filled):
    filled.put(SESSIONS, {"_key": "a", "last_seen": NOW - 0.5}, {"_key": "b", "last_seen": NOW - 0.25})
    assert not filled.act(row(NOW - 0.25)).failed
    assert filled.left() == ["b", "null", "without"]
    assert not filled.act(row(NOW)).failed
    assert filled.left() == ["null", "without"]


def test_large_ledger_would_be_half_done_or_take_too_long(keeper):
    """More than the KV store gives in one answer, twice over."""
    old = [{"_key": f"{number:032x}", "last_seen": OLD - number} for number in range(120_000)]
    for start in range(0, len(old), 50_000):
        keeper.put(SESSIONS, *old[start : start + 50_000])
    keeper.put(SESSIONS, {"_key": "young", "last_seen": YOUNG})
    began = time.monotonic()
    assert keeper.search().done
    assert time.monotonic() - began < 60
    assert keeper.left() == ["young"]
    assert keeper.logged()[0].endswith("removed=120000")


def test_admins_shorter_pages_would_make_the_count_a_lie(filled):
    filled.instance.kvstore.collection(APP, SESSIONS).max_rows_per_query = 1
    assert filled.search().done
    assert filled.logged()[0].endswith("removed=2")


@pytest.mark.parametrize(
    ("payload", "cut", "said"),
    [
        ({"session_key": "ended"}, False, "ERROR splunkd refused [logging] of ta_okta_itdr_settings.conf"),
        ({"server_uri": "http://127.0.0.1:9"}, False, "ERROR splunkd did not answer about [logging]"),
        ({}, True, "ERROR The results of 'Okta ITDR - Retention - Gen' cannot be read"),
    ],
    ids=["wrong session key", "splunkd away", "results cut off"],
)
def test_failure_would_be_silent_or_a_traceback(filled, tmp_path, payload, cut, said):
    before = filled.everything()
    done = filled.start(tmp_path, row(), cut=cut, **payload)
    assert done.code == 1
    assert done.err.startswith(said) and done.err.count("\n") == 1 and "Traceback" not in done.err
    assert filled.everything() == before


def test_user_without_the_right_would_empty_a_ledger(filled, tmp_path):
    """Who may run searches may also start alert actions: the collection's own permissions hold."""
    filled.instance.add_user("ann", "secret of ann", "user")
    before = filled.everything()
    done = filled.start(tmp_path, row(), session_key=filled.instance.sessions.open("ann"))
    assert done.code == 1 and done.err.count("\n") == 1
    assert done.err.startswith(f"ERROR splunkd refused collection {SESSIONS} (HTTP 403"), done.err
    assert filled.everything() == before


def test_hunt_would_forget_what_it_hunts_for(keeper):
    (saved,) = [saved for saved in keeper.instance.saved_searches(APP) if saved.title == SEARCH]
    assert not is_generator(saved) and not is_detection(saved)
