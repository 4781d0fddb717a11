"""What the company's subscription allows: its plan, and whether it is paid for. Kept in CompanyInfo's NameValue.

Intuit publishes no table of what each plan's API refuses; this one follows what the plans sell (reference: SKU matrix).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from qbo_sandbox.books.refusals import Refusal, feature_not_supported, subscription_ended, without_permission
from qbo_sandbox.books.store import Body

_PAYABLES = frozenset({"Bill", "BillPayment", "VendorCredit"})
_TRACKING = frozenset({"Class", "Department"})
_STOCK = frozenset({"Budget", "InventoryAdjustment", "PurchaseOrder"})


@dataclass(frozen=True)
class Plan:
    """One plan of QuickBooks Online, and what it leaves out."""

    name: str
    without: frozenset[str] = field(default=frozenset())  # entities that cannot be written
    classes_and_locations: bool = True
    multicurrency: bool = True
    inventory: bool = True


PLANS: Mapping[str, Plan] = {
    plan.name: plan
    for plan in (
        Plan("QuickBooks Online Simple Start", _PAYABLES | _TRACKING | _STOCK | {"TimeActivity"}, False, False, False),
        Plan("QuickBooks Online Essentials", _TRACKING | _STOCK, classes_and_locations=False, inventory=False),
        Plan("QuickBooks Online Plus"),
        Plan("QuickBooks Online Advanced"),
    )
}
STATUSES = ("TRIAL", "PAID", "EXPIRED", "CANCELLED")
"""TRIAL is recorded, the others are inferred."""

_READ_ONLY = frozenset({"EXPIRED", "CANCELLED"})
_WHOLE = Plan("QuickBooks Online")


class UnknownPlan(ValueError):
    """There is no such plan or status of a subscription."""


@dataclass(frozen=True)
class Subscription:
    """A plan, and how it stands."""

    plan: Plan
    status: str

    @property
    def read_only(self) -> bool:
        """Whether nothing may be written any more."""
        return self.status in _READ_ONLY


def subscription_in(company_info: Body) -> Subscription:
    """Return the subscription a CompanyInfo tells of; a plan that is not known here leaves nothing out."""
    pairs = {pair.get("Name"): str(pair.get("Value", "")) for pair in company_info.get("NameValue", ())}
    name = pairs.get("OfferingSku", "")
    plan = PLANS.get(name) or (Plan(name) if name else _WHOLE)
    return Subscription(plan, pairs.get("SubscriptionStatus", "TRIAL"))


def with_subscription(company_info: Body, plan: str | None, status: str | None) -> Body:
    """Return a CompanyInfo that tells of another plan or status. Raises UnknownPlan."""
    if plan is not None and plan not in PLANS:
        raise UnknownPlan(f"{plan!r} is no plan; there are {', '.join(PLANS)}")
    if status is not None and status not in STATUSES:
        raise UnknownPlan(f"{status!r} is no status; there are {', '.join(STATUSES)}")
    wanted = {"OfferingSku": plan, "SubscriptionStatus": status}
    pairs = [dict(pair) for pair in company_info.get("NameValue", ())]
    for name, value in wanted.items():
        if value is None:
            continue
        pairs = [pair for pair in pairs if pair.get("Name") != name] + [{"Name": name, "Value": value}]
    return company_info | {"NameValue": pairs}


def refusal_of(subscription: Subscription, entity: str, *, code: str) -> Refusal | None:
    """Return the refusal of a write: 6190 when nothing is paid for, `code` (5020, 5030) by the plan; or None."""
    if subscription.read_only:
        return subscription_ended(subscription.plan.name)
    if entity not in subscription.plan.without:
        return None
    return feature_not_supported(entity) if code == "5030" else without_permission()
