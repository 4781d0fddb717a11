"""The privacy and terms pages of an organization: their address, their default text, their versions."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from freightbooks.guide.models import PublicName, PublicText
from freightbooks.organizations.models import Organization, User

LONGEST = 50_000
_TEXTS = Path(__file__).parent / "texts"


class Page(StrEnum):
    """A public page, as its address names it."""

    PRIVACY = "privacy"
    TERMS = "terms"


@dataclass(frozen=True)
class Shown:
    """What a public page shows. Version 0 is the default text, which nobody has changed."""

    text: str
    version: int
    written_at: datetime | None


class TextRefused(Exception):
    """The text cannot be published. The message says why."""


def public_name(organization: Organization) -> str:
    """Return the organization's part of its public addresses. It stays the same: Intuit has it written down."""
    found = PublicName.objects.filter(organization=organization).first()
    if found is None:
        try:
            with transaction.atomic():
                found = PublicName.objects.create(organization=organization, name=secrets.token_hex(8))
        except IntegrityError:  # another request was quicker
            found = PublicName.objects.get(organization=organization)
    return found.name


def organization_named(name: str) -> Organization | None:
    """Return whose public name it is."""
    found = PublicName.objects.select_related("organization").filter(name=name).first()
    return found.organization if found else None


def shown(organization: Organization, page: Page) -> Shown:
    """Return what a public page shows now."""
    newest = versions(organization, page).first()
    if newest is None:
        return Shown(default_text(organization, page), 0, None)
    return Shown(newest.text, newest.version, newest.written_at)


def versions(organization: Organization, page: Page) -> QuerySet[PublicText]:
    """Return the versions of a page, the newest first."""
    found = PublicText.objects.filter(organization=organization, page=page)
    return found.select_related("written_by").order_by("-version")


def publish(organization: Organization, page: Page, text: str, user: User) -> int:
    """Publish a new version; return its number, or that of the present one if nothing changed. Raises TextRefused."""
    text = "\n".join(line.rstrip() for line in text.replace("\0", "").splitlines()).strip()
    if not text:
        raise TextRefused("Write something: Intuit does not accept an empty page.")
    if len(text) > LONGEST:
        raise TextRefused(f"The text has {len(text):,} characters; a page takes {LONGEST:,}.")
    with transaction.atomic():
        Organization.objects.select_for_update(no_key=True).get(pk=organization.pk)
        now = shown(organization, page)
        if text == now.text.strip():
            return now.version
        PublicText.objects.create(
            organization=organization, page=page, version=now.version + 1, text=text, written_by=user
        )
        return now.version + 1


def default_text(organization: Organization, page: Page) -> str:
    """Return the text before anybody has changed it. It says what is true of this product."""
    return (_TEXTS / f"{page}.txt").read_text().replace("{name}", organization.name)
