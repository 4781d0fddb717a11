"""Writes tables for spreadsheets, row by row and never whole: CSV, and XLSX as a zip that is never sought back in.

Texts can never become formulas: in CSV an apostrophe stands before what begins like one, in XLSX texts are texts by
type, and by style also after somebody edits them. Knows no table of ours.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import IO, TYPE_CHECKING
from xml.sax.saxutils import escape

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer as Buffer

Cell = str | int | Decimal | date | datetime | None
"""A datetime is shown as it stands: give it in the time zone of the reader, without one."""

ROWS_OF_A_SHEET = 1_000_000
"""Excel holds 1,048,576 rows in a sheet; a longer table goes on in another one."""
_AT_ONCE = 500
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")
_BYTE_ORDER_MARK = "\ufeff"
_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_FIRST_DAY = date(1899, 12, 30)
_NOON = datetime(1899, 12, 30)  # noqa: DTZ001 - Excel's days know no time zone


def no_formula(text: str) -> str:
    """Return `text` so that no spreadsheet takes it for a formula: an apostrophe before what begins like one."""
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text


class _Echo:
    """A file for the csv writer that hands each line back instead of keeping it."""

    def write(self, line: str) -> str:
        return line


def as_csv(headings: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Iterator[str]:
    """Yield a CSV file in pieces. Amounts and days are plain (`-1234.50`, `2026-11-07`)."""
    writer = csv.writer(_Echo())
    yield _BYTE_ORDER_MARK + writer.writerow(headings)  # spreadsheets read it as UTF-8 only with this mark
    piece: list[str] = []
    for row in rows:
        piece.append(writer.writerow([_plain(cell) for cell in row]))
        if len(piece) == _AT_ONCE:
            yield "".join(piece)
            piece.clear()
    if piece:
        yield "".join(piece)


def _plain(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, str):
        return no_formula(cell)
    if isinstance(cell, datetime):
        return cell.isoformat(" ", "seconds")
    if isinstance(cell, date):
        return cell.isoformat()
    return format(cell, "f") if isinstance(cell, Decimal) else str(cell)


class _Pipe(io.RawIOBase):
    """What zipfile writes into: it takes bytes, hands them on when asked, and cannot be sought."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, data: Buffer) -> int:
        piece = bytes(data)
        self._pieces.append(piece)
        return len(piece)

    def take(self) -> bytes:
        """Return what was written since last asked."""
        pieces, self._pieces = self._pieces, []
        return b"".join(pieces)


def as_xlsx(title: str, headings: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Iterator[bytes]:
    """Yield an XLSX file in pieces: inline texts, real dates and numbers, a bold first row that stays in sight."""
    pipe = _Pipe()
    archive = zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED, compresslevel=1)
    left = iter(rows)
    sheets = 0
    going_on = True
    while going_on:
        sheets += 1
        going_on = False
        with archive.open(f"xl/worksheets/sheet{sheets}.xml", "w", force_zip64=True) as sheet:
            _write(sheet, _SHEET_BEGINS + _row_of(headings, bold=True))
            yield pipe.take()
            piece: list[str] = []
            for count, row in enumerate(left, start=1):
                piece.append(_row_of(row))
                if len(piece) == _AT_ONCE:
                    _write(sheet, "".join(piece))
                    piece.clear()
                    if found := pipe.take():
                        yield found
                if count == ROWS_OF_A_SHEET:
                    going_on = True
                    break
            _write(sheet, "".join(piece) + _SHEET_ENDS)
    names = [_sheet_name(title, number, sheets) for number in range(1, sheets + 1)]
    for path, text in _rest(names):
        archive.writestr(path, text)
    archive.close()
    yield pipe.take()


def _write(sheet: IO[bytes], text: str) -> None:
    sheet.write(text.encode())


def _row_of(cells: Sequence[Cell], *, bold: bool = False) -> str:
    return f"<row>{''.join(_cell(each, bold=bold) for each in cells)}</row>"


def _cell(cell: Cell, *, bold: bool) -> str:
    if cell is None or cell == "":
        return "<c/>"
    if isinstance(cell, str):
        style = ' s="1"' if bold else ' s="5"' if cell.startswith(_FORMULA_STARTS) else ""
        text = escape(_NOT_IN_XML.sub("", cell)[:32767])
        return f'<c{style} t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'
    if isinstance(cell, datetime):
        passed = cell - _NOON
        return f'<c s="4"><v>{passed.days + passed.seconds / 86400:.6f}</v></c>'
    if isinstance(cell, date):
        return f'<c s="3"><v>{(cell - _FIRST_DAY).days}</v></c>'
    if isinstance(cell, Decimal):
        return f'<c s="2"><v>{cell:f}</v></c>'
    return f"<c><v>{cell}</v></c>"


def _sheet_name(title: str, number: int, of: int) -> str:
    plain = re.sub(r"[\\/*?:\[\]]", " ", title)
    return plain[:31] if of == 1 else f"{plain[:27]} {number}"


_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPES = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_SHEET_BEGINS = (
    f'{_HEAD}<worksheet xmlns="{_MAIN}"><sheetViews><sheetView workbookViewId="0">'
    '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>'
    "<sheetData>"
)
_SHEET_ENDS = "</sheetData></worksheet>"
# The styles: plain, bold, amount, day, moment, and text that stays text after an edit (quotePrefix).
_STYLES = (
    f'{_HEAD}<styleSheet xmlns="{_MAIN}"><numFmts count="2"><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd"/>'
    '<numFmt numFmtId="165" formatCode="yyyy\\-mm\\-dd\\ hh:mm"/></numFmts>'
    '<fonts count="2"><font><sz val="11"/><name val="Calibri"/></font>'
    '<font><b/><sz val="11"/><name val="Calibri"/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill>'
    '</fills><borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
    '<cellXfs count="6"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>'
    '<xf numFmtId="0" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1"/>'
    '<xf numFmtId="4" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>'
    '<xf numFmtId="164" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>'
    '<xf numFmtId="165" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>'
    '<xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0" quotePrefix="1"/></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
)


def _rest(names: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield the parts that name the sheets; a zip may tell them last."""
    numbers = range(1, len(names) + 1)
    sheets = "".join(
        f'<sheet name="{escape(name, {chr(34): "&quot;"})}" sheetId="{n}" r:id="rId{n}"/>'
        for n, name in zip(numbers, names, strict=True)
    )
    yield "xl/styles.xml", _STYLES
    yield (
        "xl/workbook.xml",
        f'{_HEAD}<workbook xmlns="{_MAIN}" xmlns:r="{_RELATIONS}"><sheets>{sheets}</sheets></workbook>',
    )
    related = "".join(
        f'<Relationship Id="rId{n}" Type="{_RELATIONS}/worksheet" Target="worksheets/sheet{n}.xml"/>' for n in numbers
    )
    yield (
        "xl/_rels/workbook.xml.rels",
        f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships">{related}'
        f'<Relationship Id="rIdStyles" Type="{_RELATIONS}/styles" Target="styles.xml"/></Relationships>',
    )
    yield (
        "_rels/.rels",
        f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships">'
        f'<Relationship Id="rId1" Type="{_RELATIONS}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    )
    kinds = "".join(
        f'<Override PartName="/xl/worksheets/sheet{n}.xml" ContentType="{_TYPES}.worksheet+xml"/>' for n in numbers
    )
    yield (
        "[Content_Types].xml",
        f'{_HEAD}<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPES}.sheet.main+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{_TYPES}.styles+xml"/>{kinds}</Types>',
    )
