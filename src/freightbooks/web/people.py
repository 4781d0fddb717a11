"""The people of an organization and their roles. Admins only."""

from __future__ import annotations

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from freightbooks.organizations.models import Membership, Organization, Role, User
from freightbooks.web.access import MemberRequest, administrator
from freightbooks.web.forms import PersonForm

LAST_ADMIN = "An organization needs an admin. Make somebody else an admin first."


@require_http_methods(["GET", "HEAD", "POST"])
@administrator
def people(request: MemberRequest) -> HttpResponse:
    """List the people, and add one."""
    form = PersonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if _add(request.organization, form):
            messages.success(request, f"{form.cleaned_data['name']} can now sign in.")
        else:
            messages.info(request, f"{form.cleaned_data['email']} is already in this organization.")
        return redirect("people")
    memberships = (
        Membership.objects.filter(organization=request.organization).select_related("user").order_by("user__name")
    )
    return render(
        request,
        "web/people.html",
        {"form": form, "memberships": memberships, "roles": Role.choices},
        status=400 if form.errors else 200,
    )


@transaction.atomic
def _add(organization: Organization, form: PersonForm) -> bool:
    """Add a person; somebody who already signs in here keeps their own name and password."""
    data = form.cleaned_data
    user = User.objects.filter(email__iexact=data["email"]).first()
    if user is None:
        user = User.objects.create_user(data["email"], data["name"], data["password"])
    _, added = Membership.objects.get_or_create(user=user, organization=organization, defaults={"role": data["role"]})
    return added


@require_POST
@administrator
def change_person(request: MemberRequest, membership_id: int) -> HttpResponse:
    """Give a person of this organization another role, or take them out of it."""
    with transaction.atomic():
        # Locking all admins keeps two of them from demoting each other at the same moment.
        admins = list(Membership.objects.select_for_update().filter(organization=request.organization, role=Role.ADMIN))
        membership = get_object_or_404(
            Membership.objects.select_related("user"), pk=membership_id, organization=request.organization
        )
        role = request.POST.get("role", "")
        last_admin = [one.pk for one in admins] == [membership.pk]
        if role != Role.ADMIN and last_admin:
            messages.error(request, LAST_ADMIN)
        elif role == "remove":
            membership.delete()
            messages.success(request, f"{membership.user.name} is no longer in this organization.")
        elif role in Role.values:
            membership.role = Role(role)
            membership.save(update_fields=["role"])
            messages.success(request, f"{membership.user.name} is now {membership.get_role_display()}.")
        else:
            messages.error(request, "Choose a role first.")
    return redirect("people" if role != "remove" or membership.user_id != request.user.pk else "hub")
