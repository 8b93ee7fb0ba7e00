"""The report laid out as one HTML file, from the templates beside this module.

An Okta log is hostile input: whoever was refused at its door wrote the display names and user agents in it. Everything
that is not a template's own text is escaped, and letters that would hide or turn other text (control characters, bidi
overrides, half surrogates) are written as their code points. The page loads nothing and runs nothing, by its
Content-Security-Policy too.
"""

from __future__ import annotations

import re
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from lab.cases import SEVERITIES
from lab.report import coverage, evidence, incident, moments, report, session

_TEMPLATES = Path(__file__).resolve().parent / "templates"
# C0 and C1 but tab and line feed, soft hyphen, zero-width and bidi controls, separators of lines, surrogates, BOM, tags
_UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ud800-\udfff\ufeff\ufff9-\ufffb"
    "\U000e0000-\U000e007f]"
)
_LINKS = 40  # events linked in a finding before the rest is only counted
_ACTS = 15  # events told in an incident's story


def page(told: report.Report, version: str, made: float) -> str:
    """The whole file. `version` is the add-on's, `made` when the report was made (epoch seconds)."""
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=visible,
    )
    environment.filters.update(
        chain_steps=incident.chain_steps,
        clock=moments.shown,
        span=moments.span,
        told_and_next=incident.told_and_next,
        count=_count,
        iso=_iso,
    )
    environment.tests["notable"] = lambda severity: severity in incident.NOTABLE
    counts = {severity: sum(1 for f in told.findings if f["severity"] == severity) for severity in SEVERITIES}
    return environment.get_template("report.html").render(
        report=told,
        version=version,
        made=made,
        by_session={(drawn.tenant, drawn.key): drawn for drawn in told.sessions},
        severities=[(severity, counts[severity]) for severity in SEVERITIES],
        stories=incident.to_tell(told.incidents),
        listed=incident.to_list(told.incidents),
        shown=told.findings[: report.FINDINGS],
        numbers={finding["finding_id"]: number for number, finding in enumerate(told.findings, 1)},
        coverage=told.coverage,
        unknown_types=told.coverage.unknown_types[: coverage.UNKNOWN_TYPES],
        several_tenants=len(told.coverage.tenants) > 1,
        most={
            "events": evidence.EVENTS,
            "sessions": session.SESSIONS,
            "findings": report.FINDINGS,
            "links": _LINKS,
            "acts": _ACTS,
        },
    )


def visible(value: Any) -> Any:
    """Text with the letters that nobody sees written out: \\u202e as \u2039U+202E\u203a."""
    if isinstance(value, str) and not hasattr(value, "__html__"):
        return _UNSEEN.sub(lambda match: f"\u2039U+{ord(match[0]):04X}\u203a", value)
    return value


def _count(number: int, word: str, many: str = "") -> str:
    """3 findings, 1 finding"""
    return f"{number:,} {word if number == 1 else many or word + 's'}"


def _iso(moment: float) -> str:
    return datetime.fromtimestamp(moments.epoch(moment), timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
