"""Does a write once: a requestid already used gets the answer it got before.

A write is judged, committed and journalled before its answer leaves, together with the answer remembered.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable

from starlette.requests import Request

from qbo_sandbox.books.commits import Commit, Piece
from qbo_sandbox.books.company import Company
from qbo_sandbox.books.fields import Body
from qbo_sandbox.books.refusals import Refusal, refuse
from qbo_sandbox.wire.answers import Answered, refused
from qbo_sandbox.wire.bodies import read_body

_LONGEST_REQUEST_ID = 50

Write = Callable[[Company, Request, Body, Commit], list[Piece]]
Read = Callable[[Request, bytes, Company], Body]


def _read(request: Request, raw: bytes, company: Company) -> Body:
    return read_body(request, raw, company.quirks)


def once(company: Company, request: Request, raw: bytes, write: Write, *, read: Read = _read) -> Answered:
    """Do a write, or give the answer already given under its requestid (2130, 600)."""
    request_id = request.query_params.get("requestid", "")
    if len(request_id) > _LONGEST_REQUEST_ID:
        raise refuse("2130", "Invalid Request Id Format", f"Supplied value: {request_id}", "requestid")
    fingerprint = _fingerprint(request, raw)
    with company.lock:
        honoured = bool(request_id) and company.quirks.requestid_is_honoured
        if honoured and (before := company.remembered(request_id)) is not None:
            if before.fingerprint != fingerprint and not company.quirks.other_body_gets_first_answer:
                raise refuse("600", "Duplicate Request ID", f"requestid {request_id} was used for another request")
            return Answered(before.status, before.text)
        try:
            with company.commit() as commit:
                pieces = write(company, request, read(request, raw, company), commit)
                if request_id:
                    commit.remember(request_id, 200, pieces, fingerprint)
            return Answered(200, "".join(commit.objects[at][1] if isinstance(at, int) else at for at in pieces))
        except Refusal as refusal:
            answer = refused(company.now(), refusal)
            if request_id and company.quirks.refusals_are_remembered:
                with company.commit() as commit:
                    commit.remember(request_id, answer.status, [answer.text], fingerprint)
            return answer


def _fingerprint(request: Request, raw: bytes) -> str:
    told = "{} {}".format(request.query_params.get("operation", ""), request.query_params.get("sendTo", ""))
    return hashlib.sha256(f"{request.method} {request.url.path} {told} ".encode() + raw).hexdigest()
