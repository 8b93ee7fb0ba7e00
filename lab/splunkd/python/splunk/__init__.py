"""A stand-in for the package `splunk` that Splunk's own Python carries: only what solnlib,
splunktaucclib and splunk-sdk import from it.

It goes on the PYTHONPATH of the processes that the emulated splunkd starts, is written anew from
the names those libraries use, and imports nothing of the lab: it stands where Splunk stands.
splunkd's address is in the environment variable LAB_SPLUNKD_URI.
"""


class SplunkdException(Exception):
    """Anything that splunkd refused or failed to do."""


class SplunkdConnectionException(SplunkdException):
    """splunkd does not answer."""


class RESTException(SplunkdException):
    """splunkd answered with an error status; `msg` is what it said."""

    def __init__(self, statusCode, messages=None, extendedMessages=None):
        self.statusCode = statusCode
        self.msg = messages
        self.extendedMessages = extendedMessages
        super().__init__(statusCode, messages)

    def __str__(self):
        return f"[HTTP {self.statusCode}] {self.msg}"

    def get_message_text(self):
        return self.msg

    def get_extended_message_text(self):
        return self.extendedMessages


class BadRequest(RESTException):
    def __init__(self, messages=None, extendedMessages=None):
        super().__init__(400, messages, extendedMessages)


class AuthenticationFailed(RESTException):
    def __init__(self, messages=None, extendedMessages=None):
        super().__init__(401, messages, extendedMessages)


class AuthorizationFailed(RESTException):
    def __init__(self, messages=None, extendedMessages=None):
        super().__init__(403, messages, extendedMessages)


class ResourceNotFound(RESTException):
    def __init__(self, messages=None, extendedMessages=None):
        super().__init__(404, messages, extendedMessages)


class InternalServerError(RESTException):
    def __init__(self, messages=None, extendedMessages=None):
        super().__init__(500, messages, extendedMessages)


def getSessionKey():
    """No session key outside splunkweb: callers bring their own."""
    return
