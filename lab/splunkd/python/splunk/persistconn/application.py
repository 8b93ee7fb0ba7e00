"""`splunk.persistconn.application`: what a script of restmap.conf's [script:…] subclasses."""


class PersistentServerConnectionApplication:
    """One for each process; `handle` is called for every request."""

    def __init__(self, command_line=None, command_arg=None):
        self.command_line = command_line
        self.command_arg = command_arg

    def handle(self, in_string):
        """`in_string`: the request as JSON (bytes). Returns a dict, or JSON, of payload, status and headers."""
        raise NotImplementedError

    def done(self):
        """The process is about to end."""
