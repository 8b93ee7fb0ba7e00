"""Asking splunkd: what of its answers, or of their absence, an admin is told."""

from __future__ import annotations

import json
from contextlib import contextmanager
from typing import Iterator, Optional

from splunklib.binding import AuthenticationError, HTTPError
from splunklib.client import Service

from okta_itdr.trouble import Trouble


class SplunkdTrouble(Trouble):
    """splunkd refused, by an HTTP `status`, or did not answer (0)."""

    kind = "Server Error"

    def __init__(self, text: str, status: int = 0) -> None:
        super().__init__(text)
        self.status = status


@contextmanager
def asking(thing: str) -> Iterator[None]:
    """Raises SplunkdTrouble, naming `thing`, for whatever splunkd does not give."""
    try:
        yield
    except HTTPError as error:
        raise SplunkdTrouble(f"splunkd refused {thing} ({_reason(error)}).", error.status) from None
    except AuthenticationError:
        raise SplunkdTrouble(f"splunkd refused {thing}: the session has ended or was never valid.") from None
    except OSError as error:
        raise SplunkdTrouble(f"splunkd did not answer about {thing} ({error}).") from None
    except (KeyError, IndexError, TypeError, ValueError) as error:
        raise SplunkdTrouble(
            f"splunkd answered about {thing} with something else ({type(error).__name__}: {error})."
        ) from None


def _reason(error: HTTPError) -> str:
    """In splunkd's words alone: the SDK reads them in XML, and leaves JSON, which the KV store speaks, as it came."""
    try:
        said = " ".join(message["text"] for message in json.loads(error.body)["messages"])
    except (KeyError, TypeError, ValueError):
        return str(error)
    return f"HTTP {error.status} {error.reason} -- {said.rstrip('.')}"


def entry(service: Service, path: str, thing: str) -> Optional[dict]:
    """The one entry behind `path`; None where the namespace has none to read."""
    with asking(thing):
        try:
            answer = service.get(path, output_mode="json")
        except HTTPError as error:
            if error.status == 404:
                return None
            raise
        return json.loads(answer.body.read())["entry"][0]
