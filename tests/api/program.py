"""A program that calls the API with a key, in-process: JSON in, JSON out."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponseBase
from django.test import Client

from freightbooks.organizations import api_keys
from freightbooks.organizations.models import Organization, Scope


@dataclass(frozen=True)
class Program:
    """Calls below /api/v1/ with its key."""

    key: str
    browser: Client

    def get(self, path: str, **query: Any) -> Any:
        """GET, a 200 expected; return its JSON."""
        answer = self.call("GET", path, query=query)
        assert answer.status_code == 200, answer.content
        return answer.json()

    def post(self, path: str, body: Any) -> Any:
        """POST JSON, a 2xx expected; return its JSON."""
        answer = self.call("POST", path, body=body)
        assert answer.status_code in (200, 201), answer.content
        return answer.json()

    def refused(self, method: str, path: str, status: int, **sent: Any) -> dict[str, Any]:
        """Call, this refusal expected; return what stands under `error`."""
        answer = self.call(method, path, **sent)
        assert answer.status_code == status, (answer.status_code, answer.content)
        return an_error(answer)

    def call(self, method: str, path: str, *, query: Any = None, body: Any = None, **headers: str) -> Any:
        """Send one request and return the answer, whatever it is."""
        return self.browser.generic(
            method,
            f"/api/v1{path}",
            data=b"" if body is None else _json(body),
            content_type="application/json",
            query_params=query,
            headers={"Authorization": f"Bearer {self.key}"} | headers,
        )


def a_program(organization: Organization, scope: Scope = Scope.WRITE) -> Program:
    _, key = api_keys.make(organization, "TMS feed", scope, None)
    return Program(key, Client(raise_request_exception=False))


def an_error(answer: HttpResponseBase) -> dict[str, Any]:
    """Return what stands under `error`, having looked that it has the one shape."""
    assert answer["Content-Type"].startswith("application/json")
    said = answer.json()  # type: ignore[attr-defined]
    assert set(said) == {"error"}
    assert set(said["error"]) == {"code", "message", "remedy", "details"}
    return dict(said["error"])


def _json(body: Any) -> bytes:
    return body if isinstance(body, bytes) else json.dumps(body).encode()
