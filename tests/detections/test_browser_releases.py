"""The tables that tell an outdated browser: what the tool makes of Mozilla's data, and that what ships is whole."""

import csv
from datetime import date
from itertools import pairwise
from pathlib import Path

from tools.browser_releases import COLUMNS, FAMILIES, TABLE, rows

LOOKUPS = Path(__file__).resolve().parents[2] / "package" / "lookups"


def test_only_what_is_out_is_a_release_and_extended_support_counts():
    browsers = {family: {"releases": {}} for family in FAMILIES} | {
        "firefox": {
            "releases": {
                "127": {"release_date": "2024-06-11", "status": "retired"},
                "128": {"release_date": "2024-07-09", "status": "retired"},
                "140": {"release_date": "2025-06-24", "status": "esr"},
                "141": {"release_date": "2025-07-22", "status": "current"},
                "142": {"release_date": "2025-08-19", "status": "beta"},
                "preview": {"status": "nightly"},
            }
        },
        "safari": {
            "releases": {
                "18.1": {"release_date": "2024-10-28", "status": "retired"},
                "18": {"release_date": "2024-09-16", "status": "retired"},
                "26": {"release_date": "2025-09-15", "status": "current"},
            }
        },
    }
    assert list(rows(browsers)) == [
        ("firefox", 127, "2024-06-11", "2024-07-09", ""),
        ("firefox", 128, "2024-07-09", "2025-09-16", ""),
        ("firefox", 140, "2025-06-24", "2026-09-22", ""),
        ("firefox", 141, "2025-07-22", "", "firefox"),
        ("safari", 18, "2024-09-16", "2025-09-15", ""),
        ("safari", 26, "2025-09-15", "", "safari"),
    ]


def test_a_version_would_be_missing_or_older_than_the_one_before():
    with open(TABLE, encoding="utf-8", newline="") as file:
        table = list(csv.DictReader(file))
    assert tuple(table[0]) == COLUMNS
    for family in FAMILIES:
        released = [row for row in table if row["family"] == family]
        assert [row["newest"] for row in released] == [""] * (len(released) - 1) + [family]
        for earlier, later in pairwise(released):
            assert int(earlier["version"]) < int(later["version"])
            assert date.fromisoformat(earlier["released"]) < date.fromisoformat(later["released"])
            assert date.fromisoformat(earlier["supplied_until"]) >= date.fromisoformat(later["released"])


def test_the_last_version_of_an_old_system_would_be_none_that_came_out():
    with open(TABLE, encoding="utf-8", newline="") as file:
        known = {(row["family"], row["version"]) for row in csv.DictReader(file)}
    with open(LOOKUPS / "okta_itdr_browser_last_versions_builtin.csv", encoding="utf-8", newline="") as file:
        assert {(row["family"], row["last_version"]) for row in csv.DictReader(file)} <= known
