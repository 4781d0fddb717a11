"""Programs with a key, on a fresh database. Django is set up before the tests import its models."""

from __future__ import annotations

import os

import django
import pytest

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "freightbooks.settings")
django.setup()

from api.program import Program, a_program  # noqa: E402  (models need Django set up first)
from freightbooks.organizations.models import Organization  # noqa: E402
from web import builders  # noqa: E402


@pytest.fixture
def organization(database: str) -> Organization:
    """Blue Ridge Freight Brokers, empty."""
    return builders.an_organization()


@pytest.fixture
def program(organization: Organization) -> Program:
    """A program that may read and write."""
    return a_program(organization)
