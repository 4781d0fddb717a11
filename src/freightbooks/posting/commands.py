"""The commands `freightbooks why` and `freightbooks preview`, and what they print."""

# ruff: noqa: T201 - what a command says

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from typing import Any

from freightbooks.connections.models import Connection
from freightbooks.freight.models import Advance, Invoice
from freightbooks.money import display
from freightbooks.organizations.models import Organization
from freightbooks.posting.models import Posting
from freightbooks.posting.preview import Preview
from freightbooks.posting.previewing import Compared, NotReadable, compare, preview_of
from freightbooks.posting.why import Answer, Found, why


def why_not_synced(options: argparse.Namespace, organizations: Sequence[Organization]) -> int:
    """Print one line for each document and company; 1 when nothing carries the number."""
    found = {organization: why(organization, options.number) for organization in organizations}
    answers = [answer for each in found.values() for answer in each.answers]
    if options.json:
        print(json.dumps([_as_json(each, organization.name) for organization, each in found.items()]))
    elif answers:
        several = len({answer.connection_id for answer in answers}) > 1
        for answer in answers:
            print(f"[{answer.company}] {answer.line}" if several else answer.line)
        if any(each.more for each in found.values()):
            print("More documents carry it: give a number that fewer do.")
    else:
        _tell_nothing(found)
    return 0 if answers else 1


def preview(options: argparse.Namespace, organizations: Sequence[Organization]) -> int:
    """Print each document that carries the number, for each company; 1 when there is none, or one cannot be read."""
    found = {organization: why(organization, options.number) for organization in organizations}
    answers = [answer for each in found.values() for answer in each.answers if answer.connection_id is not None]
    shown: list[dict[str, Any]] = []
    well = bool(answers)
    for answer in answers:
        document, connection, posting = _rows(answer)
        made = preview_of(document, connection, posting)
        compared, trouble = None, ""
        if options.compare and answer.in_quickbooks and posting is not None:
            try:
                compared = compare(posting)
            except NotReadable as error:
                well, trouble = False, str(error)
        if options.json:
            shown.append(
                answer.as_json()
                | {"preview": made.as_json(), "compared": compared.as_json() if compared else None, "trouble": trouble}
            )
        else:
            _tell(answer, made, compared)
        if trouble and not options.json:
            print(trouble, file=sys.stderr)
    if options.json:
        print(json.dumps(shown))
    elif not answers:
        _tell_nothing(found)
        if any(each.answers for each in found.values()):
            print("No QuickBooks company is connected to preview it for.")
    return 0 if well else 1


def _rows(answer: Answer) -> tuple[Invoice | Advance, Connection, Posting | None]:
    connection = Connection.objects.select_related("organization").get(pk=answer.connection_id or 0)
    postings = Posting.objects.filter(connection=connection).select_related("connection__organization")
    if answer.is_advance:
        return (
            Advance.objects.get(pk=answer.document_id),
            connection,
            postings.filter(advance=answer.document_id).first(),
        )
    return Invoice.objects.get(pk=answer.document_id), connection, postings.filter(invoice=answer.document_id).first()


def _tell(answer: Answer, made: Preview, compared: Compared | None) -> None:
    print(answer.line)
    print(f"{made.name.capitalize()} {made.number} of {made.day}, {made.party}, in {answer.company}:")
    print(f"  {'':46} {'debit ' + made.currency:>16} {'credit ' + made.currency:>16}")
    for line in made.entry:
        account = f"    {line.account}" if line.credit else line.account
        debit, credit = (display(amount) if amount else "" for amount in (line.debit, line.credit))
        print(f"  {account[:46]:46} {debit:>16} {credit:>16}")
        for said in (line.text, line.trouble or line.why):
            if said:
                print(f"      {said[:110]}")
    print(f"  {'':46} {display(made.debits):>16} {display(made.credits):>16}")
    for choice in made.choices:
        print(f"  {choice.what}: {choice.chosen} ({choice.why})" if choice.chosen else f"  {choice.what}: {choice.why}")
    for hold in made.holds:
        print(f"  Held: {hold.sentence} {hold.remedy}")
    if compared is not None:
        if compared.gone:
            print("  QuickBooks no longer has it.")
        for row in compared.rows:
            if not row.same:
                print(
                    f"  {row.field} differs: {row.theirs or 'nothing'} in QuickBooks now, {row.ours or 'nothing'} sent"
                )
        if not compared.gone and not compared.different:
            print("  QuickBooks holds what we sent.")
    print()


def _tell_nothing(found: dict[Organization, Found]) -> None:
    for each in found.values():
        if not each.answers:
            print(each.nothing)


def _as_json(found: Found, organization: str) -> dict[str, Any]:
    return {
        "organization": organization,
        "number": found.number,
        "more": found.more,
        "answers": [answer.as_json() for answer in found.answers],
        "nothing": "" if found.answers else found.nothing,
    }
