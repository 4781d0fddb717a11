"""What a request is about, as fault rules see it: its operations, entities and company. Reads; changes nothing."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs

from qbo_sandbox.books.entities import ENTITIES

_API = re.compile(r"/v3/company/(?P<realm>[^/]*)(?:/(?P<rest>.*))?", re.DOTALL)
_OAUTH = {
    "/oauth2/v1/tokens/bearer": "token",
    "/v2/oauth2/tokens/revoke": "revoke",
    "/v1/openid_connect/userinfo": "userinfo",
    "/op/v1/jwks": "jwks",
    "/connect/oauth2": "authorize",
}
_GRANTS = {"refresh_token": "refresh", "authorization_code": "code"}
_NAMED = frozenset({"query", "batch", "cdc", "upload", "download", "reports"})
_ENTITY_NAMES = {name.lower(): name for name in ENTITIES}

OPERATIONS = (
    *("create", "update", "delete", "void", "read", "query", "batch", "cdc", "upload", "download", "report"),
    *("pdf", "send", "token", "refresh", "code", "revoke", "userinfo", "jwks", "authorize", "discovery", "other"),
)
"""What a rule may name as an operation. `refresh` and `code` are the two kinds of `token` requests."""


@dataclass(frozen=True)
class Deed:
    """One thing a request asks for. `position` is set for the items of a batch."""

    operation: str
    entity: str = ""
    position: int | None = None


@dataclass(frozen=True)
class Exchange:
    """One request, as rules match it. The first deed is the request's own, the others are a batch's items."""

    method: str
    path: str
    realm_id: str
    deeds: tuple[Deed, ...]
    bearer: str = ""  # the access token it came with

    @property
    def is_api(self) -> bool:
        """Whether it is for the accounting API."""
        return self.path.startswith("/v3/company/")


def needs_body(method: str, path: str) -> bool:
    """Return whether the body has to be read to know what a request is about."""
    return method == "POST" and (path.startswith("/v3/company/") or path in _OAUTH) and "/upload" not in path


def exchange_of(scope: Mapping[str, Any], form: bytes, sent: Mapping[str, Any]) -> Exchange:
    """Return what a request is about, by the form sent to the token endpoint or the object sent to the API."""
    method, path = scope["method"], scope["path"]
    query = {name: values[0] for name, values in parse_qs(scope.get("query_string", b"").decode("latin-1")).items()}
    bearer = ""
    for name, value in scope.get("headers", ()):
        if name.lower() == b"authorization":
            bearer = value.decode("latin-1").partition(" ")[2].strip()
    found = _API.fullmatch(path)
    if found is None:
        return Exchange(method, path, "", _oauth_deeds(path, form), bearer)
    deeds = _api_deeds(method, (found["rest"] or "").split("/"), query, sent)
    return Exchange(method, path, found["realm"], deeds, bearer)


def _oauth_deeds(path: str, form: bytes) -> tuple[Deed, ...]:
    if path.startswith("/.well-known/"):
        return (Deed("discovery"),)
    operation = _OAUTH.get(path.rstrip("/"), "other")
    if operation != "token":
        return (Deed(operation),)
    (grant,) = parse_qs(form.decode("latin-1")).get("grant_type", [""])[:1]
    kind = _GRANTS.get(grant)
    return (Deed("token"), Deed(kind)) if kind else (Deed("token"),)


def _api_deeds(method: str, parts: list[str], query: Mapping[str, str], sent: Mapping[str, Any]) -> tuple[Deed, ...]:
    head = parts[0].lower()
    if head == "batch":
        return (Deed("batch"), *_item_deeds(sent))
    if head in _NAMED:
        return (Deed("report" if head == "reports" else head),)
    entity = _ENTITY_NAMES.get(head, "")
    if len(parts) == 3 and parts[2].lower() in ("pdf", "send"):
        return (Deed(parts[2].lower(), entity),)
    if method == "GET":
        return (Deed("read", entity),)
    operation = query.get("operation", "").lower()
    return (Deed(_write(entity, operation, query.get("include", ""), sent), entity),)


def _write(entity: str, operation: str, include: str, sent: Mapping[str, Any]) -> str:
    if operation == "void" or "void" in include.lower().split(","):
        return "void"
    if operation in ("delete", "update"):
        return operation
    if entity and ENTITIES[entity].id_family == "singleton":
        return "update"
    return "update" if sent.get("Id") else "create"


def _item_deeds(sent: Mapping[str, Any]) -> tuple[Deed, ...]:
    items = sent.get("BatchItemRequest")
    if not isinstance(items, list):
        return ()
    return tuple(_item_deed(position, item) for position, item in enumerate(items))


def _item_deed(position: int, item: Any) -> Deed:
    if not isinstance(item, dict):
        return Deed("other", "", position)
    if "Query" in item:
        return Deed("query", "", position)
    entity = next((_ENTITY_NAMES[name.lower()] for name in item if name.lower() in _ENTITY_NAMES), "")
    operation = str(item.get("operation", "")).lower()
    if "void" in str(item.get("optionsData", "")).lower():
        operation = "void"
    return Deed(operation if operation in OPERATIONS else "other", entity, position)
