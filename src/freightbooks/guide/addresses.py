"""The addresses an Intuit app must know, computed for one installation, and what is wrong with them. Pure.

Intuit's production keys want HTTPS and a name the world can reach; http://localhost goes with development keys only.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

_NOT_PUBLIC = (".local", ".localhost", ".internal", ".lan", ".home", ".test", ".invalid", ".example", ".corp")


@dataclass(frozen=True)
class Address:
    """One field of Intuit's form: its name there, what to copy, and what it is for."""

    key: str
    field: str
    value: str
    purpose: str


def base_of(scheme: str, host: str, origins: Sequence[str], *, https: bool) -> str:
    """Return the installation's `scheme://host[:port]` as the browser reaches it.

    `host` is the request's Host header; `origins` are the trusted ones behind a proxy, which say how that host is
    reached even when the proxy does not pass the scheme on; `https`: every page is served over HTTPS.
    """
    for origin in origins:
        if urlsplit(origin).netloc == host:
            return origin.rstrip("/")
    return f"{'https' if https else scheme}://{host}"


def addresses(base: str, paths: Mapping[str, str]) -> list[Address]:
    """Return the fields of Intuit's forms in their order. `paths` has the path of each key but `host`."""
    host = urlsplit(base).netloc

    def one(key: str, field: str, purpose: str) -> Address:
        return Address(key, field, f"{base}{paths[key]}", purpose)

    return [
        one("terms", "End-user license agreement URL", "Your terms of use, readable by everybody."),
        one("privacy", "Privacy policy URL", "What is kept of whom, readable by everybody."),
        Address("host", "Host domain", host, "Where this product runs. Intuit wants it without https://."),
        one("launch", "Launch URL", "Where QuickBooks sends a person who opens the app from there."),
        one("disconnected", "Disconnect URL", "Where QuickBooks sends a person who disconnected the app there."),
        one("reconnect", "Connect/Reconnect URL", "Where QuickBooks sends a person who connects or reconnects."),
        one("callback", "Redirect URI", "Where Intuit sends you back after you agreed. It must match to the letter."),
    ]


def warnings(base: str, origins: Sequence[str] = ()) -> list[str]:
    """Return what Intuit would find wrong with this installation's address, each with what to do."""
    parts = urlsplit(base)
    host = parts.hostname or ""
    found = []
    known = [origin for origin in origins if origin.startswith("https://") and "*" not in origin]
    if known and base not in known:
        found.append(
            f"You opened this page at {base}, and others reach it at {known[0]}. Open it there before you copy: the "
            "addresses follow the one in your browser."
        )
    if parts.scheme != "https":
        found.append(
            "This address does not begin with https. Intuit takes it for development keys, and only as "
            "http://localhost; production keys need HTTPS. Whoever runs this installation puts a proxy with HTTPS in "
            "front of it and sets FREIGHTBOOKS_HTTPS, FREIGHTBOOKS_HOSTS and FREIGHTBOOKS_ORIGINS."
        )
    if not is_public(host):
        found.append(
            f"“{host}” can be reached from this network only. Signing in still works, because your own browser "
            "carries you back; but Intuit’s reviewers cannot read the privacy page and the terms."
        )
    if parts.scheme != "https" and host != "localhost" and not is_public(host):
        found.append("If you only try it out on this machine, open it as http://localhost with the same port.")
    return found


def is_public(host: str) -> bool:
    """Whether a host name looks like one the world can reach."""
    try:
        return ipaddress.ip_address(host).is_global
    except ValueError:
        return "." in host and not host.endswith(_NOT_PUBLIC)
