"""Begins a guide, finds the one of a company, ticks its steps, and joins it to the connection its keys made."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from freightbooks.connections.models import Connection
from freightbooks.guide.models import Guide, Tick
from freightbooks.guide.steps import TICKED, Step
from freightbooks.organizations.models import Organization, User


class NotTicked(Exception):
    """The step is decided by what we see, not by a person."""


def guide_of_new_company(organization: Organization) -> Guide:
    """Return the organization's guide of a company still to be connected: the one under way, or a new one."""
    begun = Connection.objects.filter(organization=organization, realm_id="").order_by("pk").first()
    if begun is not None:
        return guide_of(begun)
    return Guide.objects.get_or_create(organization=organization, connection=None)[0]


def guide_of(connection: Connection) -> Guide:
    """Return the guide of a connection, however that was made."""
    return Guide.objects.get_or_create(connection=connection, defaults={"organization": connection.organization})[0]


def tick(guide: Guide, step: Step, user: User) -> None:
    """Note that a person says a step is done. Raises NotTicked."""
    if step not in TICKED:
        raise NotTicked(f"we see by ourselves whether {step} is done")
    Tick.objects.get_or_create(guide=guide, step=step, defaults={"by": user})


def untick(guide: Guide, step: Step) -> None:
    """Note that a step is not done after all."""
    guide.ticks.filter(step=step).delete()


def note_refused(guide: Guide, reason: str) -> None:
    """Keep why the keys were not accepted, until others are."""
    guide.keys_refused, guide.keys_refused_at = reason[:500], timezone.now()
    guide.save(update_fields=["keys_refused", "keys_refused_at"])


def join(guide: Guide, connection: Connection) -> Guide:
    """Join a guide to the connection its keys made; return the guide to go on with.

    Keys entered twice lead to one connection. If that has a guide already, its guide goes on, with the ticks of both.
    """
    with transaction.atomic():
        before = Guide.objects.select_for_update().filter(connection=connection).first()
        if before is None or before.pk == guide.pk:
            guide.connection, guide.keys_refused, guide.keys_refused_at = connection, "", None
            guide.save(update_fields=["connection", "keys_refused", "keys_refused_at"])
            return guide
        ticked = set(before.ticks.values_list("step", flat=True))
        guide.ticks.exclude(step__in=ticked).update(guide=before)
        if guide.connection_id is None:
            guide.delete()
        before.keys_refused, before.keys_refused_at = "", None
        before.save(update_fields=["keys_refused", "keys_refused_at"])
        return before
