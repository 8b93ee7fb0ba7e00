"""Progress of long work, on standard error, so that standard output carries only the result."""

from __future__ import annotations

from typing import Any

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

stderr = Console(stderr=True, highlight=False)


def progress() -> Progress:
    """A bar that vanishes when done; on no terminal Rich draws nothing at all."""
    columns: Any = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(bar_width=30),
        TextColumn("{task.fields[note]}", style="dim"),
        TimeElapsedColumn(),
    )
    return Progress(*columns, console=stderr, transient=True)
