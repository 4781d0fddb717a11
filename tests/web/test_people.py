"""People and roles, managed by admins."""

from __future__ import annotations

from django.test import Client

from freightbooks.organizations.models import Membership, Organization, Role, User
from web import builders

NEW = {"name": "Mateo Okafor", "email": "Mateo@X.example", "role": "accountant", "password": "a long password 9"}


def test_an_added_person_can_sign_in_with_that_role(organization: Organization, admin: Client) -> None:
    assert admin.post("/people/", NEW).status_code == 302
    assert Membership.objects.get(user__email="mateo@x.example").role == Role.ACCOUNTANT
    signed_in = Client().post("/sign-in/", {"username": "mateo@x.example", "password": NEW["password"]})
    assert signed_in.status_code == 302


def test_somebody_who_already_signs_in_keeps_their_password(organization: Organization, admin: Client) -> None:
    person = builders.a_person(builders.an_organization("Elsewhere"), name="Old Hand")
    admin.post("/people/", NEW | {"email": person.email, "password": "another password 1"})
    person.refresh_from_db()
    assert person.check_password(builders.PASSWORD)
    assert person.name == "Old Hand"
    assert Membership.objects.filter(user=person, organization=organization).exists()


def test_a_weak_or_missing_password_is_refused_with_a_sentence(organization: Organization, admin: Client) -> None:
    for password in ("", "short"):
        response = admin.post("/people/", NEW | {"password": password})
        assert response.status_code == 400
        assert 'class="error"' in response.content.decode()
    assert not User.objects.filter(email="mateo@x.example").exists()


def test_the_last_admin_can_be_neither_demoted_nor_removed(organization: Organization, admin: Client) -> None:
    me = Membership.objects.get(organization=organization)
    for role in ("viewer", "remove"):
        page = admin.post(f"/people/{me.pk}/", {"role": role}, follow=True).content.decode()
        assert "An organization needs an admin" in page
    me.refresh_from_db()
    assert me.role == Role.ADMIN


def test_a_role_is_changed_and_a_person_taken_out(organization: Organization, admin: Client) -> None:
    person = builders.a_person(organization, Role.VIEWER, "Sam Okafor")
    membership = Membership.objects.get(user=person)
    admin.post(f"/people/{membership.pk}/", {"role": "accountant"})
    membership.refresh_from_db()
    assert membership.role == Role.ACCOUNTANT
    admin.post(f"/people/{membership.pk}/", {"role": "remove"})
    assert not Membership.objects.filter(pk=membership.pk).exists()
    assert builders.a_browser_of(person).get("/hub/").status_code == 403
