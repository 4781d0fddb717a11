"""A person at the product's pages, and at the sandbox's consent page in between."""

from __future__ import annotations

import re
from html import unescape
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx2
from django.test import Client

from freightbooks.connections.models import Connection
from freightbooks.organizations.models import User

OWNER, CONTROLLER = "owner@sandbox.example", "controller@sandbox.example"


class AtThePages:
    """A signed-in browser without script. Each step returns the words of the page it ended on."""

    def __init__(self, user: User, sandbox: Any) -> None:
        # Intuit's development keys come back to this machine only.
        self.browser = Client(SERVER_NAME="127.0.0.1", SERVER_PORT="8000")
        self.browser.force_login(user)
        self.sandbox = sandbox

    def open(self, path: str) -> str:
        """Open a page."""
        response = self.browser.get(path, follow=True)
        assert response.status_code == 200, f"{path}: {response.status_code}"
        return words(response)

    def connect(self) -> Connection:
        """Connect the sandbox's company for the first time."""
        given = {
            "client_id": self.sandbox.client_id,
            "client_secret": self.sandbox.client_secret,
            "environment": "other",
            "discovery_url": self.sandbox.discovery_document,
            "api_base": self.sandbox.base_url,
        }
        assert "is connected" in self.consent(self.browser.post("/connections/new/", given))
        return Connection.objects.latest("pk")

    def press(self, path: str, **fields: str) -> Any:
        """Send a form; return the answer as it came."""
        return self.browser.post(path, fields)

    def consent(self, going: Any, *, user: str = OWNER, realm_id: str = "", decision: str = "allow") -> str:
        """Go where a page goes on to Intuit, decide there as `user`, and come back."""
        link = re.search(r'id="to-quickbooks"[^>]* href="([^"]+)"', going.content.decode())
        assert link, words(going)
        address, _, query = unescape(link[1]).partition("?")
        asked = dict(parse_qsl(query))
        form = asked | {"user": user, "realm_id": realm_id or self.sandbox.realm_id, "decision": decision}
        answer = httpx2.post(address, data=form)
        assert answer.status_code == 302, answer.text
        back = urlsplit(answer.headers["location"])
        return self.open(f"{back.path}?{back.query}")

    def reconnect(self, connection: Connection, **how: str) -> str:
        """Press Reconnect and consent."""
        return self.consent(self.press(f"/connections/{connection.pk}/begin/"), **how)

    def paste_tokens(self, connection: Connection, *, user: str = CONTROLLER, client_id: str = "") -> str:
        """Get tokens as in Intuit's OAuth 2.0 Playground, for the connection's own app, and paste them."""
        scope = ("com.intuit.quickbooks.accounting",)
        app = client_id or connection.client_id
        given = self.sandbox.sandbox.door.grant(app, self.sandbox.realm_id, user, scope)
        fields = {
            "access_token": f" {given.access_token}\n",
            "refresh_token": f"{given.refresh_token} ",
            "realm_id": self.sandbox.realm_id,
        }
        response = self.browser.post(f"/connections/{connection.pk}/tokens/", fields, follow=True)
        assert given.refresh_token not in response.content.decode()
        return words(response)


def words(response: Any) -> str:
    """Return what a page says, without its marks."""
    text = re.sub(r"<(head|script|style)\b.*?</\1>", " ", response.content.decode(), flags=re.S)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", text)).split())
