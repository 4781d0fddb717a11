"""CSV files as people send them: quotes that do not pair, spreadsheets' ways of saving, bytes that mean nothing."""

from __future__ import annotations

import csv
import os
from pathlib import Path
from typing import Any

import pytest

from freightbooks.sources.csv.files import Line, Unreadable, read_header, read_lines
from freightbooks.sources.csv.seen import SeenIds

FACTORS = "id,name,remit_address,payment_method\n"


def lines(path: Path, content: str | bytes, width: int = 4) -> list[Line]:
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return list(read_lines(path, width))


def take_in(folder: Path, **options: Any) -> Any:
    from freightbooks.organizations.models import Organization
    from freightbooks.sources.csv import import_folder

    organization, _ = Organization.objects.get_or_create(name="Blue Ridge")
    return import_folder(organization, folder, rejects_dir=folder.parent / "rejects", **options)


def factors() -> dict[str, str]:
    from freightbooks.freight.models import Party

    return dict(Party.objects.filter(kind="factor").values_list("external_id", "name"))


def rejected(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8", errors="surrogateescape") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_a_quote_never_closed_costs_its_own_line_only(tmp_path: Path, end: str) -> None:
    text = end.join(["id,name,a,b", "F1,One,,", 'F2,"Two,,', 'F3,"Three",,', "F4,Four,,", ""])
    found = lines(tmp_path / "factors.csv", text)
    assert [(each.number, each.cells[:2]) for each in found if not each.trouble] == [
        (2, ["F1", "One"]),
        (4, ["F3", "Three"]),
        (5, ["F4", "Four"]),
    ]
    (bad,) = [each for each in found if each.trouble]
    assert (bad.number, bad.raw) == (3, 'F2,"Two,,')


def test_a_quote_open_at_the_end_of_the_file_does_not_take_the_rest_with_it(tmp_path: Path) -> None:
    rest = "".join(f"F{number},Name {number},,\n" for number in range(2, 3000))
    found = lines(tmp_path / "factors.csv", FACTORS + 'F1,"One,,\n' + rest)
    assert [each.number for each in found if each.trouble] == [2]
    assert len(found) == 2999
    assert found[-1].number == 3000


def test_quotes_inside_a_name_are_not_guessed_at(tmp_path: Path) -> None:
    found = lines(tmp_path / "factors.csv", FACTORS + 'F1,"The "Best" Co",,\nF2,"The ""Best"" Co",,\nF3,6" Pipe,,\n')
    assert [each.trouble != "" for each in found] == [True, False, False]
    assert [each.cells[1] for each in found[1:]] == ['The "Best" Co', '6" Pipe']


def test_rows_of_empty_cells_as_spreadsheets_leave_them_are_no_rows(tmp_path: Path) -> None:
    assert lines(tmp_path / "factors.csv", FACTORS + ",,,\n\nF1,One,,\n,,,\n") == [Line(4, ["F1", "One", "", ""])]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (b"\xef\xbb\xbf", "empty"),
        (b"\r\n\r\n", "empty"),
        ("id,name\n".encode("utf-16"), "UTF-16"),
        (b"id;name;b\nF1;One;\n", "semicolons"),
        (b"id,name,name\n", "twice"),
        (b"id,caf\xe9,name\n", "not UTF-8"),
        (b"id\n", "no column name"),
        (b'id,"name\n', "first line"),
    ],
)
def test_a_file_that_cannot_be_used_at_all_is_told_of_in_words(tmp_path: Path, content: bytes, words: str) -> None:
    path = tmp_path / "factors.csv"
    path.write_bytes(content)
    with pytest.raises(Unreadable, match=words):
        read_header(path, ("id", "name"))


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read anything")
def test_a_file_we_may_not_read_is_told_of_in_words(tmp_path: Path) -> None:
    path = tmp_path / "factors.csv"
    path.write_text(FACTORS)
    path.chmod(0)
    with pytest.raises(Unreadable, match="cannot be opened"):
        read_header(path, ("id",))


def test_ids_are_remembered_with_their_line() -> None:
    with SeenIds() as seen:
        assert seen.line_of("F1") is None
        seen.add("F1", 2)
        assert seen.line_of("F1") == 2
        assert seen.line_of("f1") is None


def test_a_row_that_could_not_be_parted_is_kept_as_it_stood(database: str, tmp_path: Path) -> None:
    folder = tmp_path / "month"
    folder.mkdir()
    (folder / "factors.csv").write_text(
        FACTORS + 'F1,"One,PO Box 1,ACH\nF2,Two,PO Box 2,ACH,more,and more\nF3,Three,,\n'
    )
    report = take_in(folder)
    assert factors() == {"F3": "Three"}
    assert [(each.line, each.value) for each in report.problems] == [
        (2, 'F1,"One,PO Box 1,ACH'),
        (3, "F2,Two,PO Box 2,ACH,more,and more"),
    ]
    (path,) = report.rejects
    assert [row["reject_raw"] for row in rejected(path)] == [
        'F1,"One,PO Box 1,ACH',
        "F2,Two,PO Box 2,ACH,more,and more",
    ]


def test_bytes_that_mean_nothing_are_shown_where_they_stand_and_ask_the_database_nothing(
    database: str, tmp_path: Path
) -> None:
    folder = tmp_path / "month"
    folder.mkdir()
    header = (
        "id,custom_id,status,mode,pickup_date,delivery_date,origin,destination,miles,customer_id,po,bol,pro,office\n"
    )
    row = b"S1,,,,,,,,,%s,,,,\n"
    (folder / "shipments.csv").write_bytes(header.encode() + row % b"C\xe9" + row % b"C\x00")
    report = take_in(folder)
    assert [(each.line, each.column, each.value) for each in report.problems] == [
        (2, "customer_id", "C\\xe9"),
        (3, "customer_id", "C\x00"),
    ]
    str(report.problems[0]).encode()
    assert b"C\xe9" in report.rejects[0].read_bytes()


