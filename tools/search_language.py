"""docs/search-language.md: which commands and functions the lab has, with the page each is built from.

`python tools/run.py tools.search_language` writes it anew, with the Python of the lab's environment; a test fails
when it is stale. All of it is read from the language itself: nothing is listed twice.
"""

from __future__ import annotations

import importlib
import re
import sys
from collections import defaultdict
from pathlib import Path
from typing import Dict, List, Tuple

from lab.spl.command import Command
from lab.spl.commands import COMMANDS
from lab.spl.functions import FUNCTIONS, REFUSED
from lab.spl.functions.registry import Function, span_text
from lab.spl.readings import QUESTIONS
from lab.spl.statistics.aggregations import PAGES
from lab.spl.syntax.parser import documented_commands
from tools.markdown import table

PAGE = Path(__file__).resolve().parent.parent / "docs" / "search-language.md"
_SUMMARY = re.compile(r"(?P<name>\w+): (?P<does>.+?) \((?P<page>[^()]*Reference[^()]*)\)[.:]")
_INTRODUCTION = """\
<!-- Written by tools/search_language.py: edit the language, not this page. -->
# The search language of the lab

What `lab/spl` runs, each with the page of Splunk's documentation it is built from. What is not here is refused by
name, with its line and column. The vectors in `tests/lab/spl/vectors` say of each command and function how it behaves,
and a test fails where one has none.
"""


def page() -> str:
    """The whole page."""
    parts = [_INTRODUCTION, _commands(), _functions(), _statistics(), _questions(), _refused()]
    return "\n".join(parts)


def summary(kind: type[Command]) -> Tuple[str, str]:
    """What a command does, and its page: the first sentence of its module."""
    text = " ".join((importlib.import_module(kind.__module__).__doc__ or "").split("\n\n")[0].split())
    found = _SUMMARY.match(text)
    if found is None or found["name"] != kind.name:
        raise ValueError(f'{kind.__module__} must begin: "{kind.name}: what it does (Search Reference: its page)."')
    return found["does"], found["page"].partition(";")[0].replace(": ", "/")


def _commands() -> str:
    kinds = sorted(set(COMMANDS.values()), key=lambda kind: kind.name)
    rows = []
    for kind in kinds:
        does, where = summary(kind)
        names = ", ".join(f"`{name}`" for name in (kind.name, *kind.aliases))
        rows.append((names, does, where))
    heading = f"## Commands ({len(kinds)})\n"
    foot = "\nAn app's own commands (`commands.conf`) run as their own processes by the chunked protocol, version 2.\n"
    return heading + table(("command", "what it does", "page"), rows) + foot


def _functions() -> str:
    names: Dict[Function, List[str]] = defaultdict(list)
    for name, function in FUNCTIONS.items():
        names[function].append(f"`{name}`")
    rows = [
        (", ".join(names[function]), span_text(function.fewest, function.most), function.page)
        for function in sorted(names, key=lambda function: (function.page, function.name))
    ]
    return f"## Eval functions ({len(rows)})\n" + table(("function", "takes", "page"), rows)


def _statistics() -> str:
    by_page: Dict[str, List[str]] = defaultdict(list)
    for name, where in PAGES.items():
        by_page[where].append(f"`{name}`")
    rows = [(", ".join(sorted(names)), f"Search Reference/{where}") for where, names in sorted(by_page.items())]
    rows.append(("`sparkline(…)` in stats and chart", "Search Manual/Add sparklines to search results"))
    rows.append(("`eval(…)` of these in chart and timechart", "Search Reference/chart"))
    return f"## Statistical functions ({len(PAGES)})\n" + table(("functions", "page"), rows)


def _questions() -> str:
    rows = [
        (question.name, question.asks, question.readings[0], question.readings[1]) for question in QUESTIONS.values()
    ]
    text = "Public text leaves these open. The lab can be told either reading; the add-on's searches must not care.\n\n"
    return "## Open questions\n" + text + table(("question", "what is open", "the lab's reading", "the other"), rows)


def _refused() -> str:
    names = [f"`{name}`" for name in documented_commands() if name not in COMMANDS]
    functions = ", ".join(f"`{name}()`" for name in REFUSED)
    return f"## Refused by name\nCommands: {', '.join(names)}.\n\nEval functions: {functions}.\n"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
    print(PAGE, file=sys.stderr)
