"""The CSV source: again changes nothing, a changed row changes its document, bad rows are told, kept and mended."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pytest

from main_job.brokerage import copy_rows, first_loads

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The first five loads of the example month."""
    return first_loads(tmp_path / "month", 5)


def take_in(folder: Path) -> Any:
    from freightbooks.organizations.models import Organization
    from freightbooks.sources.csv import import_folder

    organization, _ = Organization.objects.get_or_create(name="Blue Ridge")
    return import_folder(organization, folder, rejects_dir=folder.parent / "rejects")


def change(folder: Path, name: str, row_id: str, /, **values: str) -> None:
    copy_rows(folder, folder, name, lambda row: row | values if row["id"] == row_id else row)


def revisions() -> dict[str, int]:
    from freightbooks.freight.models import Invoice

    return dict(Invoice.objects.values_list("external_id", "revision"))


def rejected(folder: Path, name: str) -> list[dict[str, str]]:
    with (folder.parent / "rejects" / name).open(newline="", encoding="utf-8", errors="surrogateescape") as file:
        return list(csv.DictReader(file))


def test_the_same_again_changes_nothing_and_announces_nothing(folder: Path) -> None:
    first = take_in(folder)
    assert first.ok
    assert first.announced == 11
    before = revisions()
    again = take_in(folder)
    assert again.changed == again.announced == 0
    assert revisions() == before


def test_a_changed_row_changes_its_document_only(folder: Path) -> None:
    take_in(folder)
    before = revisions()
    change(folder, "invoices.csv", "AR900001", due_date="2026-12-24")
    assert take_in(folder).announced == 1
    assert revisions() == before | {"AR900001": before["AR900001"] + 1}


def test_a_changed_cost_changes_its_invoice_and_a_moved_one_both(folder: Path) -> None:
    take_in(folder)
    before = revisions()
    change(folder, "costs.csv", "1", note="waited")
    assert take_in(folder).announced == 1
    assert revisions() == before | {"AR900001": before["AR900001"] + 1}
    before = revisions()
    change(folder, "costs.csv", "1", invoice_id="AR900002")
    assert take_in(folder).announced == 2
    assert revisions() == before | {each: before[each] + 1 for each in ("AR900001", "AR900002")}


def test_a_changed_carrier_has_its_documents_looked_at_again_without_a_new_revision(folder: Path) -> None:
    take_in(folder)
    before = revisions()
    change(folder, "carriers.csv", "K5001", pay_to="")
    assert take_in(folder).announced >= 1
    assert revisions() == before


@pytest.mark.parametrize(
    ("name", "row_id", "column", "value", "words"),
    [
        ("invoices.csv", "AR900001", "amount", "1,234.50", "not a number"),
        ("invoices.csv", "AR900001", "amount", "1.005", "parts of a cent"),
        ("invoices.csv", "AR900001", "invoice_date", "10/31/2026", "not a date"),
        ("invoices.csv", "AR900001", "status", "approved?", "not known here"),
        ("invoices.csv", "AR900001", "party_id", "C9999", "no customer with this id"),
        ("invoices.csv", "AR900001", "number", "", "empty"),
        ("costs.csv", "1", "invoice_id", "AR999999", "no invoice with this id"),
        ("costs.csv", "1", "name", "x" * 300, "300 characters"),
        ("customers.csv", "C1060", "currency", "dollars", "not a currency"),
        ("payments.csv", "P1", "fee", "six", "not a number"),
    ],
)
def test_a_bad_value_is_told_where_it_stands_and_can_be_mended(
    folder: Path, name: str, row_id: str, column: str, value: str, words: str
) -> None:
    with (folder / name).open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    good = next(row[column] for row in rows if row["id"] == row_id)
    line = [row["id"] for row in rows].index(row_id) + 2
    change(folder, name, row_id, **{column: value})
    report = take_in(folder)
    problem = next(each for each in report.problems if each.file == name)
    assert (problem.line, problem.column) == (line, column)
    assert words in problem.sentence
    assert problem.remedy
    assert next(each for each in report.files if each.name == name).new == len(rows) - 1
    kept = rejected(folder, name)
    assert [row["id"] for row in kept] == [row_id]
    assert words in kept[0]["reject_reason"]
    rejects = folder.parent / "rejects"
    change(rejects, name, row_id, **{column: good})
    mended = take_in(rejects)
    assert not [each for each in mended.problems if each.file == name]
    assert not (rejects / name).exists()


def test_every_odd_file_is_told_of_in_words_and_the_others_go_in(folder: Path) -> None:
    (folder / "customers.csv").write_text("")
    (folder / "factors.csv").write_text("id,name\nF1,One\n")
    (folder / "payments.csv").unlink()
    report = take_in(folder)
    told = {each.file: each.sentence for each in report.problems if each.line == 0}
    assert "empty" in told["customers.csv"]
    assert "remit_address, payment_method" in told["factors.csv"]
    assert any("payments.csv" in warning for warning in report.warnings)
    assert next(each for each in report.files if each.name == "carriers.csv").new == 150


def test_bytes_line_ends_and_cells_out_of_place(folder: Path) -> None:
    path = folder / "factors.csv"
    path.write_bytes(
        b"\xef\xbb\xbfid,name,remit_address,payment_method\r\n"
        b'F1,"Two\r\nlines",PO Box 1,ACH\r\n'
        b"F2,Caf\xe9,PO Box 2,ACH\r\n"
        b"\r\n"
        b"F3,Three,PO Box 3\r\n"
        b"F1,Again,PO Box 4,ACH\r\n"
        b"F4,Four,PO Box 5,ACH\r\n"
    )
    report = take_in(folder)
    told = [(each.line, each.sentence) for each in report.problems if each.file == "factors.csv"]
    assert [line for line, _ in told] == [4, 6, 7]
    assert "UTF-8" in told[0][1]
    assert "3 cells" in told[1][1]
    assert "twice" in told[2][1]
    from freightbooks.freight.models import Party

    assert set(Party.objects.filter(kind="factor").values_list("external_id", "name")) == {
        ("F1", "Two\r\nlines"),
        ("F4", "Four"),
    }


def test_a_move_the_life_of_an_invoice_does_not_know_is_refused(folder: Path) -> None:
    from freightbooks.freight.models import Invoice

    change(folder, "invoices.csv", "AR900001", status="Paid")
    take_in(folder)
    change(folder, "invoices.csv", "AR900001", status="Draft")
    report = take_in(folder)
    assert "Paid" in report.problems[0].sentence
    assert "Draft" in report.problems[0].sentence
    assert Invoice.objects.get(external_id="AR900001").status == "Paid"


def test_an_import_that_dies_half_way_announces_nothing_and_the_next_one_everything(folder: Path) -> None:
    def die(name: str, _rows: int) -> None:
        if name == "costs.csv":
            raise KeyboardInterrupt

    from freightbooks.freight.models import Invoice
    from freightbooks.organizations.models import Organization
    from freightbooks.sources.csv import import_folder

    organization = Organization.objects.create(name="Blue Ridge")
    with pytest.raises(KeyboardInterrupt):
        import_folder(organization, folder, rejects_dir=folder.parent / "rejects", on_progress=die)
    assert Invoice.objects.count() == Invoice.objects.filter(to_announce=True).count() == 10
    assert take_in(folder).announced == 11


def test_a_folder_without_our_files_is_refused_in_words(tmp_path: Path) -> None:
    from freightbooks.sources.csv import FolderProblem

    with pytest.raises(FolderProblem, match="none of the files"):
        take_in(tmp_path)
