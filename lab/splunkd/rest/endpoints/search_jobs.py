"""search/jobs and search/v2/jobs: searches run over REST, their state, results, control and export (REST API
Reference, "Search endpoint descriptions")."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import timezone
from typing import Callable

from lab.schedule.search_head import SearchHead
from lab.schedule.window import UNBOUNDED, Window
from lab.spl import times
from lab.spl.context import Row
from lab.spl.errors import SearchError, Unsupported
from lab.splunkd.jobs import DEFAULT_TTL, Jobs, NoSuchJob, SearchJob
from lab.splunkd.post_process import post_process
from lab.splunkd.rest.atom import TEXT, Reply, message
from lab.splunkd.rest.job_entry import job_entry, sid_reply
from lab.splunkd.rest.request import Endpoint, NotEmulated, Refusal, Request, endpoint
from lab.splunkd.rest.results import Page, export, reply

# Arguments of POST search/jobs that change how splunkd works and not what it answers.
_WITHOUT_EFFECT = """
    adhoc_search_level allow_partial_results auto_cancel auto_finalize_ec auto_pause check_risky_command
    force_bundle_replication max_time provenance read_permissions reduce_freq reload_macros remote_server_list replay_et
    search_listener search_mode spawn_process status_buckets sync_bundle_replication timeline_events_preview
    ui_dispatch_app ui_dispatch_view use_hist_workload workload_pool segmentation rf required_field_list preview
"""
_RESULT_ARGUMENTS = """
    add_summary_to_metadata has_highlighting segmentation max_lines truncation_mode surrounding output_mode
    add_offset_field
