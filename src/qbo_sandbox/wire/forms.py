"""`/{form}/{id}/pdf` and `/{form}/{id}/send`: a form as a customer or vendor gets it, on paper or by e-mail."""

from __future__ import annotations

from collections import deque
from datetime import timedelta
from weakref import WeakKeyDictionary

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from qbo_sandbox.books.commits import Commit, Piece
from qbo_sandbox.books.company import Company
from qbo_sandbox.books.entities import entity_named
from qbo_sandbox.books.fields import Body
from qbo_sandbox.books.mailing import FORMS, mail
from qbo_sandbox.books.refusals import missing
from qbo_sandbox.books.store import Record
from qbo_sandbox.wire.answers import PREFIX, File, Responder, now_text
from qbo_sandbox.wire.bodies import media_type, raw_body
from qbo_sandbox.wire.faults import throttled
from qbo_sandbox.wire.once import once
from qbo_sandbox.wire.unknown import no_resource

_DAY = timedelta(days=1)


def form_routes(api: Responder) -> list[BaseRoute]:
    """Return the addresses of forms as paper and as e-mail."""
    mails = _Mails()

    async def pdf(request: Request) -> Response:
        def work(company: Company) -> File:
            from qbo_sandbox.wire.form_pdf import draw  # the PDF library takes a while to load: not at every start

            return File(draw(company, _form(company, request)), "application/pdf")

        return api.respond(request, "read", work)

    async def send(request: Request) -> Response:
        raw = await raw_body(request)

        def write(company: Company, request: Request, _body: Body, commit: Commit) -> list[Piece]:
            form = _form(company, request)
            send_to = request.query_params.get("sendTo", "").strip()
            if media_type(request) == "application/json" and not send_to:
                # [3P] The address is then looked for in the body; octet-stream says that there is none.
                raise missing("DeliveryAddress.Address")
            mails.hold(company)
            sent = mail(company, form, send_to)
            mails.count(company)
            return [f'{{"{sent.entity}":', len(commit.objects) - 1, f',"time":"{now_text(company)}"}}']

        return api.respond(request, "write", lambda company: once(company, request, raw, write, read=_nothing))

    return [
        Route(f"{PREFIX}/{{entity}}/{{qbo_id}}/pdf", pdf, methods=["GET"]),
        Route(f"{PREFIX}/{{entity}}/{{qbo_id}}/send", send, methods=["POST"]),
    ]


def _form(company: Company, request: Request) -> Record:
    entity = entity_named(request.path_params["entity"])
    if entity.name not in FORMS:
        raise no_resource(request)
    return company.read(entity.name, request.path_params["qbo_id"])


def _nothing(_request: Request, _raw: bytes, _company: Company) -> Body:
    return {}


class _Mails:
    """The e-mails each company sent within a day, of which a sandbox company has so many."""

    def __init__(self) -> None:
        self._sent: WeakKeyDictionary[Company, deque[float]] = WeakKeyDictionary()

    def hold(self, company: Company) -> None:
        """Turn away a mail above the day's number, as the gateway would (429)."""
        sent = self._sent.setdefault(company, deque())
        since = (company.now() - _DAY).timestamp()
        while sent and sent[0] <= since:
            sent.popleft()
        if company.quirks.mails_a_day and len(sent) >= company.quirks.mails_a_day:
            raise throttled()

    def count(self, company: Company) -> None:
        """Note that a mail was sent."""
        self._sent.setdefault(company, deque()).append(company.now().timestamp())
