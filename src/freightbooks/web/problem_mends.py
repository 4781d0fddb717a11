"""Mending on the spot: what the buttons of a problem do, to the documents ticked or to all it holds."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from freightbooks.freight.models import Party
from freightbooks.mapping import changes, lists
from freightbooks.mapping.models import Section
from freightbooks.posting import actions, remedies
from freightbooks.posting.models import Posting
from freightbooks.posting.problem_list import one_problem
from freightbooks.posting.releasing import release
from freightbooks.problems.models import Problem
from freightbooks.problems.subjects import Kind
from freightbooks.quickbooks.errors import QuickBooksError
from freightbooks.web.access import MemberRequest, accountant, safe_next
from freightbooks.web.problem_cards import cards

MOST_TICKED = 1000


class _NotNow(Exception):
    """It cannot be done as asked; the message says why, for a person."""


@require_POST
@accountant
def mend(request: MemberRequest, problem_id: int) -> HttpResponse:
    """Do what the pressed button says, then show where one was. Skipping asks first."""
    problem = get_object_or_404(
        Problem.objects.select_related("connection"), pk=problem_id, connection__organization=request.organization
    )
    action = _ACTIONS.get(request.POST.get("mend", ""))
    if action is None:
        raise Http404
    ticked = [int(one) for one in request.POST.getlist("posting")[:MOST_TICKED] if one.isdigit()]
    held = remedies.held_by(problem, ticked or None)
    if request.POST["mend"] == "skip" and not request.POST.get("sure"):
        return _ask_before_skipping(request, problem, held, ticked)
    try:
        messages.success(request, action(request, problem, held))
    except (_NotNow, actions.NotAllowed, changes.NotAllowed) as refusal:
        messages.error(request, str(refusal))
    except QuickBooksError as failure:
        messages.error(request, f"QuickBooks did not answer as it should ({failure}). Nothing was changed.")
    problem.refresh_from_db()
    if problem.closed_at is not None or problem.released_at is not None:
        return redirect(f"{reverse('problems')}?company={problem.connection_id}")
    return redirect(safe_next(request, reverse("problem", args=[problem.pk])))


def _ask_before_skipping(
    request: MemberRequest, problem: Problem, held: QuerySet[Posting], ticked: list[int]
) -> HttpResponse:
    listed = one_problem(request.organization, problem.pk)
    assert listed is not None
    return render(
        request,
        "web/problem_skip.html",
        {
            "card": cards(problem.connection, [listed])[0],
            "count": held.count(),
            "ticked": ticked,
            "back": safe_next(request, reverse("problem", args=[problem.pk])),
        },
    )


def _queued(count: int, how: str = "") -> str:
    if not count:
        raise _NotNow("There was nothing to do: the cause is already gone.")
    return f"{how}{count:,} {'document is' if count == 1 else 'documents are'} in the queue."


def _account(request: MemberRequest, problem: Problem, held: QuerySet[Posting]) -> str:
    """Change the mapping, and send everything the problem held."""
    subject, company, chosen = problem.subject, problem.connection, request.POST
    held_before = held.count()
    if subject is not None and subject.kind == Kind.COST:
        if not chosen.get("account"):
            raise _NotNow("Choose an account first.")
        changes.set_cost(company, Section(subject.section), subject.key, chosen["account"], request.user)
    elif subject is not None and subject.kind == Kind.PAYMENT_TYPE:
        changes.set_payment_type(
            company,
            subject.name,
            bank_account_id=chosen.get("bank", ""),
            advance_account_id=chosen.get("advance", ""),
            fee_account_id=chosen.get("fee", ""),
            by=request.user,
        )
    else:
        raise _NotNow("Choose the account in the mapping: we do not know which cost QuickBooks means.")
    problem.refresh_from_db()
    release(company.pk, [problem], f"{request.user.name} chose another account.", by_a_person=True)
    return _queued(held_before, "The mapping is saved. ") if held_before else "The mapping is saved."


def _party(request: MemberRequest, problem: Problem, held: QuerySet[Posting]) -> str:
    """Say which record the party is, or that it is to be made, and send everything the problem held."""
    subject = problem.subject
    if subject is None or subject.kind != Kind.PARTY:
        raise _NotNow("Choose the party in the mapping.")
    held_before = held.count()
    party = get_object_or_404(Party, organization=request.organization, pk=subject.key)
    if request.POST.get("qbo_id"):
        changes.link_party(problem.connection, party, subject.section, request.POST["qbo_id"], request.user)
    else:
        changes.make_party(problem.connection, party, subject.section, request.user)
    problem.refresh_from_db()
    release(problem.connection_id, [problem], f"{request.user.name} said who {party.name} is.", by_a_person=True)
    return _queued(held_before, f"{party.name} is settled. ") if held_before else f"{party.name} is settled."


def _read(request: MemberRequest, problem: Problem, held: QuerySet[Posting]) -> str:
    lists.refresh(problem.connection)
    return _queued(remedies.try_again(held, request.user.name), "The lists are as QuickBooks has them now. ")


def _date(request: MemberRequest, problem: Problem, held: QuerySet[Posting]) -> str:
    try:
        day = date.fromisoformat(request.POST.get("day", ""))
    except ValueError as error:
        raise _NotNow("Choose the day they are to be posted on.") from error
    count = remedies.move_date(held, problem.connection, day, request.user.name)
    _note(problem, f"{request.user.name} moved its documents to {day:%b %-d, %Y}.", count)
    return _queued(count, f"Moved to {day:%b %-d, %Y}. ")


def _same_number(request: MemberRequest, problem: Problem, held: QuerySet[Posting]) -> str:
    count = remedies.allow_number(held, request.user.name)
    _note(problem, f"{request.user.name} let the number stand twice.", count)
    return _queued(count)


def _other_number(request: MemberRequest, problem: Problem, held: QuerySet[Posting]) -> str:
    count = remedies.renumber(held, request.POST.get("suffix", "").strip(), request.user.name)
    _note(problem, f"{request.user.name} gave it another number.", count)
    return _queued(count)


def _release(request: MemberRequest, problem: Problem, held: QuerySet[Posting]) -> str:
    count = remedies.let_through(held, request.user.name)
    _note(problem, f"{request.user.name} let it through.", count)
    return _queued(count)


def _retry(request: MemberRequest, _problem: Problem, held: QuerySet[Posting]) -> str:
    return _queued(remedies.try_again(held, request.user.name))


def _by_hand(request: MemberRequest, problem: Problem, held: QuerySet[Posting]) -> str:
    count = remedies.done_by_hand(held, request.POST.get("number", ""), request.user.name)
    _note(problem, f"{request.user.name} entered it by hand.", count)
    return f"{count:,} marked as entered by hand. They are not sent."


def _skip(request: MemberRequest, problem: Problem, held: QuerySet[Posting]) -> str:
    count = remedies.skip(held, request.user.name)
    _note(problem, f"{request.user.name} skipped its documents.", count)
    return f"{count:,} skipped. They are in the lists under “Skipped or removed”."


def _note(problem: Problem, why: str, count: int = 0) -> None:
    """Write down what ended the problem, if it ends."""
    Problem.objects.filter(pk=problem.pk).update(healed=why[:500])
    if count:
        Problem.objects.filter(pk=problem.pk, held_documents__lt=count).update(held_documents=count)


_ACTIONS: dict[str, Callable[[MemberRequest, Problem, QuerySet[Posting]], str]] = {
    "account": _account,
    "party": _party,
    "read": _read,
    "date": _date,
    "same-number": _same_number,
    "other-number": _other_number,
    "release": _release,
    "retry": _retry,
    "by-hand": _by_hand,
    "skip": _skip,
}
