"""Dashboard Studio: the JSON in a view with version="2" (Dashboard Studio manual, on the dashboard definition)."""

from __future__ import annotations

import re
from typing import Any, Dict, Iterator, Tuple

from lab.lint.dashboards.dashboard import TOKEN, Dashboard, chained, saved_search, without_token_marks, without_tokens
from lab.lint.finding import Place

_OF_A_SEARCH = re.compile(r":(result|job)\..+\Z")
_SETS_TOKENS = "drilldown.setToken"  # a link to another dashboard has tokens too: those of the other
_SEARCHES = ("ds.search", "ds.chain", "ds.savedSearch")


def read_studio(name: str, place: Place, definition: Dict[str, Any]) -> Dashboard:
    """The definition as JSON gives it."""
    sources: Dict[str, Any] = definition.get("dataSources", {})

    def query(identity: str, seen: Tuple[str, ...] = ()) -> str:
        source = sources[identity]
        options = source.get("options", {})
        own, parent = str(options.get("query", "")), options.get("extend")
        if source.get("type") == "ds.savedSearch":
            return saved_search(str(options.get("ref", "")))
        if source.get("type") != "ds.chain":
            return own
        if parent in seen:
            raise ValueError(f"the search {identity} extends itself")
        return chained(query(parent, (*seen, identity)), own)

    defaults = dict(_studio_defaults(definition))
    searches = {
        key: without_token_marks(query(key), defaults) for key, one in sources.items() if one.get("type") in _SEARCHES
    }
    used = frozenset(token for text in _strings(definition) for token in TOKEN.findall(text))
    given = set(definition.get("defaults", {}).get("tokens", {}).get("default", {}))
    for entry in definition.get("inputs", {}).values():
        token = entry.get("options", {}).get("token")
        given |= {token, f"{token}.earliest", f"{token}.latest"} if token else set()
    for visualization in definition.get("visualizations", {}).values():
        for handler in visualization.get("eventHandlers", ()):
            tokens = handler.get("options", {}).get("tokens", ()) if handler.get("type") == _SETS_TOKENS else ()
            given |= {one["token"] for one in tokens if "token" in one}
    names = {one.get("name", key) for key, one in sources.items()}  # their results and jobs are tokens: $name:result.x$
    given |= {token for token in used if _OF_A_SEARCH.sub("", token) in names}
    return Dashboard(name, place, "2", searches, used, frozenset(given), without_tokens(_studio_times(definition)))


def _studio_defaults(definition: Dict[str, Any]) -> Iterator[Tuple[str, str]]:
    for entry in definition.get("inputs", {}).values():
        options = entry.get("options", {})
        if isinstance(options.get("defaultValue"), (str, int, float)):
            yield options.get("token", ""), str(options["defaultValue"])
    for token, given in definition.get("defaults", {}).get("tokens", {}).get("default", {}).items():
        if isinstance(given, dict) and isinstance(given.get("value"), (str, int, float)):
            yield token, str(given["value"])


def _studio_times(definition: Any) -> Iterator[str]:
    """queryParameters anywhere, and where a time range begins ("-24h@h,now")."""
    if isinstance(definition, dict):
        parameters = definition.get("queryParameters", {})
        yield from (str(parameters[name]) for name in ("earliest", "latest") if name in parameters)
        if definition.get("type") == "input.timerange":
            yield from str(definition.get("options", {}).get("defaultValue", "")).split(",")
        definition = list(definition.values())
    if isinstance(definition, list):
        for item in definition:
            yield from _studio_times(item)


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for item in value.values():
            yield from _strings(item)
    elif isinstance(value, list):
        for item in value:
            yield from _strings(item)
