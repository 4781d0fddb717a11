"""Intuit's OAuth addresses over HTTP: discovery, the consent page, tokens, revocation, the signed-in user."""

from __future__ import annotations

import base64
import binascii
import json
import secrets
from collections.abc import Mapping
from html import escape
from typing import TYPE_CHECKING
from urllib.parse import urlencode, urlsplit

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from qbo_sandbox.access.grants import ACCESS_SECONDS, Code, Given, TokenRefused
from qbo_sandbox.access.signing import Signer

if TYPE_CHECKING:
    from qbo_sandbox.app import Sandbox

_LOOPBACK = ("127.0.0.1", "localhost", "::1")
_NO_STORE = {"Cache-Control": "no-cache, no-store", "Pragma": "no-cache"}
AUTHORIZE = "/connect/oauth2"
TOKEN = "/oauth2/v1/tokens/bearer"  # noqa: S105 - an address
REVOKE = "/v2/oauth2/tokens/revoke"
USERINFO = "/v1/openid_connect/userinfo"
JWKS = "/op/v1/jwks"
ISSUER = "https://oauth.platform.intuit.com/op/v1"
"""Who signs the id_token. Intuit's own client for Node holds it to this text, so it is not this machine's address."""


def oauth_routes(sandbox: Sandbox) -> list[BaseRoute]:
    """Return the routes of OAuth for a sandbox."""
    pages = _Pages(sandbox)
    return [
        Route("/.well-known/openid_configuration", pages.discovery),
        Route("/.well-known/openid_configuration/", pages.discovery),
        Route("/.well-known/openid_sandbox_configuration", pages.discovery),
        Route("/.well-known/openid_sandbox_configuration/", pages.discovery),
        Route(AUTHORIZE, pages.ask, methods=["GET"]),
        Route(AUTHORIZE, pages.decide, methods=["POST"]),
        Route(TOKEN, pages.token, methods=["POST"]),
        Route(REVOKE, pages.revoke, methods=["POST"]),
        Route(USERINFO, pages.userinfo),
        Route(JWKS, pages.jwks),
    ]


