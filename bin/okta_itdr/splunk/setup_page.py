"""The Set-up page's handler: GET says how things stand, POST changes them, and puts them back.

    GET  okta_itdr_setup                                      an entry for each check
    POST okta_itdr_setup/switch_on  detections=starting|all   dry_run=1|0
    POST okta_itdr_setup/indexes    data_index= findings_index=  dry_run=1|0
    POST okta_itdr_setup/undo       dry_run=1|0

POST answers with the entry `result` (complete, message) and an entry for each saved search or macro. Everything is done
with the session of whoever asks, so that nobody can do here what Splunk would not let them do elsewhere; beyond that,
asking needs the capability of restmap.conf, which is asked for here once more.
"""

from __future__ import annotations

from pathlib import Path
from typing import Callable, Dict, List

from splunk import admin
from splunktaucclib.rest_handler.admin_external import get_splunkd_endpoint

from okta_itdr.ipintel.ranges import Ranges
from okta_itdr.setup import indexes, searches
from okta_itdr.setup.changes import COLLECTION, SEARCH, Changes, Done, Target
from okta_itdr.setup.checks import checks
from okta_itdr.setup.surroundings import Surroundings
from okta_itdr.splunk.administration import Administration
from okta_itdr.splunk.rest import Splunk, service
from okta_itdr.trouble import Trouble

CAPABILITY = "okta_itdr_setup"
_ARGUMENTS = ("dry_run", "detections", "data_index", "findings_index")
_YES, _NO = ("1", "true"), ("0", "false", "")
_RANGES = Path(__file__).resolve().parent.parent / "ipintel" / "ranges.dat"


class SetupPage(admin.MConfigHandler):
    """One process serves many requests (handlerpersistentmode): nothing is kept between them."""

    def setup(self):
        for name in _ARGUMENTS:
            self.supportedArgs.addOptArg(name)

    def handleList(self, confInfo):  # noqa: N802  Splunk's names
        self._authorise()
        around = self._surroundings()
        wanted = self.callerArgs.id
        found = list(enumerate(checks(around, self._changes(around))))
        if wanted and wanted not in [check.name for _, check in found]:
            raise admin.NotFoundException(f"Set-up has no check {wanted}.")
        for order, check in found:
            if not wanted or check.name == wanted:
                _put(confInfo, check.name, {"order": str(order), **check._asdict()})

    def handleEdit(self, confInfo):  # noqa: N802
        self._authorise()
        actions: Dict[str, Callable[[], Done]] = {
            "switch_on": self._switch_on,
            "indexes": self._set_indexes,
            "undo": self._undo,
        }
        action = actions.get(self.callerArgs.id)
        if action is None:
            raise admin.NotFoundException(f"Set-up does switch_on, indexes and undo, not {self.callerArgs.id}.")
        try:
            done = action()
        except Trouble as trouble:
            raise admin.ArgValidationException(str(trouble)) from None
        result = {"order": "0", "complete": "1" if done.complete else "0", "message": done.message}
        _put(confInfo, "result", result)
        for order, step in enumerate(done.steps, start=1):
            _put(confInfo, step.name, {"order": str(order), **step._asdict()})

    def _switch_on(self) -> Done:
        self._allow("detections")
        around = self._surroundings()
        which = self._given("detections") or searches.STARTING
        if which not in searches.SETS:
            raise Trouble(f"There is no set {which!r} of detections: {' or '.join(searches.SETS)}.")
        with_es = around.enterprise_security is not None
        wanted = searches.wanted(around.saved_searches, around.table, which, with_es)
        return self._apply([Target(SEARCH, one.name, one.settings) for one in wanted], around)

    def _set_indexes(self) -> Done:
        self._allow("data_index", "findings_index")
        around = self._surroundings()
        given = [self._given(name) if name in self.callerArgs.data else None for name in _ARGUMENTS[2:]]
        return self._apply(indexes.targets(*given, around.splunk), around)

    def _apply(self, targets: List[Target], around: Surroundings) -> Done:
        return self._changes(around).apply(targets, self._dry_run())

    def _undo(self) -> Done:
        self._allow()
        return self._changes(self._surroundings()).undo(self._dry_run())

    def _authorise(self) -> None:
        try:
            allowed = CAPABILITY in self._administration().capabilities()
        except Trouble as trouble:
            raise admin.InternalException(str(trouble)) from None
        if not allowed:
            raise admin.PermissionsException(f"Set-up needs the capability {CAPABILITY}, which administrators have.")

    def _surroundings(self) -> Surroundings:
        rest = Splunk(get_splunkd_endpoint(), self.getSessionKey())
        return Surroundings(self._administration(), rest, lambda: Ranges(str(_RANGES)).data_version)

    def _administration(self) -> Administration:
        return Administration(service(get_splunkd_endpoint(), self.getSessionKey()))

    def _changes(self, around: Surroundings) -> Changes:
        return Changes(around.splunk, around.rest.collection(COLLECTION), around.now, self.userName)

    # ---- arguments

    def _given(self, name: str) -> str:
        return (self.callerArgs.data.get(name) or [""])[0] or ""

    def _dry_run(self) -> bool:
        said = self._given("dry_run").lower()
        if said not in _YES + _NO:
            raise Trouble("dry_run is 1 or 0.")
        return said in _YES

    def _allow(self, *names: str) -> None:
        """What belongs to another action would be thought to have been done."""
        for name in self.callerArgs.data:
            if name in _ARGUMENTS and name not in (*names, "dry_run"):
                raise Trouble(f"{self.callerArgs.id} takes no {name}.")


def _put(conf_info, entry: str, settings: Dict[str, str]) -> None:
    for setting, value in settings.items():
        if setting != "name":  # the entry's own
            conf_info[entry][setting] = value
