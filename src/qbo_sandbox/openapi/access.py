"""The paths of Intuit's OAuth pages, as a client calls them."""

from __future__ import annotations

from typing import Any

from qbo_sandbox.access.addresses import (
    AUTHORIZE,
    DISCOVERY,
    JWKS,
    REVOKE,
    SANDBOX_DISCOVERY,
    SANDBOX_USERINFO,
    TOKEN,
    USERINFO,
)

_FORM = "application/x-www-form-urlencoded"


def access_paths() -> dict[str, dict[str, Any]]:
    """Return the paths of OAuth 2.0 and OpenID Connect, by address and verb."""
    told = {"responses": {"200": {"description": "A JSON object"}}, "tags": ["OAuth"]}
    asked = [
        {"name": name, "in": "query", "required": True, "schema": {"type": "string"}}
        for name in ("client_id", "response_type", "scope", "redirect_uri", "state")
    ]
    userinfo = {"get": {**told, "summary": "Tell who the user is", "security": [{"bearer": []}]}}
    return {
        DISCOVERY: {"get": {**told, "summary": "Find the addresses of production"}},
        SANDBOX_DISCOVERY: {"get": {**told, "summary": "Find the addresses of the sandbox"}},
        JWKS: {"get": {**told, "summary": "Get the keys an id_token is signed with"}},
        AUTHORIZE: {"get": {**told, "summary": "Ask a person to choose a company", "parameters": asked}},
        TOKEN: {"post": _token()},
        REVOKE: {"post": _revoke()},
        USERINFO: userinfo,
        SANDBOX_USERINFO: userinfo,
    }


def _token() -> dict[str, Any]:
    fields = ("grant_type", "code", "redirect_uri", "refresh_token", "client_id", "client_secret")
    schema = {
        "type": "object",
        "properties": {name: {"type": "string"} for name in fields}
        | {"grant_type": {"type": "string", "enum": ["authorization_code", "refresh_token"]}},
        "required": ["grant_type"],
    }
    return {
        "summary": "Exchange a code, or refresh",
        "tags": ["OAuth"],
        "security": [{"client": []}, {}],
        "requestBody": {"content": {_FORM: {"schema": schema}}},
        "responses": {"200": {"description": "Tokens"}, "400": {"description": "error, error_description"}},
    }


def _revoke() -> dict[str, Any]:
    schema = {"type": "object", "properties": {"token": {"type": "string"}}, "required": ["token"]}
    return {
        "summary": "End a grant by either of its tokens",
        "tags": ["OAuth"],
        "security": [{"client": []}, {}],
        "requestBody": {"content": {"application/json": {"schema": schema}, _FORM: {"schema": schema}}},
        "responses": {"200": {"description": "Ended"}, "400": {"description": "error"}},
    }
