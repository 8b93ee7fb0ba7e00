"""limits.conf: the limits that the lab enforces, their defaults, and where each is documented.

`sort`'s 10,000 rows are the command's own default, not a setting; it stands here so that everything
that truncates is found in one place.
"""

from __future__ import annotations

from typing import Dict, NamedTuple, Optional, Tuple

from lab.knowledge.conf import Conf, ConfError
from lab.spl.errors import SearchError


class Limit(NamedTuple):
    default: int
    page: str


_SPEC = "limits.conf.spec 9.2"
LIMITS: Dict[Tuple[str, str], Limit] = {
    ("searchresults", "maxresultrows"): Limit(50_000, f"{_SPEC} [searchresults]"),
    ("search", "max_macro_depth"): Limit(100, f"{_SPEC} [search]"),
    ("search", "max_subsearch_depth"): Limit(8, f"{_SPEC} [search]"),
    ("subsearch", "maxout"): Limit(10_000, f"{_SPEC} [subsearch]"),
    ("join", "subsearch_maxout"): Limit(50_000, f"{_SPEC} [join]"),
    ("append", "maxout"): Limit(50_000, "Search Reference, append: maxout"),
    ("appendcols", "maxout"): Limit(50_000, "Search Reference, appendcols: maxout"),
    ("map", "maxsearches"): Limit(10, "Search Reference, map: maxsearches"),
    ("sort", "count"): Limit(10_000, "Search Reference, sort: count"),
    ("stats", "list_maxsize"): Limit(100, f"{_SPEC} [stats|sistats]"),
    ("stats", "maxvalues"): Limit(0, f"{_SPEC} [stats|sistats]"),
    ("stats", "maxresultrows"): Limit(50_000, f"{_SPEC} [stats|sistats]"),
    ("stats", "max_stream_window"): Limit(10_000, f"{_SPEC} [stats|sistats]"),
    ("stats", "sparkline_maxsize"): Limit(100, f"{_SPEC} [stats|sistats]"),
    ("top", "maxresultrows"): Limit(50_000, f"{_SPEC} [top]"),
    ("top", "maxvalues"): Limit(100_000, f"{_SPEC} [top]"),
    ("rare", "maxresultrows"): Limit(50_000, f"{_SPEC} [rare]"),
    ("rare", "maxvalues"): Limit(0, f"{_SPEC} [rare]"),
    ("set", "maxresultrows"): Limit(50_000, f"{_SPEC} [set]"),
    ("mvexpand", "max_mem_usage_mb"): Limit(500, f"{_SPEC} [mvexpand]"),
    ("mvcombine", "max_mem_usage_mb"): Limit(500, f"{_SPEC} [mvcombine]"),
    ("autoregress", "maxp"): Limit(10_000, f"{_SPEC} [autoregress]"),
    ("autoregress", "maxrange"): Limit(1_000, f"{_SPEC} [autoregress]"),
    ("discretize", "maxbins"): Limit(50_000, f"{_SPEC} [discretize]"),
    ("discretize", "default_time_bins"): Limit(100, f"{_SPEC} [discretize]"),
    ("transactions", "maxopentxn"): Limit(5_000, f"{_SPEC} [transactions]"),
    ("transactions", "maxopenevents"): Limit(100_000, f"{_SPEC} [transactions]"),
    ("kv", "maxchars"): Limit(10_240, f"{_SPEC} [kv]"),
    ("kv", "limit"): Limit(100, f"{_SPEC} [kv]"),
    ("spath", "extraction_cutoff"): Limit(5_000, f"{_SPEC} [spath]: also of automatic extraction"),
    ("kvstore", "max_rows_per_query"): Limit(50_000, f"{_SPEC} [kvstore]"),
    ("kvstore", "max_documents_per_batch_save"): Limit(50_000, f"{_SPEC} [kvstore]"),
    ("lookup", "max_matches"): Limit(100, "transforms.conf.spec 9.2, max_matches (deprecated in limits.conf)"),
    ("restapi", "maxresultrows"): Limit(50_000, f"{_SPEC} [restapi]"),
    ("scheduler", "max_per_result_alerts"): Limit(500, f"{_SPEC} [scheduler]"),
    ("rex", "max_match"): Limit(1, "Search Reference, rex: max_match"),
}


class Limits:
    """The limits in force: the defaults above, or what a limits.conf sets in their place."""

    def __init__(self, conf: Optional[Conf] = None) -> None:
        self._set: Dict[Tuple[str, str], int] = {}
        for stanza, key, setting in conf.all_settings() if conf else ():
            for name in stanza.split("|"):
                if (name, key) not in LIMITS:
                    raise ConfError(setting.path, setting.line, f"the lab enforces no limit [{name}] {key}")
                try:
                    self._set[name, key] = int(setting.value)
                except ValueError:
                    raise ConfError(setting.path, setting.line, f"{key} is a number, not {setting.value!r}") from None

    def __call__(self, stanza: str, key: str) -> int:
        if (stanza, key) not in LIMITS:
            raise SearchError(f"the lab knows no limit [{stanza}] {key} of limits.conf")
        return self._set.get((stanza, key), LIMITS[stanza, key].default)
