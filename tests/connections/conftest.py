"""An organization with its admin, and a connection to a sandbox, made as a person makes it."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import django
import pytest

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "freightbooks.settings")
django.setup()

from connections.consent import REDIRECT, a_connection, consent  # noqa: E402  (models need Django set up first)
from freightbooks.connections import connect, discovery  # noqa: E402
from freightbooks.connections.models import Connection  # noqa: E402
from freightbooks.organizations.models import Membership, Organization, Role, User  # noqa: E402

SESSION = "the session of Priya's browser"


@pytest.fixture(autouse=True)
def _no_discovery_is_remembered() -> None:
    """Ports come round again."""
    discovery._kept.clear()


@pytest.fixture
def organization(database: str) -> Organization:
    return Organization.objects.create(name="Blue Ridge Freight Brokers")


@pytest.fixture
def admin(organization: Organization) -> User:
    user = User.objects.create_user("priya@blueridge.example", "Priya Raman", "correct horse battery")
    Membership.objects.create(user=user, organization=organization, role=Role.ADMIN)
    return user


@pytest.fixture
def connect_to(organization: Organization, admin: User) -> Callable[[Any], Connection]:
    """Connect the organization to a sandbox, consent and all."""

    def connect_it(sandbox: Any) -> Connection:
        connection = a_connection(organization, sandbox)
        back = consent(connect.begin(connection, admin, SESSION, REDIRECT), sandbox)
        return connect.complete(SESSION, back["state"], back["code"], back["realmId"], user=admin)

    return connect_it


@pytest.fixture
def connection(qbo_sandbox: Any, connect_to: Callable[[Any], Connection]) -> Connection:
    """Connected to `qbo_sandbox`."""
    return connect_to(qbo_sandbox)