def test_rejects_of_one_import_are_not_lost_to_the_next(database: str, tmp_path: Path) -> None:
    october, november, december = (tmp_path / name for name in ("october", "november", "december"))
    for folder, content in ((october, "F1,,,\n"), (november, "F2,,,\n"), (december, "F3,Three,,\n")):
        folder.mkdir()
        (folder / "factors.csv").write_text(FACTORS + content)
    take_in(october)
    take_in(november)
    take_in(november)
    assert take_in(december).ok
    kept = sorted(tmp_path.joinpath("rejects").rglob("factors.csv"))
    assert sorted(row["id"] for path in kept for row in rejected(path)) == ["F1", "F2"]
    assert [row["id"] for row in rejected(tmp_path / "rejects" / "factors.csv")] == ["F2"]


def test_rejects_are_kept_apart_for_each_organization(database: str, tmp_path: Path) -> None:
    from freightbooks.organizations.models import Organization
    from freightbooks.sources.csv import import_folder

    (tmp_path / "factors.csv").write_text(FACTORS + "F1,,,\n")
    paths = [
        path
        for name in ("One", "Two")
        for path in import_folder(Organization.objects.create(name=name), tmp_path).rejects
    ]
    assert len(set(paths)) == 2
    assert all(path.is_file() for path in paths)


def test_an_unknown_factor_is_a_warning_and_its_carrier_goes_in(database: str, tmp_path: Path) -> None:
    from freightbooks.freight.models import Party

    header = "id,name,mc_number,dot_number,accounting_id,pay_to,factor_id,payment_method,terms,currency\n"
    (tmp_path / "carriers.csv").write_text(header + "K1,Slow Trucks,,,,factor,F9,,,USD\n")
    report = take_in(tmp_path)
    assert report.ok
    assert any("K1" in warning and "F9" in warning for warning in report.warnings)
    assert Party.objects.get().factor_external_id == "F9"


def test_names_go_in_exactly_as_given(database: str, tmp_path: Path) -> None:
    names = [
        "  two  spaces ",
        "a\ttab",
        "line\nfeed",
        "cr\r\nlf",
        'q"uote',
        "東京 🚚",
        "N" * 500,
        "A\u00a0B\u200bC",
        "=1+1",
    ]
    with (tmp_path / "factors.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(FACTORS.strip().split(","))
        writer.writerows([f"F{number}", name, "", ""] for number, name in enumerate(names))
    assert take_in(tmp_path).ok
    assert list(factors().values()) == names


def test_a_second_import_at_the_same_time_is_refused_in_words(
    database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import psycopg

    from freightbooks.freight import one_import
    from freightbooks.organizations.models import Organization
    from freightbooks.sources.csv import FolderProblem

    (tmp_path / "factors.csv").write_text(FACTORS + "F1,One,,\n")
    organization = Organization.objects.create(name="Blue Ridge")
    monkeypatch.setattr(one_import, "PATIENCE_SECONDS", 0.1)
    with psycopg.connect(database, autocommit=True) as other:
        other.execute("SELECT pg_advisory_lock(%s, %s)", (one_import.LOCK_CLASS, organization.pk))
        with pytest.raises(FolderProblem, match="under way"):
            take_in(tmp_path)
    assert take_in(tmp_path).ok
    assert take_in(tmp_path).ok


def test_an_invoice_lacks_a_rejected_cost_even_of_zero_until_it_is_mended(database: str, tmp_path: Path) -> None:
    from freightbooks.freight.documents import load_invoices
    from freightbooks.freight.models import Invoice
    from main_job.brokerage import copy_rows, first_loads

    folder = first_loads(tmp_path / "month", 2)
    first = rejected(folder / "costs.csv")[0]
    bad = first | {"id": "bad", "amount": "0.00", "qty": "none"}
    with (folder / "costs.csv").open("a", newline="", encoding="utf-8") as file:
        csv.DictWriter(file, list(first)).writerow(bad)
    take_in(folder)

    def lacking() -> list[str]:
        found = load_invoices(list(Invoice.objects.values_list("pk", flat=True)))
        return [each.external_id for each in found.values() if each.costs_rejected]

    assert lacking() == [first["invoice_id"]]
    take_in(folder)
    assert lacking() == [first["invoice_id"]]
    rejects = tmp_path / "rejects"
    copy_rows(rejects, rejects, "costs.csv", lambda row: row | {"qty": "1"})
    mended = take_in(rejects)
    assert mended.ok
    assert mended.announced == 1
    assert lacking() == []


def test_a_large_file_takes_no_more_memory_than_a_small_one(tmp_path: Path) -> None:
    import tracemalloc

    def peak(rows: int) -> int:
        path = tmp_path / f"{rows}.csv"
        with path.open("w", encoding="utf-8") as file:
            file.write(FACTORS)
            file.writelines(f"F{number},Name of factor {number},PO Box {number},ACH\n" for number in range(rows))
        tracemalloc.start()
        with SeenIds() as seen:
            for line in read_lines(path, 4):
                assert seen.line_of(line.cells[0]) is None
                seen.add(line.cells[0], line.number)
        used = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return used

    assert peak(60_000) < 1.5 * peak(6_000)