class _Pages:
    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self._signer = Signer()

    async def discovery(self, request: Request) -> Response:
        base = str(request.base_url).rstrip("/")
        return JSONResponse(
            {
                "issuer": ISSUER,
                "authorization_endpoint": f"{base}{AUTHORIZE}",
                "token_endpoint": f"{base}{TOKEN}",
                "userinfo_endpoint": f"{base}{USERINFO}",
                "revocation_endpoint": f"{base}{REVOKE}",
                "jwks_uri": f"{base}{JWKS}",
                "response_types_supported": ["code"],
                "subject_types_supported": ["public"],
                "id_token_signing_alg_values_supported": ["RS256"],
                "scopes_supported": ["openid", "email", "profile", "address", "phone"],
                "token_endpoint_auth_methods_supported": ["client_secret_post", "client_secret_basic"],
                "claims_supported": ["aud", "exp", "iat", "iss", "realmid", "sub"],
            }
        )

    async def ask(self, request: Request) -> Response:
        """The consent page."""
        asked = request.query_params
        wrong = self._wrong(asked)
        if wrong:
            return HTMLResponse(_page("Something's not right", f"<p>{escape(wrong)}</p>"), 400)
        hidden = "".join(
            f'<input type="hidden" name="{name}" value="{escape(asked.get(name, ""))}">'
            for name in ("client_id", "redirect_uri", "state", "scope", "response_type")
        )
        companies = "".join(
            f'<option value="{escape(realm)}">{escape(company.name)}</option>'
            for realm, company in self._sandbox.companies.items()
        )
        users = "".join(f'<option value="{escape(user)}">{escape(user)}</option>' for user in self._sandbox.users)
        app = escape(self._sandbox.apps[asked["client_id"]].name)
        form = f"""<p><b>{app}</b> asks to read and write the books of one of your companies.</p>
<form method="post" action="{AUTHORIZE}">{hidden}
<label>Signed in as <select name="user">{users}</select></label>
<label>Company <select name="realm_id">{companies}</select></label>
<div class="choices"><button name="decision" value="allow">Connect</button>
<button name="decision" value="deny" class="plain">No thanks</button></div></form>"""
        return HTMLResponse(_page("Connect your company", form))

    async def decide(self, request: Request) -> Response:
        form = {name: str(value) for name, value in (await request.form()).items()}
        wrong = self._wrong(form)
        if wrong:
            return HTMLResponse(_page("Something's not right", f"<p>{escape(wrong)}</p>"), 400)
        back = form["redirect_uri"]
        if form.get("decision") != "allow":
            return RedirectResponse(f"{back}?{urlencode({'error': 'access_denied', 'state': form['state']})}", 302)
        realm_id, user = form.get("realm_id", ""), form.get("user", "")
        if realm_id not in self._sandbox.companies or user not in self._sandbox.users:
            return HTMLResponse(_page("Something's not right", "<p>Choose a user and a company.</p>"), 400)
        code = self._sandbox.grants.issue_code(
            Code(
                form["client_id"],
                back,
                realm_id,
                user,
                tuple(form.get("scope", "").split()),
                self._sandbox.clock().isoformat(),
            )
        )
        query = urlencode({"code": code, "state": form["state"], "realmId": realm_id})
        return RedirectResponse(f"{back}?{query}", 302)

    async def token(self, request: Request) -> Response:
        form = {name: str(value) for name, value in (await request.form()).items()}
        client_id, secret = _client(request, form)
        app = self._sandbox.apps.get(client_id)
        if app is None or not secrets.compare_digest(app.secret, secret):
            return JSONResponse({"error": "invalid_client"}, 401, _NO_STORE)
        try:
            if form.get("grant_type") == "authorization_code":
                given = self._sandbox.grants.redeem(client_id, form.get("code", ""), form.get("redirect_uri", ""))
            elif form.get("grant_type") == "refresh_token":
                given = self._sandbox.grants.refresh(client_id, form.get("refresh_token", ""))
            else:
                raise TokenRefused(error="unsupported_grant_type")
        except TokenRefused as refusal:
            return JSONResponse(refusal.body, 400, _NO_STORE)
        hard = request.headers.get("x-include-refresh-token-hard-expires-in", "").lower() == "true"
        return JSONResponse(self._tokens(given, hard=hard), 200, _NO_STORE | {"intuit_tid": secrets.token_hex(12)})

    def _tokens(self, given: Given, *, hard: bool) -> dict[str, object]:
        body: dict[str, object] = {
            "x_refresh_token_expires_in": given.refresh_expires_in,
            "refresh_token": given.refresh_token,
            "access_token": given.access_token,
            "token_type": "bearer",
            "expires_in": ACCESS_SECONDS,
        }
        if hard:
            body["x_refresh_token_hard_expires_in"] = given.hard_expires_in
        if "openid" in given.grant.scopes:
            now = int(self._sandbox.clock().timestamp())
            claims = {
                "sub": given.grant.user,
                "aud": [given.grant.client_id],
                "realmid": given.grant.realm_id,
                "auth_time": now,
                "iss": ISSUER,
                "exp": now + ACCESS_SECONDS,
                "iat": now,
            }
            body["id_token"] = self._signer.sign(claims)
        return body

    async def revoke(self, request: Request) -> Response:
        raw = await request.body()
        try:
            sent: Mapping[str, object] = json.loads(raw)
        except ValueError:
            sent = dict(await request.form())
        client_id, secret = _client(request, {})
        app = self._sandbox.apps.get(client_id)
        if app is None or not secrets.compare_digest(app.secret, secret):
            return JSONResponse({"error": "invalid_client"}, 401)
        if not self._sandbox.grants.revoke(client_id, str(sent.get("token", ""))):
            return JSONResponse({"error": "invalid_grant"}, 400)
        return Response("", 200)

    async def userinfo(self, request: Request) -> Response:
        token = request.headers.get("Authorization", "").removeprefix("Bearer ").strip()
        grant, _ = self._sandbox.grants.grant_of(token)
        if grant is None:
            return JSONResponse({"error": "invalid_token"}, 401)
        body: dict[str, object] = {"sub": grant.user}
        if "email" in grant.scopes:
            body |= {"email": grant.user, "emailVerified": True}
        if "profile" in grant.scopes:
            name = grant.user.partition("@")[0]
            body |= {"givenName": name.capitalize(), "familyName": "Sandbox"}
        return JSONResponse(body)

    async def jwks(self, _request: Request) -> Response:
        return JSONResponse({"keys": [self._signer.public_key()]})

    def _wrong(self, asked: Mapping[str, str]) -> str:
        """Return what is wrong with an authorization request, or nothing."""
        if asked.get("client_id", "") not in self._sandbox.apps:
            return "The client_id query parameter value is invalid. Make sure it matches the Client ID of your app."
        if asked.get("response_type") != "code":
            return "The response_type query parameter must be code."
        if not asked.get("state"):
            return "The state query parameter is missing."
        parts = urlsplit(asked.get("redirect_uri", ""))
        if parts.scheme not in ("http", "https") or parts.hostname not in _LOOPBACK or parts.query:
            return "The redirect_uri query parameter value is invalid. Development keys take addresses of this machine."
        if not asked.get("scope"):
            return "The scope query parameter is missing."
        return ""


def _client(request: Request, form: Mapping[str, str]) -> tuple[str, str]:
    """Return the id and secret a client gives, in the header or in the form."""
    scheme, _, encoded = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "basic":
        try:
            client_id, _, secret = base64.b64decode(encoded, validate=True).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            return "", ""
        return client_id, secret
    return form.get("client_id", ""), form.get("client_secret", "")


def _page(title: str, body: str) -> str:
    return f"""<!doctype html><html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1"><title>{escape(title)} - QuickBooks sandbox</title>
<style>body{{font:16px/1.5 system-ui,sans-serif;color-scheme:light dark;max-width:30rem;
margin:3rem auto;padding:0 1rem}}
label{{display:block;margin:1rem 0}}select{{display:block;width:100%;font:inherit;padding:.4rem}}
button{{font:inherit;padding:.5rem 1rem}}small{{opacity:.7}}</style></head>
<body><h1>{escape(title)}</h1>{body}
<p><small>A sandbox on this machine; nothing here reaches Intuit.</small></p></body></html>"""
