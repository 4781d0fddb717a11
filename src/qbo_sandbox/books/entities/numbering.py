"""The numbers of what is bought and of journal entries: the client's own, held to be new where the company asks for it.

Sales forms number themselves; see `transactions.numbered`.
"""

from __future__ import annotations

from qbo_sandbox.books.entity import Draft, Step
from qbo_sandbox.books.fields import Body
from qbo_sandbox.books.refusals import duplicate_number
from qbo_sandbox.books.store import Record


def spoken_type(record: Record) -> str:
    """Return what QuickBooks calls a transaction to people: `Journal Entry`, `Bill Payment (Check)`."""
    if record.entity == "Purchase":
        return {"Check": "Check", "CreditCard": "Credit Card Expense"}.get(record.body["PaymentType"], "Expense")
    if record.entity == "BillPayment":
        return f"Bill Payment ({'Check' if record.body['PayType'] == 'Check' else 'Credit Card'})"
    return {
        "JournalEntry": "Journal Entry",
        "VendorCredit": "Vendor Credit",
        "PurchaseOrder": "Purchase Order",
    }.get(record.entity, record.entity)


def own_number(*, warned_by: str = "", per_party: str = "", numbers_itself: bool = False) -> Step:
    """Return the step for a number of the client's own, compared only where the preference `warned_by` is on.

    `include=allowautodocnum` asks for the next number. With `per_party` the numbers of one vendor are compared;
    `numbers_itself` is for forms QuickBooks numbers unless the company's own numbers are on.
    """

    def number(draft: Draft) -> None:
        company, body = draft.company, draft.body
        custom = company.preference("VendorAndPurchasesPrefs", "UseCustomTxnNumbers")
        asked = "allowautodocnum" in draft.include or (numbers_itself and not custom)
        if asked and "DocNumber" not in body and draft.before is None:
            body["DocNumber"] = str(company.last_number(draft.entity.name) + 1)
        if not _is_compared(draft, warned_by):
            return
        for other in company.table(draft.entity.name).with_value("DocNumber", body["DocNumber"]):
            if other.qbo_id == draft.qbo_id:
                continue
            same_party = not per_party or other.body.get(per_party, {}).get("value") == body[per_party]["value"]
            if same_party or not company.quirks.bill_numbers_per_vendor:
                raise duplicate_number(body["DocNumber"], spoken_type(other), other.qbo_id)

    return number


def check_number(draft: Draft) -> None:
    """Hold the number of a check to be new on its bank account, among purchases and bill payments alike."""
    company, bank = draft.company, bank_of(draft.body)
    if bank is None or not _is_compared(draft, "WarnDuplicateCheckNumber"):
        return
    for name in ("Purchase", "BillPayment"):
        for other in company.table(name).with_value("DocNumber", draft.body["DocNumber"]):
            if other.qbo_id != draft.qbo_id and bank_of(other.body) == bank:
                raise duplicate_number(draft.body["DocNumber"], spoken_type(other), other.qbo_id)


def bank_of(body: Body) -> str | None:
    """Return the bank account a check is drawn on; None for what is no check."""
    if "PayType" in body:
        reference = body.get("CheckPayment", {}).get("BankAccountRef")
    else:
        reference = body["AccountRef"] if body["PaymentType"] == "Check" else None
    return str(reference["value"]) if reference else None


def _is_compared(draft: Draft, warned_by: str) -> bool:
    given = draft.body.get("DocNumber")
    if given is None or "allowduplicatedocnum" in draft.include:
        return False
    if not warned_by or draft.company.other_preference(warned_by) != "true":
        return False
    return draft.before is None or draft.before.body.get("DocNumber") != given
