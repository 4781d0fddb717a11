"""Plants the transactions of the sample company in the order of their ids, through the same rules as any client's."""

from __future__ import annotations

from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING

from qbo_sandbox.books.store import Body
from qbo_sandbox.seeds import sample_stock
from qbo_sandbox.seeds.sample_extras import transactions
from qbo_sandbox.seeds.sample_lists import INVENTORY, SERVICES
from qbo_sandbox.seeds.sample_names import CUSTOMERS, Name
from qbo_sandbox.seeds.sample_purchases import (
    BILL_PAYMENTS,
    BILLS,
    MOVED,
    OPENING,
    PURCHASES,
    Owed,
    Paid,
    Spent,
)
from qbo_sandbox.seeds.sample_sales import DEPOSITS, FORMS, PAYMENTS, Deposited, Form, Received, Sold

if TYPE_CHECKING:
    from qbo_sandbox.books.company import Company

_NEXT_TRANSACTION = 145
"""The id of the first transaction a client makes in a new company of Intuit's (recorded)."""
_THANKS = {"value": "Thank you for your business and have a great day!"}
_SAYS = {str(row[0]): row[2] for row in (*SERVICES, *INVENTORY)}
_NAMES = {str(name.number): name for name in CUSTOMERS}
_ANY_NUMBER = frozenset({"allowduplicatedocnum"})


def plant_books(company: Company) -> None:
    """Create every transaction, each under its own id."""
    bodies = transactions() | sample_stock.BOUGHT
    for kind, rows in _KINDS:
        for row in rows:
            bodies[_number(row)] = kind(row)
    stocked = False
    for number in sorted(bodies):
        if number > sample_stock.BEGINS_AT and not stocked:
            company.skip_to("transaction", sample_stock.BEGINS_AT)
            sample_stock.begin(company)
            stocked = True
        company.skip_to("transaction", number)
        entity, body = bodies[number]
        company.create(entity, body, include=_ANY_NUMBER)
    company.skip_to("transaction", _NEXT_TRANSACTION)


def _number(row: object) -> int:
    return int(row[0] if isinstance(row, tuple) else row.number)  # type: ignore[attr-defined]


def _form(form: Form) -> tuple[str, Body]:
    name = _NAMES[form.customer]
    body: Body = {
        "DocNumber": form.doc_number,
        "TxnDate": form.day,
        "CustomerRef": {"value": form.customer},
        "CustomerMemo": _THANKS,
        "Line": [_sold(line) for line in form.lines],
        "BillAddr": _printed(name, form.address_id),
    }
    if form.discount_percent:
        detail = {
            "PercentBased": True,
            "DiscountPercent": Decimal(form.discount_percent),
            "DiscountAccountRef": {"value": "86"},
        }
        body["Line"].append({"DetailType": "DiscountLineDetail", "DiscountLineDetail": detail})
    if form.tax_code:
        body["TxnTaxDetail"] = {"TxnTaxCodeRef": {"value": form.tax_code}}
    if form.kind == "Invoice":
        body["SalesTermRef"] = {"value": "3"}
    if name.email:
        body["BillEmail"] = {"Address": name.email}
    if form.estimate:
        body["LinkedTxn"] = [{"TxnId": form.estimate, "TxnType": "Estimate"}]
    for field, reference in (("DepositToAccountRef", form.into), ("PaymentMethodRef", form.method)):
        if reference:
            body[field] = {"value": reference}
    for field, text in (("PrivateNote", form.note), ("PaymentRefNum", form.reference), ("TxnStatus", form.status)):
        if text:
            body[field] = text
    if form.crew:
        body["CustomField"] = [{"DefinitionId": "1", "StringValue": form.crew}]
    return form.kind, body


def _sold(line: Sold) -> Body:
    quantity, price = Decimal(line.quantity), Decimal(line.price)
    detail = {
        "ItemRef": {"value": line.item},
        "Qty": quantity,
        "UnitPrice": price,
        "TaxCodeRef": {"value": "TAX" if line.taxable else "NON"},
    }
    amount = (quantity * price).quantize(Decimal("0.01"), ROUND_HALF_UP)
    says = line.says or _SAYS[line.item]
    return {
        "Description": says,
        "Amount": amount,
        "DetailType": "SalesItemLineDetail",
        "SalesItemLineDetail": detail,
    }


def _printed(name: Name, number: int) -> Body:
    """Return a customer's address as a form prints it: who, the company, the street, the town, a line each."""
    lines = [name.person.replace("|", " "), name.company or (name.display_name if name.is_company else "")]
    place = name.place
    if place:
        lines += [place.line, f"{place.city}, {place.state}  {place.postal_code}"]
    printed = {f"Line{at}": text for at, text in enumerate(filter(None, lines), start=1)}
    where = (place.latitude, place.longitude) if place else ("INVALID", "INVALID")
    return {"Id": str(number), **printed, "Lat": where[0], "Long": where[1]}


