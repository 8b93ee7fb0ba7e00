"""What every error meant for an admin has in common."""

import re

LONGEST_QUOTE = 300  # characters of a server's own words in a message


class Trouble(Exception):
    """Something went wrong that an admin can read and act on: the text says what, to which thing, what to do.

    `kind` is the heading under which UCC's monitoring page counts it (solnlib.log's own labels).
    `transient` tells that the same request may well succeed a little later.
    """

    kind = "Configuration Error"
    transient = False


def plain(text: object) -> str:
    """What a server wrote, fit for one line of a log: no control characters, not endless."""
    if not isinstance(text, str):
        return ""
    return re.sub(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+", " ", text)[:LONGEST_QUOTE].strip()
