"""Threads that carry notifications: one for each lane with something to do, so that no endpoint waits for another.

A courier looks at the sandbox's clock several times a second while something is due later: the clock may be moved.
"""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Any

from qbo_sandbox.webhooks.events import body_of, headers_of, signature, trace_of
from qbo_sandbox.webhooks.lanes import Lane, Post
from qbo_sandbox.webhooks.mischief import Trick
from qbo_sandbox.webhooks.postman import Reply, carry

if TYPE_CHECKING:
    from qbo_sandbox.webhooks.office import Webhooks

_LOOK_EVERY = 0.2
_IDLE_SECONDS = 5.0


class Couriers:
    """The threads of one sandbox. All they share is guarded by `office.changed`."""

    def __init__(self, office: Webhooks) -> None:
        self._office = office
        self._threads: dict[str, threading.Thread] = {}
        self._flushing = 0
        self._closed = False
        self._logged = 0
        self._told = 0  # of what was logged, how much a flush has told

    def wake(self, lane: Lane) -> None:
        """Have a lane's notifications carried. The caller holds `office.changed`."""
        if lane.is_empty or self._closed or (self._office.paused and not self._flushing):
            return
        if lane.key not in self._threads:
            thread = threading.Thread(target=self._work, args=(lane.key,), name=f"webhooks {lane.key}", daemon=True)
            self._threads[lane.key] = thread
            thread.start()
        self._office.changed.notify_all()

    def close(self) -> None:
        """End every thread; one that waits for an endpoint ends without a word."""
        with self._office.changed:
            self._closed = True
            self._office.changed.notify_all()

    def flush(self, seconds: float) -> dict[str, Any]:
        """Wait until all that is due has been tried; return what happened since the flush before."""
        office, deadline = self._office, time.monotonic() + seconds
        with office.changed:
            self._flushing += 1
            try:
                for lane in office.lanes.values():
                    self.wake(lane)
                while any(self._has_work(lane) for lane in office.lanes.values()):
                    left = deadline - time.monotonic()
                    if left <= 0 or self._closed:
                        break
                    office.changed.wait(min(left, _LOOK_EVERY))
            finally:
                self._flushing -= 1
            new = min(self._logged - self._told, len(office.deliveries))
            self._told = self._logged
            happened = list(office.deliveries)[len(office.deliveries) - new :]
            return {
                "finished": not any(self._has_work(lane) for lane in office.lanes.values()),
                "delivered": sum(each["outcome"] == "delivered" for each in happened),
                "failed": sum(each["outcome"] == "failed" for each in happened),
                "dropped": sum(each["outcome"] == "dropped" for each in happened),
                "deliveries": happened,
                "left": [self._left(lane) for lane in office.lanes.values() if not lane.is_empty],
            }

    # -- inside ---------------------------------------------------------------------------------------------------

    def _has_work(self, lane: Lane) -> bool:
        due = lane.next_due(self._office.quirks)
        return lane.busy or (due is not None and due <= self._office.clock())

    def _left(self, lane: Lane) -> dict[str, Any]:
        due = lane.next_due(self._office.quirks)
        return {
            "endpoint": lane.endpoint.id,
            "format": str(lane.form),
            "events": len(lane.waiting) + sum(len(post.events) for post in lane.posts),
            "next_try": due.isoformat() if due else None,
        }

    def _work(self, key: str) -> None:
        """Carry the notifications of a lane until there are none for a while."""
        office = self._office
        idle_since = time.monotonic()
        while True:
            with office.changed:
                lane = office.lanes.get(key)
                held = office.paused and not self._flushing
                post = self._take(lane) if lane is not None and not held and not self._closed else None
                if post is None:
                    idle = lane is None or lane.is_empty
                    if self._closed or lane is None or held or (idle and time.monotonic() - idle_since > _IDLE_SECONDS):
                        del self._threads[key]
                        return
                    office.changed.wait(_IDLE_SECONDS if idle else self._seconds_to(lane))
                    continue
            assert lane is not None
            self._carry(lane, post)
            idle_since = time.monotonic()

    def _take(self, lane: Lane) -> Post | None:
        office, now = self._office, self._office.clock()
        for lost in lane.gather(now, office.quirks, office.mischief):
            office.delivered(lane, lost)
            self._log(lane, lost, None, "dropped")
        post = lane.due_post(now, office.quirks)
        lane.busy = post is not None
        return post

    def _seconds_to(self, lane: Lane) -> float:
        due = lane.next_due(self._office.quirks)
        left = (due - self._office.clock()).total_seconds() if due else _LOOK_EVERY
        return min(max(left, 0.001), _LOOK_EVERY)

    def _carry(self, lane: Lane, post: Post) -> None:
        office, endpoint = self._office, lane.endpoint
        token = endpoint.verifier_token or office.token_of(endpoint.client_id)
        body = body_of(lane.form, post.events, endpoint.client_id)
        headers = headers_of(lane.form, body, token, trace_of(post.events, lane.form), post.made)
        with office.changed:
            if office.mischief.plays(Trick.WRONG_SIGNATURE, endpoint.id):
                headers["intuit-signature"] = signature(body, f"not {token}")
            elif office.mischief.plays(Trick.NO_SIGNATURE, endpoint.id):
                del headers["intuit-signature"]
        reply = carry(endpoint.url, body, headers, anywhere=office.anywhere)
        with office.changed:
            lane.busy = False
            if not self._closed:
                self._settle(lane, post, reply, headers, body)
            office.changed.notify_all()

    def _settle(self, lane: Lane, post: Post, reply: Reply, headers: dict[str, str], body: bytes) -> None:
        office = self._office
        if post not in lane.posts or office.lanes.get(lane.key) is not lane:
            return  # forgotten meanwhile
        if _acknowledges(reply, any_2xx=office.quirks.any_2xx_acknowledges):
            office.delivered(lane, post)
            if not post.is_copy and office.mischief.plays(Trick.DUPLICATE, lane.endpoint.id):
                now = office.clock()
                lane.posts.append(Post(post.events, post.made, now, is_copy=True))
            self._log(lane, post, reply, "delivered", headers, body)
        else:
            office.failed(lane, post, office.clock())
            self._log(lane, post, reply, "failed", headers, body)

    def _log(
        self,
        lane: Lane,
        post: Post,
        reply: Reply | None,
        outcome: str,
        headers: dict[str, str] | None = None,
        body: bytes = b"",
    ) -> None:
        failed = outcome == "failed"
        self._logged += 1
        self._office.deliveries.append(
            {
                "at": self._office.clock().isoformat(),
                "endpoint": lane.endpoint.id,
                "url": lane.endpoint.url,
                "format": str(lane.form),
                "outcome": outcome,
                "duplicate": post.is_copy,
                "try": post.tries if failed else post.tries + 1,
                "status": reply.status if reply else None,
                "error": reply.error if reply else "",
                "took_ms": round(reply.seconds * 1000) if reply else 0,
                "next_try": post.due.isoformat() if failed and not post.is_copy else None,
                "events": [
                    {"realmId": event.realm_id, "name": event.entity, "id": event.qbo_id, "operation": event.operation}
                    for event in post.events
                ],
                "headers": headers or {},
                "body": body.decode(),
            }
        )


def _acknowledges(reply: Reply, *, any_2xx: bool) -> bool:
    return reply.status == 200 or (any_2xx and reply.status is not None and 200 <= reply.status < 300)