"""
_SID = re.compile(r"[A-Za-z0-9_.@\-]{1,200}")
_MAX_ROWS = ("restapi", "maxresultrows")


def endpoints(jobs: Jobs, head: Callable[[], SearchHead]) -> list[Endpoint]:
    """The endpoints over an instance's `jobs`."""

    # ---- making one

    def create(request: Request) -> Reply:
        mode = request.argument("exec_mode", "normal")
        if mode not in ("normal", "blocking", "oneshot"):
            raise Refusal(400, f"Invalid exec_mode: {mode}", "FATAL")
        page = (request.integer("count", 100), request.integer("offset", 0)) if mode == "oneshot" else None
        job = jobs.start(_new_job(request, jobs))
        if mode != "normal":
            job.wait()
        if page is None:
            return sid_reply(request, job.sid)
        jobs.remove(job.sid)
        return reply(_page(_finished(job), job.rows, job.columns, page[1], _most(head, job, page[0])), _mode(request))

    def run_export(request: Request) -> Reply:
        form = request.argument("output_time_format")
        request.passed_over("auto_finalize_ec max_lines truncation_mode")
        job = jobs.start(_new_job(request, jobs))
        job.wait()
        jobs.remove(job.sid)
        page = _page(_finished(job), job.rows, job.columns, 0, len(job.rows))
        page.time_format = form or page.time_format
        return export(page, _mode(request))

    # ---- looking at them

    def listing(request: Request) -> Reply:
        wanted = request.many("id")
        mine = [job for job in jobs.all() if _may_see(request, job) and (not wanted or job.sid in wanted)]
        request.passed_over("sort_key sort_dir sort_mode adhoc_search_level")
        return request.page("jobs", [job_entry(job, request.now) for job in mine])

    def find(request: Request, sid: str) -> SearchJob:
        try:
            job = jobs.get(sid)
        except NoSuchJob:
            raise Refusal(404, "Unknown sid.", "FATAL") from None
        if not _may_see(request, job):
            raise Refusal(403, f"You (user={request.user}) do not have permission to see this job.")
        job.touch(request.now)
        return job

    def show(request: Request, sid: str) -> Reply:
        job = find(request, sid)
        request.done()
        entry = job_entry(job, request.now)
        return request.feed("jobs", [entry]) if request.as_json else request.document("jobs", entry)

    def results(request: Request, sid: str) -> Reply:
        job = find(request, sid)
        if not job.done:
            return Reply(204, b"", TEXT)
        return _results(request, _finished(job), head)

    def preview(request: Request, sid: str) -> Reply:
        job = find(request, sid)
        return _results(request, _finished(job) if job.done else job, head)

    def events(request: Request, sid: str) -> Reply:
        """The events of a search that is no report; a report has none to show without status buckets."""
        job = find(request, sid)
        if not job.done:
            return Reply(204, b"", TEXT)
        request.passed_over("earliest_time latest_time")
        return _results(request, _finished(job), head, events=True)

    def log(request: Request, sid: str) -> Reply:
        job = find(request, sid)
        request.passed_over("attachment")
        request.done()
        lines = [f"{kind}  {text}\n" for kind, text in job.messages]
        return Reply(200, "".join([f"INFO  search={job.search}\n", *lines]).encode(), TEXT)

    # ---- control

    def control(request: Request, sid: str) -> Reply:
        job = find(request, sid)
        action = request.required("action")
        if action == "pause":
            job.pause()
        elif action == "unpause":
            job.unpause()
        elif action == "finalize":
            job.finalize()
        elif action == "cancel":
            return cancel(request, sid)
        elif action == "touch":
            job.touch(request.now)
        elif action in ("setttl", "save"):
            job.ttl = request.integer("ttl", 604_800 if action == "save" else DEFAULT_TTL)
        elif action == "unsave":
            job.ttl = DEFAULT_TTL
        elif action == "setpriority":
            job.priority = request.integer("priority", job.priority)
        elif action in ("enablepreview", "disablepreview"):
            job.preview = action == "enablepreview"
        else:
            raise Refusal(400, f"Invalid action: {action}", "FATAL")
        request.done()
        return message(200, _SAID.get(action, f"Search job {action}."), request.as_json, "INFO")

    def cancel(request: Request, sid: str) -> Reply:
        find(request, sid)
        request.done()
        jobs.remove(sid)
        return message(200, "Search job cancelled.", request.as_json, "INFO")

    def refuse(request: Request, sid: str) -> Reply:
        raise NotEmulated(501, f"The lab's splunkd gives no {request.resource.rpartition('/')[2]} of a job.")

    one = r"search/(?:v2/)?jobs/(?P<sid>[^/]+)"
    search = {"POST": "search"}
    return [
        endpoint(r"search/(?:v2/)?jobs", needs=search, GET=listing, POST=create),
        endpoint(r"search/(?:v2/)?jobs/export", needs={**search, "GET": "search"}, GET=run_export, POST=run_export),
        endpoint(one, GET=show, DELETE=cancel),
        endpoint(one + "/results", GET=results, POST=results),
        endpoint(one + "/results_preview", GET=preview, POST=preview),
        endpoint(one + "/events", GET=events, POST=events),
        endpoint(one + "/search.log", GET=log),
        endpoint(one + "/(?:summary|timeline)", GET=refuse, POST=refuse),
        endpoint(one + "/control", POST=control),
    ]


_SAID = {
    "enablepreview": "Search job results preview enabled.",
    "disablepreview": "Search job results preview disabled.",
    "finalize": "Search job finalized.",
    "pause": "Search job paused.",
    "setpriority": "The search job's priority was changed.",
    "setttl": "The ttl of the search job was changed.",
    "touch": "Search job touched.",
    "unpause": "Search job unpaused.",
}


