"""tstats: statistics over indexed fields or a data model (Search Reference: tstats).

It is run as the search it stands for: the events that WHERE selects, or those of the data model's
object with `Object.` before its fields, counted by stats. Without a data model only indexed fields
exist, as in Splunk; the lab summarises no data model, so `summariesonly=true` sees all events.
"""

from __future__ import annotations

import re
from typing import List, Optional

from lab.spl.command import Arguments, Command, Context, Fields, Rows
from lab.spl.datasets import datamodel_search
from lab.spl.errors import SearchError, Unsupported
from lab.spl.field_patterns import is_pattern
from lab.spl.search_expression.expression import SearchExpression
from lab.spl.statistics.spans import parse_span, time_span
from lab.spl.statistics.statistics_lists import check_aggregations, check_no_wildcards, fields_read, tokens_ahead
from lab.spl.syntax.tokens import Token

_INDEXED = frozenset(
    ("_time", "_indextime", "_raw", "index", "source", "sourcetype", "host", "splunk_server", "linecount")
)
_NOT_HERE = ("list", "estdc_error")  # the page's table of functions
_NODE = re.compile(r'\bnodename\s*=\s*"?([\w.]+)"?', re.IGNORECASE)

_NOT_A_NODE = re.compile(r"\bNOT\s+\(?\s*nodename\b|\bnodename\s*!=", re.IGNORECASE)


class TStats(Command):
    name = "tstats"
    generating = True

    def __init__(self, args: Arguments) -> None:
        if not args.first:
            raise args.error("this command must be the first command of a search")
        self._read_head(args.part_before("where", "by", "groupby"))
        self.where: Optional[SearchExpression] = None
        if args.keyword("where"):
            self.where = args.search_expression(until=("by", "groupby"))
        self.by: List[str] = []
        self.span: Optional[str] = None
        if args.keyword("by", "groupby"):
            ahead = tokens_ahead(args)
            span = args.option_token("span")
            if span is not None and span.is_word("auto"):
                raise args.unsupported("span=auto", span)
            self.span = None if span is None else span.value
            self.by = args.field_list(required=True, until=("as", "by", "groupby", "where"))
            self._check_by(args, ahead)
            if span is not None:
                self._check_span(args, span)
        args.done()
        for item in self.aggregations:
            if item.field is None and item.expression is None and item.function not in ("count", "c"):
                raise args.error(f"{item.function} needs a field in parentheses", item)
            if item.function in _NOT_HERE:
                raise args.error(f"tstats has no function {item.function}", item)
        check_aggregations(args, self.aggregations, self.by, nameless=True)
        self._check(args)

    def _read_head(self, args: Arguments) -> None:
        """Options, statistics and FROM: what stands before WHERE and BY."""
        for name in ("prestats", "append"):
            if args.option_bool(name, default=False):
                raise args.unsupported(f"{name}=true")
        self.summariesonly = args.option_bool("summariesonly", default=False)
        for name in ("local", "allow_old_summaries", "include_reduced_buckets"):
            args.option_bool(name)  # where and from which summaries Splunk reads
        args.option_int("chunk_size", minimum=10000)
        self.fill = args.option("fillnull_value")
        self.model = args.option("datamodel")
        self.aggregations = args.aggregations(until=("from",))
        source = args.peek()
        if bool(args.keyword("from")) != (self.model is not None):
            if self.model is None:
                raise args.unsupported("FROM anything but datamodel=…", source)
            raise args.error("expected FROM before datamodel=…", source)
        args.done()

    def _check_by(self, args: Arguments, ahead: List[Token]) -> None:
        check_no_wildcards(args, self.by, ahead)
        for name in [*self.by, *(item.field or "" for item in self.aggregations)]:
            if name.lower().startswith("prefix("):
                raise args.unsupported("PREFIX()", ahead[0])

    def _check_span(self, args: Arguments, token: Token) -> None:
        try:
            span = time_span(parse_span(token.value))
        except SearchError as error:
            raise args.error(error.reason, token) from None
        if span.unit in ("us", "ms", "cs", "ds"):
            raise args.error("the span of tstats is no shorter than a second", token)

    def _check(self, args: Arguments) -> None:
        for item in self.aggregations:
            if item.expression is not None or is_pattern(item.field or ""):
                raise args.error("tstats takes plain fields, no eval() and no wildcards", item)
        if "_time" in self.by and self.span is None:
            raise args.unsupported("BY _time without a span")
        if self.model is not None:
            return
        asked = (fields_read(self.aggregations, self.by) or frozenset()) | (
            (self.where.fields() or frozenset()) if self.where else frozenset()
        )
        for name in sorted(asked - _INDEXED):
            raise args.error(f"'{name}' is no indexed field: without a data model tstats sees none but those")

    def needs(self, wanted: Fields) -> Fields:
        return frozenset()

    def columns(self, before: Optional[List[str]]) -> List[str]:
        return list(dict.fromkeys([*self.by, *(item.name for item in self.aggregations)]))

    def run(self, rows: Rows, context: Context) -> Rows:
        from lab.spl.search import parse  # the parser knows the commands, so not at the top

        if self.summariesonly and self.model is not None:
            context.warn("tstats: the lab has no summaries; summariesonly=true counted all events")
        return parse(self._search(context), context).run(context).rows

    def _search(self, context: Context) -> str:
        """The search this command stands for."""
        where = self.where.text if self.where is not None else ""
        if self.model is None:
            parts = [where or "*"]
        else:
            parts = [datamodel_search(self._object(where), context, prefixed=True)]
            if where:
                parts.append(f"search {where}")
        if self.fill is not None and self.by:
            escaped = self.fill.replace("\\", "\\\\").replace('"', '\\"')
            parts.append(f'fillnull value="{escaped}" {_quoted(self.by)}')
        if self.span is not None:
            parts.append(f"bin span={self.span} _time")
        counted = ", ".join(self._written(item) for item in self.aggregations)
        parts.append(f"stats {counted}" + (f" BY {_quoted(self.by)}" if self.by else ""))
        return " | ".join(parts)

    def _object(self, where: str) -> str:
        """The data model's object: the one that nodename= names, which is FROM's or below it, else FROM's."""
        model, _, name = (self.model or "").partition(".")
        nodes = {node.rpartition(".")[2] for node in _NODE.findall(where)}
        if len(nodes) > 1 or _NOT_A_NODE.search(where):
            raise Unsupported("more than one nodename, or one that is excluded, is not supported")
        name = next(iter(nodes), name)
        return f"{model}.{name}" if name else model

    def _written(self, item: object) -> str:
        field = f'("{item.field}")' if item.field is not None else ""  # type: ignore[attr-defined]
        return f'{item.function}{field} AS "{item.name}"'  # type: ignore[attr-defined]


def _quoted(fields: List[str]) -> str:
    return ", ".join(f'"{field}"' for field in fields)
