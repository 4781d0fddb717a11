"""What is wrong with the mapping as it is now: which cost or payment type lands where QuickBooks would refuse it. Pure.

The gates ask it about a document's own costs; foreseeing asks it about everything that is mapped.
"""

from __future__ import annotations

from collections.abc import Iterator

from freightbooks.mapping.legality import why_not
from freightbooks.mapping.models import Section
from freightbooks.mapping.snapshot import CostRule, Mapping
from freightbooks.problems import subjects
from freightbooks.problems.causes import Cause, of_gate
from freightbooks.problems.holds import ACCOUNT, PAYMENT_TYPE, UNMAPPED
from freightbooks.problems.subjects import Subject

_PURPOSES = {Section.CARRIER_COSTS: "carrier cost", Section.CUSTOMER_COSTS: "customer cost"}


def of_cost(mapping: Mapping, section: Section, code: str, name: str, *, currency: str = "") -> Cause | None:
    """Return what keeps a cost from its account, on documents in a currency if one is given; None: nothing does."""
    rule = mapping.cost(section, code)
    if rule is None:
        subject = subjects.cost(section, code, name)
        return of_gate(UNMAPPED, f"The cost {name} ({code}) is not mapped to an account.", subject)
    objection = _objection(section, rule, mapping.home_currency if currency else "", currency)
    return _refused(who_decides(mapping, section, code, name), rule, objection) if objection else None


def of_payment_type(mapping: Mapping, method: str, *, with_fee: bool, currency: str = "") -> Cause | None:
    """Return what keeps a payment type from its accounts, or None where nothing does."""
    rule = mapping.payment_type(method)
    subject = subjects.payment_type(method)
    if rule is None or rule.bank is None or rule.advance is None or (with_fee and rule.fee is None):
        return of_gate(
            PAYMENT_TYPE, f"The payment type {method} has no bank account, advance account or fee account yet.", subject
        )
    wanted = [("bank", rule.bank), ("advance", rule.advance)]
    if with_fee and rule.fee is not None:
        wanted.append(("fee", rule.fee))
    for purpose, account in wanted:
        home = mapping.home_currency if currency else ""
        if objection := why_not(purpose, account, home_currency=home, currency=currency):
            sentence = f"The payment type {method} is mapped to {account.label}: {objection}"
            return of_gate(ACCOUNT, sentence, subject)
    return None


def who_decides(mapping: Mapping, section: Section, code: str, name: str) -> Subject:
    """Return whose row decides where a cost lands: its own, or the section's default."""
    default, own = mapping.defaults.get(section), mapping.costs.get((section, code))
    inherited = own is None or (default is not None and own.why == default.why)
    return subjects.cost(section, "", section.label) if inherited else subjects.cost(section, code, name)


def all_that_is_wrong(mapping: Mapping, names: dict[tuple[str, str], str]) -> Iterator[Cause]:
    """Yield every mapped account QuickBooks would refuse, whether or not a document needs it yet.

    `names` are the costs' names by section and code. What is not mapped at all is no fault until a document needs it.
    """
    for section in Section:
        default = mapping.defaults.get(section)
        if default and (objection := _objection(section, default)):
            yield _refused(subjects.cost(section, "", section.label), default, objection)
        for (of_section, code), rule in mapping.costs.items():
            if of_section != section or (default is not None and rule.why == default.why):
                continue
            if objection := _objection(section, rule):
                yield _refused(subjects.cost(section, code, names.get((section, code), code)), rule, objection)
    for payment in mapping.payment_types.values():
        if payment.bank is not None and payment.advance is not None:
            found = of_payment_type(mapping, payment.method, with_fee=payment.fee is not None)
            if found is not None:
                yield found


def _objection(section: Section, rule: CostRule, home_currency: str = "", currency: str = "") -> str:
    if rule.account is None:
        return "gone"
    found = why_not(_PURPOSES[section], rule.account, home_currency=home_currency, currency=currency)
    return rule.trouble or found or ""


def _refused(subject: Subject, rule: CostRule, objection: str) -> Cause:
    whose = subject.words if subject.is_default else f"the cost {subject.name}"
    lead = whose[:1].upper() + whose[1:]
    if rule.account is None:
        return of_gate(ACCOUNT, f"{lead} is mapped to an account that is no longer in QuickBooks.", subject)
    if rule.trouble:
        return of_gate(ACCOUNT, f"{lead} is sold as {rule.item_name}: {rule.trouble}", subject)
    return of_gate(ACCOUNT, f"{lead} is mapped to {rule.account.label}: {objection}", subject)
