"""What a search's id (sid) tells (Splunk: "Search job properties", the forms of sid)."""

from __future__ import annotations

import re
from typing import Optional

# scheduler__nobody_…__RMD5…_at_1700000000_123 names the scheduled time; a search by hand ends in its own
_TIME = re.compile(r"_at_(\d{9,10})_|(?:^|_)(\d{9,10}\.\d+)(?:_|$)")


def search_time(sid: str) -> Optional[float]:
    """When the search was due to run, or was started by hand; None when the sid does not tell."""
    found = _TIME.search(sid)
    return float(found.group(1) or found.group(2)) if found else None
