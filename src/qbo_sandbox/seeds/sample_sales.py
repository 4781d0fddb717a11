"""What the sample company sold, was paid and put into the bank, under the ids of Intuit's own sample company.

Numbers, customers, amounts and ids are as recordings of that company show them; the days keep their distances, counted
back from New Year 2026. Ids no recording shows are chosen to fit between the others.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Sold:
    """A line of a form: an item, how many at what price, and whether it is taxable. It says what the item says."""

    item: str
    quantity: str
    price: str
    taxable: bool = False
    says: str = ""


@dataclass(frozen=True)
class Form:
    """An invoice, estimate, receipt or credit memo. `address_id` is the id of the address printed on it."""

    number: int
    kind: str
    doc_number: str
    customer: str
    day: str
    lines: tuple[Sold, ...]
    address_id: int
    tax_code: str = ""
    discount_percent: int = 0
    estimate: str = ""  # the estimate an invoice was made from
    note: str = ""
    into: str = ""  # the account a receipt goes to or a refund comes from; else Undeposited Funds
    method: str = ""
    reference: str = ""
    crew: str = ""
    status: str = ""


@dataclass(frozen=True)
class Received:
    """A payment: what it settles, by id and amount. `credit` is a credit memo it uses up."""

    number: int
    customer: str
    day: str
    invoice: str
    amount: str
    into: str = "35"
    credit: str = ""
    method: str = "2"
    reference: str = ""


@dataclass(frozen=True)
class Deposited:
    """What was taken out of Undeposited Funds to the bank, by entity and id."""

    number: int
    day: str
    taken: tuple[tuple[str, str, str], ...]  # entity, id, amount


_FOUNTAIN = Sold("5", "1", "275", taxable=True)

FORMS: tuple[Form, ...] = (
    Form(9, "Invoice", "1001", "1", "2025-12-29", (Sold("6", "4", "25", taxable=True),), 47, "2",
         note="Front yard, hedges, and sidewalks"),
    Form(10, "Invoice", "1002", "2", "2025-09-16", (Sold("6", "4", "35"), Sold("10", "1", "35")), 48),
    Form(11, "SalesReceipt", "1003", "6", "2025-12-27", (Sold("4", "4.5", "75"),), 49, into="35", method="2",
         reference="10264"),
    Form(12, "Invoice", "1004", "3", "2025-12-20",
         (Sold("2", "8", "50", True, "Installation Hours"), Sold("16", "10", "2", True), Sold("17", "6", "4", True),
          Sold("14", "50", "35", True)), 50, "2"),
    Form(13, "Invoice", "1005", "9", "2025-12-23", (Sold("6", "2", "25", taxable=True),), 51, "2"),
    Form(14, "Invoice", "1006", "9", "2025-11-23", (Sold("6", "4", "20", taxable=True),), 52, "2"),
    Form(16, "Invoice", "1007", "13", "2025-12-07", (Sold("4", "10", "75"),), 53),
    Form(17, "SalesReceipt", "1008", "14", "2025-12-07", (Sold("4", "3", "75"),), 54, into="35", method="2"),
    Form(27, "Invoice", "1009", "26", "2025-12-29", (Sold("1", "1", "103.55", says="Lumber"),), 55),
    Form(34, "Invoice", "1010", "29", "2025-12-30", (Sold("4", "5", "75"),), 56),
    Form(38, "SalesReceipt", "1011", "15", "2025-12-30", (Sold("10", "2.5", "35"),), 57, discount_percent=10,
         method="1"),
    Form(39, "Invoice", "1012", "23", "2025-12-18", (Sold("5", "1", "275"), Sold("16", "15", "2")), 58,
         discount_percent=10),
    Form(41, "Estimate", "1001", "10", "2025-12-21",
         (Sold("5", "1", "275"), Sold("4", "3.5", "75"), Sold("11", "2", "22.5")), 59),
    Form(42, "Invoice", "1013", "26", "2025-12-20", (Sold("6", "3", "25", taxable=True),), 60, "2"),
    Form(46, "Estimate", "1001", "20", "2025-12-29", (Sold("10", "2", "35"),), 65),
    Form(47, "SalesReceipt", "1014", "4", "2025-12-28", (Sold("6", "4", "35"),), 66),
    Form(48, "Estimate", "1001", "18", "2025-12-29",
         (Sold("4", "4", "75"), Sold("7", "5", "50"), Sold("5", "1", "275"), Sold("13", "8", "22.5")), 67),
    Form(49, "Invoice", "1015", "18", "2025-12-30",
         (Sold("4", "4", "75"), Sold("7", "5", "50"), Sold("5", "1", "275"), Sold("13", "8", "22.5")), 68,
         discount_percent=5, estimate="48"),
    Form(60, "Invoice", "1016", "16", "2025-11-13", (Sold("6", "3", "25"),), 69),
    Form(63, "Invoice", "1017", "25", "2025-12-16", (Sold("6", "4", "20"),), 70),
    Form(64, "Invoice", "1018", "25", "2025-12-23", (Sold("6", "4", "20"),), 71),
    Form(65, "Invoice", "1019", "25", "2025-12-30", (Sold("6", "4", "20"),), 72),
    Form(66, "RefundReceipt", "1020", "15", "2025-12-30",
         (Sold("10", "2.5", "35", says="Refund - Pest control was ineffective"),), 73, into="35", method="1"),
    Form(67, "Invoice", "1021", "1", "2025-12-10", (Sold("15", "15", "10", taxable=True), _FOUNTAIN), 74, "2"),
    Form(68, "Invoice", "1022", "12", "2025-12-10", (Sold("6", "3", "25", taxable=True),), 75, "2"),
    Form(69, "Invoice", "1023", "20", "2025-12-30", (Sold("10", "2", "35"),), 76, estimate="46"),
    Form(70, "Invoice", "1024", "20", "2025-10-24", (Sold("13", "4", "12"), Sold("17", "27", "4")), 77),
    Form(71, "Invoice", "1025", "1", "2025-11-14",
         (Sold("6", "4", "30"), Sold("10", "1", "35"), Sold("9", "1", "50")), 78, crew="102"),
    Form(73, "CreditMemo", "1026", "1", "2025-12-15", (Sold("10", "1", "100"),), 79),
    Form(75, "Invoice", "1027", "2", "2025-11-14", (Sold("6", "2", "25"), Sold("10", "1", "35")), 80),
    Form(76, "Invoice", "1028", "9", "2025-11-14", (Sold("6", "3", "25", taxable=True),), 81, "2"),
    Form(77, "Invoice", "1029", "5", "2025-11-14",
         (Sold("13", "6", "12", True), _FOUNTAIN, Sold("3", "5", "15", True)), 82, "3"),
    Form(92, "Invoice", "1030", "8", "2025-09-16",
         (Sold("6", "2", "25"), Sold("10", "1", "35"), Sold("14", "15", "8.75", True)), 83, "2"),
    Form(95, "Invoice", "1031", "8", "2025-10-17", (Sold("6", "3", "30"), _FOUNTAIN), 84, "2"),
    Form(96, "Invoice", "1032", "26", "2025-12-29", (Sold("13", "7", "12", True), Sold("14", "20", "15", True)), 85,
         "2"),
    Form(100, "Estimate", "1001", "24", "2025-12-30",
         (_FOUNTAIN, Sold("11", "1", "12.75", True), Sold("3", "4", "9.5", True)), 86, "2", status="Accepted"),
    Form(103, "Invoice", "1033", "10", "2025-12-31",
         (_FOUNTAIN, Sold("4", "3.5", "75", True), Sold("11", "2", "22.5", True)), 87, "2", estimate="41"),
    Form(106, "Invoice", "1034", "21", "2025-12-31", (Sold("18", "2", "15"), Sold("8", "3", "15", True)), 88, "2"),
    Form(119, "Invoice", "1035", "17", "2026-01-01", (_FOUNTAIN, Sold("17", "4", "4", True)), 90, "2"),
    Form(129, "Invoice", "1036", "8", "2026-01-01",
         (Sold("15", "5", "10"), Sold("5", "1", "275"), Sold("6", "3.5", "25"), Sold("14", "10", "5"),
          Sold("11", "1", "15")), 94),
    Form(130, "Invoice", "1037", "24", "2026-01-01",
         (_FOUNTAIN, Sold("11", "1", "12.75", True), Sold("3", "5", "9.5", True)), 95, "2"),
)  # fmt: skip

PAYMENTS: tuple[Received, ...] = (
    Received(15, "9", "2025-12-01", "14", "86.40"),
    Received(18, "2", "2025-10-10", "10", "175.00"),
    Received(19, "3", "2025-12-22", "12", "694.00", reference="2064"),
    Received(31, "1", "2025-12-30", "9", "108.00", into="4", method="3"),
    Received(32, "13", "2025-12-20", "16", "300.00", into="4"),
    Received(33, "9", "2025-12-28", "13", "50.00"),
    Received(43, "26", "2025-12-30", "27", "103.55"),
    Received(44, "26", "2025-12-28", "42", "81.00", into="4"),
    Received(72, "1", "2025-12-15", "71", "105.00"),
    Received(74, "1", "2025-12-15", "71", "100.00", credit="73"),
    Received(78, "25", "2025-12-29", "63", "80.00"),
    Received(79, "5", "2025-12-28", "77", "460.40", into="4"),
    Received(93, "8", "2025-10-15", "92", "226.75", into="4", reference="4321"),
    Received(101, "1", "2025-12-31", "67", "220.00"),
    Received(120, "3", "2026-01-01", "12", "1675.52", into="4"),
    Received(121, "8", "2025-12-12", "95", "387.00", into="4"),
)

DEPOSITS: tuple[Deposited, ...] = (
    Deposited(45, "2025-12-30", (("Payment", "31", "108.00"), ("Payment", "32", "300.00"))),
    Deposited(62, "2025-12-30", (("SalesReceipt", "38", "78.75"), ("SalesReceipt", "47", "140.00"))),
    Deposited(
        122,
        "2025-12-31",
        (("Payment", "79", "460.40"), ("Payment", "93", "226.75"), ("Payment", "44", "81.00")),
    ),
)
