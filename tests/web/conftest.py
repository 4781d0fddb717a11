"""A signed-in browser for each role, on a fresh database. Django is set up before the tests import its models."""

from __future__ import annotations

import os
from collections.abc import Iterator

import django
import pytest

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "freightbooks.settings")
django.setup()

from django.test import Client  # noqa: E402  (models and the client need Django set up first)
from django.test.utils import setup_test_environment, teardown_test_environment  # noqa: E402

from freightbooks.organizations.models import Organization, Role  # noqa: E402
from web import builders  # noqa: E402


@pytest.fixture(scope="session", autouse=True)
def _django_test_environment() -> Iterator[None]:
    setup_test_environment()
    yield
    teardown_test_environment()


@pytest.fixture
def organization(database: str) -> Organization:
    """Blue Ridge Freight Brokers, empty."""
    return builders.an_organization()


@pytest.fixture
def admin(organization: Organization) -> Client:
    """A browser of an admin."""
    return builders.a_browser_of(builders.a_person(organization, Role.ADMIN, "Priya Raman"))


@pytest.fixture
def accountant(organization: Organization) -> Client:
    """A browser of an accountant."""
    return builders.a_browser_of(builders.a_person(organization, Role.ACCOUNTANT, "Dana Whitlow"))


@pytest.fixture
def viewer(organization: Organization) -> Client:
    """A browser of a viewer."""
    return builders.a_browser_of(builders.a_person(organization, Role.VIEWER, "Sam Okafor"))


@pytest.fixture
def count_queries(database: str) -> object:
    """A context manager that yields the statements sent to the database within it."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    return lambda: CaptureQueriesContext(connection)
