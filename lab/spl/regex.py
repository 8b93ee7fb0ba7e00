"""Regular expressions: Splunk's are PCRE2, and so are these.

Compiled once per pattern; `(?<name>…)` names a group. A pattern PCRE2 refuses is a `SearchError`
with PCRE2's own words; the caller adds the place.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import pcre2

from lab.spl.errors import SearchError

LimitExceeded = pcre2.LibraryError  # while it runs: it went back and forth for too long
LIMIT_MESSAGE = (
    "a regular expression has exceeded configured match_limit, consider raising the value in limits.conf [rex]"
)


@lru_cache(maxsize=2048)
def compile_regex(pattern: str) -> Any:
    """A compiled pattern with `search`, `finditer` and `substitute`, like that of module `re`."""
    try:
        return pcre2.compile(pattern, jit=False)  # the JIT's own small stack fails honest patterns on long texts
    except (pcre2.PatternError, ValueError) as error:
        raise SearchError(f"the regular expression '{pattern}' is wrong: {error}") from None
