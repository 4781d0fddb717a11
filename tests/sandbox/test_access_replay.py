"""Whatever happens to people, apps and grants, the journal tells it again; and nothing sent breaks the door."""

from __future__ import annotations

import contextlib
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qbo_sandbox.access.apps import Environment, UnknownApp
from qbo_sandbox.access.door import ACCOUNTING, Door
from qbo_sandbox.access.grants import TokenRefused
from qbo_sandbox.access.people import Role
from sandbox.builders import SteadyClock
from sandbox.visitor import CALLBACK, CLERK, CONTROLLER, OWNER, Visitor

REALMS = ("9341450000000001", "9341450000000002")
STEPS = (
    *("consent", "consent", "consent", "refresh", "refresh", "revoke", "password", "role", "remove", "add_user"),
    *("add_app", "secret", "delete_app", "expire", "rotate", "end", "wait", "quirk"),
)


class Office:
    """A door under test, what it recorded, and every token it gave."""

    def __init__(self) -> None:
        self.clock = SteadyClock()
        self.journal: list[Any] = []
        self.door = started(self.clock, self.journal.append)
        self.given: list[tuple[str, str, str]] = [("AB0", "none", "none")]

    def do(self, step: str, choose: Any) -> None:
        door, grants = self.door, self.door.grants
        email = choose(sorted(door.people.users))
        client_id, refresh_token, access_token = choose(self.given)
        match step:
            case "consent":
                app = choose(sorted(door.apps.by_id) or ["AB0"])
                given = door.grant(app, choose(REALMS), email, (ACCOUNTING,))
                self.given.append((app, given.refresh_token, given.access_token))
            case "refresh":
                try:
                    given = grants.refresh(client_id, refresh_token)
                    self.given.append((client_id, given.refresh_token, given.access_token))
                except TokenRefused:
                    pass
            case "revoke":
                grants.revoke(client_id, choose([refresh_token, access_token]))
            case "password":
                door.people.set_password(email, "new") if choose([False] * 9 + [True]) else grants.end_of_user(email)
            case "role":
                door.people.give_role(choose(REALMS), email, choose(list(Role)))
            case "remove":
                grants.remove_user(choose(REALMS), email)
            case "add_user":
                door.people.add("pat@sandbox.example", "Pat", "Patel")
            case "add_app":
                door.apps.add("Another", choose(list(Environment)))
            case "secret" | "delete_app":
                with contextlib.suppress(UnknownApp):
                    (door.apps.rotate_secret if step == "secret" else door.apps.delete)(client_id)
            case "expire" | "rotate" | "end":
                if grants.grants:
                    getattr(grants, step)(choose(list(grants.grants.values())))
            case "wait":
                self.clock.move(hours=choose([1, 25, 24 * 60, 24 * 102]))
            case "quirk":
                door.set_quirk(*choose([("second_admin_replaces_grant", False), ("old_token_grace_hours", 24)]))


def started(clock: SteadyClock, record: Any) -> Door:
    door = Door(clock, record)
    for realm_id in REALMS:
        door.open_company(realm_id, "sandbox")
    door.start_app("AB0", "secret", Environment.DEVELOPMENT)
    return door


def everything(door: Door) -> Any:
    """Return all a door knows, but codes at large, which a restart forgets."""
    grants = {name: value for name, value in vars(door.grants).items() if "codes" not in name}
    parts = [vars(door.people), vars(door.apps), grants, vars(door.quirks)]
    hidden = ("record", "clock", "people", "quirks")
    return [{name: value for name, value in part.items() if name not in hidden} for part in parts]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(STEPS), max_size=25), st.data())
def test_a_door_told_its_journal_is_the_same_door(steps: list[str], data: st.DataObject) -> None:
    office = Office()
    for step in steps:
        office.do(step, lambda among: data.draw(st.sampled_from(among)))
    again = started(office.clock, lambda record: pytest.fail(f"replaying recorded {record}"))
    for record in office.journal:
        again.apply(json.loads(json.dumps(record)))
    assert everything(again) == everything(office.door)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(STEPS), max_size=25), st.data())
def test_each_living_refresh_token_opens_one_grant_and_no_dead_one_opens_any(
    steps: list[str], data: st.DataObject
) -> None:
    office = Office()
    for step in steps:
        office.do(step, lambda among: data.draw(st.sampled_from(among)))
    grants = office.door.grants
    current = {grant.refresh_token for grant in grants.grants.values()}
    previous = {grant.previous_token for grant in grants.grants.values()} - {""}
    assert set(grants._by_refresh) == current | previous
    assert not set(grants._by_refresh) & set(grants._dead)
    for _, _, access_token in office.given:
        grant, words = grants.grant_of(access_token)
        assert (grant is None) == bool(words)


_VISITOR = Visitor(company="empty")
_ADDRESSES = (
    *("/connect/oauth2", "/oauth2/v1/tokens/bearer", "/v2/oauth2/tokens/revoke"),
    *("/v1/openid_connect/userinfo", "/op/v1/jwks", "/.well-known/openid_configuration"),
)
_TYPES = ("application/x-www-form-urlencoded", "application/json", "multipart/form-data; boundary=x", "text/xml", "")
_NAMES = (
    *("client_id", "redirect_uri", "state", "scope", "response_type", "user", "realm_id", "decision", "grant_type"),
    *("code", "refresh_token", "token", "client_secret", "sandbox_auto", "sandbox_user"),
)
_FIELDS = st.dictionaries(
    st.sampled_from(_NAMES),
    st.text(max_size=20)
    | st.sampled_from([OWNER, CONTROLLER, CLERK, CALLBACK, ACCOUNTING, "code", "allow", "refresh_token"])
    | st.just(_VISITOR.keys[0])
    | st.just(_VISITOR.realm_id),
)


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from(_ADDRESSES),
    st.sampled_from(["GET", "POST", "PUT", "DELETE"]),
    _FIELDS,
    st.one_of(st.none(), st.binary(max_size=200)),
    st.sampled_from(_TYPES),
    st.one_of(st.none(), st.text(alphabet=st.characters(min_codepoint=32, max_codepoint=255), max_size=30)),
)
def test_nothing_sent_to_oauth_is_an_error_of_the_sandbox(
    path: str, method: str, fields: dict[str, str], content: bytes | None, content_type: str, authorization: str | None
) -> None:
    headers = {"Content-Type": content_type}
    if authorization is not None:
        headers["Authorization"] = authorization.encode("latin-1")  # type: ignore[assignment]
    body: Any = {"content": content} if content is not None else {"data": fields}
    found = _VISITOR.http.request(method, path, params=fields, headers=headers, follow_redirects=False, **body)
    assert found.status_code < 500
    assert _VISITOR.call().status_code == 200