def _received(payment: Received) -> tuple[str, Body]:
    lines = [_settles("Invoice", payment.invoice, payment.amount)]
    if payment.credit:
        lines.append(_settles("CreditMemo", payment.credit, payment.amount))
    body = {
        "CustomerRef": {"value": payment.customer},
        "TxnDate": payment.day,
        "TotalAmt": Decimal(0) if payment.credit else Decimal(payment.amount),
        "DepositToAccountRef": {"value": payment.into},
        "Line": lines,
    }
    if not payment.credit:
        body["PaymentMethodRef"] = {"value": payment.method}
    return "Payment", body | ({"PaymentRefNum": payment.reference} if payment.reference else {})


def _settles(kind: str, qbo_id: str, amount: str) -> Body:
    return {"Amount": Decimal(amount), "LinkedTxn": [{"TxnId": qbo_id, "TxnType": kind}]}


def _deposited(deposit: Deposited) -> tuple[str, Body]:
    lines = [
        {"Amount": Decimal(amount), "LinkedTxn": [{"TxnId": qbo_id, "TxnType": kind, "TxnLineId": "0"}]}
        for kind, qbo_id, amount in deposit.taken
    ]
    return "Deposit", {"TxnDate": deposit.day, "DepositToAccountRef": {"value": "35"}, "Line": lines}


def _owed(bill: Owed) -> tuple[str, Body]:
    body = {"VendorRef": {"value": bill.vendor}, "TxnDate": bill.day, "SalesTermRef": {"value": "3"}}
    return "Bill", body | {"Line": [_cost(bill.account, bill.amount, bill.says)]}


def _paid(payment: Paid) -> tuple[str, Body]:
    body: Body = {
        "VendorRef": {"value": payment.vendor},
        "TxnDate": payment.day,
        "TotalAmt": Decimal(payment.amount),
        "Line": [_settles("Bill", payment.bill, payment.amount)],
    }
    if payment.card:
        return "BillPayment", body | {"PayType": "CreditCard", "CreditCardPayment": {"CCAccountRef": {"value": "41"}}}
    check = {"BankAccountRef": {"value": "35"}, "PrintStatus": "NotSet"}
    return "BillPayment", body | {"DocNumber": payment.check, "PayType": "Check", "CheckPayment": check}


def _spent(purchase: Spent) -> tuple[str, Body]:
    body: Body = {
        "PaymentType": purchase.kind,
        "AccountRef": {"value": "41" if purchase.kind == "CreditCard" else "35"},
        "TxnDate": purchase.day,
        "Line": [_cost(purchase.account, purchase.amount, purchase.says)],
    }
    if purchase.vendor:
        body["EntityRef"] = {"value": purchase.vendor, "type": "Vendor"}
    if purchase.doc_number:
        body["DocNumber"] = purchase.doc_number
    return "Purchase", body


def _cost(account: str, amount: str, says: str) -> Body:
    line: Body = {"Description": says} if says else {}
    return line | {
        "Amount": Decimal(amount),
        "DetailType": "AccountBasedExpenseLineDetail",
        "AccountBasedExpenseLineDetail": {"AccountRef": {"value": account}},
    }


def _opened(row: tuple[int, str, str, str]) -> tuple[str, Body]:
    _, day, account, amount = row
    debit = Decimal(amount)
    into, out_of = (account, "34") if debit > 0 else ("34", account)
    return _entry(day, into, out_of, abs(debit), "Opening Balance")


def _moved(row: tuple[int, str, str, str, str, str]) -> tuple[str, Body]:
    _, day, into, out_of, amount, memo = row
    return _entry(day, into, out_of, Decimal(amount), memo)


def _entry(day: str, debited: str, credited: str, amount: Decimal, memo: str) -> tuple[str, Body]:
    lines = [
        {
            "Description": memo,
            "Amount": amount,
            "DetailType": "JournalEntryLineDetail",
            "JournalEntryLineDetail": {"PostingType": side, "AccountRef": {"value": account}},
        }
        for side, account in (("Debit", debited), ("Credit", credited))
    ]
    return "JournalEntry", {"TxnDate": day, "PrivateNote": memo, "Line": lines}


_KINDS: tuple[tuple[Callable[..., tuple[str, Body]], tuple[object, ...]], ...] = (
    (_opened, OPENING),
    (_moved, MOVED),
    (_form, FORMS),
    (_received, PAYMENTS),
    (_deposited, DEPOSITS),
    (_owed, BILLS),
    (_paid, BILL_PAYMENTS),
    (_spent, PURCHASES),
)
