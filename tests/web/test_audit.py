"""The audit's page and its CSV: the newest first, by company, in pages, for admins, and nothing of others."""

from __future__ import annotations

import csv
import io

from django.test import Client

from freightbooks.connections import audit
from freightbooks.connections.audit import Action
from freightbooks.organizations.models import Organization
from web import builders


def lines(response: object) -> list[list[str]]:
    text = b"".join(response.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    return list(csv.reader(io.StringIO(text)))


def test_the_newest_comes_first_and_one_company_can_be_chosen(organization: Organization, admin: Client) -> None:
    freight = builders.a_company(organization)
    drayage = builders.a_company(organization, company_name="Blue Ridge Drayage LLC")
    audit.about(freight, Action.CONNECTED, detail="realm 1")
    audit.about(drayage, Action.STOPPED, detail="The key is missing")
    page = admin.get("/audit/").content.decode()
    assert "2 things were done to the connections" in page
    assert page.index("The key is missing") < page.index("realm 1")
    chosen = admin.get(f"/audit/?company={drayage.pk}").content.decode()
    assert "1 thing was done to Blue Ridge Drayage LLC" in chosen
    assert "realm 1" not in chosen


def test_a_long_list_comes_in_pages_and_the_csv_has_it_whole(organization: Organization, admin: Client) -> None:
    company = builders.a_company(organization)
    for number in range(51):
        audit.about(company, Action.BEGUN, detail=f"trip {number}.")
    first = admin.get("/audit/").content.decode()
    assert "trip 50." in first
    assert "trip 0." not in first
    assert "trip 0." in admin.get("/audit/?page=2").content.decode()
    rows = lines(admin.get(f"/audit/audit.csv?company={company.pk}"))
    assert rows[0] == ["When", "Who", "What", "Company", "Detail"]
    assert [row[4] for row in rows[1:]] == [f"trip {number}." for number in reversed(range(51))]


def test_no_spreadsheet_takes_a_detail_for_a_formula(organization: Organization, admin: Client) -> None:
    audit.about(builders.a_company(organization, company_name="=1+1"), Action.REFUSED, detail="@SUM(A1)")
    assert lines(admin.get("/audit/audit.csv"))[1][3:] == ["'=1+1", "'@SUM(A1)"]
