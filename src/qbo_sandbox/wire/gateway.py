"""What the accounting API needs of the world around it: who may come in, and which company is meant."""

from __future__ import annotations

from typing import Protocol

from starlette.requests import Request

from qbo_sandbox.books.company import Company


class Gateway(Protocol):
    """The door of the accounting API."""

    def company(self, realm_id: str) -> Company | None:
        """Return the company of a realm, or None."""

    def admit(self, request: Request, realm_id: str, *, batch: bool) -> None:
        """Let a request in, or raise GatewayFault: 401 no token, 403 not this company, 429 too many.

        Raises Refusal for a user who may not use the company (120); only for a company there is.
        """

    def answered(self, request: Request, realm_id: str, kind: str, status: int) -> None:
        """Note that a request was answered. `kind` is read, write or batch."""
