"""Post-process searches: commands over the results of a job (REST API Reference, "search/v2/jobs/{search_id}/results":
`search`; Dashboard Studio's chained searches)."""

from __future__ import annotations

from collections.abc import Sequence

from lab.schedule.search_head import SearchHead
from lab.spl.context import Row
from lab.spl.search import Result, commands_over
from lab.splunkd.jobs import SearchJob


def post_process(text: str, job: SearchJob, rows: Sequence[Row], head: SearchHead) -> Result:
    """What the commands of `text` make of the job's `rows`, in its own app and time range. Raises `SearchError`."""
    context = head.context(job.window, job.app, lambda message: None, job.sid, job.owner)
    return commands_over(text, rows, job.columns, context)
