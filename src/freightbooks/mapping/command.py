"""The command `freightbooks mapping`: a mapping to a file and back. Speaks on stdout and returns an exit code."""

# ruff: noqa: T201 - what a command says

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from django.db.models import Q

from freightbooks.connections.models import Connection
from freightbooks.mapping import sheet, sheet_import
from freightbooks.mapping.not_allowed import NotAllowed

MOST_TOLD = 50
_STANDARD = Path("-")


class NotDone(Exception):
    """The command cannot go on; the message says why."""


def company(name: str | None, organization: str | None) -> Connection:
    """Return the company that is meant: by its name or realm, or the only one. Raises NotDone."""
    found = Connection.objects.exclude(realm_id="").order_by("pk")
    if organization:
        found = found.filter(organization__name=organization)
    if name:
        found = found.filter(Q(company_name=name) | Q(realm_id=name))
    rows = list(found[:2])
    if len(rows) == 1:
        return rows[0]
    if not rows:
        raise NotDone("there is no such QuickBooks company; see them with: freightbooks status")
    raise NotDone("there are several QuickBooks companies; say which with --company NAME or --organization NAME")


def export(connection: Connection, file: Path, sections: Sequence[str] | None, *, template: bool) -> int:
    """Write the mapping to a file."""
    lines = sheet.write(connection, sections or list(sheet.SECTIONS), template=template)
    if file == _STANDARD:
        sys.stdout.writelines(lines)
        return 0
    try:
        with file.open("w", encoding="utf-8-sig", newline="") as out:  # the mark makes Excel read it as UTF-8
            count = -1
            for line in lines:
                out.write(line)
                count += 1
    except OSError as error:
        raise NotDone(f"{file} cannot be written: {error.strerror}") from error
    print(f"{count:,} lines of the mapping of {connection} are in {file}.")
    return 0


def take_over(connection: Connection, options: argparse.Namespace) -> int:
    """Check a file line by line and save it, all or nothing; 1 when a line is wrong."""
    try:
        data = sys.stdin.buffer.read() if options.file == _STANDARD else options.file.read_bytes()
        plan = sheet_import.plan(connection, sheet.read(data))
        saved = plan.ok and bool(plan.changes) and not options.dry_run
        version = sheet_import.save(connection, plan, str(options.by)) if saved else None
    except OSError as error:
        raise NotDone(f"{options.file} cannot be read: {error.strerror}") from error
    except (sheet.NotASheet, NotAllowed) as refusal:
        raise NotDone(str(refusal)) from refusal
    if options.json:
        changes, wrong = [asdict(each) for each in plan.changes], [asdict(each) for each in plan.bad]
        print(json.dumps({"changes": changes, "wrong": wrong, "unchanged": plan.unchanged, "version": version}))
    else:
        _tell(plan, version)
    return 0 if plan.ok else 1


def _tell(plan: sheet_import.Plan, version: int | None) -> None:
    for change in plan.changes[:MOST_TOLD]:
        print(f"line {change.number}: {change.section}, {change.name}: {change.before} -> {change.after}")
    if len(plan.changes) > MOST_TOLD:
        print(f"... and {len(plan.changes) - MOST_TOLD:,} more changes.")
    for bad in plan.bad[:MOST_TOLD]:
        print(f"line {bad.number}: {bad.why}", file=sys.stderr)
    if plan.bad:
        print(f"Nothing was saved: {len(plan.bad):,} lines are wrong.", file=sys.stderr)
    elif version is not None:
        print(f"{len(plan.changes):,} lines saved as version {version}; {plan.unchanged:,} stay as they were.")
    else:
        print(f"{len(plan.changes):,} lines would change, {plan.unchanged:,} stay as they are. Nothing was saved.")
