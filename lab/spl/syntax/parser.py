"""From text to a `Search`: macros expanded, split at the pipes, each command reads its own part."""

from __future__ import annotations

import re
from typing import Dict, List, Optional, Tuple

from lab.spl.command import Arguments, Command
from lab.spl.context import Context
from lab.spl.errors import SearchError, Unsupported
from lab.spl.external import External
from lab.spl.search import Pipeline, Search, Stage
from lab.spl.search_expression import tree as search_tree
from lab.spl.search_expression.expression import SearchExpression, read_search_expression
from lab.spl.syntax.macros import expand
from lab.spl.syntax.pipeline_text import Segment, segments
from lab.spl.syntax.source import Source

_NAME = re.compile(r"\s*([A-Za-z_][A-Za-z0-9_\-.]*)")
_DEEPEST = 20
# Commands of the Search Reference the lab may lack; the names tell "not supported" from "no such thing".
_DOCUMENTED = """
    abstract accum addcoltotals addinfo addtotals analyzefields anomalies anomalousvalue anomalydetection append
    appendcols appendpipe arules associate audit autoregress awssnsalert bin bucket bucketdir cefout chart cluster
    cofilter collapse collect concurrency contingency convert correlate counttable ctable datamodel datamodelsimple
    dbinspect dbxquery dedup delete delta diff dump entitymerge erex eval eventcount eventstats extract fieldformat
    fields fieldsummary filldown fillnull findkeywords findtypes folderize foreach format from fromjson gauge
    gentimes geom geomfilter geostats head highlight history iconify inputcsv inputintelligence inputlookup
    iplocation join kmeans kv kvform loadjob localize localop lookup makecontinuous makejson makemv makeresults map
    mcatalog mcollect metadata metasearch meventcollect mpreview msearch mstats multikv multisearch mvcombine
    mvexpand nomv noop oldreturn outlier outputcsv outputlookup outputtext overlap pivot predict prjob rangemap rare
    redistribute regex relevancy reltime rename replace require rest return reverse rex rtorder run runshellscript
    savedsearch script scrub search searchtxn selfjoin sendalert sendemail set setfields sichart sirare sistats
    sitimechart sitop snowevent snoweventstream snowincident snowincidentstream sort spath stats strcat streamstats
    table tags tail thru timechart timewrap tojson top transaction transpose trendline tscollect tstats typeahead
    typelearner typer union uniq untable walklex where x11 xmlkv xmlunescape xpath xsdelta xsdisplayconcept
    xsdisplaycontext xsfindbestconcept xslistconcepts xslistcontexts xsupdateddcontext xswhere xyseries
"""


def parse(text: str, context: Context) -> Search:
    """A search as a user writes it; without a leading pipe it begins with `search`."""
    source = expand(text, context)
    return Parser(source, context).main()


