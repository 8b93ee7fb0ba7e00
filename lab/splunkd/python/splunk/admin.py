"""`splunk.admin`: the names that UCC's REST handlers subclass; the loop that runs them is not emulated yet."""

ACTION_CREATE = 1
ACTION_LIST = 2
ACTION_EDIT = 4
ACTION_REMOVE = 8
ACTION_MEMBERS = 16
ACTION_RELOAD = 32

CONTEXT_NONE = 1
CONTEXT_APP_ONLY = 2
CONTEXT_APP_AND_USER = 3


class AdminManagerException(Exception):
    pass


class ArgValidationException(AdminManagerException):
    pass


class InternalException(AdminManagerException):
    pass


class ConfigInfo(dict):
    """Items of a reply by name."""


class MConfigHandler:
    """Base of every handler of restmap.conf's [admin_external:…]."""


def init(handler, context):
    raise NotImplementedError("the lab's splunkd does not run REST handlers (admin_external) yet")
