"""Values are what their key wants, as far as the specs say it in a form that can be told: booleans, numbers, one of
several words; cron expressions and times by what the lab reads them with.
"""

from __future__ import annotations

import re
from datetime import datetime, timezone
from typing import Iterator, List, Optional, Tuple

from cronsim import CronSim, CronSimError

from lab.lint.finding import Place
from lab.lint.shipped_app import ShippedApp
from lab.lint.spec import Spec
from lab.schedule.saved_search import SavedSearchError, saved_search
from lab.spl import times
from lab.spl.errors import SearchError

NAME = "conf values"
_BOOLEAN = re.compile(r"(?i)(1|0|true|false|t|f|yes|no|y|n|on|off)\Z")
_INTEGER_HINT = re.compile(r"<(|unsigned |positive |non-?negative |zero or positive |non-zero positive )int(eger)?>\Z")
_NUMBER_HINTS = ("<decimal>", "<number>", "<double>")
_WORDS_HINT = re.compile(r"[\[{]?\s*([\w.\-]+( [\w.\-]+)*(\s*(\||\bor\b)\s*[\w.\-]+( [\w.\-]+)*)+)\s*[\]}]?\Z")
_BETWEEN_WORDS = re.compile(r"\s*(?:\||\bor\b)\s*")
_BOOLEAN_WORDS = ({"0", "1"}, {"true", "false"})
_TIME_KEY = re.compile(r"dispatch\.(index_)?(earliest|latest)(_time)?\Z")
# savedsearches.conf.spec writes <integer>, and the levels (1 debug … 6 fatal) in its text.
_RANGES = {"alert.severity": (1, 6)}


def findings(app: ShippedApp) -> Iterator[Tuple[Place, str]]:
    for file in app.conf_files:
        spec = Spec.of(app.spec_keys.get(f"{file.path.stem}.conf.spec", {}))
        for stanza, settings in file.stanzas.items():
            for key, setting in settings.items():
                wrong = _wrong(key, setting.value, (spec.hint(stanza, key) or "").strip())
                if wrong:
                    yield app.at(setting), f"[{stanza}] {key} = {setting.value}: {wrong}"
    conf = app.conf("savedsearches")
    for title in conf:
        try:
            saved_search(app.name, title, conf.stanza(title))
        except (SavedSearchError, SearchError) as error:
            yield app.at(next(iter(conf.settings(title).values()))), str(error)


def _wrong(key: str, value: str, hint: str) -> Optional[str]:
    if not value:
        return None  # unset
    if key == "cron_schedule":
        try:
            CronSim(value, datetime.fromtimestamp(0, timezone.utc))
        except CronSimError as error:
            return f"not a cron expression ({error})"
    if _TIME_KEY.match(key):
        try:
            times.time_of(value, 0.0, timezone.utc)
        except SearchError as error:
            return error.message
    return _out_of_range(key, value) or _against(hint, value)


def _out_of_range(key: str, value: str) -> Optional[str]:
    if key not in _RANGES:
        return None
    least, most = _RANGES[key]
    return None if value.isdigit() and least <= int(value) <= most else f"not from {least} to {most}"


def _against(hint: str, value: str) -> Optional[str]:
    """What is wrong with the value by the spec's own hint; a hint of any other form says nothing."""
    words = _words(hint)
    if hint.lower() in ("<boolean>", "<bool>") or set(words) in _BOOLEAN_WORDS:
        return None if _BOOLEAN.match(value) else "neither true nor false"
    integer = _INTEGER_HINT.match(hint)
    if integer:
        least = {"": None, "positive ": 1, "non-zero positive ": 1}.get(integer.group(1), 0)
        return _not_a_whole_number(value, least)
    if hint in _NUMBER_HINTS:
        return None if re.match(r"-?\d+(\.\d+)?\Z", value) else "not a number"
    if words and value.lower() not in words:
        return f"none of {', '.join(words)}"
    return None


def _not_a_whole_number(value: str, least: Optional[int]) -> Optional[str]:
    if not re.match(r"-?\d+\Z", value):
        return "not a whole number"
    return f"less than {least}" if least is not None and int(value) < least else None


def _words(hint: str) -> List[str]:
    """The values of a hint that lists them: [user|owner], true|false, {default|python3}."""
    found = _WORDS_HINT.match(hint)
    return [word.lower() for word in _BETWEEN_WORDS.split(found.group(1))] if found else []
