"""The pages' browsers and roles, and a browser of Intuit's sandbox."""

from connections.conftest import _no_discovery_is_remembered
from web.conftest import _django_test_environment, accountant, admin, count_queries, organization, viewer
from web.test_in_a_browser import address, browser

__all__ = [
    "_django_test_environment",
    "_no_discovery_is_remembered",
    "accountant",
    "address",
    "admin",
    "browser",
    "count_queries",
    "organization",
    "viewer",
]
