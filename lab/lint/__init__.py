"""The content lint: what an installed app says, held against itself and against Splunk's specs.

`shipped_app.py` reads the app once, `checks/` looks at it, one check a file; each finding says where and why.
"""

from __future__ import annotations

from typing import Iterator

from lab.lint.checks import CHECKS
from lab.lint.finding import Finding
from lab.lint.shipped_app import ShippedApp


def lint(app: ShippedApp) -> Iterator[Finding]:
    """What is wrong with the app, check by check."""
    for check in CHECKS:
        for place, message in check.findings(app):
            yield Finding(check.NAME, place.path, place.line, message)
