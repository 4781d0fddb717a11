"""Has the demo's sandbox tell the product of changes, as one does for a real app in the Intuit Developer site."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx2

if TYPE_CHECKING:
    from freightbooks.connections.models import Connection

PATH = "/intuit/notifications/"


class NotTold(Exception):
    """The sandbox did not take the address; the message says why."""


def tell(pages: str, connection: Connection, ready: dict[str, str]) -> None:
    """Enter the verifier token, and give the sandbox the address at `pages`. An earlier run's address goes.

    Raises NotTold.
    """
    from freightbooks.receiving import addresses

    token = ready["webhook_verifier_token"]
    address = addresses.address_of(connection)
    if addresses.verifier_of(address) != token:
        address = addresses.set_verifier(connection, token)
    with httpx2.Client(base_url=f"{ready['base_url']}/_sandbox", timeout=30) as sandbox:
        url = f"{pages}{PATH}{address.key}/"
        for endpoint in sandbox.get("/webhooks").json().get("endpoints", []):
            if PATH in endpoint["url"] and endpoint["url"] != url:
                sandbox.delete(f"/webhooks/{endpoint['id']}")
        answer = sandbox.post("/webhooks", json={"url": url, "client_id": connection.client_id})
        if answer.status_code != 200:
            raise NotTold(f"the sandbox did not take the address for notifications: {answer.text[:300]}")
