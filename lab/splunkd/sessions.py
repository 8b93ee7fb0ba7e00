"""Session keys: who is asking. Each started process gets a key of its own, gone when it ends."""

from __future__ import annotations

import secrets
import threading

SYSTEM_USER = "splunk-system-user"  # as whom splunkd starts inputs and alert actions


class Sessions:
    """Valid session keys and their users; keys are unguessable and never derived from the lab's seed."""

    def __init__(self) -> None:
        self._users: dict[str, str] = {}
        self._lock = threading.Lock()

    def open(self, user: str = SYSTEM_USER) -> str:
        key = secrets.token_urlsafe(48)
        with self._lock:
            self._users[key] = user
        return key

    def close(self, key: str) -> None:
        with self._lock:
            self._users.pop(key, None)

    def close_all(self) -> None:
        """Log everybody out but the system's own user, as whom processes run."""
        with self._lock:
            self._users = {key: user for key, user in self._users.items() if user == SYSTEM_USER}

    def user(self, key: str) -> str | None:
        """The user of a valid key, else None."""
        with self._lock:
            return self._users.get(key)
