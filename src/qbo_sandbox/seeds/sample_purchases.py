"""What the sample company owed, paid and spent, and how its books began.

Vendors, accounts, amounts and days are as recordings of Intuit's sample company show them, its bill 25 and the check
118 that pays it under their own ids; the other ids are chosen to fit between those of the sales.
"""

from __future__ import annotations

from dataclasses import dataclass

# How the books began: account, debit (a minus is a credit), against Opening Balance Equity.
OPENING: tuple[tuple[int, str, str, str], ...] = (
    (1, "2025-08-28", "35", "5000.00"),
    (2, "2025-08-28", "36", "600.00"),
    (3, "2025-08-28", "38", "13495.00"),
    (4, "2025-08-28", "43", "-4000.00"),
    (5, "2025-08-28", "44", "-25000.00"),
)
# Between the company's own accounts: id, day, debited, credited, amount, memo
MOVED: tuple[tuple[int, str, str, str, str, str], ...] = (
    (131, "2026-01-01", "41", "35", "746.45", "Payment of the card"),
)


@dataclass(frozen=True)
class Owed:
    """A bill of one line."""

    number: int
    vendor: str
    day: str
    account: str
    amount: str
    says: str = ""


@dataclass(frozen=True)
class Paid:
    """The payment of one bill, whole, from a bank account or a card."""

    number: int
    bill: str
    vendor: str
    day: str
    amount: str
    check: str = ""
    card: bool = False


@dataclass(frozen=True)
class Spent:
    """A purchase of one line: a check, cash or card."""

    number: int
    kind: str
    vendor: str
    day: str
    account: str
    amount: str
    doc_number: str = ""
    says: str = ""


BILLS: tuple[Owed, ...] = (
    Owed(8, "49", "2025-08-30", "71", "300.00"),
    Owed(20, "40", "2025-12-16", "17", "900.00", "Building Lease"),
    Owed(22, "48", "2025-12-16", "76", "114.09"),
    Owed(24, "32", "2025-12-16", "77", "74.36", "Monthly Phone Bill"),
    Owed(25, "46", "2025-12-29", "64", "103.55", "Lumber"),
    Owed(28, "30", "2025-12-18", "69", "75.00"),
    Owed(35, "31", "2025-12-25", "14", "2000.00"),
    Owed(36, "31", "2025-12-25", "11", "241.23"),
    Owed(40, "36", "2025-12-30", "75", "755.00", "Repairs on the truck"),
    Owed(50, "48", "2025-11-17", "76", "86.44"),
    Owed(51, "32", "2025-11-16", "77", "56.50"),
    Owed(53, "41", "2025-11-25", "14", "250.00"),
    Owed(55, "51", "2025-12-17", "14", "666.00"),
    Owed(109, "49", "2026-01-01", "69", "315.00"),
)
BILL_PAYMENTS: tuple[Paid, ...] = (
    Paid(21, "20", "40", "2025-12-20", "900.00", "3"),
    Paid(23, "22", "48", "2025-12-20", "114.09", "6"),
    Paid(26, "24", "32", "2025-12-22", "74.36", "7"),
    Paid(29, "28", "30", "2025-12-24", "75.00", "8"),
    Paid(30, "8", "49", "2025-09-10", "300.00", "1"),
    Paid(37, "35", "31", "2025-12-30", "2000.00", "10"),
    Paid(52, "51", "32", "2025-12-01", "56.50", card=True),
    Paid(54, "53", "41", "2025-12-05", "250.00", "11"),
    Paid(56, "55", "51", "2025-12-28", "666.00", "45"),
    Paid(118, "25", "46", "2026-01-01", "103.55", "71"),
)
PURCHASES: tuple[Spent, ...] = (
    Spent(57, "CreditCard", "50", "2025-10-28", "66", "158.08", "3"),
    Spent(58, "Cash", "49", "2025-10-21", "69", "250.00", "12"),
    Spent(59, "Check", "33", "2025-11-12", "56", "54.55", "4"),
    Spent(61, "Cash", "50", "2025-11-21", "66", "89.09", "9", "Morning Glories and Sod"),
    Spent(80, "Check", "30", "2025-11-21", "70", "55.00", "12"),
    Spent(81, "Check", "33", "2025-11-27", "56", "62.01", "5"),
    Spent(82, "Cash", "50", "2025-11-28", "58", "108.09", "15"),
    Spent(83, "CreditCard", "33", "2025-12-17", "56", "65.00", "1"),
    Spent(84, "CreditCard", "41", "2025-12-20", "64", "88.09", "1"),
    Spent(85, "Cash", "57", "2025-12-23", "55", "19.99"),
    Spent(86, "Check", "52", "2025-12-23", "71", "100.00", says="Consulting"),
    Spent(87, "Cash", "56", "2025-12-23", "13", "5.66"),
    Spent(88, "Cash", "33", "2025-12-24", "56", "52.14"),
    Spent(89, "Check", "33", "2025-12-24", "72", "185.00", "70"),
    Spent(90, "Check", "43", "2025-12-26", "15", "18.08", "2", "Office Supplies"),
    Spent(91, "CreditCard", "50", "2025-12-26", "66", "82.45", "50"),
    Spent(94, "Cash", "41", "2025-12-26", "67", "215.66", "13"),
    Spent(97, "Cash", "56", "2025-12-28", "13", "3.86"),
    Spent(98, "CreditCard", "42", "2025-12-30", "7", "74.86"),
    Spent(99, "Check", "57", "2025-12-30", "55", "19.99", "Debit"),
    Spent(102, "CreditCard", "38", "2025-12-30", "29", "112.00", "1", "Equipment rental for 5 days"),
    Spent(104, "Check", "", "2025-12-30", "89", "38.40", "Debit", "Sales tax"),
    Spent(105, "Check", "", "2025-12-30", "90", "38.50", "Debit", "Sales tax"),
    Spent(107, "Cash", "33", "2025-12-31", "56", "63.15"),
    Spent(110, "Cash", "50", "2025-12-31", "58", "46.98", "108"),
    Spent(111, "CreditCard", "50", "2025-12-31", "49", "79.28", "51", "Sod for resale"),
    Spent(134, "CreditCard", "33", "2026-01-01", "56", "52.56", "1"),
    Spent(135, "Cash", "47", "2026-01-01", "12", "75.00", "76", "Counsel"),
    Spent(136, "Cash", "50", "2026-01-04", "66", "23.50"),
    Spent(116, "CreditCard", "57", "2026-01-06", "55", "19.99"),
    Spent(117, "CreditCard", "56", "2026-01-06", "13", "18.97"),
    Spent(123, "CreditCard", "41", "2026-01-07", "64", "42.40"),
    Spent(124, "CreditCard", "57", "2026-01-13", "55", "19.99"),
    Spent(144, "CreditCard", "", "2026-01-26", "55", "34.00"),
)
