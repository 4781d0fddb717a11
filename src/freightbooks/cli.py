"""The command `freightbooks`. Each subcommand's work is in `commands.py` and `demo/`; here are their words.

Exit codes: 0 done, 1 it did not come out well (told on stderr) or nothing was found, 2 wrong arguments.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

EXAMPLE_MONTH = Path("examples/month_end")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code."""
    options = _parser().parse_args(arguments)
    from freightbooks import commands
    from freightbooks.config import BadMailAddress
    from freightbooks.embedded_postgres import PostgresDidNotStart

    try:
        return int(commands.run(options))
    except (commands.CommandFailed, PostgresDidNotStart, BadMailAddress) as failure:
        print(f"freightbooks: {failure}", file=sys.stderr)  # noqa: T201 - what a command says
        return 1
    except KeyboardInterrupt:
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="freightbooks",
        description="Keeps a freight brokerage's TMS and its QuickBooks Online company in step.",
        epilog="Data is kept in .freightbooks (or FREIGHTBOOKS_DATA), in an embedded PostgreSQL (or DATABASE_URL).",
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    demo = _add(
        commands, "demo", "run everything on this machine, on a month of example paperwork", "freightbooks demo"
    )
    demo.add_argument(
        "--data", type=Path, default=EXAMPLE_MONTH, help="folder of CSV files (default examples/month_end)"
    )
    demo.add_argument("--fresh", action="store_true", help="forget an earlier demo and start over")
    demo.add_argument("--port", type=int, default=8000, help="port of the pages (default 8000, else a free one)")
    demo.add_argument(
        "--sandbox-port", type=int, default=8100, help="port of the sandbox (default 8100, else a free one)"
    )
    demo.add_argument(
        "--check", action="store_true", help="do it once in a throw-away folder, compare the books, and end"
    )
    demo.add_argument("--json", action="store_true", help="with --check: print one JSON object")

    serve = _add(commands, "serve", "serve the pages", "freightbooks serve --port 8000")
    serve.add_argument("--host", default="127.0.0.1", help="address to listen on (default 127.0.0.1)")
    serve.add_argument("--port", type=int, default=8000, help="port (default 8000)")

    worker = _add(commands, "worker", "do the background work: send what is due", "freightbooks worker")
    worker.add_argument("--once", action="store_true", help="end when nothing is left to do now")

    _add(commands, "migrate", "bring the database's tables up to date", "freightbooks migrate")

    imports = _add(
        commands, "import", "import a folder of CSV files", "freightbooks import examples/month_end --organization Acme"
    )
    imports.add_argument(
        "folder", type=Path, metavar="DIR", help="folder with customers.csv, invoices.csv and the others"
    )
    imports.add_argument("--organization", help="whose paperwork it is; needed when there are several")
    imports.add_argument("--rejects", type=Path, help="folder for rows that could not go in")
    imports.add_argument("--json", action="store_true", help="print the report as JSON")

    post = _add(commands, "post", "ask for everything due to be sent to QuickBooks", "freightbooks post --wait")
    post.add_argument("--wait", action="store_true", help="send it from here, and end when nothing is due any more")
    post.add_argument("--json", action="store_true", help="print the counts as JSON")

    status = _add(commands, "status", "show where the documents of each connection stand", "freightbooks status --json")
    status.add_argument("--json", action="store_true", help="print it as JSON")

    _add_questions(commands)

    _add_mapping(commands)
    _add_certify(commands)

    user = _add(
        commands,
        "user",
        "add a person who may sign in",
        "freightbooks user add dana@example.com --name 'Dana Whitlow' --role admin",
    )
    user.add_argument("action", choices=("add",))
    user.add_argument("email")
    user.add_argument("--name", required=True)
    user.add_argument("--role", choices=("admin", "accountant", "viewer"), default="viewer")
    user.add_argument("--organization", help="made when it is not there; needed when there are several")
    user.add_argument(
        "--password-stdin", action="store_true", help="read the password from standard input, not asked for"
    )

    doctor = _add(
        commands,
        "doctor",
        "check everything from the clock to the mapping, and say what to do; writes nothing to QuickBooks",
        "freightbooks doctor --json",
    )
    doctor.add_argument("--organization", help="only this organization's companies")
    doctor.add_argument("--address", default="", help="where people reach the pages, such as https://books.example.com")
    doctor.add_argument("--json", action="store_true", help="print it as JSON")

    keys = _add(
        commands,
        "keys",
        "look after the keys that seal tokens and secrets: list them, make one, or rotate to a new one",
        "freightbooks keys rotate",
    )
    keys.add_argument("action", choices=("list", "new", "rotate"))
    keys.add_argument("--json", action="store_true", help="print it as JSON")
    return parser


