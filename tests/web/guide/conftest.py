"""A real browser and the product served to it, beside the browsers and roles of all page tests."""

from connections.conftest import _no_discovery_is_remembered
from web.test_in_a_browser import address, browser

__all__ = ["_no_discovery_is_remembered", "address", "browser"]
