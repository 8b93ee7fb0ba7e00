"""Writes package/lookups/okta_itdr_browser_releases_builtin.csv: when each version of a browser came out.

`python tools/run.py tools.browser_releases DATA.json` reads the file `data.json` of the npm package
@mdn/browser-compat-data (Mozilla's, CC0): fetch it with `npm pack @mdn/browser-compat-data`. Versions that are not out
yet are left out; what comes after the table's end the searches estimate (macro okta_itdr_release_cadence).
"""

from __future__ import annotations

import csv
import json
import sys
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Dict, Iterator, List, Mapping, Optional, Tuple

TABLE = Path(__file__).resolve().parent.parent / "package" / "lookups" / "okta_itdr_browser_releases_builtin.csv"
COLUMNS = ("family", "version", "released", "supplied_until", "newest")
FAMILIES = ("chrome", "edge", "firefox", "safari")
# Firefox's extended support releases (Mozilla's release calendar): each is supplied for twelve weeks beside the next.
EXTENDED = (10, 17, 24, 31, 38, 45, 52, 60, 68, 78, 91, 102, 115, 128, 140, 153)
BESIDE = timedelta(weeks=12)
_UNKNOWN_END = timedelta(days=455)  # an extended support release whose successor is not out yet: fifteen months


def rows(browsers: Mapping[str, Any]) -> Iterator[Tuple[str, int, str, str, str]]:
    """A row a family and major version: the first day of the version, the last one on which it was the newest (or still
    supplied), and its family's name again where nothing newer is out."""
    for family in FAMILIES:
        released = _majors(browsers[family]["releases"])
        versions = sorted(released)
        for version, following in zip(versions, [*versions[1:], None]):
            until = _until(family, version, released, following)
            newest = family if following is None else ""
            yield family, version, str(released[version]), "" if until is None else str(until), newest


def _majors(releases: Mapping[str, Mapping[str, Any]]) -> Dict[int, date]:
    """Major version → the day of its first release, of those that are out."""
    found: Dict[int, date] = {}
    for version, release in releases.items():
        day = release.get("release_date")
        if not day or release.get("status") not in ("current", "retired", "esr"):
            continue
        major, came = int(version.split(".")[0]), date.fromisoformat(day)
        found[major] = min(came, found.get(major, came))
    return found


def _until(family: str, version: int, released: Mapping[int, date], following: Optional[int]) -> Optional[date]:
    if family == "firefox" and version in EXTENDED:
        successors = [one for one in EXTENDED if one > version and one in released]
        return released[successors[0]] + BESIDE if successors else released[version] + _UNKNOWN_END
    return None if following is None else released[following]


def main(arguments: List[str]) -> int:
    if len(arguments) != 1:
        print(__doc__, file=sys.stderr)
        return 2
    browsers = json.loads(Path(arguments[0]).read_text(encoding="utf-8"))["browsers"]
    with open(TABLE, "w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows(rows(browsers))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
