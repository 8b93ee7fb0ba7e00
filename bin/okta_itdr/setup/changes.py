"""Changing settings so that they can be put back: what was there before is remembered before it is changed.

One document a changed object lies in the KV store, with its settings before and after. Undo puts back, last change
first, what still is as set-up left it. What somebody has changed since is theirs: it is left alone, and named.
"""

from __future__ import annotations

import hashlib
import json
from typing import Callable, Dict, List, Mapping, NamedTuple, Optional, Protocol, Sequence

from okta_itdr.trouble import Trouble

COLLECTION = "okta_itdr_setup_changes"
SEARCH, MACRO = "search", "macro"

CHANGED, WOULD_CHANGE, ALREADY = "changed", "would change", "already so"
LEFT_ALONE, FAILED, NOT_REACHED = "left alone", "failed", "not reached"

_SWITCHES = {
    ("disabled", "0"): "on",
    ("disabled", "1"): "off",
    ("is_scheduled", "1"): "with its schedule",
    ("is_scheduled", "0"): "without its schedule",
}


class Target(NamedTuple):
    """An object and the settings that it shall have; kind: SEARCH or MACRO."""

    kind: str
    name: str
    settings: Dict[str, str]


class Step(NamedTuple):
    """What became of one target; `says`: a sentence, where there is something to say."""

    kind: str
    name: str
    did: str
    says: str = ""


class Done(NamedTuple):
    steps: List[Step]
    complete: bool
    message: str


class Documents(Protocol):
    """A collection of the KV store (`okta_itdr.splunk.collection`)."""

    def documents(self) -> Sequence[dict]: ...

    def get(self, key: str) -> Optional[dict]: ...

    def save(self, documents: Sequence[dict]) -> None: ...

    def delete(self, key: str) -> None: ...


class Objects(Protocol):
    """Saved searches and macros (`okta_itdr.splunk.administration`)."""

    def settings_of_search(self, name: str, keys: List[str]) -> Dict[str, str]: ...

    def change_search(self, name: str, settings: Mapping[str, str]) -> None: ...

    def macro(self, name: str) -> str: ...

    def change_macro(self, name: str, definition: str) -> None: ...


class Changes:
    """Changes `objects` and remembers in `memory`; `now`: epoch seconds, `user`: who asks."""

    def __init__(self, objects: Objects, memory: Documents, now: float, user: str) -> None:
        self._objects = objects
        self._memory = memory
        self._now = now
        self._user = user

    def remembered(self) -> List[dict]:
        """What can be undone, the last change first."""
        return sorted(self._memory.documents(), key=lambda document: (-document["changed"], -document["place"]))

    def apply(self, targets: Sequence[Target], dry_run: bool = False) -> Done:
        """Bring each target to its settings, in order; stop at the first that cannot be."""

        def one(place: int, target: Target) -> Step:
            current = self._current(target.kind, target.name, list(target.settings))
            if current == target.settings:
                return Step(target.kind, target.name, ALREADY)
            says = _difference(target.kind, current, target.settings)
            if dry_run:
                return Step(target.kind, target.name, WOULD_CHANGE, says)
            self._remember(target, current, place)
            self._change(target.kind, target.name, target.settings)
            return Step(target.kind, target.name, CHANGED, says)

        steps = _each(targets, lambda target: (target.kind, target.name), one)
        return Done(steps, *_summary(steps, dry_run, "Run it again when that is mended: what is done stays done."))

    def undo(self, dry_run: bool = False) -> Done:
        """Put back what was there before."""
        steps = _each(
            self.remembered(),
            lambda document: (document["kind"], document["name"]),
            lambda _, document: self._undo(document, dry_run),
        )
        return Done(steps, *_summary(steps, dry_run, "Undo again when that is mended: the rest is still remembered."))

    def _undo(self, document: dict, dry_run: bool) -> Step:
        kind, name = document["kind"], document["name"]
        before, after = json.loads(document["before"]), json.loads(document["after"])
        current = self._current(kind, name, list(after))
        back = {key: before[key] for key in after if current[key] == after[key] != before[key]}
        others = {key for key in after if current[key] not in (after[key], before[key])}
        if others:
            step = Step(kind, name, LEFT_ALONE, _others(kind, current))
        elif not back:
            step = Step(kind, name, ALREADY)
        else:
            says = _difference(kind, current, back)
            step = Step(kind, name, WOULD_CHANGE if dry_run else CHANGED, says)
        if not dry_run:
            if back and step.did == CHANGED:
                self._change(kind, name, back)
            self._memory.delete(document["_key"])
        return step

    def _remember(self, target: Target, current: Dict[str, str], place: int) -> None:
        """Before is what was there before the first of our changes that nobody has changed since."""
        key = hashlib.sha256(f"{target.kind}|{target.name}".encode()).hexdigest()
        known = self._memory.get(key)
        before, after = dict(current), dict(target.settings)
        if known is not None:
            old_before, old_after = json.loads(known["before"]), json.loads(known["after"])
            untouched = self._current(target.kind, target.name, list(old_after))
            for setting, value in old_after.items():
                ours = untouched[setting] == value
                before[setting] = old_before[setting] if ours else untouched[setting]
                after.setdefault(setting, value)
        document = {"kind": target.kind, "name": target.name, "before": json.dumps(before), "after": json.dumps(after)}
        self._memory.save([{"_key": key, **document, "changed": self._now, "place": place, "by": self._user}])

    def _current(self, kind: str, name: str, settings: List[str]) -> Dict[str, str]:
        if kind == MACRO:
            return {"definition": self._objects.macro(name)}
        return self._objects.settings_of_search(name, settings)

    def _change(self, kind: str, name: str, settings: Mapping[str, str]) -> None:
        if kind == MACRO:
            self._objects.change_macro(name, settings["definition"])
        else:
            self._objects.change_search(name, settings)


