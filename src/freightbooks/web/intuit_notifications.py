"""Where Intuit posts its notifications. No session, no form: the signature over the raw bytes is all that counts."""

from __future__ import annotations

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from freightbooks.receiving import door
from freightbooks.receiving.notification import MOST_BYTES


@csrf_exempt
@require_POST
def notified(request: HttpRequest, key: str) -> HttpResponse:
    """Take a notification in, and answer at once; the work is a worker's."""
    body = request.read(MOST_BYTES + 1)
    reception = door.receive(key, request.headers.get("intuit-signature", ""), body)
    if reception.status == HTTPStatus.OK:
        return HttpResponse(status=HTTPStatus.OK)
    return HttpResponse(reception.says, status=reception.status, content_type="text/plain; charset=utf-8")
