"""Somebody who connects an app: the consent page, tokens and calls, in the words of the tests. In this process."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl, urlsplit

from httpx2 import Response

from sandbox.control_client import ControlClient

Body = dict[str, Any]

CALLBACK = "http://localhost:8000/callback"
ACCOUNTING = "com.intuit.quickbooks.accounting"
OWNER, CONTROLLER, CLERK = "owner@sandbox.example", "controller@sandbox.example", "clerk@sandbox.example"


class Visitor(ControlClient):
    """An app, its user's browser, and the control plane beside them."""

    def asking(self, **more: str) -> dict[str, str]:
        """Return the query of a request for consent; an empty value leaves a parameter out."""
        asked = {
            "client_id": self.keys[0],
            "response_type": "code",
            "scope": ACCOUNTING,
            "redirect_uri": CALLBACK,
            "state": "as sent",
            **more,
        }
        return {name: value for name, value in asked.items() if value}

    def open_page(self, **more: str) -> Response:
        """Go to the consent page."""
        return self.http.get("/connect/oauth2", params=self.asking(**more), follow_redirects=False)

    def choose(self, decision: str = "allow", user: str = OWNER, realm_id: str = "", **more: str) -> Response:
        """Press a button of the consent page."""
        form = self.asking(**more) | {"user": user, "realm_id": realm_id or self.realm_id, "decision": decision}
        return self.http.post("/connect/oauth2", data=form, follow_redirects=False)

    def code(self, user: str = OWNER, realm_id: str = "", **more: str) -> str:
        """Consent; return the code the app gets."""
        return came_back(self.choose("allow", user, realm_id, **more))["code"]

    def ask_token(self, form: Body, keys: tuple[str, str] | None = None, **headers: str) -> Response:
        """Ask the token endpoint."""
        return self.http.post("/oauth2/v1/tokens/bearer", data=form, auth=keys or self.keys, headers=headers)

    def exchange(self, code: str, **more: Any) -> Response:
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": CALLBACK}
        return self.ask_token(form, **more)

    def refresh(self, refresh_token: str = "", **more: Any) -> Response:
        token = refresh_token or self.ready["refresh_token"]
        return self.ask_token({"grant_type": "refresh_token", "refresh_token": token}, **more)

    def revoke(self, token: str) -> Response:
        return self.http.post("/v2/oauth2/tokens/revoke", json={"token": token}, auth=self.keys)

    def connect(self, user: str = OWNER, realm_id: str = "", **more: str) -> Body:
        """Consent and get tokens; return the token endpoint's answer."""
        found = self.exchange(self.code(user, realm_id, **more))
        assert found.status_code == 200, found.text
        body: Body = found.json()
        return body

    def call(self, token: str = "", realm_id: str = "", path: str = "companyinfo/1", **headers: str) -> Response:
        """Read something over the accounting API."""
        sent = {"Authorization": f"Bearer {token or self.ready['access_token']}", "Accept": "application/json"}
        return self.http.get(f"/v3/company/{realm_id or self.realm_id}/{path}", headers=sent | headers)

    def quirk(self, **settings: Any) -> None:
        """Set quirks of access."""
        self.control("POST", "/access", settings)


def came_back(response: Response) -> dict[str, str]:
    """Return what an app is called back with."""
    assert response.status_code == 302, response.text
    assert response.headers["location"].startswith(CALLBACK + "?")
    return dict(parse_qsl(urlsplit(response.headers["location"]).query))


def gateway_error(response: Response) -> Body:
    """Return the error of a fault of the gateway."""
    found: Body = response.json()["fault"]["error"][0]
    return found
