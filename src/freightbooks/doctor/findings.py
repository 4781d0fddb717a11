"""What an examination found: one finding a check, in order, each with its remedy. Knows no check."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any


class Level(StrEnum):
    """How a check came out."""

    GREEN = "green"
    AMBER = "amber"  # works, but something is to be known
    RED = "red"  # nothing posts until it is mended
    SKIPPED = "skipped"  # could not be looked at, because of what an earlier check found


@dataclass(frozen=True)
class Finding:
    """One check. `remedy` is what to do, empty where nothing is; `page` the path of the page that mends it."""

    check: str
    level: Level
    says: str
    remedy: str = ""
    page: str = ""


@dataclass(frozen=True)
class Section:
    """The findings about this installation, or about one company."""

    title: str
    findings: tuple[Finding, ...]
    connection_id: int | None = None


@dataclass(frozen=True)
class Examination:
    """Everything found, in order. `seconds` is how long it took."""

    sections: tuple[Section, ...]
    seconds: float = field(default=0.0)

    @property
    def worst(self) -> Level:
        """The worst level of any finding."""
        return worst_of(finding for section in self.sections for finding in section.findings)

    @property
    def title(self) -> str:
        """The answer to the question whether everything is in order."""
        findings = [finding for section in self.sections for finding in section.findings]
        red = sum(finding.level is Level.RED for finding in findings)
        amber = sum(finding.level is Level.AMBER for finding in findings)
        if red:
            return f"{red} of {len(findings)} checks {'fails' if red == 1 else 'fail'}"
        if amber:
            return f"Everything works; {amber} {'thing' if amber == 1 else 'things'} to know"
        return f"All {len(findings)} checks are green"

    @property
    def exit_code(self) -> int:
        """0 when nothing is red, else 1."""
        return 1 if self.worst is Level.RED else 0

    def as_json(self) -> dict[str, Any]:
        """Return it as JSON has it."""
        return {"result": str(self.worst), "title": self.title, **asdict(self)}

    def as_text(self) -> str:
        """Return it for a terminal."""
        rows = [self.title]
        for section in self.sections:
            rows += ["", section.title]
            for finding in section.findings:
                rows.append(f"  {finding.level.upper():8}{finding.check}: {finding.says}")
                if finding.remedy:
                    rows.append(f"          {finding.remedy}")
        return "\n".join(rows)


_ORDER = (Level.RED, Level.AMBER, Level.GREEN, Level.SKIPPED)


def worst_of(findings: Iterable[Finding]) -> Level:
    """Return the worst level of some findings."""
    levels = {finding.level for finding in findings}
    return next((level for level in _ORDER if level in levels), Level.GREEN)
