"""What is done to many documents at once from a list: try again, or skip after a look at what that means."""

from __future__ import annotations

from decimal import Decimal

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from freightbooks.money import ZERO
from freightbooks.posting import actions
from freightbooks.posting.models import Posting
from freightbooks.posting.states import PostingState
from freightbooks.web.access import MemberRequest, accountant, postings_of, safe_next

MOST = 500


@require_POST
@accountant
def selected(request: MemberRequest) -> HttpResponse:
    """Apply `action` to the postings ticked in a list. Skipping asks first."""
    back = safe_next(request, reverse("invoices", args=["carrier"]))
    ids = [int(one) for one in request.POST.getlist("posting")[:MOST] if one.isdigit()]
    postings = list(postings_of(request.organization).filter(pk__in=ids).order_by("pk"))
    if not postings:
        messages.error(request, "Tick the documents first.")
        return redirect(back)
    action = request.POST.get("action")
    if action == "retry":
        return _retry(request, postings, back)
    if action == "skip":
        return render(request, "web/skip.html", _before_skipping(postings, back))
    if action == "skip-now":
        return _skip(request, postings, back)
    raise Http404


def _retry(request: MemberRequest, postings: list[Posting], back: str) -> HttpResponse:
    count = actions.retry(postings, request.user.name)
    messages.success(request, f"{count} of {len(postings)} are in the queue again.")
    return redirect(back)


def _before_skipping(postings: list[Posting], back: str) -> dict[str, object]:
    amounts: dict[str, Decimal] = {}
    able = [one for one in postings if one.state in (PostingState.WAITING, PostingState.FAILED, PostingState.DUE)]
    for posting in able:
        document = posting.document
        amounts[document.currency] = amounts.get(document.currency, ZERO) + document.amount
    return {"postings": able, "left_out": len(postings) - len(able), "amounts": amounts, "back": back}


def _skip(request: MemberRequest, postings: list[Posting], back: str) -> HttpResponse:
    done, refused = 0, ""
    for posting in postings:
        try:
            actions.skip(posting, request.user.name)
            done += 1
        except actions.NotAllowed as refusal:
            refused = str(refusal)
    if done:
        messages.success(request, f"{done} skipped. They stay in the list under “Skipped or removed”.")
    if refused:
        messages.error(request, f"{len(postings) - done} not skipped: {refused}")
    return redirect(back)
