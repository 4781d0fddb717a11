"""What the tests of the reports share: the people of the pages, on a fresh database."""

from __future__ import annotations

from web.conftest import accountant, admin, count_queries, organization, viewer

__all__ = ["accountant", "admin", "count_queries", "organization", "viewer"]
