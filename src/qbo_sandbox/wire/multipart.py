"""Reads a multipart body as leniently as QuickBooks does: bare line feeds, blank lines ahead, names without quotes.

Some clients (python-quickbooks) write such bodies by hand, and they have always been taken.
"""

from __future__ import annotations

import base64
import binascii
import quopri
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import unquote

_BOUNDARY = re.compile(r';\s*boundary\s*=\s*(?:"([^"]+)"|([^;\s]+))', re.IGNORECASE)
_PARAMETER = re.compile(r';\s*([a-z*]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^;\s]*))', re.IGNORECASE)
_MOST_PARTS = 200
_LONGEST_HEAD = 16_384


class BadMultipart(ValueError):
    """The body is not multipart; the message says what is missing."""


@dataclass(frozen=True)
class Part:
    """One part of a body."""

    name: str
    file_name: str
    media_type: str  # without parameters; empty when not told
    content: bytes


def boundary_of(content_type: str) -> bytes:
    """Return the boundary a Content-Type names. Raises BadMultipart."""
    found = _BOUNDARY.search(content_type)
    if found is None or not content_type.strip().lower().startswith("multipart/"):
        raise BadMultipart("no multipart Content-Type with a boundary")
    return (found[1] or found[2]).encode("latin-1", "replace")


def parts_of(raw: bytes, boundary: bytes) -> list[Part]:
    """Return the parts of a body. Raises BadMultipart."""
    parts = [_part(piece) for piece in _pieces(raw, b"--" + boundary)]
    if not parts:
        raise BadMultipart("no part between boundaries")
    return parts


def _pieces(raw: bytes, mark: bytes) -> Iterator[bytes]:
    """Yield what lies between lines that hold the mark. Raises BadMultipart."""
    at = _next_mark(raw, mark, 0)
    count = 0
    while at >= 0:
        line_end = raw.find(b"\n", at)
        if raw[at + len(mark) : at + len(mark) + 2] == b"--" or line_end < 0:
            return
        count += 1
        if count > _MOST_PARTS:
            raise BadMultipart(f"more than {_MOST_PARTS} parts")
        feed = b"\r\n" if raw[line_end - 1 : line_end] == b"\r" else b"\n"
        begin, at = line_end + 1, _next_mark(raw, mark, line_end)
        piece = raw[begin:at] if at >= 0 else raw[begin:]
        # The line end ahead of a mark belongs to the mark: bare if the mark before it ended bare.
        yield piece.removesuffix(feed) if at >= 0 else piece


def _next_mark(raw: bytes, mark: bytes, start: int) -> int:
    """Return where the next line begins that holds nothing but the mark, or -1."""
    at = raw.find(mark, start)
    while at >= 0:
        if at == 0 or raw[at - 1 : at] == b"\n":
            rest = raw[at + len(mark) : at + len(mark) + 100].split(b"\n", 1)[0].strip()
            if rest in (b"", b"--"):
                return at
        at = raw.find(mark, at + 1)
    return -1


def _part(piece: bytes) -> Part:
    head, content = _split(piece)
    headers = _headers(head)
    disposition = dict(_parameters(headers.get("content-disposition", "")))
    encoding = headers.get("content-transfer-encoding", "").strip().lower()
    file_name = disposition.get("filename", "")
    if "filename*" in disposition:
        file_name = unquote(disposition["filename*"].rpartition("'")[2])
    return Part(
        disposition.get("name", ""),
        file_name,
        headers.get("content-type", "").partition(";")[0].strip().lower(),
        _decoded(content, encoding),
    )


def _split(piece: bytes) -> tuple[bytes, bytes]:
    """Return the head and the content of a part; a part may begin with the blank line that ends no head at all."""
    for blank in (b"\r\n", b"\n"):
        if piece.startswith(blank):
            return b"", piece[len(blank) :]
    ends = [(at, blank) for blank in (b"\r\n\r\n", b"\n\n") if (at := piece.find(blank, 0, _LONGEST_HEAD)) >= 0]
    if not ends:
        return piece, b""
    at, blank = min(ends)
    return piece[:at], piece[at + len(blank) :]


def _headers(head: bytes) -> Mapping[str, str]:
    headers: dict[str, str] = {}
    for line in head.decode("utf-8", "replace").splitlines():
        name, colon, value = line.partition(":")
        if colon:
            headers[name.strip().lower()] = value.strip()
    return headers


def _parameters(value: str) -> Iterator[tuple[str, str]]:
    for found in _PARAMETER.finditer(value):
        quoted = found[2]
        yield found[1].lower(), re.sub(r'\\(["\\])', r"\1", quoted) if quoted is not None else found[3]


def _decoded(content: bytes, encoding: str) -> bytes:
    if encoding == "base64":
        try:
            return base64.b64decode(b"".join(content.split()), validate=True)
        except binascii.Error as error:
            raise BadMultipart("a part is not in the base64 it promises") from error
    return quopri.decodestring(content) if encoding == "quoted-printable" else content
