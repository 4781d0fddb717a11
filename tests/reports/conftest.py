"""What the tests of the reports share: those of the pages' people and rows."""

from __future__ import annotations

from web.conftest import _django_test_environment, accountant, admin, count_queries, organization, viewer

__all__ = ["_django_test_environment", "accountant", "admin", "count_queries", "organization", "viewer"]
