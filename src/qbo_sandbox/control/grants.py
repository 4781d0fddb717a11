"""Grants over HTTP: give one without a page, end it as a user does in QuickBooks, let its tokens expire or change."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from qbo_sandbox.access.door import ACCOUNTING, OPENID
from qbo_sandbox.access.grants import Grant
from qbo_sandbox.access.people import UnknownUser
from qbo_sandbox.control.asking import Asked, BadAsk, Part
from qbo_sandbox.control.route import Control

_GROUP = "Grants"


def _shown(grant: Grant) -> dict[str, Any]:
    return {
        "client_id": grant.client_id,
        "realm_id": grant.realm_id,
        "user": grant.user,
        "scopes": list(grant.scopes),
        "granted_at": datetime.fromtimestamp(grant.granted_at, UTC).isoformat(),
        "refresh_token": grant.refresh_token,
        "revoked": grant.revoked,
    }


def _of_path(asked: Asked) -> list[Grant]:
    """Return the grants of the app and company in the path. Raises BadAsk (404)."""
    wanted = (asked.path["client_id"], asked.path["realm"])
    grants = [each for each in asked.sandbox.grants.grants.values() if (each.client_id, each.realm_id) == wanted]
    if not grants:
        raise BadAsk("There is no grant of that app and company.", 404)
    return grants


def _list(asked: Asked) -> Any:
    return [_shown(grant) for grant in asked.sandbox.grants.grants.values()]


def _give(asked: Asked) -> Any:
    sandbox, body = asked.sandbox, asked.body
    client_id = body.get("client_id", sandbox.only_app.client_id)
    realm_id = body.get("realm_id", next(iter(sandbox.companies)))
    if client_id not in sandbox.apps:
        raise BadAsk(f"There is no app with the client id {client_id}.")
    if realm_id not in sandbox.companies:
        raise BadAsk(f"There is no company {realm_id}; the companies are {', '.join(sandbox.companies)}.")
    try:
        user = sandbox.door.people.user(body.get("user", sandbox.users[0])).email
    except UnknownUser as error:
        raise BadAsk(str(error)) from error
    given = sandbox.door.grant(client_id, realm_id, user, body.get("scopes", (ACCOUNTING, *OPENID)))
    return {"access_token": given.access_token, "expires_in": given.expires_in, **_shown(given.grant)}


def _disconnect(asked: Asked) -> Any:
    for grant in _of_path(asked):
        asked.sandbox.grants.end(grant)
    return [_shown(grant) for grant in _of_path(asked)]


def _expire(asked: Asked) -> Any:
    return {"expired": sum(asked.sandbox.grants.expire(grant) for grant in _of_path(asked))}


def _rotate(asked: Asked) -> Any:
    for grant in _of_path(asked):
        asked.sandbox.grants.rotate(grant)
    return [_shown(grant) for grant in _of_path(asked)]


_SHOWN = {
    "client_id": "AB1f…",
    "realm_id": "9341450000000000",
    "user": "owner@sandbox.example",
    "scopes": [ACCOUNTING],
    "granted_at": "2026-03-02T18:00:00+00:00",
    "refresh_token": "RT1-39-H3-…",
    "revoked": False,
}

CONTROLS = (
    Control("GET", "/grants", "List the grants.", _list, answers=[_SHOWN], group=_GROUP),
    Control(
        "POST",
        "/grants",
        "Give tokens without a consent page; also what the page would refuse, such as keys of the other environment.",
        _give,
        {
            "client_id": Part("text", "the app; the first if left out"),
            "realm_id": Part("text", "the company; the first if left out"),
            "user": Part("text", "who consents; the first user if left out"),
            "scopes": Part("words", "what for; accounting and all of OpenID if left out"),
        },
        example={},
        answers={"access_token": "eyJ…", "expires_in": 3600} | _SHOWN,
        group=_GROUP,
    ),
    Control(
        "DELETE",
        "/grants/{client_id}/{realm}",
        "Disconnect an app from a company, as an admin does inside QuickBooks (Apps, My apps).",
        _disconnect,
        answers=[_SHOWN | {"revoked": True}],
        group=_GROUP,
    ),
    Control(
        "POST",
        "/grants/{client_id}/{realm}/expire",
        "Let the access tokens of a grant expire now.",
        _expire,
        answers={"expired": 1},
        group=_GROUP,
    ),
    Control(
        "POST",
        "/grants/{client_id}/{realm}/rotate",
        "Change the refresh token of a grant now.",
        _rotate,
        answers=[_SHOWN],
        group=_GROUP,
    ),
)
