"""An organization with two admins and a connected company, the mails it sends, and an endpoint that answers."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import django
import pytest

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "freightbooks.settings")
django.setup()

from django.core import mail  # noqa: E402  (models need Django set up first)
from django.test.utils import override_settings  # noqa: E402

from freightbooks.connections.models import Connection  # noqa: E402
from freightbooks.organizations.models import Organization, Role, User  # noqa: E402
from web import builders  # noqa: E402


@dataclass
class Listener:
    """Another program's endpoint: what it was sent, and what it answers next."""

    url: str
    status: int = 204
    headers: dict[str, str] = field(default_factory=dict)
    received: list[tuple[dict[str, str], bytes]] = field(default_factory=list)


@pytest.fixture
def listener() -> Iterator[Listener]:
    heard = Listener("")

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            heard.received.append(({name.lower(): value for name, value in self.headers.items()}, body))
            self.send_response(heard.status)
            for name, value in heard.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    heard.url = f"http://127.0.0.1:{server.server_port}/told"
    yield heard
    server.shutdown()
    server.server_close()
    thread.join(timeout=10)


@pytest.fixture(autouse=True)
def mailbox() -> Iterator[Callable[[], list[tuple[str, str]]]]:
    """Give a function that returns (to, subject) of every mail sent so far."""
    with override_settings(
        EMAIL_BACKEND="django.core.mail.backends.locmem.EmailBackend", PUBLIC_ADDRESS="https://books.blueridge.example"
    ):
        mail.outbox = []
        yield lambda: [(each.to[0], each.subject) for each in mail.outbox]


@pytest.fixture
def organization(database: str) -> Organization:
    return builders.an_organization()


@pytest.fixture
def admin(organization: Organization) -> User:
    return builders.a_person(organization, Role.ADMIN, "Priya Raman")


@pytest.fixture
def company(organization: Organization, admin: User) -> Connection:
    return builders.a_company(organization, connected_by=admin)
