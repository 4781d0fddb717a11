"""The command takes a mapping out and in; its exit code is honest, and a dry run saves nothing."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from freightbooks.cli import main
from freightbooks.connections.models import Connection
from freightbooks.mapping import changes
from freightbooks.mapping.models import CostMapping, MappingChange, Section
from freightbooks.organizations.models import Organization, User
from mapping.builders import a_company, the_chart


def test_a_mapping_goes_out_and_comes_back_by_the_command(
    company: Connection, organization: Organization, dana: User, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    chart, file = the_chart(company), tmp_path / "mapping.csv"
    changes.set_default(company, Section.CARRIER_COSTS, chart["5000"], dana)
    assert main(["mapping", "export", str(file)]) == 0
    assert "2 lines" in capsys.readouterr().out
    file.write_text(file.read_text("utf-8-sig").replace("5000 Freight and carrier costs", "5015"))
    assert main(["mapping", "import", str(file), "--dry-run"]) == 0
    assert "-> 5015 Fuel paid to carriers" in capsys.readouterr().out
    assert MappingChange.objects.count() == 1
    assert main(["mapping", "import", str(file), "--json", "--by", "Mateo Okafor"]) == 0
    assert json.loads(capsys.readouterr().out)["version"] == 2
    row = CostMapping.objects.get(section=Section.CARRIER_COSTS, cost_code="")
    assert (row.account_id, row.set_by) == (chart["5015"], "Mateo Okafor")


def test_a_wrong_line_and_a_company_nobody_named_end_with_1(
    company: Connection, organization: Organization, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    the_chart(company)
    file = tmp_path / "mapping.csv"
    file.write_text("section,code,account\nCarrier costs,*,2000\n")
    assert main(["mapping", "import", str(file)]) == 1
    assert "line 2: 2000 Accounts Payable (A/P) cannot be used here" in capsys.readouterr().err
    a_company(organization, "http://127.0.0.1:9", "9341459999999999")
    assert main(["mapping", "export", str(file)]) == 1
    assert "several QuickBooks companies" in capsys.readouterr().err
    assert main(["mapping", "import", str(tmp_path / "nothing.csv"), "--company", "9341459999999999"]) == 1
