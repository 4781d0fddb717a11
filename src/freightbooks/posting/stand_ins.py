"""Puts something in the place of what a document still lacks, so that its transaction can be shown all the same. Pure.

What stands in is told by words in brackets where QuickBooks' ids would be; nothing of it is ever sent.
"""

from __future__ import annotations

from dataclasses import replace

from freightbooks.freight.documents import AdvanceData, InvoiceData
from freightbooks.freight.statuses import Side
from freightbooks.mapping.models import LinkState, Section
from freightbooks.mapping.snapshot import Account, CostRule, Link, Mapping, PaymentRule
from freightbooks.posting.gates import account_holder, vendor_entity
from freightbooks.posting.terms import wanted_term

MADE_LATER = "(made when it posts)"
NOT_CHOSEN = "(not chosen yet)"
NO_ACCOUNT = Account(NOT_CHOSEN, "(no account yet)", "", "", "", active=True, currency="")


def whole(document: InvoiceData | AdvanceData, mapping: Mapping) -> tuple[InvoiceData | AdvanceData, Mapping]:
    """Return a document and a mapping that `translate` can take, whatever is missing."""
    if account_holder(document) is None:
        # Nobody knows who is paid: the carrier's own name would be a guess, so nobody's stands there.
        document = replace(document, pay_to=document.party, pay_to_problem="")
        nobody = Link(document.party.id, "Vendor", LinkState.UNRESOLVED, NOT_CHOSEN, "Nobody yet", "", "")
        mapping = replace(mapping, links={(nobody.party_id, nobody.entity): nobody})
    mapping = _with_link(document, mapping)
    if isinstance(document, AdvanceData):
        return document, _with_payment_type(document, mapping)
    return document, _with_term(document, _with_costs(document, mapping))


def _with_link(document: InvoiceData | AdvanceData, mapping: Mapping) -> Mapping:
    holder = account_holder(document)
    assert holder is not None  # `whole` has put one there
    entity = vendor_entity(document.side if isinstance(document, InvoiceData) else Side.CARRIER)
    link = mapping.link(holder.id, entity) or Link(holder.id, entity, LinkState.WANTED, "", holder.name, "", "")
    if not link.qbo_id:
        later = link.state in (LinkState.WANTED, LinkState.MAKING)
        link = replace(link, qbo_id=MADE_LATER if later else NOT_CHOSEN, display_name=link.display_name or holder.name)
    return replace(mapping, links={**mapping.links, (holder.id, entity): link})


def _with_costs(invoice: InvoiceData, mapping: Mapping) -> Mapping:
    section = Section.CUSTOMER_COSTS if invoice.side == Side.CUSTOMER else Section.CARRIER_COSTS
    costs = dict(mapping.costs)
    for line in invoice.lines:
        rule = mapping.cost(section, line.code)
        if rule is None:
            rule = CostRule(section, line.code, NOT_CHOSEN, NO_ACCOUNT, "")
        elif rule.account is None:
            gone = replace(NO_ACCOUNT, name="An account that is no longer in QuickBooks")
            rule = replace(rule, account=gone)
        if section == Section.CUSTOMER_COSTS and not rule.item_id:
            rule = replace(rule, item_id=MADE_LATER, item_name=rule.item_name or line.name)
        costs[section, line.code] = rule
    return replace(mapping, costs=costs)


def _with_payment_type(advance: AdvanceData, mapping: Mapping) -> Mapping:
    rule = mapping.payment_type(advance.method) or PaymentRule(advance.method, None, None, None, "")
    rule = replace(rule, bank=rule.bank or NO_ACCOUNT, advance=rule.advance or NO_ACCOUNT, fee=rule.fee or NO_ACCOUNT)
    return replace(mapping, payment_types={**mapping.payment_types, advance.method.casefold(): rule})


def _with_term(invoice: InvoiceData, mapping: Mapping) -> Mapping:
    term = wanted_term(invoice.party)
    if term is None or mapping.term_id(term.key) is not None:
        return mapping
    return replace(mapping, terms={**mapping.terms, term.key: MADE_LATER})
