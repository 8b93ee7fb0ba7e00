"""The ways in which a list cannot be had; each text is the middle of a sentence that begins with the list."""

from __future__ import annotations

from okta_itdr.trouble import Trouble


class NotTaken(Trouble):
    """The list could not be had or is not what it should be: the last good one stays."""


class Unreachable(NotTaken):
    """No answer at all: name, route, time-out, reset, proxy, certificate."""

    kind = "Connection Error"


class NoList(NotTaken):
    """An answer that is no list."""

    kind = "Server Error"


class NotPermitted(NotTaken):
    """The server wants a key or does not let this host in."""

    kind = "Permission Error"


class Unlikely(NotTaken):
    """It reads as a list, and believing it would do harm."""

    kind = "Server Error"
