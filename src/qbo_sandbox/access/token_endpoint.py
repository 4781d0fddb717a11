"""The addresses apps talk to: tokens for a code or a refresh token, and the end of a grant."""

from __future__ import annotations

import secrets
from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import Response

from qbo_sandbox.access.addresses import ISSUER
from qbo_sandbox.access.door import Door
from qbo_sandbox.access.forms import BadForm, client_of, read_form, read_form_or_json
from qbo_sandbox.access.grants import Given, TokenRefused
from qbo_sandbox.books import json_text

_HARD_EXPIRY_WANTED = "x-include-refresh-token-hard-expires-in"


class TokenEndpoint:
    """Answers apps at the door."""

    def __init__(self, door: Door) -> None:
        self._door = door

    async def token(self, request: Request) -> Response:
        """Give tokens (RFC 6749, 4.1.3 and 6). PKCE's verifier is taken and ignored, as by Intuit."""
        try:
            form = await read_form(request)
            client_id, secret = client_of(request, form)
            if self._door.apps.with_keys(client_id, secret) is None:
                return self._unknown_client()
            given = self._given(client_id, form)
        except BadForm:
            return answer({"error": "invalid_request"}, 400)
        except TokenRefused as refusal:
            return answer(refusal.body, 400)
        hard = request.headers.get(_HARD_EXPIRY_WANTED, "").strip().lower() == "true"
        return answer(self._tokens(given, hard=hard), 200)

    async def revoke(self, request: Request) -> Response:
        """End the grant of a refresh or access token."""
        try:
            sent = await read_form_or_json(request)
        except BadForm:
            return answer({"error": "invalid_request"}, 400)
        client_id, secret = client_of(request, sent)
        if self._door.apps.with_keys(client_id, secret) is None:
            return self._unknown_client()
        if self._door.grants.revoke(client_id, sent.get("token", "")):
            return answer(None, 200)
        return answer({"error": "invalid_grant"} if self._door.quirks.revoke_refusal_has_body else None, 400)

    def _given(self, client_id: str, form: Mapping[str, str]) -> Given:
        grants = self._door.grants
        match form.get("grant_type", ""):
            case "authorization_code":
                return grants.redeem(client_id, _needed(form, "code"), _needed(form, "redirect_uri"))
            case "refresh_token":
                return grants.refresh(client_id, _needed(form, "refresh_token"))
            case "":
                raise TokenRefused(error="invalid_request")
        raise TokenRefused(error="unsupported_grant_type")

    def _tokens(self, given: Given, *, hard: bool) -> dict[str, object]:
        body: dict[str, object] = {
            "x_refresh_token_expires_in": given.refresh_expires_in,
            "refresh_token": given.refresh_token,
            "access_token": given.access_token,
            "token_type": "bearer",
            "expires_in": given.expires_in,
        }
        if hard:
            body["x_refresh_token_hard_expires_in"] = given.hard_expires_in
        if "openid" in given.grant.scopes and (given.by_code or self._door.quirks.refresh_gives_id_token):
            body["id_token"] = self._id_token(given)
        return body

    def _id_token(self, given: Given) -> str:
        grant = given.grant
        now = int(self._door.now())
        claims: dict[str, object] = {
            "sub": self._door.people.user(grant.user).sub,
            "aud": [grant.client_id],
            "auth_time": int(grant.granted_at),
            "iss": ISSUER,
            "exp": now + given.expires_in,
            "iat": now,
        }
        if grant.realm_id:
            claims["realmid"] = grant.realm_id
        return self._door.signer.sign(claims)

    def _unknown_client(self) -> Response:
        return answer({"error": "invalid_client"}, self._door.quirks.invalid_client_status)


def answer(body: Mapping[str, object] | None, status: int, headers: Mapping[str, str] | None = None) -> Response:
    """Return an answer with the headers recorded from Intuit's OAuth servers; None has no body."""
    return Response(
        b"" if body is None else json_text.dumps(body),
        status,
        {
            "Content-Type": "application/json;charset=UTF-8",
            "Cache-Control": "no-cache, no-store",
            "Pragma": "no-cache",
            "intuit_tid": f"1-{secrets.token_hex(4)}-{secrets.token_hex(12)}",
            **(headers or {}),
        },
    )


def _needed(form: Mapping[str, str], name: str) -> str:
    value = form.get(name, "")
    if not value:
        raise TokenRefused(error="invalid_request")
    return value
