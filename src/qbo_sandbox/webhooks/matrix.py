"""Which operations are notified for which entities [DOC], and how an endpoint chooses among them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from qbo_sandbox.books.changes import Operation

Chosen = Mapping[str, frozenset[Operation]]

_LETTERS = {
    "C": Operation.CREATE,
    "U": Operation.UPDATE,
    "D": Operation.DELETE,
    "M": Operation.MERGE,
    "V": Operation.VOID,
    "E": Operation.EMAILED,
}
_ROWS = {
    "Account": "CUDM",
    "Bill": "CUD",
    "BillPayment": "CUDV",
    "Budget": "CU",
    "Class": "CUDM",
    "CreditMemo": "CUDVE",
    "Currency": "CU",
    "Customer": "CUDM",
    "Department": "CUM",
    "Deposit": "CUD",
    "Employee": "CUDM",
    "Estimate": "CUDE",
    "Invoice": "CUDVE",
    "Item": "CUDM",
    "JournalCode": "CU",
    "JournalEntry": "CUD",
    "Payment": "CUDVE",
    "PaymentMethod": "CUM",
    "Preferences": "U",
    "Purchase": "CUDV",
    "PurchaseOrder": "CUDE",
    "RefundReceipt": "CUDVE",
    "SalesReceipt": "CUDVE",
    "TaxAgency": "CU",
    "Term": "CU",
    "TimeActivity": "CUD",
    "Transfer": "CUDV",
    "Vendor": "CUDM",
    "VendorCredit": "CUD",
}
NOTIFIED: Chosen = {name: frozenset(_LETTERS[letter] for letter in row) for name, row in _ROWS.items()}

_OTHER_NAMES = {"CompanyCurrency": "Currency"}  # the accounting API's name, and the notifications'
_BY_SPELLING = {name.lower(): name for name in NOTIFIED}


class NotNotified(ValueError):
    """Somebody asks for notifications there are none of; the message says what there is."""


def notified_name(entity: str) -> str:
    """Return the name an entity has in notifications."""
    return _OTHER_NAMES.get(entity, entity)


def chosen(wanted: Iterable[str]) -> Chosen:
    """Return the operations chosen by `Invoice` (all there are) or `Invoice.Void`. Raises NotNotified."""
    found: dict[str, frozenset[Operation]] = {}
    for each in wanted:
        spelled, _, word = each.partition(".")
        name = _BY_SPELLING.get(notified_name(spelled.strip()).lower())
        if name is None:
            raise NotNotified(f"There are no notifications of {spelled!r}; there are of {', '.join(NOTIFIED)}.")
        operations = NOTIFIED[name]
        if word:
            operations = frozenset(each for each in operations if each.lower() == word.strip().lower())
            if not operations:
                there = ", ".join(sorted(NOTIFIED[name]))
                raise NotNotified(f"{name} has no notification {word!r}; it has {there}.")
        found[name] = found.get(name, frozenset()) | operations
    return found or NOTIFIED


def as_words(choice: Chosen) -> list[str]:
    """Return a choice as `chosen` reads it."""
    if choice == NOTIFIED:
        return []
    return [
        word
        for name, operations in choice.items()
        for word in ([name] if operations == NOTIFIED[name] else [f"{name}.{each}" for each in sorted(operations)])
    ]
