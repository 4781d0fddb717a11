"""The privacy and terms pages: readable by everybody, edited by an admin, safe whatever is written, with versions."""

from __future__ import annotations

import pytest
from django.test import Client

from freightbooks.guide.markup import Block, Kind, blocks
from freightbooks.guide.public_pages import LONGEST, Page, public_name, shown, versions
from freightbooks.organizations.models import Organization
from web import builders

NASTY = (
    '# Hello <script>alert(1)</script>\n\n- <img src=x onerror=alert(1)>\n- [a](javascript:alert(1))\n\n"><b>bold</b>'
)


def test_headings_lists_and_paragraphs_are_read() -> None:
    assert blocks("# A\nfirst\nsecond\n\n## B\n- one\n  goes on\n- two\n\nlast") == [
        Block(Kind.TITLE, ("A",)),
        Block(Kind.PARAGRAPH, ("first second",)),
        Block(Kind.HEADING, ("B",)),
        Block(Kind.LIST, ("one goes on", "two")),
        Block(Kind.PARAGRAPH, ("last",)),
    ]


@pytest.mark.parametrize("page", list(Page))
def test_everybody_reads_the_suggested_text_without_signing_in(organization: Organization, page: Page) -> None:
    response = Client().get(f"/public/{public_name(organization)}/{page}/")
    assert response.status_code == 200
    assert "Blue Ridge Freight Brokers" in response.content.decode()
    assert "{name}" not in response.content.decode()


def test_a_new_version_is_public_at_once_and_the_old_ones_stay(organization: Organization, admin: Client) -> None:
    for text in ("# Ours\n\nAsk privacy@blueridge.example.", "# Ours\n\nAsk Priya."):
        assert admin.post("/guide/pages/privacy/", {"text": text}).status_code == 302
    page = Client().get(f"/public/{public_name(organization)}/privacy/").content.decode()
    assert "Ask Priya." in page
    assert "Version 2" in page
    kept = [
        (one.version, one.written_by.name, one.text.splitlines()[-1]) for one in versions(organization, Page.PRIVACY)
    ]
    assert kept == [(2, "Priya Raman", "Ask Priya."), (1, "Priya Raman", "Ask privacy@blueridge.example.")]
    assert "Ask privacy@" in admin.get("/guide/pages/privacy/?version=1").content.decode()


def test_the_same_text_again_is_no_new_version(organization: Organization, admin: Client) -> None:
    admin.post("/guide/pages/terms/", {"text": shown(organization, Page.TERMS).text.replace("\n", "\r\n")})
    assert not versions(organization, Page.TERMS).exists()


def test_nothing_that_is_written_becomes_markup(organization: Organization, admin: Client) -> None:
    admin.post("/guide/pages/terms/", {"text": NASTY})
    page = Client().get(f"/public/{public_name(organization)}/terms/").content.decode()
    for tag in ("<script>alert", "<img", "<b>bold", 'href="javascript'):
        assert tag not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page


@pytest.mark.parametrize(("text", "says"), [("  \n ", "Write something"), ("x" * (LONGEST + 1), "a page takes 50,000")])
def test_what_cannot_be_published_is_said_and_kept_in_the_form(
    organization: Organization, admin: Client, text: str, says: str
) -> None:
    response = admin.post("/guide/pages/privacy/", {"text": text})
    assert response.status_code == 400
    assert says in response.content.decode()
    assert not versions(organization, Page.PRIVACY).exists()


def test_only_an_admin_writes(organization: Organization, accountant: Client) -> None:
    assert accountant.post("/guide/pages/privacy/", {"text": "mine"}).status_code == 403


def test_another_organizations_text_is_its_own_and_its_address_cannot_be_counted_up(
    organization: Organization, admin: Client
) -> None:
    other = builders.an_organization("Other Brokers")
    admin.post("/guide/pages/privacy/", {"text": "Ours alone"})
    assert "Ours alone" not in Client().get(f"/public/{public_name(other)}/privacy/").content.decode()
    for guess in (str(other.pk), "1", "other-brokers"):
        assert Client().get(f"/public/{guess}/privacy/").status_code == 404
