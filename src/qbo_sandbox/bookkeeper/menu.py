"""What the pages list, and the menu that leads there."""

from __future__ import annotations

from dataclasses import dataclass

from qbo_sandbox.books.entities import ENTITIES


@dataclass(frozen=True)
class Listing:
    """One list: its title, what is in it, whether it can be open or paid, and what can be made there."""

    slug: str
    title: str
    entities: tuple[str, ...]
    settles: bool = False
    makes: tuple[tuple[str, str], ...] = ()  # (the words on the button, its path)
    names: bool = False


LISTINGS = {
    listing.slug: listing
    for listing in (
        Listing(
            "invoices",
            "Invoices",
            ("Invoice",),
            settles=True,
            makes=(("New invoice", "/new/Invoice"), ("Receive payment", "/receive")),
        ),
        Listing("estimates", "Estimates", ("Estimate",)),
        Listing("receipts", "Sales receipts", ("SalesReceipt", "RefundReceipt")),
        Listing("credits", "Credit memos", ("CreditMemo",), settles=True),
        Listing("payments", "Payments received", ("Payment",), makes=(("Receive payment", "/receive"),)),
        Listing("deposits", "Deposits", ("Deposit",), makes=(("Record deposit", "/deposit"),)),
        Listing("bills", "Bills", ("Bill",), settles=True, makes=(("New bill", "/new/Bill"), ("Pay bills", "/pay"))),
        Listing("vendor-credits", "Vendor credits", ("VendorCredit",), settles=True),
        Listing("bill-payments", "Bill payments", ("BillPayment",), makes=(("Pay bills", "/pay"),)),
        Listing("orders", "Purchase orders", ("PurchaseOrder",)),
        Listing("checks", "Checks and expenses", ("Purchase",)),
        Listing("transfers", "Transfers", ("Transfer",)),
        Listing("journal", "Journal entries", ("JournalEntry",)),
        Listing("customers", "Customers", ("Customer",), makes=(("New customer", "/new/Customer"),), names=True),
        Listing("vendors", "Vendors", ("Vendor",), makes=(("New vendor", "/new/Vendor"),), names=True),
        Listing("items", "Products and services", ("Item",), makes=(("New item", "/new/Item"),), names=True),
    )
}

SECTIONS = (
    ("Sales", ("invoices", "payments", "estimates", "receipts", "credits")),
    ("Purchases", ("bills", "bill-payments", "vendor-credits", "orders", "checks")),
    ("Bank", ("deposits", "transfers", "journal")),
    ("Lists", ("customers", "vendors", "items")),
)
_LAST = (
    (
        "Books",
        (
            ("Chart of accounts", "/accounts"),
            ("Reports", "/reports"),
            ("Close the books", "/closing"),
            ("Settings", "/settings"),
            ("Users and apps", "/users"),
            ("Last requests", "/requests"),
        ),
    ),
)


def menu() -> list[tuple[str, list[tuple[str, str]]]]:
    """Return the sections of the menu, each with its entries and their paths; what has no entity yet is left out."""
    sections = [
        (
            title,
            [
                (LISTINGS[slug].title, f"/list/{slug}")
                for slug in slugs
                if all(entity in ENTITIES for entity in LISTINGS[slug].entities)
            ],
        )
        for title, slugs in SECTIONS
    ]
    return [*sections, *((title, list(entries)) for title, entries in _LAST)]
