"""What a person may do to a posting, on a connected brokerage: release, skip, bring back, retry after a repair."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from main_job.brokerage import first_loads
from main_job.conftest import brokerage as connected_brokerage

if TYPE_CHECKING:
    from main_job.brokerage import Brokerage

brokerage = connected_brokerage


def posting_of(brokerage: Brokerage, external_id: str):  # type: ignore[no-untyped-def]
    from freightbooks.posting.models import Posting

    return Posting.objects.get(connection=brokerage.connection, invoice__external_id=external_id)


def test_a_possible_duplicate_posts_once_a_person_releases_it(brokerage: Brokerage, tmp_path: Path) -> None:
    from freightbooks.posting import actions
    from freightbooks.posting.gates import Gate

    brokerage.take_in(first_loads(tmp_path, 40))
    brokerage.post()
    posting = posting_of(brokerage, "AP500038")
    assert posting.gate == Gate.DUPLICATE
    assert "AP500036" in posting.reason
    actions.release_duplicate(posting, "Dana Whitlow")
    brokerage.post()
    posting.refresh_from_db()
    assert posting.state == "posted"
    assert posting.released_by == "Dana Whitlow"
    with pytest.raises(actions.NotAllowed):
        actions.release_duplicate(posting, "Dana Whitlow")


def test_a_skipped_document_stays_out_until_it_is_brought_back(brokerage: Brokerage, tmp_path: Path) -> None:
    from freightbooks.posting import actions

    brokerage.take_in(first_loads(tmp_path, 5))
    posting = posting_of(brokerage, "AR900001")
    actions.skip(posting, "Dana Whitlow")
    brokerage.post()
    posting.refresh_from_db()
    assert posting.state == "skipped"
    assert "[FB invoice AR900001]" not in brokerage.markers()
    actions.unskip(posting, "Dana Whitlow")
    brokerage.post()
    assert "[FB invoice AR900001]" in brokerage.markers()


def test_a_closed_period_is_told_as_a_problem_and_posts_when_it_opens(brokerage: Brokerage, tmp_path: Path) -> None:
    from datetime import date

    from freightbooks.posting import actions
    from freightbooks.posting.explain import explain
    from freightbooks.posting.models import Posting
    from freightbooks.problems.models import Problem

    brokerage.take_in(first_loads(tmp_path, 5))
    brokerage.sandbox.company.close_books(date(2026, 12, 31))
    brokerage.post()
    failed = Posting.objects.filter(connection=brokerage.connection, state="failed")
    assert failed.count() > 5
    problem = Problem.objects.get(connection=brokerage.connection, code="6210")
    assert set(failed.values_list("problem", flat=True)) == {problem.pk}
    said = explain(failed[0])
    assert said.icon == "warning"
    assert "closed" in said.sentence
    assert "reopen" in said.remedy
    brokerage.sandbox.company.close_books(None)
    actions.retry(failed, "Dana Whitlow")
    brokerage.post()
    assert brokerage.counts().failed == 0
    brokerage.post()  # what one drain leaves for a later one is sent, and the problem looked at again
    problem.refresh_from_db()
    assert problem.closed_at is not None


def test_a_cost_mapped_to_an_account_quickbooks_refuses_waits_and_posts_when_mended(
    brokerage: Brokerage, tmp_path: Path
) -> None:
    from freightbooks.mapping import changes
    from freightbooks.mapping.models import CostMapping, ListedObject
    from freightbooks.posting.gates import Gate
    from freightbooks.posting.models import Posting

    brokerage.take_in(first_loads(tmp_path, 5))
    default = CostMapping.objects.get(connection=brokerage.connection, section="carrier costs", cost_code="")
    good = default.account_id
    payable = ListedObject.objects.get(connection=brokerage.connection, kind="Account", type="Accounts Payable")
    CostMapping.objects.filter(pk=default.pk).update(account_id=payable.qbo_id)
    brokerage.post()
    held = Posting.objects.filter(connection=brokerage.connection, gate=Gate.ACCOUNT)
    assert held.exists()
    assert "Carrier costs" in held[0].remedy
    changes.set_default(brokerage.connection, "carrier costs", good, "Dana Whitlow")
    brokerage.post()
    assert not Posting.objects.filter(connection=brokerage.connection, gate=Gate.ACCOUNT).exists()
    assert brokerage.totals()["Bill"][0] > 2


def test_a_paused_organization_sends_nothing(brokerage: Brokerage, tmp_path: Path) -> None:
    brokerage.take_in(first_loads(tmp_path, 5))
    brokerage.organization.paused = True
    brokerage.organization.save()
    brokerage.post()
    assert not brokerage.markers()
    assert brokerage.counts().due > 5
    brokerage.organization.paused = False
    brokerage.organization.save()
    brokerage.post()
    assert brokerage.counts().at_rest


def test_what_was_imported_before_connecting_is_taken_in_when_it_connects(
    database: str,
    qbo_sandbox,
    tmp_path: Path,  # type: ignore[no-untyped-def]
) -> None:
    from freightbooks.organizations.models import Organization
    from freightbooks.sources.csv import import_folder
    from main_job.brokerage import connect

    organization = Organization.objects.create(name="Early")
    import_folder(organization, first_loads(tmp_path, 5), rejects_dir=tmp_path / "rejects")
    brokerage = connect(qbo_sandbox, organization=organization)
    assert brokerage.counts().due == 11
