"""What every error meant for an admin has in common."""


class Trouble(Exception):
    """Something went wrong that an admin can read and act on: the text says what, to which thing, what to do.

    `kind` is the heading under which UCC's monitoring page counts it (solnlib.log's own labels).
    `transient` tells that the same request may well succeed a little later.
    """

    kind = "Configuration Error"
    transient = False
