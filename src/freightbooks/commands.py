"""What the subcommands do, one function each; they speak on stdout and return an exit code."""

# ruff: noqa: T201 - what a command says

from __future__ import annotations

import argparse
import asyncio
import getpass
import json
import sys
from collections.abc import Callable
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from freightbooks.start import migrate, start

if TYPE_CHECKING:
    from freightbooks.connections.models import Connection
    from freightbooks.organizations.models import Organization
    from freightbooks.sources.csv import ImportReport


class CommandFailed(Exception):
    """The command cannot go on; the message says why and what to do."""


def run(options: argparse.Namespace) -> int:
    """Run the subcommand that was asked for."""
    return _COMMANDS[options.command](options)


def _demo(options: argparse.Namespace) -> int:
    from freightbooks.demo.check import check
    from freightbooks.demo.supervisor import DemoFailed, run_demo

    try:
        return check(options.data, as_json=options.json) if options.check else run_demo(options)
    except DemoFailed as failure:
        raise CommandFailed(str(failure)) from failure


def _serve(options: argparse.Namespace) -> int:
    start()
    migrate()
    from django.utils import timezone

    from freightbooks.receiving import feeds
    from freightbooks.web.server import serve

    feeds.ask_after_a_start(timezone.now())  # notifications found nobody here until now

    print(f"Freightbooks is at http://{options.host}:{options.port}/", flush=True)
    try:
        serve(options.host, options.port)
    except OSError as error:
        raise CommandFailed(f"port {options.port} of {options.host} cannot be used: {error.strerror}") from error
    return 0


def _worker(options: argparse.Namespace) -> int:
    start()
    migrate()
    from freightbooks import jobs

    _request_all()
    asyncio.run(jobs.run_worker(until_idle=options.once))
    return 0


def _migrate(_options: argparse.Namespace) -> int:
    start()
    migrate()
    print("The tables are up to date.")
    return 0


def _import(options: argparse.Namespace) -> int:
    start()
    migrate()
    from freightbooks.sources.csv import FolderProblem, import_folder

    organization = _organization(options.organization, make=True)

    def tell(name: str, rows: int) -> None:
        if not options.json and sys.stdout.isatty():
            print(f"\r{name}: {rows:,} rows", end="", flush=True)

    try:
        report = import_folder(organization, options.folder, rejects_dir=options.rejects, on_progress=tell)
    except FolderProblem as error:
        raise CommandFailed(str(error)) from error
    if options.json:
        print(json.dumps(_as_json(report)))
    else:
        _tell_import(report)
    return 0 if report.ok else 1


def _tell_import(report: ImportReport) -> None:
    if sys.stdout.isatty():
        print("\r", end="")
    for each in report.files:
        print(
            f"{each.name:15} {each.read:>9,} rows: {each.new:,} new, {each.changed:,} changed, "
            f"{each.unchanged:,} as before, {each.rejected:,} rejected"
        )
    for warning in report.warnings:
        print(f"Note: {warning}")
    for problem in report.problems[:50]:
        print(f"Rejected: {problem}")
    if len(report.problems) > 50:
        print(f"... and {len(report.problems) - 50:,} more.")
    for path in report.rejects:
        print(f"Mend the rows in {path} and import that folder.")


def _as_json(report: ImportReport) -> dict[str, Any]:
    return {
        "files": [asdict(each) for each in report.files],
        "problems": [asdict(each) for each in report.problems],
        "warnings": report.warnings,
        "rejects": [str(path) for path in report.rejects],
        "announced": report.announced,
    }


def _post(options: argparse.Namespace) -> int:
    start()
    migrate()
    from freightbooks import jobs
    from freightbooks.posting import progress
    from freightbooks.posting.drain import drain

    connections = _connected()
    if not connections:
        raise CommandFailed("no QuickBooks company is connected; connect one on the Integration hub")
    for connection in connections:
        if options.wait:
            asyncio.run(drain(connection.pk))
        else:
            jobs.request_drain(connection.pk)
    counts = {str(connection): asdict(progress.counts(connection)) for connection in connections}
    if options.json:
        print(json.dumps(counts))
    else:
        for name, each in counts.items():
            print(f"{name}: {_counted(each)}")
    return 0 if all(each["failed"] == 0 for each in counts.values()) else 1


def _status(options: argparse.Namespace) -> int:
    start()
    migrate()
    from freightbooks.connections.models import Connection
    from freightbooks.posting import progress

    rows = [
        {"connection": str(each), "state": each.state, "realm_id": each.realm_id, **asdict(progress.counts(each))}
        for each in Connection.objects.order_by("pk")
    ]
    if options.json:
        print(json.dumps(rows))
    elif not rows:
        print("No QuickBooks company is connected yet.")
    else:
        for row in rows:
            print(f"{row['connection']} ({row['state']}): {_counted(row)}")
    return 0


def _counted(counts: dict[str, Any]) -> str:
    return (
        f"{counts['posted']:,} posted, {counts['waiting']:,} held, {counts['failed']:,} refused, "
        f"{counts['due'] + counts['sending']:,} on their way, of {counts['total']:,}"
    )


def _user(options: argparse.Namespace) -> int:
    start()
    migrate()
    from django.contrib.auth.password_validation import validate_password
    from django.core.exceptions import ValidationError
    from django.db import IntegrityError, transaction

    from freightbooks.organizations.models import Membership, User

    organization = _organization(options.organization, make=True)
    if options.password_stdin:
        password = sys.stdin.readline().rstrip("\n")
    else:
        password = getpass.getpass(f"Password for {options.email}: ")
    try:
        validate_password(password)
        with transaction.atomic():
            user = User.objects.create_user(options.email, options.name, password)
            Membership.objects.create(user=user, organization=organization, role=options.role)
    except ValidationError as error:
        raise CommandFailed(" ".join(error.messages)) from error
    except IntegrityError as error:
        raise CommandFailed(f"{options.email} is here already") from error
    print(f"{options.name} may sign in to {organization} as {options.role}.")
    return 0


