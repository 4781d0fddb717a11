"""The bytes of an attachment: `/download/{id}` tells a temporary link as text, and the link gives the file."""

from __future__ import annotations

from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from qbo_sandbox.books import temporary_links
from qbo_sandbox.books.company import Company
from qbo_sandbox.books.refusals import Refusal
from qbo_sandbox.books.temporary_links import Held
from qbo_sandbox.wire.answers import PREFIX, File, Responder
from qbo_sandbox.wire.gateway import Gateway


def download_routes(api: Responder) -> list[BaseRoute]:
    """Return the address that tells temporary links."""

    async def download(request: Request) -> Response:
        def work(company: Company) -> File:
            record = company.read("Attachable", request.path_params["qbo_id"])
            company.content_of(record.qbo_id)
            link = company.temporary_link(record.qbo_id, record.body.get("FileName", ""))
            return File(link.encode(), "text/plain")

        return api.respond(request, "read", work)

    return [Route(f"{PREFIX}/download/{{qbo_id}}", download, methods=["GET"])]


def temporary_routes(gateway: Gateway) -> list[BaseRoute]:
    """Return the address temporary links lead to. It takes no token: the signature in the link is enough."""

    async def fetch(request: Request) -> Response:
        company = gateway.company(request.path_params["realm"])
        qbo_id = request.path_params["qbo_id"]
        if company is None:
            return _refused(404, "NoSuchKey", "The specified key does not exist.")
        held = temporary_links.hold(company.realm_id, qbo_id, request.query_params, company.now())
        if held is Held.FORGED:
            return _refused(403, "SignatureDoesNotMatch", "The request signature does not match.")
        if held is Held.EXPIRED:
            return _refused(403, "AccessDenied", "Request has expired")
        try:
            content, record = company.content_of(qbo_id), company.read("Attachable", qbo_id)
        except Refusal:
            return _refused(404, "NoSuchKey", "The specified key does not exist.")
        return Response(content, 200, _headers(record.body.get("FileName", ""), record.body.get("ContentType", "")))

    return [Route(temporary_links.PATH + "/{realm}/{qbo_id}/{name}", fetch, methods=["GET"])]


def _headers(name: str, kind: str) -> dict[str, str]:
    readable = kind.isascii() and kind.isprintable() and "/" in kind
    return {
        "Content-Type": kind if readable else "application/octet-stream",
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(name, safe='')}",
        "X-Content-Type-Options": "nosniff",  # whatever somebody uploaded is no page of ours
    }


def _refused(status: int, code: str, message: str) -> Response:
    text = f'<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>{code}</Code><Message>{message}</Message></Error>'
    return Response(text, status, media_type="application/xml")