def _each(things: Sequence, named: Callable, one: Callable[[int, object], Step]) -> List[Step]:
    """`one` for each, until one fails; those after it are not reached."""
    steps: List[Step] = []
    failed = False
    for place, thing in enumerate(things):
        kind, name = named(thing)
        if failed:
            steps.append(Step(kind, name, NOT_REACHED))
            continue
        try:
            steps.append(one(place, thing))
        except Trouble as trouble:
            failed = True
            steps.append(Step(kind, name, FAILED, str(trouble)))
    return steps


def _summary(steps: Sequence[Step], dry_run: bool, remedy: str) -> tuple:
    """(whether all was done, what is said of it)"""
    count = {did: sum(step.did == did for step in steps) for did in (CHANGED, WOULD_CHANGE, LEFT_ALONE, NOT_REACHED)}
    parts = [f"{count[WOULD_CHANGE]} would be changed" if dry_run else f"{count[CHANGED]} changed"]
    parts.append(f"{sum(step.did == ALREADY for step in steps)} already so")
    if count[LEFT_ALONE]:
        parts.append(f"{count[LEFT_ALONE]} left alone, because somebody changed them since")
    failed = next((step for step in steps if step.did == FAILED), None)
    if failed is None:
        return True, f"{'Nothing is changed yet' if dry_run else 'Done'}: {', '.join(parts)}."
    left = f", {count[NOT_REACHED]} not reached" if count[NOT_REACHED] else ""
    return False, f"Stopped at {failed.name}: {failed.says} Before that: {', '.join(parts)}{left}. {remedy}"


def _difference(kind: str, current: Mapping[str, str], settings: Mapping[str, str]) -> str:
    if kind == MACRO:
        return f"{current['definition']} becomes {settings['definition']}"
    return ", ".join(_words(key, value) for key, value in settings.items() if current[key] != value)


def _others(kind: str, current: Mapping[str, str]) -> str:
    now = current["definition"] if kind == MACRO else ", ".join(_words(key, value) for key, value in current.items())
    return f"changed since by somebody else, it is now: {now}"


def _words(switch: str, value: str) -> str:
    return _SWITCHES.get((switch, value)) or f"{switch} {'on' if value == '1' else 'off'}"
