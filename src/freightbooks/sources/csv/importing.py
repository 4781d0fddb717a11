"""Imports a folder: good rows go in, bad ones are told of and kept to mend, and documents are announced at the end."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from freightbooks.config import data_dir
from freightbooks.freight.intake import Row, announce_pending
from freightbooks.freight.models import Party
from freightbooks.organizations.models import Organization
from freightbooks.sources.csv.fields import Fault, Fields
from freightbooks.sources.csv.files import Line, Unreadable, read_header, read_lines
from freightbooks.sources.csv.rejects import Rejects
from freightbooks.sources.csv.tables import FILES, FileKind, Ids

_CHUNK = 2000
_MOST_TOLD = 1000
"""Problems told one by one for each file; the rejects file has them all."""


class FolderProblem(Exception):
    """The folder cannot be imported; the message says why and what to do."""


@dataclass(frozen=True)
class Problem:
    """One thing wrong with one row. `line` is 0 when it is about the file."""

    file: str
    line: int
    column: str
    value: str
    sentence: str
    remedy: str

    def __str__(self) -> str:
        where = f"{self.file}, line {self.line}" if self.line else self.file
        what = f", {self.column} {self.value!r}" if self.column else ""
        return f"{where}{what}: {self.sentence}. {self.remedy}".strip()


@dataclass
class FileReport:
    """What became of one file's rows."""

    name: str
    read: int = 0
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    rejected: int = 0


@dataclass
class ImportReport:
    """What became of an import. `ok` when nothing was rejected."""

    files: list[FileReport] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    rejects: list[Path] = field(default_factory=list)
    announced: int = 0

    @property
    def ok(self) -> bool:
        """Whether every row went in."""
        return not self.problems

    @property
    def changed(self) -> int:
        """How many rows were new or differed."""
        return sum(each.new + each.changed for each in self.files)


Progress = Callable[[str, int], None]
"""Called with the file's name and the rows read so far."""


def import_folder(
    organization: Organization,
    folder: Path,
    *,
    rejects_dir: Path | None = None,
    on_progress: Progress | None = None,
) -> ImportReport:
    """Import what the folder has of the seven files. Raises FolderProblem when it has none."""
    if not folder.is_dir():
        raise FolderProblem(f"{folder} is not a folder. Give the folder that holds {FILES[0].name} and the others.")
    present = [kind for kind in FILES if (folder / kind.name).is_file()]
    if not present:
        names = ", ".join(kind.name for kind in FILES)
        raise FolderProblem(f"{folder} holds none of the files we read: {names}.")
    rejects_dir = rejects_dir or data_dir() / "rejects"
    report = ImportReport()
    for kind in FILES:
        if kind not in present:
            report.warnings.append(f"{kind.name} is not in the folder; what is known of it stays.")
            continue
        _FileImport(organization, folder / kind.name, kind, rejects_dir, report, on_progress).run()
    report.announced = announce_pending(organization)
    report.warnings += _unknown_factors(organization)
    return report


class _FileImport:
    def __init__(
        self,
        organization: Organization,
        path: Path,
        kind: FileKind,
        rejects_dir: Path,
        report: ImportReport,
        on_progress: Progress | None,
    ) -> None:
        self._organization = organization
        self._path = path
        self._kind = kind
        self._rejects_dir = rejects_dir
        self._report = report
        self._counts = FileReport(kind.name)
        self._on_progress = on_progress
        self._seen: set[str] = set()
        self._told = 0

    def run(self) -> None:
        self._report.files.append(self._counts)
        try:
            header = read_header(self._path, self._kind.required)
        except Unreadable as error:
            self._report.problems.append(Problem(self._kind.name, 0, "", "", str(error), ""))
            return
        rejects = Rejects(self._rejects_dir / self._kind.name, header)
        chunk: list[Line] = []
        for line in read_lines(self._path, len(header)):
            chunk.append(line)
            if len(chunk) >= _CHUNK:
                self._take(header, chunk, rejects)
                chunk = []
        self._take(header, chunk, rejects)
        kept = rejects.finish()
        if kept is not None:
            self._report.rejects.append(kept)

    def _take(self, header: Sequence[str], chunk: Sequence[Line], rejects: Rejects) -> None:
        rows = [dict(zip(header, line.cells, strict=False)) for line in chunk]
        ids: Ids = {
            column: find(self._organization, {row.get(column, "").strip() for row in rows} - {""})
            for column, find in self._kind.lookups
        }
        good: list[tuple[Line, Row]] = []
        for line, row in zip(chunk, rows, strict=True):
            if line.trouble:
                self._reject(line, [Fault("", "", line.trouble, line.remedy)], rejects)
                continue
            fields = Fields(row)
            taken = self._kind.read(fields, ids)
            if taken["external_id"] in self._seen:
                fields.fault("id", taken["external_id"], "the id stands twice in this file", "Give each row its own.")
            if fields.faults:
                self._reject(line, fields.faults, rejects)
                continue
            self._seen.add(taken["external_id"])
            good.append((line, taken))
        self._complete(good)
        done = self._kind.take(self._organization, [row for _, row in good])
        for position, sentence in done.refused.items():
            line = good[position][0]
            self._reject(line, [Fault("status", "", sentence, "Correct the status.")], rejects)
        self._counts.read += len(chunk)
        self._counts.new += done.new
        self._counts.changed += done.changed
        self._counts.unchanged += done.unchanged
        if self._on_progress is not None and chunk:
            self._on_progress(self._kind.name, self._counts.read)

    def _complete(self, good: Sequence[tuple[Line, Row]]) -> None:
        """An advance has no currency of its own in its file: it is paid in the carrier's."""
        if self._kind.name != "payments.csv":
            return
        currencies = dict(
            Party.objects.filter(pk__in={row["party_id"] for _, row in good}).values_list("pk", "currency")
        )
        for _, row in good:
            row["currency"] = currencies[row["party_id"]]

    def _reject(self, line: Line, faults: Sequence[Fault], rejects: Rejects) -> None:
        self._counts.rejected += 1
        reason = "; ".join(f"{fault.column}: {fault.sentence}".lstrip(": ") for fault in faults)
        rejects.add(line.cells, reason)
        for fault in faults:
            if self._told >= _MOST_TOLD:
                return
            self._told += 1
            self._report.problems.append(
                Problem(self._kind.name, line.number, fault.column, fault.value, fault.sentence, fault.remedy)
            )


def _unknown_factors(organization: Organization) -> list[str]:
    carriers = Party.objects.filter(organization=organization, kind="carrier", pay_to="factor")
    factors = Party.objects.filter(organization=organization, kind="factor").values("external_id")
    return [
        f"Carrier {external_id} is paid through factor {factor or '(none given)'}, which no file tells of; "
        "its invoices wait."
        for external_id, factor in carriers.exclude(factor_external_id__in=factors)
        .order_by("external_id")
        .values_list("external_id", "factor_external_id")
    ]