class Parser:
    """Parses one text; lends itself to `Arguments` for what stands in brackets."""

    def __init__(
        self, source: Source, context: Context, event_types: Tuple[str, ...] = (), preop: bool = False
    ) -> None:
        self.source = source
        self.context = context
        self.preop = preop  # whether the text is the streaming_preop of a custom command
        self._event_types = event_types  # those being parsed, to notice one that names itself
        self._searches: List[Search] = []  # found in brackets so far
        self._depth = 0

    def main(self) -> Search:
        """The whole text."""
        parts = segments(self.source, 0, len(self.source.text))
        if not parts:
            raise SearchError("the search is empty", self.source, 0)
        return self._search(parts, implicit=not parts[0].piped)

    def search(self, start: int, end: int) -> Search:
        """A search in brackets; it names its first command, `search` included (Search Manual, "About
        subsearches")."""
        parts = segments(self.source, start, end)
        if not parts:
            raise SearchError("this subsearch is empty", self.source, start - 1, end + 1)
        self._enter(start)
        outer, self._searches = self._searches, []
        found = self._search(parts, implicit=False)
        self._searches = [*outer, found]
        self._depth -= 1
        return found

    def pipeline(self, start: int, end: int) -> Pipeline:
        """Commands in brackets, for rows at hand."""
        self._enter(start)
        parts = segments(self.source, start, end)
        if not parts:
            raise SearchError("this subpipeline is empty", self.source, start - 1, end + 1)
        found = Pipeline([self._stage(part, first=False) for part in parts], self.source)
        self._depth -= 1
        return found

    def template(self, text: str) -> Pipeline:
        """Commands in a text of their own, for rows at hand (foreach)."""
        source = expand(text, self.context)
        return Parser(source, self.context).pipeline(0, len(source.text))

    def event_type(self, name: str) -> search_tree.EventType:
        """`eventtype=name` by the event type's own search."""
        if name in self._event_types:
            raise SearchError(f"the event type '{name}' is defined by itself")
        source = expand(self.context.eventtype(name), self.context)
        inner = Parser(source, self.context, (*self._event_types, name))
        try:
            expression, _ = read_search_expression(source, 0, len(source.text), inner)
        except SearchError as error:
            raise type(error)(f"in the event type '{name}': {error.reason}") from None
        return search_tree.EventType(name, expression.tree)

    def other_event_types(self) -> List[str]:
        """The names of all event types but those being parsed."""
        return [name for name in self.context.eventtypes() if name not in self._event_types]

    # ---- inside ----

    def _enter(self, start: int) -> None:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise SearchError(f"subsearches are nested more than {_DEEPEST} deep", self.source, start)

    def _search(self, parts: List[Segment], implicit: bool) -> Search:
        head, rest = parts[0], parts[1:]
        base: Optional[SearchExpression] = None
        stages: List[Stage] = []
        name = _NAME.match(self.source.text, head.start, head.end)
        explicit = name is not None and name.group(1).lower() == "search" and self._is_command(name.end())
        if implicit or explicit:
            start = name.end() if name is not None and explicit else head.start
            try:
                base, _ = read_search_expression(self.source, start, head.end, self)
            except SearchError as error:
                raise error.of("search") from None
        else:
            stages.append(self._stage(head, first=True))
        stages.extend(self._stage(part, first=False) for part in rest)
        return Search(base, Pipeline(stages, self.source), tuple(self._searches))

    def _is_command(self, end: int) -> bool:
        """`search` is the command, unless it is compared: `search=x` asks for a field of that name."""
        return self.source.text[end : end + 1] not in ("=", "!", "<", ">")

    def _name(self, part: Segment) -> re.Match[str]:
        name = _NAME.match(self.source.text, part.start, part.end)
        if name is None:
            if not self.source.text[part.start : part.end].strip():
                raise SearchError("a command is missing after the pipe", self.source, max(0, part.start - 1))
            raise SearchError("expected a command", self.source, part.start)
        return name

    def _stage(self, part: Segment, first: bool) -> Stage:
        found = self._name(part)
        name, start = found.group(1), found.start(1)
        arguments = Arguments(self.source, name, found.end(), part.end, self, first)
        kind = command_table().get(name.lower())
        try:
            if kind is None:
                command: Command = self._external(name, found.end(), part.end, first)
            else:
                command = kind(arguments)
            if first and not command.generating:
                raise SearchError("it cannot be the first command of a search: it needs rows to work on")
        except SearchError as error:
            raise error.of(name).at(self.source, start, found.end()) from None
        return Stage(command, start, found.end())

    def _external(self, name: str, start: int, end: int, first: bool) -> Command:
        external = self.context.external_command(name)
        if external is not None:
            return External(external, name, self, start, end, first)
        if name.lower() in documented_commands():
            raise Unsupported(f"the command '{name}' is not supported").of("")
        raise SearchError(f"unknown search command '{name}'").of("")


def documented_commands() -> List[str]:
    """The commands of the Search Reference, those the lab lacks among them."""
    return _DOCUMENTED.split()


def command_table() -> Dict[str, type[Command]]:
    """The commands by name; imported late, for they import the language."""
    from lab.spl.commands import COMMANDS

    return COMMANDS
