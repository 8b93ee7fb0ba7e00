"""A snapshot of a tenant's inventory: every object as Okta gives it, one closing event when all of it is there.

Its record is a stack of what is still to be asked, kept after each answer: killed or stopped, the next run goes on
with the same snapshot, and at most one answer's objects come twice (`snapshot_id` and `id` tell them apart). What
Okta refuses is named in the closing event, and the rest is collected.
"""

from __future__ import annotations

import json
import uuid
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Dict, List, Optional, Set

from okta_itdr.collect.checkpoint import Checkpoint, CheckpointError, Record
from okta_itdr.collect.inventory_requests import FIRST, REQUESTS, Ask, Request
from okta_itdr.collect.moments import epoch, iso
from okta_itdr.collect.object_page import Object, ObjectPage, reader
from okta_itdr.collect.output import compact
from okta_itdr.okta.errors import CursorRefused, NotPermitted, NotThere, OktaTrouble, RequestRefused, ScopeRefused
from okta_itdr.trouble import Trouble

if TYPE_CHECKING:
    from okta_itdr.collect.run import Run

SNAPSHOT = "snapshot"  # the part of the checkpoint; also the kind of the closing event
SOURCETYPE = "okta_itdr:inventory:"  # and the kind
OLDEST_SECONDS = 24 * 3600  # then a snapshot that was begun is given up: its first objects may be others by now
ENOUGH_REFUSALS = 3  # of one kind of request, none of which succeeded
RESTS = (60, 120, 240, 480, 900)  # seconds, after trouble that may pass; then the next run goes on

FIELDS = {
    "collected": "Okta's time of the last answer; also the time of the event",
    "snapshot_id": "the snapshot that is now whole",
    "tenant": "the tenant's host, as of the log's events",
    "account": "the account of the input",
    "input": "the input's name",
    "started": "Okta's time of the first answer",
    "pipeline": "idx (Identity Engine), or v1 (Classic: no access policies, authenticators and session protection)",
    "requests": "how many requests it took",
    "runs": "how many runs of the input it took",
    "counts": "how many objects there are of each kind",
    "by_group_alone": "administrators whom Okta's list of them leaves out: members of groups with roles",
    "gone": "requests in vain because what they were about was deleted meanwhile",
    "complete": "whether nothing was refused",
    "missing": "what was refused: the request, how often, why, and what to do",
}


@dataclass
class _State:
    """The record. `stack`: [request, argument, link], the next one last. `users`: ids already asked about."""

    id: str
    generation: str
    stack: List[List[str]]
    started: str = ""
    pipeline: str = ""
    users: List[str] = field(default_factory=list)
    counts: Dict[str, int] = field(default_factory=dict)
    missing: Dict[str, Dict[str, object]] = field(default_factory=dict)  # by the request's name: objects, why
    answered: List[str] = field(default_factory=list)  # requests that have succeeded
    by_group_alone: int = 0
    gone: int = 0
    requests: int = 0
    runs: int = 0
    closed: bool = False

    def record(self) -> Record:
        return {name: value if isinstance(value, str) else json.dumps(value) for name, value in asdict(self).items()}

    @classmethod
    def read(cls, record: Record) -> _State:
        """Raises ValueError or TypeError when it is none."""
        texts = ("id", "generation", "started", "pipeline")
        return cls(**{name: value if name in texts else json.loads(value) for name, value in record.items()})


