"""PaymentMethod: the ways a customer can pay."""

from __future__ import annotations

from qbo_sandbox.books.entities.listing import FILTERS, naming, plain_name
from qbo_sandbox.books.entity import META, Draft, Entity
from qbo_sandbox.books.fields import Choice, Flag, Text

_LIST_FILTERS = {name: kind for name, kind in FILTERS.items() if name != "FullyQualifiedName"}


def _kind_of_method(draft: Draft) -> None:
    draft.body.setdefault("Type", "NON_CREDIT_CARD")


PAYMENT_METHOD = Entity(
    name="PaymentMethod",
    fields={
        "Name": Text(31, is_name=True),
        "Active": Flag(),
        "Type": Choice(("CREDIT_CARD", "NON_CREDIT_CARD")),
        **META,
    },
    required=("Name",),
    steps=(_kind_of_method, naming("Name")),
    id_family="PaymentMethod",
    name_space="PaymentMethod",
    unique_name=plain_name,
    name_field="Name",
    indexed=("Name",),
    filterable=_LIST_FILTERS | {"Type": "text"},
    order="Name",
)

FAMILY = (PAYMENT_METHOD,)
