"""Runs a certificate: one step after another, each timed and written down, and cleans up whatever happens.

It goes the ways everybody goes: freight is taken in, posted, settled, archived and canceled by the rooms that do it for
real. Only the payments are recorded as a bookkeeper would, straight in QuickBooks.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone

from freightbooks import jobs
from freightbooks.certifying import clean, steps
from freightbooks.certifying.models import Certificate, CertificateState
from freightbooks.certifying.plan import CLEAN, Planned, plan
from freightbooks.certifying.steps import Found, NotAsExpected
from freightbooks.connections.models import Connection
from freightbooks.in_database import in_database
from freightbooks.quickbooks.errors import QuickBooksError, ReconnectNeeded

logger = logging.getLogger(__name__)


class NotNow(Exception):
    """A certificate cannot be begun now; the message says why and what to do."""


@dataclass
class Telling:
    """Who is told of each step as it ends."""

    step: Callable[[str, str, str, float], None] = field(default=lambda *_: None)


def begin(connection: Connection, by: str, *, read_only: bool) -> Certificate:
    """Write a new certificate down. Raises NotNow when the company is not connected, or one is under way."""
    if not connection.healthy:
        raise NotNow(f"{connection} is {connection.get_state_display().lower()}. Repair the connection first.")
    if connection.organization.paused and not read_only:
        raise NotNow("Posting is paused for the whole organization. Resume it first: the test posts two documents.")
    if Certificate.objects.filter(
        connection=connection, state__in=(CertificateState.RUNNING, CertificateState.STOPPING)
    ).exists():
        raise NotNow(f"A test of {connection} is under way already.")
    return Certificate.objects.create(
        connection=connection,
        read_only=read_only,
        asked_by=by[:150],
        company_name=connection.company_name,
        realm_id=connection.realm_id,
        started_at=timezone.now(),
    )


def ask(connection: Connection, by: str, *, read_only: bool) -> Certificate:
    """Begin a certificate and have a worker run it."""
    certificate = begin(connection, by, read_only=read_only)
    jobs.request_certificate(certificate.pk)
    return certificate


def stop(certificate: Certificate) -> bool:
    """Ask a certificate under way to stop after its present step and clean up. False: it is over."""
    running = Certificate.objects.filter(pk=certificate.pk, state=CertificateState.RUNNING)
    return bool(running.update(state=CertificateState.STOPPING))


async def run(certificate_id: int, telling: Telling | None = None) -> Certificate:
    """Run a certificate to its end and return it. One that was begun before, and died, is cleaned up instead."""
    telling = telling or Telling()
    certificate = await in_database(_load, certificate_id)
    if not certificate.open:
        return certificate
    died = bool(certificate.steps) or certificate.state == CertificateState.STOPPING
    good = False
    if not died:
        good = await _take_steps(certificate, telling)
    if not certificate.read_only:
        good = await _step(certificate, CLEAN, telling, clean.clean_up) and good
        certificate.left_clean = certificate.steps[-1]["state"] == "done"
    state = (await in_database(_load, certificate_id)).state
    stopped = died or state == CertificateState.STOPPING
    certificate.state = CertificateState.PASSED if good else CertificateState.FAILED
    if stopped and not good:
        certificate.state = CertificateState.STOPPED
    certificate.finished_at = timezone.now()
    await in_database(certificate.save)
    return certificate


async def _take_steps(certificate: Certificate, telling: Telling) -> bool:
    for planned in plan(read_only=certificate.read_only):
        if planned == CLEAN:
            break
        if (await in_database(_load, certificate.pk)).state == CertificateState.STOPPING:
            return False
        if not await _step(certificate, planned, telling, steps.STEPS[planned.key]):
            return False
    return True


async def _step(
    certificate: Certificate,
    planned: Planned,
    telling: Telling,
    act: Callable[[Certificate], Awaitable[Found]],
) -> bool:
    row: dict[str, Any] = {
        "key": planned.key,
        "title": planned.title,
        "state": "running",
        "seconds": 0.0,
        "says": "",
        "ids": [],
        "tids": [],
    }
    certificate.steps = [*certificate.steps, row]
    await in_database(_keep, certificate)
    begun = time.monotonic()
    try:
        found = await act(certificate)
        row |= {"state": "done", "says": found.says, "ids": list(found.ids), "tids": list(found.tids)}
    except NotAsExpected as failure:
        row |= {"state": "failed", "says": str(failure)}
    except ReconnectNeeded:
        row |= {"state": "failed", "says": "The connection needs a person: see its page for the repair."}
    except QuickBooksError as failure:
        row |= {"state": "failed", "says": f"QuickBooks did not do it: {failure}"}
    except Exception:
        logger.exception("step %s of certificate %s", planned.key, certificate.pk)
        row |= {"state": "failed", "says": "A fault of Freightbooks; the log has it."}
    row["seconds"] = round(time.monotonic() - begun, 2)
    await in_database(_keep, certificate)
    telling.step(planned.title, str(row["state"]), str(row["says"]), float(str(row["seconds"])))
    return bool(row["state"] == "done")


def _load(certificate_id: int) -> Certificate:
    return Certificate.objects.select_related("connection__organization").get(pk=certificate_id)


def _keep(certificate: Certificate) -> None:
    certificate.save(update_fields=["steps", "made", "left_clean"])
