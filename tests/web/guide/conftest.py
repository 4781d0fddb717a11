"""A real browser and the product served to it, beside the browsers and roles of all page tests."""

from browsing import address, browser
from connections.conftest import _no_discovery_is_remembered

__all__ = ["_no_discovery_is_remembered", "address", "browser"]
