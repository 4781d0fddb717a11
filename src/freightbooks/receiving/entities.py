"""Which objects of a QuickBooks company we follow, and what is ours to read of them. Names as on the wire."""

from __future__ import annotations

DOCUMENTS = ("Invoice", "CreditMemo", "Bill", "VendorCredit", "Purchase")
"""What we post. Somebody else's documents of these kinds are no concern of ours."""
PAYMENTS = ("Payment", "BillPayment")
LISTS = ("Customer", "Vendor", "Employee", "Account", "Item", "Term", "Class", "Department")
"""What the mapping goes by. They are never deleted, only made inactive or merged."""
METHODS = ("PaymentMethod",)
"""A customer's payment names its method by the id of one of these."""
FED = (*PAYMENTS, *DOCUMENTS, *LISTS, *METHODS)
"""What the change feed is asked for, in this order: an answer that is full is full of what matters most."""
SETTINGS = ("Preferences",)
FOLLOWED = frozenset((*FED, *SETTINGS))

READ_EVEN_IF_UNKNOWN = frozenset((*PAYMENTS, "CreditMemo", "VendorCredit", *LISTS, *METHODS))
"""A hint about one of these is worth a read even when we have never seen the object: somebody's credit may be applied
to our document."""
HIDES_INACTIVE = frozenset((*LISTS, *METHODS))
"""Queries of these leave out what is inactive unless they speak of it."""
UNHURRIED = frozenset(LISTS)
"""Each document moves its party's balance, and QuickBooks tells that as a change of the party. A moment later we know
by the document itself, and need no read."""

_BY_SPELLING = {name.lower(): name for name in FOLLOWED}


def followed(spelling: str) -> str | None:
    """Return the name of an entity we follow, however its case; None when we do not."""
    return _BY_SPELLING.get(spelling.lower())
