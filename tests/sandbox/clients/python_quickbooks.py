"""python-quickbooks and Intuit's OAuth client for Python, connected to a sandbox: only their addresses differ."""

from __future__ import annotations

from intuitlib.client import AuthClient
from quickbooks import QuickBooks

from qbo_sandbox.pytest_plugin import RunningSandbox


def oauth(sandbox: RunningSandbox, **more: str) -> AuthClient:
    """Return Intuit's OAuth client, told where the discovery document is."""
    return AuthClient(
        client_id=sandbox.client_id,
        client_secret=more.pop("client_secret", sandbox.client_secret),
        redirect_uri="http://localhost:8000/callback",
        environment=sandbox.discovery_document,
        **more,
    )


def connect(sandbox: RunningSandbox) -> QuickBooks:
    """Return python-quickbooks, told where the API is."""
    client = QuickBooks(
        auth_client=oauth(sandbox),
        refresh_token=sandbox.refresh_token,
        company_id=sandbox.realm_id,
        minorversion=75,
    )
    client.api_url_v3 = f"{sandbox.base_url}/v3"
    return client
