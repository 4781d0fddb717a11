"""Reads what is posted to the OAuth addresses, and refuses what cannot be a form."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping
from urllib.parse import parse_qsl

from starlette.requests import Request

_MOST_BYTES = 64 * 1024
_MOST_FIELDS = 64


class BadForm(Exception):
    """The body is too large, not of the type it must be, or not readable as it."""


async def read_form(request: Request) -> dict[str, str]:
    """Return the fields of a URL-encoded form. Raises BadForm."""
    if _media_type(request) not in ("application/x-www-form-urlencoded", ""):
        raise BadForm
    return _fields(await _body(request))


async def read_form_or_json(request: Request) -> dict[str, str]:
    """Return the texts of a JSON object, or the fields of a form. Clients send either to revoke. Raises BadForm."""
    raw = await _body(request)
    if not raw.lstrip().startswith(b"{"):
        return _fields(raw)
    try:
        sent = json.loads(raw)
        json.dumps(sent, ensure_ascii=False).encode()  # half of a surrogate pair is JSON, but no text
    except (ValueError, RecursionError) as error:
        raise BadForm from error
    return {name: value for name, value in sent.items() if isinstance(value, str)}


def client_of(request: Request, form: Mapping[str, str]) -> tuple[str, str]:
    """Return the client id and secret given: in the header, which wins, or in the form. Clients in use send both."""
    scheme, _, encoded = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return form.get("client_id", ""), form.get("client_secret", "")
    try:
        client_id, _, secret = base64.b64decode(encoded.strip(), validate=True).decode().partition(":")
    except (binascii.Error, ValueError):
        return "", ""
    return client_id, secret


def _media_type(request: Request) -> str:
    return request.headers.get("Content-Type", "").partition(";")[0].strip().lower()


async def _body(request: Request) -> bytes:
    """Return the body; reading ends where it is too large."""
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > _MOST_BYTES:
            raise BadForm
    return body


def _fields(raw: bytes) -> dict[str, str]:
    try:
        pairs = parse_qsl(raw.decode(), keep_blank_values=True, max_num_fields=_MOST_FIELDS, errors="strict")
    except ValueError as error:
        raise BadForm from error
    return dict(pairs)