class Snapshot:
    """The snapshot of one input that is under way, or a new one. `everyone`: ask for the factors of all users."""

    def __init__(self, run: Run, checkpoint: Checkpoint, everyone: bool) -> None:
        """Raises CheckpointError."""
        self._run = run
        self._checkpoint = checkpoint
        self._everyone = everyone
        self._state = self._begun() or self._new()
        self._users: Set[str] = set()
        self._troubles = 0

    def collect(self) -> bool:
        """Go on until the snapshot is closed; False when asked to stop before."""
        self._run.health.state(snapshot="running")
        # Also shows that the credentials work at all, before the rest could be taken for missing rights.
        now = self._run.ask_the_time(self._run.client.url(REQUESTS["organization"].path))
        if now is None:
            return False
        self._resume(now)
        while self._state.stack:
            name, argument, link = self._state.stack[-1]
            request = REQUESTS[name]
            if self._is_refused(name) or self._state.pipeline and self._state.pipeline not in request.pipelines:
                self._state.stack.pop()
                continue
            if self._run.stop.requested:
                return False
            try:
                page = self._ask(request, argument, link)
                if page is None:
                    return False
                self._troubles = 0
                self._take(name, page)
            except CursorRefused as refused:
                self._from_its_beginning(refused)
            except (NotPermitted, NotThere, RequestRefused) as refused:
                self._miss(refused)
            except Trouble as trouble:
                if not self._rest(trouble):
                    return False
        self._close()
        return True

    def _ask(self, request: Request, argument: str, link: str) -> Optional[ObjectPage]:
        client = self._run.client
        url = link or client.url(request.path.format(argument), **request.query)
        page = self._run.fetch(url, reader(client.origin, request.inside, request.single))
        if page is not None:
            self._state.requests += 1
        return page

    def _take(self, name: str, page: ObjectPage) -> None:
        """Write an answer's objects, and put what follows from them on the stack."""
        request, (_, argument, link) = REQUESTS[name], self._state.stack.pop()
        if page.next and page.next != link:
            self._state.stack.append([name, argument, page.next])
        wanted = [each for each in page.objects if request.wanted(each)]
        for ask in [ask for each in wanted for ask in self._following(request, each)][::-1]:
            self._state.stack.append([*ask, ""])
        if name not in self._state.answered:
            self._state.answered.append(name)
        if name == "organization":
            self._state.pipeline = str(page.objects[0].get("pipeline") or "")
        if name == "administrator_by_group":
            self._state.by_group_alone += len(wanted)
        if request.kind:
            counts = self._state.counts
            counts[request.kind] = counts.get(request.kind, 0) + len(wanted)
        now = self._run.now()
        texts = [(self._text(request, argument, each, now), now) for each in wanted] if request.kind else []
        self._run.delivery.objects(SOURCETYPE + request.kind, texts, self._save)
        self._run.health.count(pages=1, events=len(texts))

    def _following(self, request: Request, each: Object) -> List[Ask]:
        user = str(each.get("id") or "")
        if user in self._users:
            return []
        asks = list(request.then(each))
        if request.administrators:
            self._users.add(user)
            self._state.users.append(user)
        return asks

    def _text(self, request: Request, argument: str, each: Object, now: float) -> str:
        what = each.get("id") or each.get("label") or request.about.get("setting")
        ours = {
            "collected": iso(now),
            "snapshot_id": self._state.id,
            "tenant": self._run.client.host,
            "inventory_key": f"{argument}/{what}" if request.owner else str(what),
        }
        if request.owner:
            ours[request.owner] = argument
        return compact({**ours, **request.about, **each, **ours})  # ours stand first, and no key of Okta's hides them

    # What does not work

    def _is_refused(self, name: str) -> bool:
        missing = self._state.missing.get(name)
        if missing is None or name in self._state.answered:
            return False
        return bool(missing["wide"]) or missing["objects"] >= ENOUGH_REFUSALS

    def _from_its_beginning(self, refused: CursorRefused) -> None:
        """Okta no longer knows the place in a list: read it once more, and if that helps not, do without."""
        name, argument, link = self._state.stack[-1]
        if name in self._state.missing:
            self._miss(refused)
            return
        self._state.missing[name] = {"objects": 0, "why": str(refused), "wide": False}
        self._state.stack[-1] = [name, argument, ""]

    def _miss(self, refused: OktaTrouble) -> None:
        """Note what Okta refuses, and go on with the rest."""
        name, argument, _ = self._state.stack.pop()
        if isinstance(refused, NotThere) and argument:
            self._state.gone += 1
            self._run.log.info("Gone while the snapshot was taken: %s", refused)
            self._save()
            return
        request = REQUESTS[name]
        why = str(refused)
        if isinstance(refused, NotThere):
            why = f"{self._run.client.host} has nothing at {request.path}: the tenant may not have that feature."
        elif isinstance(refused, NotPermitted) and not isinstance(refused, ScopeRefused) and request.needs:
            why = f"{why} {request.needs}."
        missing = self._state.missing.setdefault(name, {"objects": 0, "why": why, "wide": False})
        missing["objects"] += 1
        missing["wide"] = isinstance(refused, ScopeRefused)
        if missing["objects"] == 1:
            self._run.log.warning("The inventory goes without %s: %s", name, why)
        self._save()

    def _rest(self, trouble: Trouble) -> bool:
        """Wait for trouble to pass, once it has outlasted a fetch's own patience; False when asked to stop."""
        if not trouble.transient or self._troubles == len(RESTS):
            raise trouble
        self._run.health.trouble(trouble)
        rest = RESTS[self._troubles]
        self._troubles += 1
        self._run.log.warning("The inventory waits %d seconds: %s", rest, trouble)
        return self._run.stop.sleep(rest)

    # The record

    def _begun(self) -> Optional[_State]:
        """The snapshot under way, if there is one that is worth going on with."""
        record = self._checkpoint.load()
        if record is None:
            return None
        try:
            state = _State.read(record)
            if not {ask[0] for ask in state.stack} <= REQUESTS.keys():
                raise ValueError(state.stack)
        except (KeyError, TypeError, ValueError, IndexError) as error:
            raise CheckpointError(
                f"The checkpoint of the inventory cannot be used ({error}): create the input anew, or restore it. "
                "Collection stops until then."
            ) from None
        return None if state.closed or state.generation != self._run.generation else state

    def _resume(self, now: float) -> None:
        """Begin, or go on; `now` is Okta's: what splunkd believes must not make a snapshot look old."""
        begun = self._state.started
        if begun and not now - OLDEST_SECONDS <= (epoch(begun) or 0.0) <= now + OLDEST_SECONDS:
            self._run.log.warning(
                "The snapshot that began at %s was not finished within a day and is given up: a new one begins.", begun
            )
            self._state = self._new()
        elif begun:
            self._run.log.info("Going on with the snapshot that began at %s.", begun)
        self._state.started = self._state.started or iso(now)
        self._state.runs += 1
        self._users = set(self._state.users)
        self._save()

    def _new(self) -> _State:
        first = [*FIRST, *(["everyone"] if self._everyone else [])]
        return _State(str(uuid.uuid4()), self._run.generation, [[name, "", ""] for name in reversed(first)])

    def _close(self) -> None:
        state, now = self._state, self._run.now()
        missing = [
            {"request": name, "objects": found["objects"], "why": found["why"]}
            for name, found in state.missing.items()
            if found["objects"]
        ]
        told = {
            "collected": iso(now),
            "snapshot_id": state.id,
            **self._run.health.about,
            "started": state.started,
            "pipeline": state.pipeline,
            "requests": state.requests,
            "runs": state.runs,
            "counts": dict(sorted(state.counts.items())),
            "by_group_alone": state.by_group_alone,
            "gone": state.gone,
            "complete": not missing,
            "missing": missing,
        }
        assert told.keys() == FIELDS.keys()
        state.closed = True
        self._run.delivery.objects(SOURCETYPE + SNAPSHOT, [(compact(told), now)], self._save)
        self._run.health.state(snapshot="partial" if missing else "complete")
        self._run.log.info(
            "The snapshot is whole: %d objects by %d requests%s.",
            sum(state.counts.values()),
            state.requests,
            f", without {', '.join(found['request'] for found in missing)}" if missing else "",
        )

    def _save(self) -> None:
        self._checkpoint.save(self._state.record())
