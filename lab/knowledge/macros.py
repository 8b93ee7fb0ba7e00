"""macros.conf: search macros by name and number of arguments (macros.conf.spec)."""

from __future__ import annotations

import re
from typing import Dict, Tuple

from lab.knowledge.conf import Conf, ConfError, boolean
from lab.spl.context import Macro
from lab.spl.errors import SearchError

_STANZA = re.compile(r"(.+?)(?:\((\d+)\))?\Z", re.DOTALL)


class Macros:
    """The macros that a search sees; each is checked when it is first asked for."""

    def __init__(self, conf: Conf) -> None:
        self._conf = conf
        self._known: Dict[Tuple[str, int], Macro] = {}

    def get(self, name: str, arity: int) -> Macro:
        macro = self._known.get((name, arity))
        if macro is None:
            macro = self._known[name, arity] = self._read(name, arity)
        return macro

    def _read(self, name: str, arity: int) -> Macro:
        stanza = f"{name}({arity})" if arity else name
        if stanza not in self._conf:
            raise SearchError(self._missing(name, arity))
        settings = self._conf.settings(stanza)
        if "definition" not in settings:
            raise SearchError(f"macros.conf [{stanza}] has no definition")
        text = settings["args"].value if "args" in settings else ""
        args = tuple(part.strip() for part in text.split(",")) if text.strip() else ()
        if len(args) != arity or len(set(args)) != arity:
            place = settings.get("args", settings["definition"])
            raise ConfError(place.path, place.line, f"[{stanza}] takes {arity} arguments, args names {len(set(args))}")
        return Macro(
            definition=settings["definition"].value,
            args=args,
            iseval="iseval" in settings and boolean(settings["iseval"], "iseval"),
            validation=settings["validation"].value if "validation" in settings else None,
            errormsg=settings["errormsg"].value if "errormsg" in settings else None,
        )

    def _missing(self, name: str, arity: int) -> str:
        arities = sorted(
            int(match.group(2) or 0) for match in map(_STANZA.match, self._conf) if match and match.group(1) == name
        )
        if arities:
            takes = " or ".join(map(str, arities))
            return f"the macro '{name}' takes {takes} arguments, not {arity}"
        return f"the macro '{name}' does not exist, or is not visible here"