def _add_questions(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """The commands that look documents up and change nothing."""
    why = _add(
        commands,
        "why",
        "say why a document is not in QuickBooks: what it waits for, since when, and what to do",
        "freightbooks why 34021E-1",
    )
    why.add_argument("number", help="an invoice or shipment number, an id of the TMS, or a number in QuickBooks")
    why.add_argument("--organization", help="whose document it is; without it, every organization's are looked at")
    why.add_argument("--json", action="store_true", help="print it as JSON")

    problems = _add(
        commands,
        "problems",
        "list what holds documents back, by cause: the money at stake, the steps out of it, and who can mend it",
        "freightbooks problems --json",
    )
    problems.add_argument("--organization", help="whose problems; without it, every organization's are listed")
    problems.add_argument("--json", action="store_true", help="print it as JSON")

    changes = _add(
        commands,
        "changes",
        "print, as CSV, the documents whose posting or payment moved since a place in the feed",
        "freightbooks changes --since 841-1207 > moved.csv",
    )
    changes.add_argument("--since", default="", help="the cursor printed the last time; without it, from the beginning")
    changes.add_argument("--organization", help="whose documents, where there are several organizations")
    changes.add_argument("--json", action="store_true", help="print one JSON object a line")

    preview = _add(
        commands,
        "preview",
        "show the exact QuickBooks transaction of a document, its journal entry and the reason of every choice",
        "freightbooks preview 34021E-1",
    )
    preview.add_argument("number", help="an invoice or shipment number, an id of the TMS, or a number in QuickBooks")
    preview.add_argument("--organization", help="whose document it is; without it, every organization's are looked at")
    preview.add_argument(
        "--compare", action="store_true", help="set it beside what QuickBooks holds now: one read for each document"
    )
    preview.add_argument("--json", action="store_true", help="print it as JSON")


def _add_mapping(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """The commands that take a mapping in and out."""
    mapping = _add(
        commands,
        "mapping",
        "write a company's mapping to a CSV file, or take one over: every line is checked, all is saved or nothing",
        "freightbooks mapping export mapping.csv --template; freightbooks mapping import mapping.csv --dry-run",
    )
    mapping.add_argument("action", choices=("export", "import"))
    mapping.add_argument("file", type=Path, metavar="FILE", help="the CSV file; - stands for standard output or input")
    mapping.add_argument("--company", help="the QuickBooks company by name or realm; needed when there are several")
    mapping.add_argument("--organization", help="only this organization's companies")
    mapping.add_argument(
        "--section",
        action="append",
        choices=("carrier-costs", "customer-costs", "payment-types", "shipper-id", "carrier-id"),
        help="with export: only this section; may be given several times",
    )
    mapping.add_argument("--template", action="store_true", help="with export: every cost in both sections of costs")
    mapping.add_argument("--dry-run", action="store_true", help="with import: say what would change, and save nothing")
    mapping.add_argument("--by", default="command", help="with import: whose change it is in the versions")
    mapping.add_argument("--json", action="store_true", help="with import: print what changes as JSON")


def _add_certify(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """The command that proves a connection."""
    certify = _add(
        commands,
        "certify",
        "prove that a connection works: a test shipment of $1.00 there and back, taken out again at the end",
        "freightbooks certify --realm 9341451233812345",
    )
    certify.add_argument("--organization", help="whose company, where there are several organizations")
    certify.add_argument("--realm", help="which company, where there are several")
    certify.add_argument("--read-only", action="store_true", help="write nothing: only look")
    certify.add_argument("--yes", action="store_true", help="do not ask before writing")
    certify.add_argument("--pdf", type=Path, help="also write the certificate as a PDF file")
    certify.add_argument("--json", action="store_true", help="print the certificate as JSON at the end")


def _add(
    commands: argparse._SubParsersAction[argparse.ArgumentParser], name: str, does: str, example: str
) -> argparse.ArgumentParser:
    return commands.add_parser(
        name, help=does, description=f"{does[0].upper()}{does[1:]}.", epilog=f"Example: {example}"
    )


if __name__ == "__main__":
    sys.exit(main())
