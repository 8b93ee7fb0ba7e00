"""The requests that Splunk's own dashboard data sources make (@splunk/search-job; facts/dashboards.md, F10).

As raw HTTP: form-encoded, without a namespace or in the app's, json_cols, several ids at once.
"""

from __future__ import annotations

import json
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import Request, urlopen

import pytest

from tests.lab.rest.conftest import APP

NAMESPACE = f"/servicesNS/admin/{APP}"


@pytest.fixture
def ask(splunk):
    """From method, path and form to (status, JSON)."""
    key = splunk.sessions.open("admin")

    def asked(method: str, path: str, form=None, **query):
        address = f"{splunk.uri}{path}?{urlencode({'output_mode': 'json', **query}, doseq=True)}"
        body = None if form is None else urlencode(form, doseq=True).encode()
        request = Request(address, body, {"Authorization": f"Splunk {key}"}, method=method)
        try:
            with urlopen(request, timeout=10) as reply:
                return reply.status, json.loads(reply.read() or b"null")
        except HTTPError as error:
            return error.code, json.loads(error.read())

    return asked


def finished(ask, *sids):
    """The jobs by their id once all are done: the batch poll of the dashboard."""
    while True:
        _, body = ask("GET", "/services/search/jobs", id=sids, count=len(sids))
        jobs = {entry["content"]["sid"]: entry for entry in body["entry"]}
        assert set(jobs) == set(sids)
        if all(entry["content"]["isDone"] for entry in jobs.values()):
            return jobs


def dispatch(ask, search, **form):
    given = {"search": search, "earliest_time": "-24h@h", "latest_time": "now", "preview": 1, "label": "a panel"}
    status, body = ask("POST", f"{NAMESPACE}/search/jobs", {**given, "check_risky_command": "false", **form})
    assert status == 201, body
    return body["sid"]


def test_a_panel_dispatches_polls_and_reads_columns(ask):
    one = dispatch(ask, "| makeresults count=3 | streamstats count AS n | table n")
    two = dispatch(ask, '| makeresults | eval kind=mvappend("a", "b"), none=null() | table kind none')
    jobs = finished(ask, one, two)
    job = jobs[one]
    assert job["name"] == "| makeresults count=3 | streamstats count AS n | table n"
    assert job["acl"]["app"] == APP
    assert job["published"] == "2023-11-14T22:13:20+00:00"
    content = job["content"]
    assert (content["dispatchState"], content["doneProgress"], content["isFailed"]) == ("DONE", 1.0, False)
    assert (content["resultCount"], content["resultPreviewCount"], content["isRealTimeSearch"]) == (3, 3, False)
    assert {"runDuration", "ttl", "messages", "label"} <= set(content)
    path = f"{NAMESPACE}/search/v2/jobs/{one}/results_preview"
    status, body = ask("GET", path, output_mode="json_cols", count=2, offset=1, show_metadata="true")
    assert status == 200
    assert body == {
        "preview": False,
        "init_offset": 1,
        "messages": [],
        "fields": [{"name": "n"}],
        "columns": [["2", "3"]],
    }
    _, body = ask("GET", f"{NAMESPACE}/search/v2/jobs/{two}/results", output_mode="json_cols")
    assert (body["fields"], body["columns"]) == (["kind", "none"], [[["a", "b"]], [None]])
    _, body = ask("GET", f"{NAMESPACE}/search/v2/jobs/{two}/results", output_mode="json_rows")
    assert body["rows"] == [[["a", "b"], None]]


def test_a_chained_panel_posts_its_search_over_the_same_job(ask):
    sid = dispatch(ask, "| makeresults count=6 | streamstats count AS n | eval even=if(n % 2 = 0, 1, 0) | table n even")
    finished(ask, sid)
    path = f"{NAMESPACE}/search/v2/jobs/{sid}/results_preview"
    chain = {"search": "| where even=1 | stats sum(n) AS total", "count": 10, "offset": 0}
    status, body = ask("POST", path, chain, output_mode="json_cols")
    assert (status, body["fields"], body["columns"], body["post_process_count"]) == (200, ["total"], [["12"]], 1)
    status, body = ask("POST", path, {"search": "| nonsense"}, output_mode="json_cols")
    assert (status, body["messages"][0]["type"]) == (400, "FATAL")


def test_a_panel_over_nothing_has_its_fields_and_no_rows(ask):
    sid = dispatch(ask, "| makeresults | where false() | table a b")
    finished(ask, sid)
    _, body = ask("GET", f"{NAMESPACE}/search/v2/jobs/{sid}/results", output_mode="json_cols")
    assert (body["fields"], body["columns"]) == (["a", "b"], [[], []])


def test_a_panel_that_fails_says_why(ask):
    status, body = ask("POST", f"{NAMESPACE}/search/jobs", {"search": "search index=web | wat"})
    assert (status, body["messages"][0]["type"]) == (400, "FATAL")
    sid = dispatch(ask, "| inputlookup nowhere.csv")
    job = finished(ask, sid)[sid]["content"]
    assert (job["isFailed"], job["dispatchState"]) == (True, "FAILED")
    assert "nowhere.csv" in job["messages"][0]["text"]


def test_a_saved_search_behind_a_panel_is_looked_up_and_dispatched(ask):
    status, body = ask("GET", f"{NAMESPACE}/saved/searches/Errors%20by%20host")
    assert (status, body["entry"][0]["content"]["dispatch.earliest_time"]) == (200, "-1h")
    status, body = ask("POST", f"{NAMESPACE}/saved/searches/Errors%20by%20host/dispatch", {"dispatch.now": "now"})
    assert status == 201
    job = finished(ask, body["sid"])[body["sid"]]["content"]
    assert (job["isSavedSearch"], job["label"]) == (True, "Errors by host")
    status, body = ask("POST", f"{NAMESPACE}/saved/searches/Off/dispatch", {})
    assert (status, "disabled" in body["messages"][0]["text"]) == (400, True)
    assert ask("GET", f"{NAMESPACE}/saved/searches/Nowhere")[0] == 404


def test_a_job_is_cancelled_when_the_dashboard_is_left(ask, splunk):
    sid = dispatch(ask, "| makeresults")
    status, body = ask("POST", f"{NAMESPACE}/search/jobs/{sid}/control", {"action": "cancel"})
    assert (status, body["messages"][0]) == (200, {"type": "INFO", "text": "Search job cancelled."})
    assert ask("GET", f"{NAMESPACE}/search/jobs/{sid}")[0] == 404
    assert splunk.refused == []


def test_times_context_and_the_presets_of_the_time_range_picker(ask):
    status, body = ask("GET", "/services/search/timeparser", time=["-24h@h", "now"], now="1700000000")
    assert (status, body) == (200, {"-24h@h": "2023-11-13T22:00:00.000+00:00", "now": "2023-11-14T22:13:20.000+00:00"})
    _, body = ask("GET", "/services/authentication/current-context")
    assert body["entry"][0]["content"]["username"] == "admin"
    _, body = ask("GET", f"{NAMESPACE}/data/ui/times", count=0)
    assert "Last 24 hours" in [entry["content"]["label"] for entry in body["entry"]]
