"""The companies of a sandbox over HTTP: which there are, and more of them side by side."""

from __future__ import annotations

from typing import Any

from qbo_sandbox.books.company import Company
from qbo_sandbox.books.subscription import PLANS
from qbo_sandbox.control.asking import Asked, BadAsk, Part
from qbo_sandbox.control.route import Control
from qbo_sandbox.seeds.planting import NAMES

_GROUP = "Companies"
_MOST = 1000
_LONGEST_NAME = 1024  # CompanyInfo's


def _shown(asked: Asked, company: Company) -> dict[str, Any]:
    return {
        "realm_id": company.realm_id,
        "name": company.name,
        "environment": asked.sandbox.door.environments[company.realm_id],
        "plan": company.subscription.plan.name,
        "subscription": company.subscription.status,
    }


def _list(asked: Asked) -> Any:
    return [_shown(asked, company) for company in asked.sandbox.companies.values()]


def _add(asked: Asked) -> Any:
    if len(asked.sandbox.companies) >= _MOST:
        raise BadAsk(f"A sandbox holds {_MOST} companies at most.")
    body = asked.body
    if len(body.get("name", "")) > _LONGEST_NAME:
        raise BadAsk(f"name must be at most {_LONGEST_NAME} characters.")
    company = asked.sandbox.add_company(
        body.get("seed", "sample"),
        environment=body.get("environment", ""),
        name=body.get("name", ""),
        plan=body.get("plan", ""),
    )
    return _shown(asked, company)


_SHOWN = {
    "realm_id": "9341450000000000",
    "name": "Blue Ridge Freight Brokers LLC",
    "environment": "sandbox",
    "plan": "QuickBooks Online Plus",
    "subscription": "TRIAL",
}

CONTROLS = (
    Control("GET", "/companies", "List the companies.", _list, answers=[_SHOWN], group=_GROUP),
    Control(
        "POST",
        "/companies",
        "Add a company beside the others.",
        _add,
        {
            "seed": Part("text", "what is in it", choices=tuple(NAMES)),
            "environment": Part(
                "text", "which keys open it: development or production", choices=("sandbox", "production")
            ),
            "name": Part("text", "what it is called"),
            "plan": Part("text", "its plan of QuickBooks Online", choices=tuple(PLANS)),
        },
        example={"seed": "empty", "name": "Second Company LLC"},
        answers=_SHOWN,
        group=_GROUP,
    ),
)
