"""A storm: some seeds' brokerages at once, through the same worker processes, one sandbox and one PostgreSQL.

Each brokerage's troubles are drawn from its own seed, what strikes all of them from the storm's, which is its first
seed. When the last step is done everything is mended as people would, and everybody is held to `verdict.py`.
"""

from __future__ import annotations

import os
import random
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from django.db import connections

from chaos import disasters, verdict
from chaos.story import Story, again
from chaos.workers import Workers
from freightbooks.connections.models import Connection
from freightbooks.connections.states import ConnectionState
from freightbooks.mapping.models import PartyLink
from freightbooks.organizations.models import User
from freightbooks.posting.models import Posting, SentBatch
from freightbooks.posting.states import PostingState
from qbo_sandbox.app import Options, Sandbox
from qbo_sandbox.pytest_plugin import RunningSandbox
from qbo_sandbox.server import ThreadedServer

_TICK = 0.04
_LOOK_SECONDS = 0.25
_THREADS = 6
_S = TypeVar("_S")
_R = TypeVar("_R")
_HEAL_SECONDS = 120.0
_PARTIES_SECONDS = 0.5


@dataclass
class Outcome:
    """How a storm ended. `objections` are by seed; those of seed 0 are about all of them together."""

    seeds: list[int]
    objections: dict[int, list[str]]
    told: dict[int, list[str]]
    struck: Counter[str]
    documents: int
    seconds: float

    @property
    def failed(self) -> list[int]:
        """The seeds that did not come out right."""
        return [seed for seed, some in self.objections.items() if some]


