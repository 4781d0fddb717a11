"""The tax agencies, rates and codes of Intuit's sample company, under the ids its examples name."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from qbo_sandbox.books.tax_service import NewRate, add_tax_code

if TYPE_CHECKING:
    from qbo_sandbox.books.company import Company

AGENCIES = ("Arizona Dept. of Revenue", "Board of Equalization")


def plant_taxes(company: Company) -> None:
    """Put the agencies 1 and 2, the rates 1 to 3 and the codes 2 (California) and 3 (Tucson) into the company."""
    for name in AGENCIES:
        company.create("TaxAgency", {"DisplayName": name})
    tucson = [NewRate("AZ State tax", Decimal("7.1"), "1"), NewRate("Tucson City", Decimal(2), "1")]
    company.skip_to("TaxCode", 3)
    add_tax_code(company, "Tucson", tucson)
    company.skip_to("TaxRate", 3)
    add_tax_code(company, "California", [NewRate("California", Decimal(8), "2")], qbo_id="2")
