"""The webhooks of a sandbox: who is told of what, what is still to be delivered, and what became of it.

A company tells its commits here, and waits for nothing. What is queued and what was tried is journalled, so that
undelivered events outlive a restart; an event may then come twice, never not at all.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from random import Random
from typing import Any

from qbo_sandbox.books.changes import Change
from qbo_sandbox.books.company import Company
from qbo_sandbox.webhooks.couriers import Couriers
from qbo_sandbox.webhooks.endpoints import FORMS, Endpoint, endpoint_of
from qbo_sandbox.webhooks.events import Event, Form
from qbo_sandbox.webhooks.lanes import Lane, Post
from qbo_sandbox.webhooks.matrix import Chosen, notified_name
from qbo_sandbox.webhooks.mischief import Mischief
from qbo_sandbox.webhooks.postman import hold_address
from qbo_sandbox.webhooks.quirks import WebhookQuirks

_REMEMBERED = 1000


class Webhooks:
    """Endpoints and their lanes. `record` gets one plain dict for each change of them."""

    def __init__(
        self,
        *,
        clock: Callable[[], datetime],
        record: Callable[[dict[str, Any]], None],
        chance: Callable[[], Random],
        token_of: Callable[[str], str],
        is_connected: Callable[[str, str], bool],
        anywhere: bool = False,
    ) -> None:
        self.clock = clock
        self.token_of = token_of
        self.anywhere = anywhere
        self.quirks = WebhookQuirks()
        self.mischief = Mischief(chance)
        self.endpoints: dict[str, Endpoint] = {}
        self.lanes: dict[str, Lane] = {}
        self.deliveries: deque[dict[str, Any]] = deque(maxlen=_REMEMBERED)
        self.paused = False
        self.changed = threading.Condition()
        self._is_connected = is_connected
        self._record = record
        self._last_event = 0
        self._last_endpoint = 0
        self._couriers = Couriers(self)

    # -- endpoints ------------------------------------------------------------------------------------------------

    def register(
        self,
        client_id: str,
        url: str,
        *,
        form: str = "legacy",
        chosen: Chosen,
        aggregate_seconds: float = 0.0,
        verifier_token: str = "",
    ) -> Endpoint:
        """Have an app's notifications sent to an address; one already there is changed. Raises BadAddress."""
        hold_address(url, anywhere=self.anywhere)
        with self.changed:
            before = next(
                (each for each in self.endpoints.values() if (each.client_id, each.url) == (client_id, url)), None
            )
            number = before.id if before else str(self._last_endpoint + 1)
            endpoint = Endpoint(number, client_id, url, form, chosen, aggregate_seconds, verifier_token)
            if endpoint != before:
                self._hold(endpoint)
                self._record({"endpoint": endpoint.shown()})
            return endpoint

    def remove(self, endpoint_id: str) -> bool:
        """Send nothing more to an endpoint; return whether there was one."""
        with self.changed:
            if endpoint_id not in self.endpoints:
                return False
            self._drop(endpoint_id)
            self._record({"gone": endpoint_id})
            self.changed.notify_all()
            return True

    # -- what happens ---------------------------------------------------------------------------------------------

    def hear(self, company: Company, changes: Sequence[Change]) -> None:
        """Queue what a company's commit changed, for each endpoint that is told of it."""
        if not self.endpoints:
            return
        with self.changed:
            for endpoint in self.endpoints.values():
                taken = [change for change in changes if endpoint.takes(change)]
                if taken and self._hears_of(endpoint, company.realm_id):
                    self._queue(endpoint, [self._event(company.realm_id, change) for change in taken])

    def flush(self, seconds: float) -> dict[str, Any]:
        """Wait until all that is due has been tried, even while paused; tell what happened since, and is left."""
        return self._couriers.flush(seconds)

    def pause(self, *, paused: bool) -> None:
        """Hold deliveries back, or let them go on."""
        with self.changed:
            self.paused = paused
            self.changed.notify_all()
        if not paused:
            self.open()

    def open(self) -> None:
        """Go on with what an earlier run has left undelivered."""
        with self.changed:
            for lane in self.lanes.values():
                self._couriers.wake(lane)

    def close(self) -> None:
        """Deliver nothing more; what is left stays in the journal."""
        self._couriers.close()

    # -- what becomes of a notification, told by the couriers -------------------------------------------------------

    def delivered(self, lane: Lane, post: Post) -> None:
        """Note that a notification was acknowledged, or is lost for good."""
        if post in lane.posts:
            lane.posts.remove(post)
        if not post.is_copy:
            self._record({"done": lane.key, "events": post.numbers})

    def failed(self, lane: Lane, post: Post, now: datetime) -> None:
        """Note that a notification was not acknowledged; it goes out again later, a duplicate never."""
        if post.is_copy:
            lane.posts.remove(post)
            return
        lane.put_off(post, now)
        self._record(_tried(lane, post))

    # -- journal --------------------------------------------------------------------------------------------------

    def apply(self, record: dict[str, Any]) -> None:
        """Do again what a journal record tells."""
        if "endpoint" in record:
            self._hold(endpoint_of(record["endpoint"]))
        elif "gone" in record:
            self._drop(record["gone"])
        elif "told" in record:
            for told in record["told"]:
                event = Event(*told)
                self._last_event = max(self._last_event, event.number)
                for key in record["lanes"]:
                    if key in self.lanes:
                        self.lanes[key].waiting[event.number] = event
        elif "tried" in record and record["tried"] in self.lanes:
            lane = self.lanes[record["tried"]]
            post = _taken_out(lane, record["events"])
            if post is not None:
                post.tries, post.due = record["tries"], datetime.fromisoformat(record["due"])
                lane.posts.append(post)
        elif "done" in record and record["done"] in self.lanes:
            _taken_out(self.lanes[record["done"]], record["events"])

    def as_records(self) -> list[dict[str, Any]]:
        """Return journal records that make these endpoints and undelivered events again."""
        with self.changed:
            records: list[dict[str, Any]] = [{"endpoint": each.shown()} for each in self.endpoints.values()]
            for lane in self.lanes.values():
                posts = [post for post in lane.posts if not post.is_copy]
                events = [event for post in posts for event in post.events] + list(lane.waiting.values())
                if events:
                    records.append(_told(events, [lane.key]))
                records += [_tried(lane, post) for post in posts if post.tries]
            return records

    def reset(self, urls: Sequence[str]) -> None:
        """Go back to the start: only the endpoints of these addresses, nothing queued, logged or going wrong."""
        with self.changed:
            for endpoint in list(self.endpoints.values()):
                if endpoint.url not in urls:
                    self.remove(endpoint.id)
            self.forget_events()
            self.deliveries.clear()
            self.mischief.clear()
            self.quirks = WebhookQuirks()
            self.paused = False

    def forget_events(self) -> None:
        """Forget every undelivered event, for books that are put back to another time; endpoints stay."""
        with self.changed:
            for lane in self.lanes.values():
                lane.waiting.clear()
                lane.posts.clear()
            self.changed.notify_all()

    # -- inside ---------------------------------------------------------------------------------------------------

    def _hears_of(self, endpoint: Endpoint, realm_id: str) -> bool:
        return not self.quirks.only_connected_companies or self._is_connected(endpoint.client_id, realm_id)

    def _event(self, realm_id: str, change: Change) -> Event:
        self._last_event += 1
        at = change.moment.astimezone(UTC).isoformat()
        name = notified_name(change.entity)
        return Event(self._last_event, realm_id, name, change.qbo_id, change.operation.value, at, change.deleted_id)

    def _queue(self, endpoint: Endpoint, events: list[Event]) -> None:
        lanes = [self.lanes[_key(endpoint.id, form)] for form in FORMS[endpoint.format]]
        self._record(_told(events, [lane.key for lane in lanes]))
        for lane in lanes:
            lane.waiting.update((event.number, event) for event in events)
            self._couriers.wake(lane)

    def _hold(self, endpoint: Endpoint) -> None:
        """Keep an endpoint; what a former self of it was still to be sent goes with it, in the forms it has now."""
        self.endpoints[endpoint.id] = endpoint
        self._last_endpoint = max(self._last_endpoint, int(endpoint.id))
        forms = FORMS[endpoint.format]
        for form in Form:
            key = _key(endpoint.id, form)
            if form not in forms:
                self.lanes.pop(key, None)
            elif key in self.lanes:
                self.lanes[key].endpoint = endpoint
            else:
                self.lanes[key] = Lane(endpoint, form)

    def _drop(self, endpoint_id: str) -> None:
        self.endpoints.pop(endpoint_id, None)
        for form in Form:
            self.lanes.pop(_key(endpoint_id, form), None)


def _key(endpoint_id: str, form: Form) -> str:
    return f"{endpoint_id}/{form}"


def _told(events: Iterable[Event], lanes: list[str]) -> dict[str, Any]:
    return {"told": [list(event) for event in events], "lanes": lanes}


def _tried(lane: Lane, post: Post) -> dict[str, Any]:
    return {"tried": lane.key, "events": post.numbers, "tries": post.tries, "due": post.due.isoformat()}


def _taken_out(lane: Lane, numbers: list[int]) -> Post | None:
    """Return a notification of these events, taken from where they were; None when they are not there."""
    for post in lane.posts:
        if post.numbers == numbers:
            lane.posts.remove(post)
            return replace(post)
    events = tuple(lane.waiting.pop(number) for number in numbers if number in lane.waiting)
    if not events:
        return None
    made = datetime.fromisoformat(events[-1].at)
    return Post(events, made, made)
