"""The names of a company's payment methods: a payment tells its method by id only. One read tells them all."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction

from freightbooks.connections.client import open_client
from freightbooks.in_database import in_database
from freightbooks.quickbooks.query import EVEN_INACTIVE
from freightbooks.settlement.changes import Change
from freightbooks.settlement.models import Payment, PaymentMethod


def names_of(connection_id: int) -> dict[str, str]:
    """Return the names we know, by id."""
    return dict(PaymentMethod.objects.filter(connection_id=connection_id).values_list("qbo_id", "name"))


def learn(connection_id: int, changes: Sequence[Change]) -> None:
    """Keep the names of methods, and give them to the payments that lacked one."""
    names = {each.qbo_id: str(each.object.get("Name") or "")[:100] for each in changes if each.object is not None}
    names = {qbo_id: name for qbo_id, name in names.items() if name}
    if not names:
        return
    with transaction.atomic():
        PaymentMethod.objects.bulk_create(
            [PaymentMethod(connection_id=connection_id, qbo_id=qbo_id, name=name) for qbo_id, name in names.items()],
            update_conflicts=True,
            unique_fields=["connection", "qbo_id"],
            update_fields=["name"],
        )
        for qbo_id, name in names.items():
            Payment.objects.filter(connection_id=connection_id, method_id=qbo_id, method="").update(method=name)


def lacks_names(connection_id: int) -> bool:
    """Whether a payment has a method whose name nobody has told us."""
    unnamed = Payment.objects.filter(connection_id=connection_id, method="").exclude(method_id="")
    return unnamed.exists()


async def read_names(connection_id: int) -> None:
    """Read the company's payment methods, in one read. Raises QuickBooksError."""
    from django.utils import timezone

    async with open_client(connection_id, "connecting") as client:
        rows = await client.query(f"select * from PaymentMethod where {EVEN_INACTIVE} maxresults 1000")  # noqa: S608
    now = timezone.now()
    await in_database(learn, connection_id, [Change("PaymentMethod", str(row["Id"]), row, now) for row in rows])
