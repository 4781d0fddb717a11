"""`POST /upload`: files for the list of attachments, each with what it is attached to; every file is judged singly.

A file that is refused is a Fault inside an answer of 200 [CAP]. `file_metadata_01` goes with `file_content_01`.
"""

from __future__ import annotations

import mimetypes
import re
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from qbo_sandbox.books import json_text
from qbo_sandbox.books.commits import Commit, Piece
from qbo_sandbox.books.company import Company
from qbo_sandbox.books.fields import Body
from qbo_sandbox.books.refusals import Refusal, refuse
from qbo_sandbox.wire.answers import PREFIX, Responder, now_text
from qbo_sandbox.wire.bodies import raw_body
from qbo_sandbox.wire.faults import fault_of
from qbo_sandbox.wire.multipart import BadMultipart, Part, boundary_of, parts_of
from qbo_sandbox.wire.once import once
from qbo_sandbox.wire.xml_in import read_xml

LARGEST_FILE = 100 * 1024 * 1024  # [DOC] 100 MB
LARGEST_REQUEST = LARGEST_FILE * 3 // 2  # room for base64 and what stands around the file
_NAME = re.compile(r"file_(metadata|content)_?0*(\d*)", re.IGNORECASE)


@dataclass
class _Upload:
    """One file of a request, and what is told about it."""

    metadata: Part | None = None
    content: Part | None = None


def upload_routes(api: Responder) -> list[BaseRoute]:
    """Return the address that takes files."""

    async def upload(request: Request) -> Response:
        told = request.headers.get("content-length", "")
        too_large = told.isdecimal() and int(told) > LARGEST_REQUEST
        raw = b"" if too_large else await raw_body(request, LARGEST_REQUEST)

        def read(request: Request, raw: bytes, _company: Company) -> Body:
            if too_large:
                raise _too_large(int(told))
            return {"uploads": _uploads(request, raw)}

        return api.respond(request, "write", lambda company: once(company, request, raw, _write, read=read))

    return [Route(f"{PREFIX}/upload", upload, methods=["POST"])]


def _uploads(request: Request, raw: bytes) -> list[_Upload]:
    """Return the files of a request, in the order they came."""
    content_type = request.headers.get("content-type", "")
    if not content_type.lower().startswith("multipart/"):
        raise refuse("1050", "Invalid Content Type", f"Invalid Content Type : {content_type[:100]}", None)
    try:
        parts = parts_of(raw, boundary_of(content_type))
    except BadMultipart as error:
        raise _invalid_file(str(error)) from error
    uploads: dict[str, _Upload] = {}
    for position, part in enumerate(parts):
        found = _NAME.fullmatch(part.name.strip())
        if found is not None:
            upload = uploads.setdefault(found[2] or "0", _Upload())
            if found[1].lower() == "metadata":
                upload.metadata = part
            else:
                upload.content = part
        elif part.file_name:  # [INF] a file under a name of the client's own
            uploads[f"part {position}"] = _Upload(content=part)
    if not uploads:
        raise _no_content()
    return list(uploads.values())


def _write(company: Company, _request: Request, body: Body, commit: Commit) -> list[Piece]:
    pieces: list[Piece] = ['{"AttachableResponse":[']
    for position, upload in enumerate(body["uploads"]):
        if position:
            pieces.append(",")
        try:
            _attach(company, upload)
            pieces += ['{"Attachable":', len(commit.objects) - 1, "}"]
        except Refusal as refusal:
            pieces.append(f'{{"Fault":{fault_of(refusal)}}}')
    return [*pieces, f'],"time":"{now_text(company)}"}}']


def _attach(company: Company, upload: _Upload) -> None:
    metadata, part = _metadata(upload.metadata), upload.content
    if part is None:
        raise _no_content()
    if not part.content:
        raise _invalid_file("the file is empty")
    if len(part.content) > LARGEST_FILE:
        raise _too_large(len(part.content))
    name = metadata.get("FileName") or part.file_name
    kind = part.media_type or metadata.get("ContentType") or (mimetypes.guess_type(str(name))[0] if name else "")
    if company.quirks.octet_stream_is_refused and kind in ("", "application/octet-stream"):
        raise _invalid_file(f"the content type {kind or 'is not told and'} is not supported")
    if not name:
        name = f"attachment{mimetypes.guess_extension(str(kind)) or ''}"
    company.attach(metadata | {"FileName": name, "ContentType": kind}, part.content)


def _metadata(part: Part | None) -> Body:
    """Return what a client tells of its file; [DOC] without it the file is only put on the list of attachments."""
    if part is None or not part.content.strip():
        return {}
    if part.content.lstrip()[:1] == b"<":
        return _told(read_xml(part.content.strip()))
    try:
        body = json_text.loads(part.content.decode("utf-8-sig"))
        json_text.dumps(body).encode()  # half of a surrogate pair is JSON, but no text
    except (ValueError, RecursionError) as error:
        raise _not_an_attachable() from error
    if isinstance(body, dict) and list(body) == ["Attachable"]:
        body = body["Attachable"]
    if not isinstance(body, dict):
        raise _not_an_attachable()
    return _told(body)


def _told(body: Body) -> Body:
    return {name: value for name, value in body.items() if name not in ("Id", "SyncToken")}


def _no_content() -> Refusal:
    return refuse("6020", "Content length missing", "Content length missing : the file to upload is not in the request")


def _too_large(size: int) -> Refusal:
    return refuse("6030", "Size exceeded", f"Size exceeded : {size:,} bytes; the largest file has {LARGEST_FILE:,}")


def _not_an_attachable() -> Refusal:
    return refuse("6040", "Metadata must be Attachable", "Metadata must be Attachable : it cannot be read as one")


def _invalid_file(why: str) -> Refusal:
    return refuse("6041", "Invalid Uploaded File", f"Invalid Uploaded File : {why}")
