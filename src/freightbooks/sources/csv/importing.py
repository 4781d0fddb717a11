"""Imports a folder: good rows go in, bad ones are told of and kept to mend, and documents are announced at the end."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from freightbooks.config import data_dir
from freightbooks.freight.intake import Row, Taken, announce_pending, note_costs
from freightbooks.freight.models import Party
from freightbooks.freight.one_import import ImportUnderWay, one_import
from freightbooks.organizations.models import Organization
from freightbooks.sources.csv.fields import Fault, Fields
from freightbooks.sources.csv.files import Line, Unreadable, read_header, read_lines, shown, storable
from freightbooks.sources.csv.rejects import Rejects
from freightbooks.sources.csv.report import FileReport, ImportReport, Problem
from freightbooks.sources.csv.seen import SeenIds
from freightbooks.sources.csv.tables import FILES, FileKind, Ids

_CHUNK = 2000
_MOST_TOLD = 1000
"""Problems told one by one for each file; the rejects file has them all."""
_LONGEST_SHOWN = 80


class FolderProblem(Exception):
    """The folder cannot be imported; the message says why and what to do."""


Progress = Callable[[str, int], None]
"""Called with the file's name and the rows read so far."""


def import_folder(
    organization: Organization,
    folder: Path,
    *,
    rejects_dir: Path | None = None,
    on_progress: Progress | None = None,
) -> ImportReport:
    """Import what the folder has of the seven files. Raises FolderProblem when it has none, or another import runs.

    Rejected rows go to `rejects_dir`, or to a folder of the organization's own among the data of this installation.
    """
    if not folder.is_dir():
        raise FolderProblem(f"{folder} is not a folder. Give the folder that holds {FILES[0].name} and the others.")
    present = [kind for kind in FILES if (folder / kind.name).is_file()]
    if not present:
        names = ", ".join(kind.name for kind in FILES)
        raise FolderProblem(f"{folder} holds none of the files we read: {names}.")
    rejects_dir = rejects_dir or data_dir() / "rejects" / str(organization.pk)
    absent = [f"{kind.name} is not in the folder; what is known of it stays." for kind in FILES if kind not in present]
    import_id = str(uuid.uuid4())
    try:
        with one_import(organization):
            imports = [
                _FileImport(organization, folder / kind.name, kind, rejects_dir, import_id, on_progress)
                for kind in present
            ]
            for each in imports:
                each.run()
            announced = announce_pending(organization)
    except ImportUnderWay as error:
        raise FolderProblem(f"{error} Wait until it ends, then import again.") from error
    return ImportReport(
        files=tuple(each.counts for each in imports),
        problems=tuple(problem for each in imports for problem in each.problems),
        warnings=(*absent, *_unknown_factors(organization)),
        rejects=tuple(each.rejects for each in imports if each.rejects is not None),
        announced=announced,
    )


class _FileImport:
    """The import of one file, and what it tells afterwards."""

    def __init__(
        self,
        organization: Organization,
        path: Path,
        kind: FileKind,
        rejects_dir: Path,
        import_id: str,
        on_progress: Progress | None,
    ) -> None:
        self._organization = organization
        self._path = path
        self._kind = kind
        self._rejects_dir = rejects_dir
        self._import_id = import_id
        self._on_progress = on_progress
        self.counts = FileReport(kind.name)
        self.problems: list[Problem] = []
        self.rejects: Path | None = None

    def run(self) -> None:
        try:
            self._header = read_header(self._path, self._kind.required)
        except Unreadable as error:
            self.problems.append(Problem(self._kind.name, 0, "", "", str(error), ""))
            return
        self._rejects = Rejects(self._rejects_dir / self._kind.name, self._header, self._path)
        with SeenIds() as self._seen:
            chunk: list[Line] = []
            for line in read_lines(self._path, len(self._header)):
                chunk.append(line)
                if len(chunk) >= _CHUNK:
                    self._take(chunk)
                    chunk = []
            if chunk:
                self._take(chunk)
        self.rejects = self._rejects.finish()

    def _take(self, chunk: Sequence[Line]) -> None:
        rows = [dict(zip(self._header, line.cells, strict=False)) for line in chunk]
        ids = self._ids(row for line, row in zip(chunk, rows, strict=True) if not line.trouble)
        good: list[tuple[Line, Row]] = []
        bad: dict[int, Sequence[Fault]] = {}
        for line, row in zip(chunk, rows, strict=True):
            taken, faults = self._read(line, row, ids)
            if faults:
                bad[line.number] = faults
            else:
                good.append((line, taken))
        done = self._accept(good)
        for position, refusal in done.refused.items():
            line = good[position][0]
            value = line.cells[self._header.index(refusal.field)]
            bad[line.number] = [Fault(refusal.field, value, refusal.sentence, refusal.remedy)]
        for line in chunk:
            if line.number in bad:
                self._reject(line, bad[line.number])
        if self._kind.costs:
            accepted = [row for position, (_, row) in enumerate(good) if position not in done.refused]
            self._note_costs(accepted, [row for line, row in zip(chunk, rows, strict=True) if line.number in bad])
        self.counts = replace(
            self.counts,
            read=self.counts.read + len(chunk),
            new=self.counts.new + done.new,
            changed=self.counts.changed + done.changed,
            unchanged=self.counts.unchanged + done.unchanged,
            rejected=self.counts.rejected + len(bad),
        )
        if self._on_progress is not None:
            self._on_progress(self._kind.name, self.counts.read)

    def _ids(self, rows: Iterable[dict[str, str]]) -> Ids:
        """Look up what the rows point at."""
        readable = list(rows)
        found: Ids = {}
        for column, find in self._kind.lookups:
            wanted = {row[column].strip() for row in readable}
            found[column] = find(self._organization, {each for each in wanted if each and storable(each)})
        return found

    def _read(self, line: Line, row: dict[str, str], ids: Ids) -> tuple[Row, Sequence[Fault]]:
        if line.trouble:
            column, value = ("", line.raw) if line.at is None else (self._header[line.at], line.cells[line.at])
            return {}, [Fault(column, value, line.trouble, line.remedy)]
        fields = Fields(row)
        taken = self._kind.read(fields, ids)
        external_id = taken["external_id"]
        first = self._seen.line_of(external_id)
        if first is not None:
            fields.fault(
                "id", external_id, f"the id stands twice in this file, first on line {first}", "Give each row its own."
            )
        elif not fields.faults:
            self._seen.add(external_id, line.number)
        return taken, fields.faults

    def _accept(self, good: Sequence[tuple[Line, Row]]) -> Taken:
        return self._kind.take(self._organization, [row for _, row in good])

    def _note_costs(self, accepted: Sequence[Row], rejected: Sequence[Mapping[str, str]]) -> None:
        named = [row for row in rejected if "invoice_id" in row]
        find = dict(self._kind.lookups)["invoice_id"]
        wanted = {row["invoice_id"].strip() for row in named}
        incomplete = find(self._organization, {each for each in wanted if each and storable(each)})
        note_costs(
            self._import_id,
            accepted={row["invoice_id"] for row in accepted} - {None},
            rejected=set(incomplete.values()),
        )

    def _reject(self, line: Line, faults: Sequence[Fault]) -> None:
        reason = "; ".join(f"{fault.column}: {fault.sentence}".lstrip(": ") for fault in faults)
        self._rejects.add(line.cells, reason, line.raw)
        for fault in faults[: _MOST_TOLD - len(self.problems)]:
            value = shown(fault.value[:_LONGEST_SHOWN])
            self.problems.append(
                Problem(self._kind.name, line.number, fault.column, value, fault.sentence, fault.remedy)
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
