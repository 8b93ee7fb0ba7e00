"""The checks, one a file: `NAME`, and `findings(app)`, which yields (place, message)."""

from __future__ import annotations

from lab.lint.checks import (
    actions,
    collections,
    conf_keys,
    conf_values,
    dashboards,
    duplicates,
    fields,
    habits,
    lookup_files,
    metadata,
    references,
    searches,
    shipped_state,
    unused,
    written,
)

CHECKS = (
    searches,
    references,
    fields,
    written,
    habits,
    unused,
    lookup_files,
    collections,
    actions,
    dashboards,
    conf_keys,
    conf_values,
    duplicates,
    metadata,
    shipped_state,
)
