"""What `freightbooks certify` does: asks first, tells each step as it ends, and exits 0 only when all of it passed."""

# ruff: noqa: T201 - what a command says

from __future__ import annotations

import argparse
import asyncio
import json
import sys

from freightbooks.certifying import paper
from freightbooks.certifying.models import Certificate, CertificateState
from freightbooks.certifying.plan import plan, warning
from freightbooks.certifying.run import NotNow, Telling, begin, run
from freightbooks.connections.models import Connection

PRODUCTION = "https://quickbooks.api.intuit.com"


def certify(options: argparse.Namespace, connection: Connection) -> int:
    """Run a certificate for a company, and return the exit code."""
    production = connection.api_base.rstrip("/") == PRODUCTION
    say = sys.stderr if options.json else sys.stdout
    print(warning(str(connection), production=production, read_only=options.read_only), file=say)
    for planned in plan(read_only=options.read_only):
        print(f"  {planned.title}" + (f" (writes {planned.writes})" if planned.writes else ""), file=say)
    if not (options.read_only or options.yes):
        try:
            answer = input(f"Write the test into {connection}? Type yes: ")
        except EOFError:
            answer = ""
        if answer.strip().lower() != "yes":
            print("freightbooks: nothing was done; --yes goes on without asking", file=sys.stderr)
            return 1
    try:
        certificate = begin(connection, "the command line", read_only=options.read_only)
    except NotNow as refusal:
        print(f"freightbooks: {refusal}", file=sys.stderr)
        return 1

    def told(title: str, state: str, says: str, seconds: float) -> None:
        print(f"{'ok  ' if state == 'done' else 'FAIL'} {seconds:6.2f} s  {title}: {says}", file=say, flush=True)

    done = asyncio.run(run(certificate.pk, Telling(told)))
    if options.pdf:
        options.pdf.write_bytes(paper.draw(done))
    if options.json:
        print(json.dumps(as_json(done)))
    print(f"{done.get_state_display()}.", file=say)
    return 0 if done.state == CertificateState.PASSED else 1


def as_json(certificate: Certificate) -> dict[str, object]:
    """Return a certificate as plain values."""
    return {
        "id": certificate.pk,
        "state": certificate.state,
        "company": certificate.company_name,
        "realm_id": certificate.realm_id,
        "read_only": certificate.read_only,
        "clean": certificate.left_clean,
        "started_at": certificate.started_at.isoformat(),
        "finished_at": certificate.finished_at.isoformat() if certificate.finished_at else None,
        "steps": certificate.steps,
    }
