"""One request as the API reads it, and the refusals it may answer with, each in the shape of its endpoint."""

from __future__ import annotations

from typing import Any, Dict, Iterable, List, Tuple

import orjson

Headers = List[Tuple[str, str]]


class Request:
    """A view of a WSGI environ."""

    def __init__(self, environ: Dict[str, Any]) -> None:
        self.environ = environ
        self.method: str = environ["REQUEST_METHOD"]
        self.path: str = environ["PATH_INFO"]
        self.query: str = environ.get("QUERY_STRING", "")

    @property
    def origin(self) -> str:
        return f"{self.environ['wsgi.url_scheme']}://{self.environ['HTTP_HOST']}"

    @property
    def url(self) -> str:
        """Without the query."""
        return self.origin + self.path

    def header(self, name: str) -> str:
        return self.environ.get("HTTP_" + name.upper().replace("-", "_"), "")

    def body(self) -> bytes:
        return self.environ["wsgi.input"].read()


class Refusal(Exception):
    """In Okta's error shape: status, errorCode and errorSummary (facts/okta-api 2.4); without a code, no body."""

    def __init__(self, status: int, code: str, summary: str, headers: Iterable[Tuple[str, str]] = ()) -> None:
        super().__init__(summary)
        self.status = status
        self.code = code
        self.summary = summary
        self.headers = list(headers)

    def body(self, request_id: str) -> bytes:
        if not self.code:
            return b""
        return orjson.dumps(
            {
                "errorCode": self.code,
                "errorSummary": self.summary,
                "errorLink": self.code,
                "errorId": "oae" + request_id[:22],
                "errorCauses": [],
            }
        )


class OAuthRefusal(Refusal):
    """In OAuth's: error and error_description (RFC 6749, section 5.2)."""

    def body(self, request_id: str) -> bytes:
        return orjson.dumps({"error": self.code, "error_description": self.summary})
