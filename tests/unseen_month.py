"""Writes a month of one brokerage's paperwork, made the same way as the example month, with other awkward cases.

The same seed gives the same month. What must come of it is worked out here from how each document was made, not by
the product's own rules.
"""

from __future__ import annotations

import csv
import random
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

COLUMNS = {
    "customers": "id,name,accounting_id,billing_email,terms_days,currency,address,city",
    "carriers": "id,name,mc_number,dot_number,accounting_id,pay_to,factor_id,payment_method,terms,currency",
    "factors": "id,name,remit_address,payment_method",
    "shipments": "id,custom_id,status,mode,pickup_date,delivery_date,origin,destination,miles,"
    "customer_id,po,bol,pro,office",
    "invoices": "id,number,side,shipment_id,block,party_id,status,invoice_date,due_date,currency,amount,archived",
    "costs": "id,shipment_id,side,party_id,block,invoice_id,code,name,qty,price,amount,note",
    "payments": "id,kind,side,shipment_id,invoice_id,party_id,method,reference,date,amount,fee,reason",
}
CENT = Decimal("0.01")
AWKWARD = (
    "Tab\tin the Middle Co",
    "Line\nFeed & Sons",
    'The "Quoted" Company',
    "N" * 500,
    "M" * 700,
    "  Leading and  double   spaces ",
    "Colon: The Company",
    "HARBOR FOODS",
    "Harbor Foods",
    "harbor  foods",
    "Ćevapi Łódź Straße GmbH",
    "東京 物流",
    "🚚 Trucks 🚚",
    "。、",
    "Back\\slash 'n' Quote",
    "Both Sides LLC",
    "Café Niño",
    "A\u00a0B\u200bC",
)
CUSTOMER_COSTS = (("1600", "Freight - flat"), ("1609", "Fuel - flat"), ("1687", "Accessorial - hazmat"))
CARRIER_COSTS = (("1601", "Freight - per mile"), ("1610", "Fuel - per mile"), ("1617", "Accessorial - lumper"))
APPROVED = ("Approved", "Partially paid", "Paid")


@dataclass
class _Month:
    chance: random.Random
    rows: dict[str, list[dict[str, Any]]] = field(default_factory=lambda: defaultdict(list))
    held: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    posted: dict[str, list[Decimal]] = field(default_factory=lambda: defaultdict(list))
    credits: list[dict[str, str]] = field(default_factory=list)

    def add(self, file_name: str, /, **values: Any) -> None:
        row = dict.fromkeys(COLUMNS[file_name].split(","), "")
        row.update(values)
        self.rows[file_name].append(row)


def write_month(folder: Path, *, seed: int, loads: int) -> dict[str, Any]:
    """Write the seven files; return what must post and what must be held, in the shape of `expected.json`."""
    month = _Month(random.Random(seed))
    _parties(month)
    for number in range(1, loads + 1):
        _load(month, number)
    folder.mkdir(parents=True, exist_ok=True)
    for name, columns in COLUMNS.items():
        with (folder / f"{name}.csv").open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, columns.split(","))
            writer.writeheader()
            writer.writerows(month.rows[name])
    return {
        "postable_customer": len(month.posted["customer"]),
        "postable_customer_amount": str(sum(month.posted["customer"], Decimal("0.00"))),
        "postable_carrier": len(month.posted["carrier"]),
        "postable_carrier_amount": str(sum(month.posted["carrier"], Decimal("0.00"))),
        "postable_credits": month.credits,
        "not_postable": dict(month.held),
        "advances_postable": len(month.posted["advance"]),
    }


def _parties(month: _Month) -> None:
    names = [*AWKWARD, *(f"Customer {letter}" for letter in "ABCDEFGH")]
    for number, name in enumerate(names):
        month.add(
            "customers",
            id=f"C{number}",
            name=name,
            billing_email="not an address" if number % 5 == 0 else f"ap{number}@customer.example",
            terms_days=month.chance.choice((0, 15, 21, 30, 45)),
            currency="CAD" if number == 25 else "USD",
            address="1 Main St\nDock 4",
            city="Reno, NV",
        )
    month.add("factors", id="F1", name="Tab\tFactoring", payment_method="ACH")
    month.add("factors", id="F2", name="Colon: Capital", payment_method="ACH")
    pay_to = {20: ("", ""), 21: ("factor", "F9"), 22: ("factor", "F1"), 23: ("factor", "F2"), 24: ("factor", "F1")}
    for number, name in enumerate([*AWKWARD, *(f"Carrier {letter}" for letter in "ABCDEFG"), "Carrier A"]):
        kind, factor = pay_to.get(number, ("carrier", ""))
        month.add(
            "carriers",
            id=f"K{number}",
            name=name,
            accounting_id="",
            pay_to=kind,
            factor_id=factor,
            payment_method="Wire",
            terms=month.chance.choice(("Quickpay 7", "Standard 30", "Net 30", "On: delivery\tonly", "")),
            currency="CAD" if number == 19 else "USD",
        )


