"""search/parser and search/timeparser: a search, or times, read and not run (REST API Reference, "Search endpoint
descriptions")."""

from __future__ import annotations

from datetime import timezone
from typing import Callable
from xml.sax.saxutils import escape, quoteattr

from lab.spl import times
from lab.spl.errors import SearchError, Unsupported
from lab.spl.search import Search
from lab.spl.time_format import format_time
from lab.splunkd.rest.atom import XML, Reply, json_reply
from lab.splunkd.rest.request import Endpoint, Refusal, Request, endpoint

_ISO = "%Y-%m-%dT%H:%M:%S.%Q%:z"


def endpoints(parsed: Callable[[str, str, str], Search]) -> list[Endpoint]:
    """`parsed(text, app, user)` reads a search or raises `SearchError`."""

    def parse(request: Request) -> Reply:
        text = request.required("q")
        request.passed_over("enable_lookups parse_only reload_macros")
        request.done()
        try:
            search = parsed(text, request.app, request.user)
        except Unsupported:
            raise
        except SearchError as error:
            raise Refusal(400, str(error), "FATAL") from None
        commands = [{"command": stage.command.name} for stage in search.pipeline.stages]
        leading = [{"command": "search"}] if search.base is not None else []
        found = {"commands": [*leading, *commands], "normalizedSearch": search.pipeline.source.text}
        if request.as_json:
            return json_reply(found)
        shown = "".join(
            f"<s:item><s:dict><s:key name='command'>{one['command']}</s:key></s:dict></s:item>"
            for one in found["commands"]  # type: ignore[union-attr]
        )
        body = (
            "<?xml version='1.0' encoding='UTF-8'?>\n<response><s:dict xmlns:s='http://dev.splunk.com/ns/rest'>"
            f"<s:key name='normalizedSearch'>{escape(search.pipeline.source.text)}</s:key>"
            f"<s:key name='commands'><s:list>{shown}</s:list></s:key></s:dict></response>"
        )
        return Reply(200, body.encode(), XML)

    def parse_times(request: Request) -> Reply:
        texts = request.many("time")
        now_text = request.argument("now")
        form = request.argument("output_time_format", _ISO)
        request.passed_over("time_format")
        request.done()
        if not texts:
            raise Refusal(400, "The following required arguments are missing: time.")
        try:
            now = times.time_of(now_text, request.now, timezone.utc) if now_text else request.now
            found = {
                text: format_time(times.time_of(text, now, timezone.utc), form, timezone.utc) if text else ""
                for text in texts
            }
        except SearchError as error:
            raise Refusal(400, str(error)) from None
        if request.as_json:
            return json_reply(found)
        keys = "".join(f"<s:key name={quoteattr(text)}>{escape(value)}</s:key>" for text, value in found.items())
        body = f"<response><s:dict xmlns:s='http://dev.splunk.com/ns/rest'>{keys}</s:dict></response>"
        return Reply(200, body.encode(), XML)

    return [
        endpoint(r"search/(?:v2/)?parser", GET=parse, POST=parse),
        endpoint(r"search/timeparser", GET=parse_times),
    ]
