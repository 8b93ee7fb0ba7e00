"""`splunk.admin`: what handlers of restmap.conf's [admin_external:…] subclass, and the loop that runs them.

Of the names only those that UCC's handlers use are here; anything else is an AttributeError, never a guess.
"""

import sys
import traceback

import splunk
from splunk.persistconn import packet

ACTION_CREATE = 1
ACTION_LIST = 2
ACTION_EDIT = 4
ACTION_REMOVE = 8
ACTION_MEMBERS = 16
ACTION_RELOAD = 32
ACTION_CUSTOM = 64

CONTEXT_NONE = 1
CONTEXT_APP_ONLY = 2
CONTEXT_APP_AND_USER = 3

EAI_ENTRY_ACL = "eai:acl"

_ACTIONS = {
    "create": (ACTION_CREATE, "handleCreate"),
    "list": (ACTION_LIST, "handleList"),
    "edit": (ACTION_EDIT, "handleEdit"),
    "remove": (ACTION_REMOVE, "handleRemove"),
    "reload": (ACTION_RELOAD, "handleReload"),
}


class AdminManagerException(Exception):
    """A refusal that splunkd passes on; `status` is the HTTP status."""

    status = 500


class ArgValidationException(AdminManagerException):
    status = 400


class BadActionException(AdminManagerException):
    status = 400


class BadProgramException(AdminManagerException):
    status = 500


class CustomActionException(AdminManagerException):
    status = 400


class HandlerSetupException(AdminManagerException):
    status = 500


class InternalException(AdminManagerException):
    status = 500


class NotFoundException(AdminManagerException):
    status = 404


class PermissionsException(AdminManagerException):
    status = 403


class AlreadyExistsException(AdminManagerException):
    status = 409


class ServiceUnavailableException(AdminManagerException):
    status = 503


class ConfigItem(dict):
    """One object of a reply: its settings, and metadata such as eai:acl."""

    def __init__(self):
        super().__init__()
        self.metadata = {}

    def setMetadata(self, name, value):
        self.metadata[name] = value


class ConfigInfo(dict):
    """Objects of a reply by name; one that is asked for is made."""

    def __missing__(self, name):
        item = self[name] = ConfigItem()
        return item


class CallerArgs:
    """Which object is asked for (`id`), and the arguments, each a list of values."""

    def __init__(self, identity, data):
        self.id = identity
        self.data = data

    def get(self, name, default=None):
        return self.data.get(name, default)

    def __getitem__(self, name):
        return self.data[name]

    def __contains__(self, name):
        return name in self.data


class SupportedArgs:
    """Which arguments a handler takes."""

    def __init__(self):
        self.required = []
        self.optional = []

    def addReqArg(self, name):
        self.required.append(name)

    def addOptArg(self, name):
        self.optional.append(name)


class MConfigHandler:
    """Base of every handler: `setup` says which arguments it takes, handleList and its like fill a ConfigInfo."""

    def __init__(self, scriptMode, ctxInfo, request):
        self.requestedAction = _ACTIONS[request["action"]][0]
        self.customAction = ""
        self.callerArgs = CallerArgs(request["id"], request["args"])
        self.supportedArgs = SupportedArgs()
        self.userName = request["user"]
        self.appName = request["app"]
        self.context = ctxInfo
        self.maxCount = request["count"]
        self.posOffset = request["offset"]
        self.sortByKey = "name"
        self.sortAscending = True
        self._session_key = request["session_key"]

    def getSessionKey(self):
        return self._session_key

    def setup(self):
        """Called before the action."""

    def handleReload(self, confInfo):
        """Nothing is kept."""


def init(handler, ctxInfo=CONTEXT_APP_ONLY):
    """Run `handler`, a subclass of MConfigHandler, for every request that splunkd sends."""
    packet.serve(lambda request: _answer(handler, ctxInfo, request))


def _answer(handler, context, request):
    main = sys.modules["__main__"]
    main.___sessionKey = request["session_key"]  # where solnlib looks for it
    try:
        found = ConfigInfo()
        made = handler("persistent", context, request)
        made.setup()
        _check(made)
        getattr(made, _ACTIONS[request["action"]][1])(found)
    except AdminManagerException as refusal:
        return {"status": refusal.status, "error": str(refusal)}
    except splunk.RESTException as refusal:
        return {"status": refusal.statusCode, "error": str(refusal.msg)}
    except Exception as error:
        traceback.print_exc(file=sys.stderr)
        text = f'Unexpected error "{type(error)}" from python handler: "{error}". See splunkd.log/python.log'
        return {"status": 500, "error": f"{text} for more details."}
    return {
        "entries": [{"name": name, "content": dict(item), "metadata": item.metadata} for name, item in found.items()]
    }


def _check(handler):
    """The arguments against those that the handler takes."""
    supported = handler.supportedArgs
    for name in supported.required:
        if not handler.callerArgs.data.get(name):
            raise ArgValidationException(f"The following required arguments are missing: {name}.")
    for name in handler.callerArgs.data:
        if name not in supported.required and name not in supported.optional:
            raise ArgValidationException(f'Argument "{name}" is not supported by this handler.')
