"""Programs read payments and what was changed in QuickBooks, and decide about it."""

from __future__ import annotations

from api.program import Program
from freightbooks.organizations.models import Organization
from freightbooks.posting.models import Posting
from freightbooks.posting.states import PostingState
from freightbooks.settlement.models import Drift
from web import builders


def test_a_payment_tells_what_it_settles(organization: Organization, program: Program) -> None:
    company = builders.a_company(organization)
    invoice = builders.an_invoice(organization, number="INV-72011")
    posting = builders.a_posting(company, invoice, PostingState.POSTED)
    payment = builders.a_payment(company, (posting, "100.00"), reference="10441")
    (found,) = program.get("/payments", invoice=invoice.external_id)["items"]
    assert (found["kind"], found["reference"], found["amount"]) == ("paid", "10441", "100.00")
    assert found["settles"] == [
        {
            "invoice_id": invoice.external_id,
            "number": "INV-72011",
            "type": "Bill",
            "quickbooks_id": posting.qbo_id,
            "amount": "100.00",
        }
    ]
    assert program.get(f"/payments/{payment.pk}") == found
    theirs = builders.a_company(builders.an_organization("Somebody Else"))
    other = builders.a_payment(theirs)
    program.refused("GET", f"/payments/{other.pk}", 404)


def test_a_change_is_decided_once(organization: Organization, program: Program) -> None:
    drift = builders.a_drift(builders.a_company(organization))
    (found,) = program.get("/changed")["items"]
    assert found["differences"] == [{"field": "Memo", "ours": "ours", "theirs": "theirs"}]
    assert program.post(f"/changed/{drift.pk}", {"decision": "keep"})["state"] == "kept"
    assert Drift.objects.get().decided_by == "API key TMS feed"
    assert Posting.objects.get().changed_there == "kept"
    assert program.refused("POST", f"/changed/{drift.pk}", 409, body={"decision": "restore"})["code"] == "conflict"
    assert program.get("/changed")["items"] == []
    other = builders.a_drift(builders.a_company(builders.an_organization("Somebody Else")))
    program.refused("POST", f"/changed/{other.pk}", 404, body={"decision": "keep"})
