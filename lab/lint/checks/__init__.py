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
    searches,
    shipped_state,
    unused,
)

CHECKS = (
    searches,
    fields,
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
