"""Post-process searches: commands over the results of a job (REST API Reference, "search/v2/jobs/{search_id}/results":
`search`; Dashboard Studio's chained searches)."""

from __future__ import annotations

from collections.abc import Sequence

from lab.schedule.search_head import SearchHead
from lab.spl.context import Row
from lab.spl.search import Result, first_appearance, parse_pipeline
from lab.splunkd.jobs import SearchJob


def post_process(text: str, job: SearchJob, rows: Sequence[Row], head: SearchHead) -> Result:
    """What the commands of `text` make of the job's `rows`, in its own app and time range; the job's rows stay as
    they are. Raises `SearchError`."""
    context = head.context(job.window, job.app, lambda message: None, job.sid, job.owner)
    pipeline = parse_pipeline(text.strip().lstrip("|"), context)
    copies = ({name: value[:] if isinstance(value, list) else value for name, value in row.items()} for row in rows)
    found = list(pipeline.run(copies, context))
    columns = pipeline.columns(list(job.columns))
    if columns is None:
        columns = first_appearance(found)
        columns = pipeline.commands[-1].arranged(columns) if pipeline.commands else columns
    return Result(found, columns)
