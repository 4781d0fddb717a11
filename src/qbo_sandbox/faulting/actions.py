"""What each action of a fault rule does to the course of a request: before the books see it, and to the answer after.

An action only writes down what is to happen; `application` makes it happen.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from qbo_sandbox.books import json_text
from qbo_sandbox.books.refusals import Refusal
from qbo_sandbox.faulting.edge import gateway_fault, html_headers, html_page
from qbo_sandbox.faulting.refusable import refusal_of
from qbo_sandbox.faulting.rules import Rule
from qbo_sandbox.wire.faults import GatewayFault
from qbo_sandbox.wire.refused_ahead import RefusedAhead


@dataclass(frozen=True)
class Reply:
    """A whole answer: status, headers and body."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass
class Course:
    """What is to happen to one request."""

    moment: datetime  # on the sandbox's clock
    hang_before: list[float | None] = field(default_factory=list)  # seconds, or None: until released
    tokens: list[str] = field(default_factory=list)  # expire, revoke, rotate
    instead: Reply | None = None  # the books never see the request
    cut_before: bool = False
    by_the_gateway: GatewayFault | None = None
    by_the_books: Refusal | None = None
    items: dict[int, Refusal] = field(default_factory=dict)
    status: int | None = None  # in the place of the answer's own
    hang_after: list[float | None] = field(default_factory=list)
    afterwards: Reply | None = None  # in the place of the books' answer
    cut_after: bool = False
    dropped: set[int] = field(default_factory=set)  # items of a batch left out of the answer
    slow: tuple[float, int] | None = None  # seconds for the whole body, pieces
    keep: int | None = None  # bytes of the body before the connection ends
    rules: list[str] = field(default_factory=list)  # ids of the rules that were met

    @property
    def changes_the_answer(self) -> bool:
        """Whether the answer has to be held back whole before it is sent."""
        return bool(
            self.status or self.hang_after or self.afterwards or self.cut_after or self.dropped or self.slow
        ) or (self.keep is not None)

    @property
    def ahead(self) -> RefusedAhead | None:
        """What the API is to refuse."""
        if self.by_the_gateway is None and self.by_the_books is None and not self.items:
            return None
        return RefusedAhead(self.by_the_gateway, self.by_the_books, self.items)


def refusal_in(settings: Mapping[str, Any]) -> Refusal:
    """Return the refusal a rule describes. Raises UnknownCode."""
    return refusal_of(
        settings["code"],
        settings.get("message"),
        settings.get("detail"),
        settings.get("element"),
        settings.get("type"),
    )


def _html(status: int) -> Reply:
    body = html_page(status)
    return Reply(status, html_headers(body), body)


def json_reply(status: int, text: str) -> Reply:
    """Return an answer in JSON."""
    raw = text.encode()
    return Reply(status, {"content-type": "application/json", "content-length": str(len(raw))}, raw)


def _refuse(course: Course, rule: Rule) -> None:
    course.by_the_books = refusal_in(rule.settings)


def _fault_in_200(course: Course, rule: Rule) -> None:
    course.by_the_books, course.status = refusal_in(rule.settings), 200


def _gateway(course: Course, rule: Rule) -> None:
    course.by_the_gateway = gateway_fault(rule.settings["status"], rule.settings.get("detail"))


def _throttle(course: Course, _rule: Rule) -> None:
    course.by_the_gateway = gateway_fault(429)


def _html_before(course: Course, rule: Rule) -> None:
    course.instead = _html(rule.settings["status"])


def _system_fault(course: Course, _rule: Rule) -> None:
    course.by_the_books = refusal_of("10000", None, None, None, None)


def _oauth_error(course: Course, rule: Rule) -> None:
    body = {"error": rule.settings["error"]}
    if "description" in rule.settings:
        body["error_description"] = rule.settings["description"]
    course.instead = json_reply(rule.settings.get("status", 400), json_text.dumps(body))


def _hang(course: Course, rule: Rule) -> None:
    course.hang_before.append(rule.settings.get("seconds"))


def _cut(course: Course, _rule: Rule) -> None:
    course.cut_before = True


def _commit_and_cut(course: Course, _rule: Rule) -> None:
    course.cut_after = True


def _commit_and_answer(course: Course, rule: Rule) -> None:
    status = rule.settings["status"]
    if rule.settings.get("as", "html") == "html":
        course.afterwards = _html(status)
    else:
        course.afterwards = json_reply(status, gateway_fault(status).as_text(course.moment))


def _commit_and_hang(course: Course, rule: Rule) -> None:
    course.hang_after.append(rule.settings.get("seconds"))


def _drop_items(course: Course, rule: Rule) -> None:
    course.dropped |= set(rule.match.items or ())


def _slow_body(course: Course, rule: Rule) -> None:
    course.slow = (rule.settings["seconds"], rule.settings.get("pieces", 10))


def _truncate_body(course: Course, rule: Rule) -> None:
    course.keep = rule.settings.get("bytes", 20)


def _tokens(course: Course, rule: Rule) -> None:
    course.tokens.append(rule.settings["what"])


@dataclass(frozen=True)
class Action:
    """An action by name. After a `final` one no further rule is asked; `by_item` ones meet a batch's items singly."""

    write_down: Callable[[Course, Rule], None]
    final: bool = True
    by_item: bool = False


ACTIONS: Mapping[str, Action] = {
    "refuse": Action(_refuse, by_item=True),
    "fault_in_200": Action(_fault_in_200),
    "gateway": Action(_gateway),
    "throttle": Action(_throttle),
    "html": Action(_html_before),
    "system_fault": Action(_system_fault),
    "oauth_error": Action(_oauth_error),
    "hang": Action(_hang, final=False),
    "cut": Action(_cut),
    "commit_and_cut": Action(_commit_and_cut),
    "commit_and_answer": Action(_commit_and_answer),
    "commit_and_hang": Action(_commit_and_hang, final=False),
    "drop_items": Action(_drop_items, final=False),
    "slow_body": Action(_slow_body, final=False),
    "truncate_body": Action(_truncate_body),
    "tokens": Action(_tokens, final=False),
}
