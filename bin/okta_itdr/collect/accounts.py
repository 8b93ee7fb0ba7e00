"""Every account of a tenant, then whatever changes: a few fields of each, for the accounts lookup.

Users come in the order of their last change, so that the place is one time, however many they are. A search gives
at most 50,000 users: long before that it is asked anew from the place.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Optional

from okta_itdr.collect.checkpoint import Checkpoint, CheckpointError
from okta_itdr.collect.moments import epoch, iso
from okta_itdr.collect.object_page import Object, reader
from okta_itdr.collect.output import compact
from okta_itdr.okta.errors import CursorRefused

if TYPE_CHECKING:
    from okta_itdr.collect.run import Run

ACCOUNTS = "accounts"  # the part of the checkpoint
SOURCETYPE = "okta_itdr:inventory:account"
PATH = "/api/v1/users"
PAGES = 200  # of one search, of 200 users each
OVERLAP_SECONDS = 15 * 60  # read again by each run: what a search shows lags behind what was changed
FIELDS = {
    "collected": "Okta's time of the answer; also the time of the event",
    "tenant": "the tenant's host, as of the log's events",
    "id": "Okta's id of the user",
    "login": "the user name",
    "name": "the display name, else first and last name",
    "status": "Okta's word",
    "type": "the id of the user type",
    "created": "when",
    "changed": "Okta's lastUpdated",
}
_BEGINNING = "1970-01-01T00:00:00.000Z"


class Accounts:
    """The accounts of one input."""

    def __init__(self, run: Run, checkpoint: Checkpoint) -> None:
        """Raises CheckpointError."""
        self._run = run
        self._checkpoint = checkpoint
        self._read = reader(run.client.origin)
        self._since = self._place()

    def collect(self) -> bool:
        """Write what has changed since the last time; False when asked to stop before."""
        changed = epoch(self._since) or 0.0
        since = iso(max(changed - OVERLAP_SECONDS, 0.0))
        while since:
            try:
                since = self._search(since)
            except CursorRefused:
                since = self._since
            if since is None:
                return False
        return True

    def _search(self, since: str) -> Optional[str]:
        """Read users changed at `since` or later; from where to search anew, empty when there are no more."""
        link: Optional[str] = self._run.client.url(
            PATH, search=f'lastUpdated ge "{since}"', sortBy="lastUpdated", sortOrder="asc", limit=200
        )
        pages = 0
        while link:
            page = self._run.fetch(link, self._read)
            if page is None or self._run.stop.requested:
                return None
            self._write(page.objects)
            pages += 1
            link = page.next
            if link and pages >= PAGES and self._since > since:
                return self._since
        return ""

    def _write(self, users: list[Object]) -> None:
        now = self._run.now()
        texts = [(_text(each, iso(now), self._run.client.host), now) for each in users]
        changes = [str(each.get("lastUpdated") or "") for each in users]
        self._since = max([self._since, *(change for change in changes if epoch(change) is not None)])
        self._run.delivery.objects(SOURCETYPE, texts, self._save)
        self._run.health.count(pages=1, events=len(texts))

    def _place(self) -> str:
        record = self._checkpoint.load()
        if record is None or record.get("generation") != self._run.generation:
            return _BEGINNING
        if epoch(record.get("since")) is None:
            raise CheckpointError(
                "The checkpoint of the accounts cannot be used: create the input anew, or restore it. Collection stops "
                "until then."
            )
        return record["since"]

    def _save(self) -> None:
        self._checkpoint.save({"since": self._since, "generation": self._run.generation})


def _text(user: Object, collected: str, tenant: str) -> str:
    profile = user.get("profile")
    profile = profile if isinstance(profile, dict) else {}
    kind = user.get("type")
    whole_name = " ".join(str(profile[part]) for part in ("firstName", "lastName") if profile.get(part))
    told = {
        "collected": collected,
        "tenant": tenant,
        "id": user.get("id"),
        "login": profile.get("login"),
        "name": profile.get("displayName") or whole_name or None,
        "status": user.get("status"),
        "type": kind.get("id") if isinstance(kind, dict) else None,
        "created": user.get("created"),
        "changed": user.get("lastUpdated"),
    }
    assert told.keys() == FIELDS.keys()
    return compact({name: value for name, value in told.items() if value is not None})