def _new_job(request: Request, jobs: Jobs) -> SearchJob:
    """A job from the arguments of POST search/jobs; 400 where the search cannot be run at all."""
    text, app = request.required("search"), request.argument("namespace", request.app)
    now = _time(request, "now", request.now)
    window = Window(
        now=request.now if now is None else now,
        earliest=_time(request, "earliest_time", now) or 0.0,
        latest=_bound(_time(request, "latest_time", now)),
        index_earliest=_time(request, "index_earliest", now) or 0.0,
        index_latest=_bound(_time(request, "index_latest", now)),
    )
    if window.latest <= window.earliest:
        raise Refusal(400, "Invalid latest_time: latest_time must be after earliest_time.", "FATAL")
    sid = request.argument("id") or jobs.new_sid()
    if not _SID.fullmatch(sid):
        raise Refusal(400, f"Invalid sid: {sid}", "FATAL")
    if not request.boolean("enable_lookups", True):
        raise NotEmulated(400, "The lab's splunkd always applies lookups.")
    if request.integer("sample_ratio", 1) != 1:
        raise NotEmulated(400, "The lab's splunkd does no event sampling.")
    job = SearchJob(
        sid=sid,
        owner=request.user,
        app=app,
        search=text,
        window=window,
        created=request.now,
        ttl=request.integer("timeout", DEFAULT_TTL),
        label=request.argument("label"),
        max_count=request.integer("max_count", 500_000) or 500_000,
        priority=request.integer("priority", 5),
    )
    request.passed_over("time_format")
    request.passed_over(_WITHOUT_EFFECT)
    given = request.arguments()
    job.custom = {name[len("custom.") :]: value for name, value in given.items() if name.startswith("custom.")}
    for name in given:
        if not name.startswith("custom."):
            raise NotEmulated(400, f'Argument "{name}" is not supported by this handler.')
    try:
        jobs.check(job.commands, app, request.user)
    except Unsupported:
        raise
    except SearchError as error:
        raise Refusal(400, error.message, "FATAL") from None
    return job


def _time(request: Request, name: str, now: float | None) -> float | None:
    text = request.argument(name)
    if not text:
        return None
    if text.startswith("rt"):
        raise NotEmulated(400, "The lab's splunkd does no real-time searches.")
    try:
        return times.time_of(text, request.now if now is None else now, timezone.utc)
    except SearchError as error:
        raise Refusal(400, f"Invalid {name}: {error}", "FATAL") from None


def _bound(seconds: float | None) -> float:
    return UNBOUNDED if seconds is None else seconds


def _may_see(request: Request, job: SearchJob) -> bool:
    return job.owner == request.user or request.authority.can(request.user, "admin_all_objects")


def _mode(request: Request) -> str:
    return "xml" if request.output_mode == "atom" else request.output_mode


def _finished(job: SearchJob) -> SearchJob:
    """The job, unless it failed: splunkd gives a failed search's error in place of results."""
    if job.failed:
        raise Refusal(400, job.error, "FATAL")
    return job


def _results(request: Request, job: SearchJob, head: Callable[[], SearchHead], events: bool = False) -> Reply:
    count, offset = request.integer("count", 100), request.integer("offset", 0)
    further, names = request.argument("search"), [name for name in request.many("f") if name]
    names += [name for name in request.argument("field_list").split(",") if name]
    with_metadata, form = request.boolean("show_metadata", False), request.argument("output_time_format")
    sort = request.argument("sort")
    request.passed_over(_RESULT_ARGUMENTS)
    request.done()
    if sort:
        raise NotEmulated(400, "The lab's splunkd sorts results by a post-process search only.")
    rows: Sequence[Row] = [] if events and job.transforming else job.rows
    columns, total = job.columns, None
    if further:
        try:
            result = post_process(further, job, rows, head())
        except Unsupported:
            raise
        except SearchError as error:
            raise Refusal(400, error.message, "FATAL") from None
        rows, columns, total = result.rows, result.columns, len(result.rows)
    if names:
        columns = [name for name in columns if name in names]
    page = _page(job, rows, columns, offset, _most(head, job, count))
    page.with_metadata, page.total = with_metadata, total
    page.time_format = form or page.time_format
    return reply(page, _mode(request))


def _most(head: Callable[[], SearchHead], job: SearchJob, count: int) -> int:
    """How many rows a page has: `count`, 0 meaning all, and never more than maxresultrows."""
    limit = head().knowledge.visible(job.app).limits(*_MAX_ROWS)
    return limit if count <= 0 else min(count, limit)


def _page(job: SearchJob, rows: Sequence[Row], columns: Sequence[str], offset: int, count: int) -> Page:
    start = max(offset if offset >= 0 else len(rows) + offset, 0)
    return Page(rows[start : start + count], columns, start, not job.done, job.messages)
