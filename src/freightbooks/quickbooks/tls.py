"""The certificates a process trusts, read once: a client that reads them itself takes tens of milliseconds for it."""

from __future__ import annotations

import functools
import ssl

import httpx2


@functools.cache
def trusted() -> ssl.SSLContext:
    """Return what to give a client as `verify`: the certificates it would trust anyway."""
    return httpx2.create_ssl_context()
