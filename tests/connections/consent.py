"""What the person's browser does at the sandbox's consent page."""

from __future__ import annotations

import os
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import django
import httpx2

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "freightbooks.settings")
django.setup()

from freightbooks.connections import connect  # noqa: E402  (models need Django set up first)
from freightbooks.connections.models import Connection  # noqa: E402
from freightbooks.organizations.models import Organization  # noqa: E402

REDIRECT = "http://127.0.0.1:8000/connections/callback"


def a_connection(organization: Organization, sandbox: Any) -> Connection:
    """A connection with the sandbox's app, not yet connected."""
    return connect.new_connection(
        organization,
        discovery_url=sandbox.discovery_document,
        api_base=sandbox.base_url,
        client_id=sandbox.client_id,
        client_secret=sandbox.client_secret,
    )


def consent(address: str, sandbox: Any, decision: str = "allow", *, realm_id: str = "") -> dict[str, str]:
    """Press a button of the consent page; return what the browser is sent back with."""
    asked = dict(parse_qsl(urlsplit(address).query))
    form = asked | {"user": sandbox.sandbox.users[0], "realm_id": realm_id or sandbox.realm_id, "decision": decision}
    response = httpx2.post(address.partition("?")[0], data=form)
    assert response.status_code == 302, response.text
    assert response.headers["location"].startswith(REDIRECT)
    return dict(parse_qsl(urlsplit(response.headers["location"]).query))
