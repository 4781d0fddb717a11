"""Intuit's OAuth addresses over HTTP: which there are, and what tells about the server and the signed-in user."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from qbo_sandbox.access.addresses import (
    AUTHORIZE,
    DISCOVERY,
    JWKS,
    REVOKE,
    SANDBOX_DISCOVERY,
    SANDBOX_USERINFO,
    TOKEN,
    USERINFO,
    discovery_document,
)
from qbo_sandbox.access.consent import ConsentPage
from qbo_sandbox.access.door import Door
from qbo_sandbox.access.token_endpoint import TokenEndpoint, answer

if TYPE_CHECKING:
    from qbo_sandbox.app import Sandbox

_ADDRESS = {
    "streetAddress": "400 Haywood Rd",
    "locality": "Asheville",
    "region": "NC",
    "postalCode": "28806",
    "country": "US",
}


def oauth_routes(sandbox: Sandbox) -> list[BaseRoute]:
    """Return the routes of OAuth for a sandbox."""
    told, tokens, consent = _Told(sandbox.door), TokenEndpoint(sandbox.door), ConsentPage(sandbox)
    return [
        # [CAP] Clients in use ask with and without the final slash.
        *(Route(f"{path}{slash}", told.discovery) for path in (DISCOVERY, SANDBOX_DISCOVERY) for slash in ("", "/")),
        Route(AUTHORIZE, consent.ask, methods=["GET"]),
        Route(AUTHORIZE, consent.decide, methods=["POST"]),
        Route(TOKEN, tokens.token, methods=["POST"]),
        Route(REVOKE, tokens.revoke, methods=["POST"]),
        *(Route(path, told.userinfo, methods=["GET", "POST"]) for path in (USERINFO, SANDBOX_USERINFO)),
        Route(JWKS, told.jwks),
    ]


class _Told:
    """What anybody, or the holder of a token, is told."""

    def __init__(self, door: Door) -> None:
        self._door = door

    async def discovery(self, request: Request) -> Response:
        base = str(request.base_url).rstrip("/")
        return JSONResponse(discovery_document(base, sandbox="sandbox" in request.url.path))

    async def jwks(self, _request: Request) -> Response:
        return JSONResponse({"keys": [self._door.signer.public_key()]})

    async def userinfo(self, request: Request) -> Response:
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        grant, _ = self._door.grants.grant_of(token.strip() if scheme.lower() == "bearer" else "")
        if grant is None or grant.client_id not in self._door.apps.by_id:
            return _refused("invalid_token", 401)
        if "openid" not in grant.scopes:
            return _refused("insufficient_scope", 403)
        user = self._door.people.user(grant.user)
        body: dict[str, object] = {"sub": user.sub}
        if "email" in grant.scopes:
            body |= {"email": user.email, "emailVerified": True}
        if "profile" in grant.scopes:
            body |= {"givenName": user.given_name, "familyName": user.family_name}
        if "phone" in grant.scopes and user.phone:
            body |= {"phoneNumber": user.phone, "phoneNumberVerified": False}
        if "address" in grant.scopes:
            body["address"] = dict(_ADDRESS)
        return answer(body, 200)


def _refused(error: str, status: int) -> Response:
    # [INF] As RFC 6750 has it; Intuit documents no body.
    headers: Mapping[str, str] = {"WWW-Authenticate": f'Bearer realm="Intuit", error="{error}"'}
    return answer({"error": error}, status, headers)
