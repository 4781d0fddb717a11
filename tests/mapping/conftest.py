"""A brokerage with a QuickBooks company, in the database alone or against a running sandbox."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import django
import pytest

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "freightbooks.settings")
django.setup()

from freightbooks.connections.models import Connection  # noqa: E402  (models need Django set up first)
from freightbooks.mapping.events import mapping_changed  # noqa: E402
from freightbooks.organizations.models import Organization, User  # noqa: E402
from mapping import builders  # noqa: E402
from mapping.cutting_proxy import CuttingProxy  # noqa: E402


@pytest.fixture
def organization(database: str) -> Organization:
    return Organization.objects.create(name="Blue Ridge Freight Brokers")


@pytest.fixture
def dana(organization: Organization) -> User:
    return User.objects.create_user("dana@blueridge.example", "Dana Whitlow", "correct horse battery")


@pytest.fixture
def company(organization: Organization) -> Connection:
    """A connected company nobody answers for: what a test needs of its lists, it puts there."""
    return builders.a_company(organization, "http://127.0.0.1:9", "9341451234567890")


@pytest.fixture
def books(qbo_sandbox: Any, organization: Organization) -> Connection:
    """The connection to the sandbox's company, with its lists read."""
    connection = builders.a_company(organization, qbo_sandbox.base_url, qbo_sandbox.realm_id)
    builders.read_the_lists(qbo_sandbox, connection)
    return connection


@pytest.fixture
def cutting_proxy(qbo_sandbox: Any) -> Iterator[CuttingProxy]:
    """Stands between us and the sandbox, and can lose answers."""
    proxy = CuttingProxy(qbo_sandbox.base_url)
    yield proxy
    proxy.stop()


@pytest.fixture
def announced() -> Iterator[list[int]]:
    """The connections whose mapping was announced as changed."""
    heard: list[int] = []

    def hear(sender: object, connection_id: int, **_: object) -> None:
        heard.append(connection_id)

    mapping_changed.connect(hear)
    yield heard
    mapping_changed.disconnect(hear)
