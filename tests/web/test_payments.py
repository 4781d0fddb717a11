"""The pages of payments and of what was changed in QuickBooks."""

from __future__ import annotations

from django.test import Client

from freightbooks.freight.statuses import Side
from freightbooks.organizations.models import Organization
from freightbooks.posting.models import Posting
from freightbooks.posting.states import PostingState
from freightbooks.settlement.models import Drift, DriftKind, DriftPolicy, PaidState, PaymentState
from web import builders


def page(browser: Client, address: str) -> str:
    answer = browser.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def a_bill(organization: Organization, number: str, **fields: object) -> Posting:
    companies = organization.connections.all()
    company = companies.first() or builders.a_company(organization)
    invoice = builders.an_invoice(organization, Side.CARRIER, "1000.00", number=number)
    return builders.a_posting(company, invoice, PostingState.POSTED, **fields)


def test_a_document_shows_what_is_paid_and_by_what(organization: Organization, viewer: Client) -> None:
    posting = a_bill(organization, "INV-1")
    builders.a_payment(posting.connection, (posting, "400.00"), reference="10441", method="Check")
    builders.a_standing(posting, PaidState.PARTLY, settled="400.00")
    text = page(viewer, f"/invoices/{posting.invoice_id}/")
    for words in ("Partially paid", "400.00 of 1,000.00 USD settled", "600.00", "Bill payment 10441", "Check"):
        assert words in text
    assert "Partially paid" in page(viewer, "/invoices/carrier/")


def test_a_list_is_filtered_by_what_is_paid(organization: Organization, viewer: Client) -> None:
    paid, partly, unpaid = (a_bill(organization, number) for number in ("INV-PAID", "INV-PARTLY", "INV-UNPAID"))
    builders.a_standing(paid, PaidState.PAID, settled="1000.00")
    builders.a_standing(partly, PaidState.PARTLY, settled="1.00")
    numbers = {"paid": "INV-PAID", "partly": "INV-PARTLY", "open": "INV-UNPAID"}
    for state, number in numbers.items():
        text = page(viewer, f"/invoices/carrier/?paid={state}")
        assert [each for each in numbers.values() if f">{each}<" in text] == [number]
    assert unpaid.invoice is not None


def test_payments_are_listed_found_and_exported(organization: Organization, viewer: Client) -> None:
    posting = a_bill(organization, "INV-1")
    company = posting.connection
    builders.a_payment(company, (posting, "400.00"), reference="10441", method="Check", party_name="=Old Mill")
    builders.a_payment(company, (posting, "50.00"), reference="W-9", method="Wire", state=PaymentState.VOIDED)
    builders.a_payment(company, ours=False, reference="NOT-OURS")
    text = page(viewer, "/payments/")
    assert "2 payments: $450.00 paid out" in text
    assert "1 other payment of the company settles nothing of ours" in text
    assert "NOT-OURS" not in text
    assert "W-9" not in page(viewer, "/payments/?method=Check")
    assert "10441" not in page(viewer, "/payments/?state=voided")
    assert "10441" in page(viewer, "/payments/?q=inv-1")
    assert "No payment matches this" in page(viewer, "/payments/?q=nothing")
    lines = b"".join(viewer.get("/payments/payments.csv?state=recorded")).decode().splitlines()  # type: ignore[arg-type]
    assert len(lines) == 2
    assert "10441" in lines[1]
    assert "'=Old Mill" in lines[1]
    assert "INV-1" in lines[1]


def test_nothing_of_another_organization_is_listed(organization: Organization, viewer: Client) -> None:
    theirs = builders.a_company(builders.an_organization("Somebody Else"))
    builders.a_payment(theirs, reference="SECRET-1")
    builders.a_drift(theirs)
    builders.a_company(organization)
    assert "SECRET-1" not in page(viewer, f"/payments/?company={theirs.pk}")
    assert "No document was changed in QuickBooks" in page(viewer, f"/changed/?company={theirs.pk}")


def test_what_was_changed_is_decided_one_by_one(organization: Organization, accountant: Client) -> None:
    company = builders.a_company(organization)
    drift = builders.a_drift(company)
    text = page(accountant, "/changed/")
    assert "1 document was changed in QuickBooks" in text
    assert "theirs" in text
    answer = accountant.post(f"/changed/{drift.pk}/", {"decision": "keep"}, follow=True)
    assert "version stands" in answer.content.decode()
    assert "Everything is as we posted it" in page(accountant, "/changed/")
    again = accountant.post(f"/changed/{drift.pk}/", {"decision": "restore"}, follow=True)
    assert "Somebody has decided already" in again.content.decode()


def test_restoring_all_asks_first(organization: Organization, accountant: Client) -> None:
    company = builders.a_company(organization)
    for _ in range(3):
        builders.a_drift(company, DriftKind.EDITED)
    asked = accountant.post("/changed/all/", {"decision": "restore"}).content.decode()
    assert "Restore ours of 3 documents, $7,407.45?" in asked
    assert Drift.objects.filter(state="open").count() == 3
    accountant.post("/changed/all/", {"decision": "restore", "sure": "yes"})
    assert not Drift.objects.filter(state="open").exists()
    assert Posting.objects.filter(state=PostingState.DUE).count() == 3


def test_only_an_admin_sets_the_rule(organization: Organization, accountant: Client, admin: Client) -> None:
    company = builders.a_company(organization)
    assert accountant.post(f"/changed/policy/{company.pk}/", {"policy": "keep"}).status_code == 403
    admin.post(f"/changed/policy/{company.pk}/", {"policy": "keep"})
    assert DriftPolicy.objects.get().policy == "keep"
