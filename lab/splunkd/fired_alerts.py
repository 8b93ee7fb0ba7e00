"""Triggered alerts that are tracked: what "Triggered Alerts" in splunkweb shows (savedsearches.conf.spec, alert.track,
alert.severity, alert.expires)."""

from __future__ import annotations

from dataclasses import dataclass

from lab.schedule.dispatch import Job


@dataclass(frozen=True)
class FiredAlert:
    """One triggered alert; `time` and `expires` are epoch seconds."""

    title: str
    app: str
    sid: str
    time: float
    expires: float
    severity: int
    actions: tuple[str, ...]
    digest_mode: bool


class FiredAlerts:
    """Those of an instance, for as long as each is kept."""

    def __init__(self) -> None:
        self._fired: list[FiredAlert] = []

    def note(self, job: Job) -> None:
        """Remember a triggered alert, if its search tracks them."""
        saved = job.saved
        if job.triggered and saved.track:
            expires = job.window.now + saved.expires
            actions = tuple(saved.actions)
            fired = FiredAlert(
                saved.title, saved.app, job.sid, job.window.now, expires, saved.severity, actions, saved.digest_mode
            )
            self._fired.append(fired)

    def at(self, now: float) -> list[FiredAlert]:
        """The newest first; those whose time is over are forgotten."""
        self._fired = [alert for alert in self._fired if now < alert.expires]
        return self._fired[::-1]
