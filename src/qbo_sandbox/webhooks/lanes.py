"""What an endpoint has yet to be sent, and which of it is to go when. Decides only; nothing is sent here.

One lane carries the notifications of one endpoint in one form, one at a time.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from qbo_sandbox.webhooks.endpoints import Endpoint
from qbo_sandbox.webhooks.events import Event, Form
from qbo_sandbox.webhooks.mischief import Mischief, Trick
from qbo_sandbox.webhooks.quirks import WebhookQuirks

# [DOC] How long after each failed try the next one goes out; then every six hours.
LADDER = (10, 20, 30, 5 * 60, 20 * 60, 2 * 3600, 4 * 3600, 6 * 3600)
MOST_EVENTS = 1000  # in one notification; Intuit sets no limit, servers do
_HELD_BACK = timedelta(seconds=10)  # how long a lone event waits to be overtaken


@dataclass
class Post:
    """One notification on its way."""

    events: tuple[Event, ...]
    made: datetime
    due: datetime
    tries: int = 0
    is_copy: bool = False  # a duplicate, which nobody sends again when it fails

    @property
    def numbers(self) -> list[int]:
        """The numbers of its events."""
        return [event.number for event in self.events]


@dataclass
class Lane:
    """The events still to be put into notifications, and the notifications still to be delivered."""

    endpoint: Endpoint
    form: Form
    waiting: dict[int, Event] = field(default_factory=dict)
    posts: list[Post] = field(default_factory=list)
    busy: bool = False

    @property
    def key(self) -> str:
        """What a journal calls it."""
        return f"{self.endpoint.id}/{self.form}"

    @property
    def is_empty(self) -> bool:
        """Whether everything has been delivered."""
        return not self.waiting and not self.posts and not self.busy

    def gathered_at(self) -> datetime | None:
        """Return when the waiting events are to go, or None."""
        first = next(iter(self.waiting.values()), None)
        if first is None:
            return None
        return datetime.fromisoformat(first.at) + timedelta(seconds=self.endpoint.aggregate_seconds)

    def next_due(self, quirks: WebhookQuirks) -> datetime | None:
        """Return when something is to be done here next, or None."""
        unanswered = self._unanswered(quirks)
        if unanswered is not None:
            return unanswered.due
        times = [post.due for post in self.posts]
        gathered = self.gathered_at()
        return min([*times, gathered] if gathered else times, default=None)

    def due_post(self, now: datetime, quirks: WebhookQuirks) -> Post | None:
        """Return the notification to send now, or None."""
        unanswered = self._unanswered(quirks)
        candidates = [unanswered] if unanswered is not None else self.posts
        return min((post for post in candidates if post.due <= now), key=lambda post: post.due, default=None)

    def gather(self, now: datetime, quirks: WebhookQuirks, mischief: Mischief) -> list[Post]:
        """Put waiting events that are due into notifications; return those that are lost on purpose."""
        due = self.gathered_at()
        if due is None or due > now or self._unanswered(quirks) is not None:
            return []
        events = list(self.waiting.values())[:MOST_EVENTS]
        if self.form is Form.LEGACY and quirks.legacy_post_holds_one_company:
            events = [event for event in events if event.realm_id == events[0].realm_id]
        for event in events:
            del self.waiting[event.number]
        lost: list[Post] = []
        for post in self._made_of(events, now, mischief):
            delay = mischief.plays(Trick.DELAY, self.endpoint.id)
            if delay is not None:
                post.due += timedelta(seconds=delay.seconds)
            dropped = mischief.plays(Trick.DROP, self.endpoint.id)
            (lost if dropped else self.posts).append(post)
        return lost

    def put_off(self, post: Post, now: datetime) -> None:
        """Set the next try of a notification that failed."""
        post.tries += 1
        post.due = now + timedelta(seconds=LADDER[min(post.tries, len(LADDER)) - 1])

    def _made_of(self, events: list[Event], now: datetime, mischief: Mischief) -> list[Post]:
        if mischief.plays(Trick.DISORDER, self.endpoint.id) is None:
            return [Post(tuple(events), now, now)]
        if len(events) == 1:
            return [Post(tuple(events), now, now + _HELD_BACK)]
        shuffled = list(events)
        while shuffled == events:
            mischief.chance().shuffle(shuffled)
        return [Post((event,), now, now) for event in shuffled]

    def _unanswered(self, quirks: WebhookQuirks) -> Post | None:
        """Return the notification all later ones wait for, or None."""
        if not quirks.later_events_wait:
            return None
        return next((post for post in self.posts if post.tries), None)
