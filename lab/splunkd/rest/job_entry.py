"""A search job as splunkd shows it (REST API Reference, "search/v2/jobs/{search_id}": the fields of its content)."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

from lab.knowledge.permissions import Permissions
from lab.splunkd.jobs import SearchJob
from lab.splunkd.rest.atom import XML, Entry, Reply, json_reply
from lab.splunkd.rest.request import Request


def job_entry(job: SearchJob, now: float) -> Entry:
    """The entry is named after the search and addressed by its id."""
    earliest = _iso(job.window.earliest) if job.window.earliest else ""
    latest = _iso(job.window.latest) if job.window.latest < float("inf") else ""
    content: dict[str, Any] = {
        "canSummarize": False,
        "cursorTime": _iso(job.window.earliest),
        "defaultSaveTTL": "604800",
        "defaultTTL": "600",
        "delegate": "scheduler" if job.saved else "",
        "diskUsage": 0,
        "dispatchState": job.state,
        "doneProgress": 1.0 if job.done else 0.0,
        "earliestTime": earliest,
        "eventAvailableCount": 0 if job.transforming else len(job.rows),
        "eventCount": job.events,
        "eventFieldCount": 0,
        "eventIsStreaming": True,
        "eventIsTruncated": False,
        "eventSearch": job.search.partition("|")[0].strip(),
        "eventSorting": "none" if job.transforming else "desc",
        "isBatchModeSearch": False,
        "isDone": job.done,
        "isEventsPreviewEnabled": False,
        "isFailed": job.failed,
        "isFinalized": job.finalized,
        "isPaused": job.state == "PAUSED",
        "isPreviewEnabled": job.preview,
        "isRealTimeSearch": False,
        "isRemoteTimeline": False,
        "isSaved": job.ttl > 600,
        "isSavedSearch": bool(job.saved),
        "isTimeCursored": not job.transforming,
        "isZombie": False,
        "keywords": "",
        "label": job.label or job.saved,
        "latestTime": latest,
        "normalizedSearch": job.search,
        "numPreviews": 0,
        "pid": "0",
        "priority": job.priority,
        "provenance": "",
        "remoteSearch": "",
        "reportSearch": job.search.partition("|")[2].strip() if job.transforming else "",
        "resultCount": len(job.rows) if job.done else 0,
        "resultIsStreaming": not job.transforming,
        "resultPreviewCount": len(job.rows),
        "runDuration": 0.0,
        "sampleRatio": "1",
        "sampleSeed": "0",
        "scanCount": job.events,
        "searchCanBeEventType": False,
        "searchEarliestTime": job.window.earliest,
        "searchLatestTime": job.window.latest if job.window.latest < float("inf") else now,
        "searchTotalBucketsCount": 0,
        "sid": job.sid,
        "statusBuckets": 0,
        "ttl": int(job.ttl),
        "messages": [{"type": kind, "text": text} for kind, text in job.messages],
        "request": {"search": job.search},
        "runtime": {"auto_cancel": "0", "auto_pause": "0"},
        "searchProviders": [],
    }
    if job.custom:
        content["custom"] = dict(job.custom)
    if job.saved:
        content["savedSearchLabel"] = f'{{"owner":"{job.owner}","app":"{job.app}","sharing":"app"}}'
    mine = Permissions((job.owner,), (job.owner,), job.owner, "global")
    return Entry(job.search, content, job.app, mine, _LINKS, job.sid, job.created)


_LINKS = ("search.log", "events", "results", "results_preview", "control")


def sid_reply(request: Request, sid: str) -> Reply:
    """What the maker of a job is told."""
    if request.as_json:
        return json_reply({"sid": sid}, 201)
    return Reply(201, f"<?xml version='1.0' encoding='UTF-8'?>\n<response><sid>{sid}</sid></response>".encode(), XML)


def _iso(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, timezone.utc).isoformat(timespec="milliseconds")