@dataclass
class Storm:
    """The troubles of all of them together."""

    seeds: Sequence[int]
    data: Path  # of the embedded PostgreSQL
    workers: Workers
    database_url: str = field(default_factory=lambda: os.environ["DATABASE_URL"])
    kill_when_sent: int = 0
    kill_when_done: int = 0
    told: list[str] = field(default_factory=list)
    _parties_noted_at: float = 0.0
    struck: Counter[str] = field(default_factory=Counter)

    def run(self) -> Outcome:
        """Let it storm, mend everything, and return how everybody came out."""
        begun = time.monotonic()
        self.chance = random.Random(f"{self.seeds[0]} storm")
        self._threads = ThreadPoolExecutor(_THREADS)
        server = ThreadedServer(Sandbox(Options(company="brokerage", seed=self.seeds[0]))).start()
        try:
            self.sandbox = RunningSandbox(**server.sandbox.ready(server.base_url), sandbox=server.sandbox)
            self._watch_the_wire()
            user = User.objects.create(email=f"dana{self.seeds[0]}@freightbooks.example", name="Dana Whitlow")
            self.stories = [Story(seed, self.sandbox, user) for seed in self.seeds]
            self._together(Story.begin, self.stories)
            for story in self.stories:
                story.company.subscribers.append(self._committed)
            ready = time.monotonic()
            self._blow()
            blown = time.monotonic()
            calm = self._heal()
            times = (ready - begun, blown - ready, time.monotonic() - blown)
            self.told.append("{:.1f} s to begin, {:.1f} s of storm, {:.1f} s to mend".format(*times))
            return self._judge(calm, time.monotonic() - begun)
        finally:
            self.workers.kill_all()
            server.stop()
            self._threads.shutdown()
            connections.close_all()

    def _together(self, work: Callable[[_S], _R], some: Sequence[_S]) -> list[_R]:
        """Do something for several at once: they wait for the database most of the time."""
        return list(self._threads.map(work, some))

    # -- the storm ------------------------------------------------------------------------------------------------

    def _blow(self) -> None:
        """Live all stories at once, a moment of each in turn, while disasters strike."""
        living: list[Iterator[None]] = [story.steps() for story in self.stories]
        for number in range(disasters.WORKERS):
            self.workers.start(disasters.draw_point(self.chance) if number else None)
        next_disaster = time.monotonic() + self.chance.uniform(0.2, 1.0)
        while living:
            going_on = self._together(_goes_on, living)
            living = [each for each, goes_on in zip(living, going_on, strict=True) if goes_on]
            self._keep_workers()
            self._note_parties()
            if time.monotonic() > next_disaster:
                self._strike()
                next_disaster = time.monotonic() + self.chance.uniform(0.3, 1.5)
            time.sleep(_TICK)
        self.workers.go_on()

    def _strike(self) -> None:
        disaster = disasters.draw(self.chance)
        self.struck[disaster.name] += 1
        self.told.append(f"{disaster.name}: {again(lambda: disaster.strike(self, self.chance))}")
        if self.chance.random() < 0.5:
            self.workers.go_on()

    def _keep_workers(self, *, mortal: bool = True) -> None:
        """Start new workers for those that died, most of them with a point to die at in turn."""
        self.workers.count_dead()
        while len(self.workers.alive) < disasters.WORKERS:
            point = disasters.draw_point(self.chance) if mortal and self.chance.random() < 0.7 else None
            if point is not None:
                self.struck[f"a worker killed {point[0]}"] += 1
            self.told.append(f"a worker starts{f', and dies {point[0]} ({point[1]})' if point else ''}")
            self.workers.start(point)

    def _watch_the_wire(self) -> None:
        """Let workers be killed when a request of theirs has come in and nothing is done about it yet."""
        admit: Callable[..., Any] = self.sandbox.sandbox.admit

        def watched(request: Any, realm_id: str, *, batch: bool) -> None:
            if batch and self.kill_when_sent:
                self.kill_when_sent -= 1
                if not self.kill_when_sent:
                    self.workers.kill_all()
            admit(request, realm_id, batch=batch)

        self.sandbox.sandbox.admit = watched  # type: ignore[method-assign]

    def _committed(self, company: Any, changes: Any) -> None:
        if self.kill_when_done:
            self.kill_when_done -= 1
            if not self.kill_when_done:
                self.workers.kill_all()

    # -- afterwards -----------------------------------------------------------------------------------------------

    def _heal(self) -> bool:
        """Undo and mend what people would; return whether everything came to rest."""
        self.kill_when_sent = self.kill_when_done = 0
        self.sandbox.sandbox.troubles.clear()
        self.sandbox.sandbox.troubles.release()
        self.workers.kill_all()
        connections.close_all()
        for _ in range(disasters.WORKERS):
            self.workers.start()
        for story in self.stories:
            again(story.end_faults)
        until = time.monotonic() + _HEAL_SECONDS
        left = list(self.stories)
        while left and time.monotonic() < until:
            self._keep_workers(mortal=False)
            moving, stopped = self._moving()
            self._note_parties()
            for_people = [story for story in left if story.connection_id not in moving - stopped]
            acted = self._together(_mend, for_people)
            for story, did in zip(for_people, acted, strict=True):
                if not did and story.connection_id not in moving:
                    left.remove(story)
            time.sleep(_LOOK_SECONDS)
        while time.monotonic() < until and (verdict.stuck_jobs() or self._moving()[0]):
            time.sleep(_LOOK_SECONDS)
        self._parties_noted_at = 0.0
        self._note_parties()
        return not (left or self._moving()[0] or verdict.stuck_jobs())

    def _note_parties(self) -> None:
        """Remember which record each party is or was, while bookkeepers merge them away."""
        if time.monotonic() < self._parties_noted_at + _PARTIES_SECONDS:
            return
        self._parties_noted_at = time.monotonic()
        by_connection = {story.connection_id: story for story in self.stories}
        links = PartyLink.objects.filter(connection_id__in=by_connection).exclude(qbo_id="", candidate_id="")
        values = links.values_list("connection_id", "party_id", "entity", "qbo_id", "candidate_id", "display_name")
        for connection_id, party_id, entity, qbo_id, candidate_id, name in again(lambda: list(values)):
            seen = by_connection[connection_id].parties_seen.setdefault((party_id, entity), set())
            if qbo_id or name:  # a candidate with a name is what it was, until it was merged away or made inactive
                seen.add(qbo_id or candidate_id)

    def _moving(self) -> tuple[set[int], set[int]]:
        """Return the connections on which something is under way, and those that wait for a person."""
        states = (PostingState.DUE, PostingState.SENDING, PostingState.UNCERTAIN)
        ids = [story.connection_id for story in self.stories]
        postings = Posting.objects.filter(connection_id__in=ids, state__in=states)
        batches = SentBatch.objects.filter(connection_id__in=ids, settled_at=None)
        stopped = Connection.objects.filter(pk__in=ids).exclude(state=ConnectionState.CONNECTED)
        moving = {*postings.values_list("connection_id", flat=True), *batches.values_list("connection_id", flat=True)}
        return moving, set(stopped.values_list("pk", flat=True))

    def _judge(self, calm: bool, seconds: float) -> Outcome:
        objections = {story.seed: verdict.objections(story) for story in self.stories}
        objections[0] = [] if calm else ["not everything came to rest", *verdict.stuck_jobs()]
        for story in self.stories:
            self.struck.update(story.struck)
        documents = sum(len(story.month.documents) for story in self.stories)
        told = {story.seed: story.told for story in self.stories} | {0: self.told}
        return Outcome(list(self.seeds), objections, told, self.struck, documents, seconds)


def _goes_on(story: Iterator[None]) -> bool:
    try:
        next(story)
    except StopIteration:
        return False
    return True


def _mend(story: Story) -> bool:
    return again(story.mend)