def _doctor(options: argparse.Namespace) -> int:
    start()
    from freightbooks.connections.models import Connection
    from freightbooks.doctor.examine import examine
    from freightbooks.organizations.models import Organization

    def companies() -> list[Connection]:
        connections = Connection.objects.select_related("organization").order_by("pk")
        if options.organization:
            if not Organization.objects.filter(name=options.organization).exists():
                raise CommandFailed(f"there is no organization called {options.organization}")
            connections = connections.filter(organization__name=options.organization)
        return list(connections)

    examination = examine(companies, options.address or _address())
    print(json.dumps(examination.as_json()) if options.json else examination.as_text())
    return examination.exit_code


def _certify(options: argparse.Namespace) -> int:
    start()
    migrate()
    from freightbooks.certifying import commands
    from freightbooks.connections.models import Connection

    companies = Connection.objects.select_related("organization").exclude(realm_id="").order_by("pk")
    if options.organization:
        companies = companies.filter(organization__name=options.organization)
    if options.realm:
        companies = companies.filter(realm_id=options.realm)
    found = list(companies[:2])
    if len(found) != 1:
        which = "no such company is connected" if not found else "there are several companies; say which with --realm"
        raise CommandFailed(which)
    return commands.certify(options, found[0])


def _problems(options: argparse.Namespace) -> int:
    start()
    migrate()
    from freightbooks.posting import problem_commands

    return problem_commands.tell_problems(options, _organizations(options.organization))


def _why(options: argparse.Namespace) -> int:
    start()
    migrate()
    from freightbooks.posting import commands

    return commands.why_not_synced(options, _organizations(options.organization))


def _changes(options: argparse.Namespace) -> int:
    start()
    migrate()
    from freightbooks.outbound import commands

    return commands.changes(options, _organization(options.organization, make=False))


def _preview(options: argparse.Namespace) -> int:
    start()
    migrate()
    from freightbooks.posting import commands

    return commands.preview(options, _organizations(options.organization))


def _address() -> str:
    """Return the first address the settings name for the pages."""
    from django.conf import settings

    return next(iter(settings.CSRF_TRUSTED_ORIGINS), "http://localhost:8000")


def _keys(options: argparse.Namespace) -> int:
    from freightbooks.connections import vault

    if options.action == "new":
        key = vault.new_key()
        print(json.dumps({"key": key}) if options.json else key)
        return 0
    start()
    migrate()
    from freightbooks.connections.key_rotation import holdings, rotate

    try:
        found = holdings() if options.action == "list" else rotate()
    except vault.VaultError as error:
        raise CommandFailed(
            f"{error}. Put the missing key back behind the first one (vault.keys in the data folder, or "
            "FREIGHTBOOKS_KEYS) and run this again; no key was dropped."
        ) from error
    if options.json:
        print(json.dumps(asdict(found)))
    else:
        print(found.as_text())
    return 0


def _mapping(options: argparse.Namespace) -> int:
    start()
    migrate()
    from freightbooks.mapping import command

    try:
        connection = command.company(options.company, options.organization)
        if options.action == "export":
            return command.export(connection, options.file, options.section, template=options.template)
        return command.take_over(connection, options)
    except command.NotDone as failure:
        raise CommandFailed(str(failure)) from failure


def _organization(name: str | None, *, make: bool) -> Organization:
    from freightbooks.organizations.models import Organization

    if name:
        found = Organization.objects.filter(name=name).first()
        return found or Organization.objects.create(name=name)
    all_of_them = list(Organization.objects.order_by("pk")[:2])
    if len(all_of_them) == 1:
        return all_of_them[0]
    if not all_of_them and make:
        return Organization.objects.create(name="My brokerage")
    raise CommandFailed("there are several organizations; say which with --organization NAME")


def _organizations(name: str | None) -> list[Organization]:
    """Return the organization of this name, or all of them."""
    from freightbooks.organizations.models import Organization

    found = list(Organization.objects.filter(**({"name": name} if name else {})).order_by("pk"))
    if not found:
        raise CommandFailed(f"there is no organization called {name}" if name else "there is no organization yet")
    return found


def _connected() -> list[Connection]:
    from freightbooks.connections.models import Connection
    from freightbooks.connections.states import ConnectionState

    return list(Connection.objects.filter(state=ConnectionState.CONNECTED).order_by("pk"))


def _request_all() -> None:
    """Take up again what was due when the last worker ended, and look for what QuickBooks changed meanwhile."""
    from django.utils import timezone

    from freightbooks import jobs
    from freightbooks.receiving import feeds

    for connection in _connected():
        jobs.request_drain(connection.pk)
    feeds.ask_after_a_start(timezone.now())


_COMMANDS: dict[str, Callable[[argparse.Namespace], int]] = {
    "demo": _demo,
    "serve": _serve,
    "worker": _worker,
    "migrate": _migrate,
    "import": _import,
    "post": _post,
    "status": _status,
    "why": _why,
    "problems": _problems,
    "changes": _changes,
    "preview": _preview,
    "mapping": _mapping,
    "user": _user,
    "keys": _keys,
    "doctor": _doctor,
    "certify": _certify,
}
