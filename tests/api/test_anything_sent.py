"""Whatever is sent, the API answers as its own document says: no crash, the one shape of an error, the types told."""

from __future__ import annotations

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis import Case
from schemathesis.checks import CHECKS

from api.program import Program
from freightbooks.freight.statuses import Side
from freightbooks.organizations import api_keys
from freightbooks.organizations.models import Organization
from freightbooks.posting.gates import Gate
from freightbooks.posting.states import PostingState
from freightbooks.web.wsgi import application
from web import builders

schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", application)
MORE_THAN_TYPES = [CHECKS.get_one("positive_data_acceptance")]
"""A place in a list, or a row's number, may be refused although it has the right type."""


@pytest.fixture
def filled(organization: Organization, program: Program, monkeypatch: pytest.MonkeyPatch) -> Program:
    """A company with documents that are posted, held and not taken up."""
    monkeypatch.setattr(api_keys, "REQUESTS_A_MINUTE", 1_000_000)
    company = builders.a_company(organization)
    for side, state in ((Side.CUSTOMER, PostingState.POSTED), (Side.CARRIER, PostingState.WAITING)):
        invoice = builders.an_invoice(organization, side)
        builders.a_posting(company, invoice, state, gate=Gate.SUM if state == PostingState.WAITING else "")
    builders.an_advance(organization)
    return program


@schema.parametrize()
@settings(
    max_examples=4,
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)
def test_every_answer_is_as_the_document_says(case: Case, filled: Program) -> None:
    case.call_and_validate(headers={"Authorization": f"Bearer {filled.key}"}, excluded_checks=MORE_THAN_TYPES)
