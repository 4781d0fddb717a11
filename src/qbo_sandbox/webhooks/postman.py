"""Carries one notification to its address over HTTP. Whatever goes wrong is an answer like any other.

Only addresses of this machine, unless it is told otherwise: a sandbox must not become a way to reach other servers.
"""

from __future__ import annotations

import contextlib
import http.client
import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

ANSWER_SECONDS = 3.0  # [DOC]
_MOST_READ = 65_536


class BadAddress(ValueError):
    """No notification can be sent to this address; the message says why."""


@dataclass(frozen=True)
class Reply:
    """What came back: an HTTP status, or (None) why there is none."""

    status: int | None
    error: str
    seconds: float


def hold_address(url: str, *, anywhere: bool) -> None:
    """Refuse an address that is no HTTP address, or not of this machine. Raises BadAddress."""
    _addresses(_parts(url), anywhere=anywhere)


def carry(url: str, body: bytes, headers: Mapping[str, str], *, anywhere: bool = False) -> Reply:
    """Post a body; return the answer, or what went wrong within the time an endpoint has."""
    began = time.monotonic()
    try:
        status, error = _post(_parts(url), body, headers, anywhere=anywhere), ""
    except TimeoutError:
        status, error = None, f"no answer within {ANSWER_SECONDS:g} seconds"
    except (OSError, http.client.HTTPException, ValueError) as problem:
        status, error = None, f"{type(problem).__name__}: {problem}"[:300]
    return Reply(status, error, time.monotonic() - began)


def _parts(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
        (parts.path + parts.query).encode("ascii")
    except ValueError:
        usable = False
    if not usable or any(letter <= " " or letter == "\x7f" for letter in url):
        raise BadAddress(f"{url!r} is not an address such as http://127.0.0.1:9000/webhooks.")
    return parts


def _addresses(parts: SplitResult, *, anywhere: bool) -> list[tuple[str, int]]:
    """Return the addresses a host name stands for, now: a name may not change its meaning after it was held."""
    port = parts.port or (443 if parts.scheme == "https" else 80)
    try:
        found = socket.getaddrinfo(parts.hostname, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise BadAddress(f"{parts.hostname} cannot be found.") from error
    addresses = [(str(each[4][0]), port) for each in found]
    if not anywhere:
        addresses = [each for each in addresses if ipaddress.ip_address(each[0].partition("%")[0]).is_loopback]
        if not addresses:
            raise BadAddress(
                f"{parts.hostname} is not this machine; start the sandbox with --webhooks-anywhere to send there."
            )
    return addresses


def _post(parts: SplitResult, body: bytes, headers: Mapping[str, str], *, anywhere: bool) -> int:
    deadline = time.monotonic() + ANSWER_SECONDS
    stream = _connected(_addresses(parts, anywhere=anywhere), deadline)
    overdue = threading.Event()

    def hang_up() -> None:  # an answer that drips in would keep each single read within its time
        overdue.set()
        with contextlib.suppress(OSError):
            stream.shutdown(socket.SHUT_RDWR)

    watch = threading.Timer(max(0.0, deadline - time.monotonic()), hang_up)
    watch.daemon = True
    watch.start()
    connection = http.client.HTTPConnection(str(parts.hostname), parts.port)
    try:
        stream.settimeout(ANSWER_SECONDS)
        connection.sock = _secured(stream, str(parts.hostname)) if parts.scheme == "https" else stream
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection.request("POST", path, body, {**headers, "Host": parts.netloc.rpartition("@")[2]})
        answer = connection.getresponse()
        answer.read(_MOST_READ)
    except (OSError, http.client.HTTPException, ValueError) as error:
        if overdue.is_set():
            raise TimeoutError from error
        raise
    finally:
        watch.cancel()
        connection.close()
        stream.close()
    if overdue.is_set():
        raise TimeoutError
    return answer.status


def _connected(addresses: list[tuple[str, int]], deadline: float) -> socket.socket:
    problem: OSError = TimeoutError()
    for address in addresses:
        left = deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError
        try:
            return socket.create_connection(address, left)
        except OSError as error:
            problem = error
    raise problem


def _secured(stream: socket.socket, host: str) -> socket.socket:
    """Return the stream under TLS. An endpoint of this machine has no certificate anybody signed."""
    context = ssl.create_default_context()
    if ipaddress.ip_address(stream.getpeername()[0].partition("%")[0]).is_loopback:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context.wrap_socket(stream, server_hostname=host)
