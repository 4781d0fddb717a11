"""The command line and the API tell the same problems as the page, to whom they belong."""

from __future__ import annotations

import argparse
import json
from typing import Any

import pytest
from django.test import Client

from freightbooks.organizations import api_keys
from freightbooks.organizations.api_keys import Scope
from freightbooks.organizations.models import Role
from freightbooks.posting.gates import Gate
from freightbooks.posting.problem_commands import tell_problems
from freightbooks.posting.states import PostingState
from freightbooks.problems import subjects
from web import builders


@pytest.fixture
def held(database: str) -> Any:
    """An organization with two bills held by one unmapped cost."""
    organization = builders.an_organization()
    company = builders.a_company(organization)
    for amount in ("100.00", "50.25"):
        builders.a_posting(
            company, builders.an_invoice(organization, amount=amount), PostingState.WAITING, gate=Gate.UNMAPPED,
            reason="The cost Tolls is not mapped.", subject=subjects.cost("carrier costs", "1622", "Tolls"),
        )  # fmt: skip
    return organization


def test_the_command_prints_each_problem_and_its_steps(held: Any, capsys: Any) -> None:
    assert tell_problems(argparse.Namespace(json=False), [held]) == 1
    said = capsys.readouterr().out
    assert "The cost Tolls is not mapped" in said
    assert "150.25 USD in 2 documents" in said
    assert "1. Choose an account for the cost “Tolls”" in said
    assert tell_problems(argparse.Namespace(json=True), [held]) == 1
    (one,) = json.loads(capsys.readouterr().out)
    assert one["amounts"] == {"USD": "150.25"}
    assert one["who"] == "an accountant here"
    assert tell_problems(argparse.Namespace(json=False), [builders.an_organization("Nobody's")]) == 0


def test_the_api_lists_them_to_their_organization_only(held: Any) -> None:
    person = builders.a_person(held, Role.ADMIN)
    _, key = api_keys.make(held, "TMS feed", Scope.READ, person)
    stranger = builders.an_organization("Somebody Else")
    _, other = api_keys.make(stranger, "Feed", Scope.READ, builders.a_person(stranger, Role.ADMIN))

    def ask(path: str, with_key: str) -> Any:
        return Client().get(f"/api/v1/problems{path}", headers={"Authorization": f"Bearer {with_key}"})

    (one,) = ask("", key).json()["items"]
    assert (one["documents"], one["amounts"], one["gate"]) == (2, {"USD": "150.25"}, "cost is not mapped")
    assert ask(f"/{one['id']}", key).json()["title"] == "The cost Tolls is not mapped"
    assert ask("", other).json()["items"] == []
    assert ask(f"/{one['id']}", other).status_code == 404
