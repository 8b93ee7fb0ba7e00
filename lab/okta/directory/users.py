"""Users and their factors (facts/okta-api 3)."""

from __future__ import annotations

from typing import Any, List, Sequence, Tuple

from lab.okta.directory import pages, search
from lab.okta.directory.call import Call, Json, invalid
from lab.okta.directory.pages import Cursor, Key

MOST = 200


class Sorted:
    """The users by an attribute, sorted anew only when a user or a value is another: sorting 50,000 for each of
    250 pages would take longer than all the rest."""

    def __init__(self) -> None:
        self._seen: Tuple[str, bool, Sequence[Any], Sequence[Json]] = ("", False, (), ())
        self._users: List[Json] = []

    def by(self, users: dict, attribute: str, descending: bool) -> List[Json]:
        now = (attribute, descending, [user[attribute] for user in users.values()], list(users.values()))
        if now != self._seen:
            self._seen = now
            # Okta orders by id those of the same value.
            self._users = sorted(
                users.values(), key=lambda user: (user[attribute] or "", user["id"]), reverse=descending
            )
        return self._users


class Users:
    def __init__(self) -> None:
        self._sorted = Sorted()

    def listed(self, call: Call) -> List[Json]:
        """Without `search` whoever is not DEPROVISIONED; with it everyone it finds, up to the cap."""
        limit = pages.limit(call, MOST, MOST)
        text = call.query.get("search")
        if text is None:
            if "sortBy" in call.query or "sortOrder" in call.query:
                raise invalid("sortBy")  # orders searches only
            users = self._sorted.by(call.directory.users, "id", False)
            shown = pages.matching(users, Cursor.of(call), limit, pages.by_id, _is_kept)
            pages.link(call, shown.after)
            return shown.items
        return self._search(call, text, limit)

    def _search(self, call: Call, text: str, limit: int) -> List[Json]:
        attribute, order = call.query.get("sortBy", "id"), call.query.get("sortOrder", "asc").lower()
        if attribute not in search.TIMES | {"id", "status"}:
            raise invalid("sortBy")
        if order not in ("asc", "desc"):
            raise invalid("sortOrder")
        matches = search.predicate(text, search.USER)
        descending = order == "desc"
        users = self._sorted.by(call.directory.users, attribute, descending)

        def key(user: Json) -> Key:
            return (user[attribute] or "", user["id"])

        cursor = Cursor.of(call)
        left = max(0, call.directory.search_cap - cursor.given)
        page = pages.matching(users, cursor, min(limit, left), key, matches, descending=descending, last=left <= limit)
        pages.link(call, page.after)
        return page.items

    def one(self, call: Call) -> Json:
        """By id or login, as Okta takes either."""
        users = call.directory.users
        wanted = call.ids[0]
        if wanted not in users:
            found = (user for user in users.values() if user["profile"]["login"] == wanted)
            return next(found, None) or call.found(users, "User")
        return users[wanted]

    def factors(self, call: Call) -> List[Json]:
        call.found(call.directory.users, "User")
        return call.directory.factors.get(call.ids[0], [])


def _is_kept(user: Json) -> bool:
    return user["status"] != "DEPROVISIONED"
