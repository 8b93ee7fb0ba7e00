"""The Inputs page: an input takes its place in the log with it when it is deleted; that of the System Log can be told
to begin again, or to collect some hours again.

`generation` tells one life of an input from the next. Its process compares it with that of its checkpoint, so
that neither a new input of an old name nor one that shall begin again goes on at the old place, whatever a
process that is just ending still writes.
"""

from __future__ import annotations

import uuid
from pathlib import Path

from solnlib.utils import is_true
from splunktaucclib.rest_handler.admin_external import AdminExternalHandler, get_splunkd_endpoint
from splunktaucclib.rest_handler.error import RestError

from okta_itdr.collect.asked_hours import hour_text, read_hours
from okta_itdr.collect.collectors import COLLECTORS
from okta_itdr.collect.system_log import start_moment
from okta_itdr.collect.written_hours import WrittenHours
from okta_itdr.splunk.checkpoints import checkpoints
from okta_itdr.splunk.input_folder import forget, lock
from okta_itdr.splunk.rest import Splunk
from okta_itdr.trouble import Trouble

_SECONDS_TO_END = 5  # for the process of an input that is deleted


class InputPage(AdminExternalHandler):
    """UCC's handler, with the checkpoint in mind."""

    def handleCreate(self, confInfo):  # noqa: N802  Splunk's names
        self._begin_again()
        super().handleCreate(confInfo)

    def handleEdit(self, confInfo):  # noqa: N802
        for kept in ("generation", "collect_again"):  # the form's, which may be old ones
            self.payload.pop(kept, None)
        self._take_wishes()
        super().handleEdit(confInfo)

    def _take_wishes(self) -> None:
        """What the form asks for beside settings."""

    def handleRemove(self, confInfo):  # noqa: N802
        (stored,) = self.handler.get(self.callerArgs.id)
        super().handleRemove(confInfo)
        try:
            self._forget(stored.content.get("checkpoint") or "")
        except Trouble as trouble:
            raise RestError(500, f"The input was deleted, what it had remembered was not: {trouble}") from None

    def _begin_again(self) -> None:
        self.payload["generation"] = str(uuid.uuid4())

    def _forget(self, kept_in: str) -> None:
        scheme, name = self.endpoint.input_type, self.callerArgs.id
        splunk = Splunk(get_splunkd_endpoint(), self.getSessionKey())
        folder = Path(splunk.database()) / "modinputs" / scheme
        held = lock(folder, name, _SECONDS_TO_END)
        try:
            kept = checkpoints(kept_in, folder, splunk, scheme, name)
            for part in COLLECTORS[scheme].parts:
                kept(part).delete()
            WrittenHours(folder, name).delete()
        finally:
            held.release()
        forget(folder, name)


class LogInputPage(InputPage):
    """The System Log's. Its wishes are no settings: they are gone from the form once they are saved."""

    def handleCreate(self, confInfo):  # noqa: N802
        self._wishes()  # a new input does begin, and has nothing to collect again
        self._check_start()
        self.payload["collect_again"] = ""
        super().handleCreate(confInfo)
        self._clear_wishes(confInfo)

    def handleEdit(self, confInfo):  # noqa: N802
        super().handleEdit(confInfo)
        self._clear_wishes(confInfo)

    def _take_wishes(self) -> None:
        begin_again, hours = self._wishes()
        self._check_start()
        if begin_again and hours:
            raise RestError(400, "Begin again collects everything from the start date: leave the hours empty with it.")
        if begin_again:
            self._begin_again()
            self.payload["collect_again"] = ""
        elif hours:
            self.payload["collect_again"] = self._request(hours)

    def _wishes(self) -> tuple[bool, str]:
        begin_again, hours = (self.payload.pop(wish, "") or "" for wish in ("begin_again", "hours"))
        return is_true(begin_again or "0"), hours

    def _clear_wishes(self, confInfo) -> None:  # noqa: N803
        """The page merges the answer into what it shows: a wish that is not taken back would be sent again."""
        confInfo[self.callerArgs.id]["begin_again"] = "0"
        confInfo[self.callerArgs.id]["hours"] = ""

    def _check_start(self) -> None:
        start = self.payload.get("start")
        try:
            if start and start_moment(start) > self._now():
                raise Trouble(f"The start date {start} has not come yet: leave it empty to collect from now on.")
        except Trouble as trouble:
            raise RestError(400, str(trouble)) from None

    def _request(self, hours: str) -> str:
        """A request for hours has an id, so that the same hour can be asked for twice."""
        try:
            asked = read_hours(hours, self._now())
        except Trouble as trouble:
            raise RestError(400, str(trouble)) from None
        return f"{uuid.uuid4()} {','.join(map(hour_text, asked))}"

    def _now(self) -> float:
        return Splunk(get_splunkd_endpoint(), self.getSessionKey()).now()
