"""The add-on in the form that pytest-splunk-addon reads: its own conf files, but for what its reader mistakes.

The tool's reader leaves the backslash in a setting that goes on in the next line, and the tool puts the search's time
range before the first `|`, in words that Splunk's page of time modifiers does not know. So it is handed a saved search
by name, which is a case that it has: `| savedsearch "<title>"` runs what is saved, over the time range saved with it.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from lab.knowledge.conf import read_conf

_SEARCHES = Path("default") / "savedsearches.conf"


def hand(addon: Path, folder: Path) -> Path:
    """A copy of the unpacked add-on in `folder`, for the tool alone; returns its place."""
    handed = Path(shutil.copytree(addon, folder / "addon"))
    if (addon / _SEARCHES).is_file():
        titles = [title for title in read_conf(addon / _SEARCHES).stanzas if title != "default"]
        named = [f'[{title}]\nsearch = | savedsearch "{title}"\n' for title in titles]
        (handed / _SEARCHES).write_text("".join(named), encoding="utf-8")
    return handed