def _load(month: _Month, number: int) -> None:
    chance = month.chance
    customer, carrier = chance.randrange(26), chance.randrange(26)
    day = date(2026, 11, 1) + timedelta(days=chance.randrange(30))
    month.add(
        "shipments",
        id=f"S{number}",
        custom_id=f"4{number:04}E",
        status="Completed",
        mode="TL",
        pickup_date=day,
        delivery_date=day + timedelta(days=2),
        origin="Reno, NV",
        destination='Elko, "NV"',
        miles=chance.randrange(50, 2500),
        customer_id=f"C{customer}",
        po=f"PO\t{number}",
    )
    trouble = _TROUBLES[number % len(_TROUBLES)] if number % 2 else ""
    _invoice(month, number, "customer", f"C{customer}", "CAD" if customer == 25 else "USD", day, trouble)
    other = _TROUBLES[(number // 2) % len(_TROUBLES)] if number % 3 == 0 else ""
    _invoice(month, number, "carrier", f"K{carrier}", "CAD" if carrier == 19 else "USD", day, other)
    if number % 5 == 0:
        _advance(month, number, carrier, day)


_TROUBLES = (
    "draft",
    "received",
    "archived",
    "sum",
    "no lines",
    "zero",
    "negative",
    "long",
    "rounding",
    "paid",
    "twice",
)


def _invoice(month: _Month, load: int, side: str, party: str, currency: str, day: date, trouble: str) -> None:
    chance = month.chance
    invoice_id = f"{'AR' if side == 'customer' else 'AP'}{load}"
    lines = [
        _line(chance, code, name, trouble)
        for code, name in chance.sample(CUSTOMER_COSTS if side == "customer" else CARRIER_COSTS, chance.randint(1, 3))
    ]
    if trouble == "negative":
        lines.append(("1638", "Other - discount", Decimal(1), Decimal("-99999.50"), Decimal("-99999.50")))
    if trouble == "zero":
        total = sum((line[4] for line in lines), Decimal(0))
        lines.append(("1638", "Other - discount", Decimal(1), -total, -total))
    if trouble == "no lines":
        lines = []
    amount = sum((line[4] for line in lines), Decimal("0.00")) if lines else Decimal("100.00")
    if trouble == "sum":
        amount += CENT
    number = f"N-{load}"
    if trouble == "long":
        number = f"CONSOLIDATED-2026-NOVEMBER-{load}-" + "9" * chance.randint(0, 25)
    status = {"draft": "Draft", "received": "Received", "paid": chance.choice(APPROVED[1:])}.get(trouble, "Approved")
    rows = [(invoice_id, "")]
    if trouble == "twice" and side == "carrier":  # QuickBooks itself refuses a number twice on the other side
        rows.append((f"{invoice_id}X", "twin"))
    for own_id, twin in rows:
        month.add(
            "invoices",
            id=own_id,
            number=number,
            side=side,
            shipment_id=f"S{load}",
            block=1,
            party_id=party,
            status=status,
            invoice_date=day,
            due_date=day + timedelta(days=30) if chance.random() < 0.8 else "",
            currency=currency,
            amount=amount,
            archived="true" if trouble == "archived" else "false",
        )
        for position, (code, name, quantity, price, line_amount) in enumerate(lines):
            month.add(
                "costs",
                id=f"{own_id}-{position}",
                shipment_id=f"S{load}",
                side=side,
                party_id=party,
                block=1,
                invoice_id=own_id,
                code=code,
                name=name,
                qty=quantity,
                price=price,
                amount=line_amount,
                note='He said "wait"\nand we waited\t2 h — ’til 日本' if chance.random() < 0.2 else "",
            )
        _expect(month, own_id, side, party, currency, trouble, amount, twin=bool(twin))


def _line(chance: random.Random, code: str, name: str, trouble: str) -> tuple[str, str, Decimal, Decimal, Decimal]:
    quantity = Decimal(chance.randint(1, 900))
    price = Decimal(chance.randint(100, 90000)) / 100
    if trouble == "rounding":
        quantity, price = Decimal(chance.randrange(1, 99, 2)), Decimal(chance.randint(1, 9000) * 10 + 5) / 1000
    amount = (quantity * price).quantize(CENT, ROUND_HALF_UP)
    if trouble == "rounding" and chance.random() < 0.5:
        amount -= CENT  # the TMS rounded otherwise; its amount is the truth
    return code, name, quantity, price, amount


def _expect(
    month: _Month,
    invoice_id: str,
    side: str,
    party: str,
    currency: str,
    trouble: str,
    amount: Decimal,
    *,
    twin: bool,
) -> None:
    """Note what must come of one invoice; when several things are wrong, the first in this order is told."""
    carrier = side == "carrier"
    reasons = (
        ("archived", trouble == "archived"),
        ("not approved", trouble in ("draft", "received")),
        ("no cost lines", trouble == "no lines"),
        ("amount does not equal the sum of its lines", trouble == "sum"),
        ("zero amount", trouble == "zero"),
        ("carrier has no pay-to", carrier and party == "K20"),
        ("unknown factor", carrier and party == "K21"),
        ("currency the QuickBooks company does not keep", currency != "USD"),
        ("same carrier and invoice number twice (possible duplicate payment)", carrier and twin),
    )
    reason = next((words for words, holds in reasons if holds), "")
    if reason:
        month.held[reason].append(invoice_id)
    elif amount < 0:
        month.credits.append({"id": invoice_id, "side": side, "amount": str(-amount)})
    else:
        month.posted[side].append(amount)


def _advance(month: _Month, load: int, carrier: int, day: date) -> None:
    amount = Decimal(month.chance.randint(5000, 90000)) / 100
    month.add(
        "payments",
        id=f"P{load}",
        kind="advance",
        side="carrier",
        shipment_id=f"S{load}",
        invoice_id=f"AP{load}",
        party_id=f"K{carrier}",
        method=month.chance.choice(("EFS", "COMCHECK")),
        reference="0" * month.chance.randint(5, 30) + str(load),
        date=day,
        amount=amount,
        fee="6.00",
        reason="Fuel",
    )
    if carrier not in (19, 20, 21):
        month.posted["advance"].append(amount)
