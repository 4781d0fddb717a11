"""The privacy and terms pages: shown to everybody, edited by an admin of the organization they belong to."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from freightbooks.guide import markup, public_pages
from freightbooks.guide.public_pages import Page
from freightbooks.web.access import MemberRequest, administrator

NAMES = {Page.PRIVACY: "Privacy", Page.TERMS: "Terms of use"}
_CACHED = "public, max-age=300"


@require_GET
def privacy(request: HttpRequest, name: str) -> HttpResponse:
    """What is kept of whom. No sign-in."""
    return _shown(request, name, Page.PRIVACY)


@require_GET
def terms(request: HttpRequest, name: str) -> HttpResponse:
    """The terms of use. No sign-in."""
    return _shown(request, name, Page.TERMS)


@require_http_methods(["GET", "HEAD", "POST"])
@administrator
def edit(request: MemberRequest, page: str) -> HttpResponse:
    """Write a new version of a page; the earlier ones are kept."""
    which = _page_or_404(page)
    now = public_pages.shown(request.organization, which)
    text, refused = now.text, ""
    if request.method == "POST":
        text = request.POST.get("text", "")
        try:
            version = public_pages.publish(request.organization, which, text, request.user)
        except public_pages.TextRefused as error:
            refused = str(error)
        else:
            said = "Nothing was changed." if version == now.version else f"Version {version} is published."
            messages.success(request, said)
            return redirect("guide-page", which)
    before = public_pages.versions(request.organization, which)
    if request.GET.get("version", "").isdecimal():
        old = before.filter(version=int(request.GET["version"][:6])).first()
        text = old.text if old else text
    context = {
        "page": which,
        "name": NAMES[which],
        "text": text,
        "refused": refused,
        "now": now,
        "versions": before[:50],
        "public_name": public_pages.public_name(request.organization),
        "address": f"public-{which}",
        "longest": public_pages.LONGEST,
    }
    return render(request, "web/guide/public_edit.html", context, status=400 if refused else 200)


def _shown(request: HttpRequest, name: str, page: Page) -> HttpResponse:
    organization = public_pages.organization_named(name)
    if organization is None:
        raise Http404
    now = public_pages.shown(organization, page)
    response = render(
        request,
        "web/public_text.html",
        {"name": NAMES[page], "whose": organization.name, "blocks": markup.blocks(now.text), "now": now},
    )
    response["Cache-Control"] = _CACHED
    return response


def _page_or_404(page: str) -> Page:
    try:
        return Page(page)
    except ValueError as error:
        raise Http404 from error
