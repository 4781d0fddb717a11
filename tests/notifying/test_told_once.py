"""The admins are told once for each cause, and once when it is over; whoever notices, and whatever dies between."""

from __future__ import annotations

import smtplib
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest
from django.core import mail
from django.db import connection, transaction
from django.test.utils import override_settings
from django.utils import timezone

from freightbooks.connections import health
from freightbooks.connections.models import Connection
from freightbooks.connections.reasons import REASONS
from freightbooks.connections.states import Attention, ConnectionState
from freightbooks.notifying import delivering
from freightbooks.notifying.models import Delivery, DeliveryState, Notice
from freightbooks.notifying.of_connections import stopped, tell_limits
from freightbooks.notifying.stake import Stake, stake_of
from freightbooks.organizations.models import Organization, Role, User
from freightbooks.posting.gates import Gate
from freightbooks.posting.states import PostingState
from notifying.workers import work
from web import builders

Mailbox = Callable[[], list[tuple[str, str]]]


def stop(company: Connection, attention: Attention = Attention.GRANT_DEAD) -> None:
    health.needs_attention(company.pk, attention, connected_at=company.connected_at)


def heal(company: Connection) -> None:
    with transaction.atomic():
        health.mark_connected(Connection.objects.select_for_update().get(pk=company.pk))


def test_every_admin_is_told_what_happened_since_when_what_waits_who_mends_it_and_where(
    organization: Organization, admin: User, company: Connection, mailbox: Mailbox
) -> None:
    other = builders.a_person(organization, Role.ADMIN, "Marcus Hale")
    builders.a_person(organization, Role.ACCOUNTANT, "Dana Whitlow")
    builders.a_posting(company, builders.an_invoice(organization, amount="1200.50"), PostingState.DUE)
    builders.a_posting(company, builders.an_invoice(organization, amount="99.25"), PostingState.UNCERTAIN)
    builders.a_posting(company, builders.an_invoice(organization, amount="5.00"), PostingState.POSTED)
    stop(company)
    work()
    company.refresh_from_db()
    assert sorted(to for to, _ in mailbox()) == sorted([admin.email, other.email])
    told = mail.outbox[0]
    assert told.subject == f"{company.company_name} stopped syncing: {REASONS[Attention.GRANT_DEAD].title}"
    assert f"{timezone.localtime(company.attention_since):%B %-d, %Y}" in told.body
    assert "2 documents worth $1,299.75 wait" in told.body
    assert "Who can mend it: an admin here" in told.body
    assert f"https://books.blueridge.example/connections/{company.pk}/" in told.body
    assert "How to tell".lower() in told.body.lower()


def test_the_same_cause_is_told_once_and_another_cause_again(
    organization: Organization, admin: User, company: Connection, mailbox: Mailbox
) -> None:
    for _ in range(3):
        stop(company)
        work()
    assert len(mailbox()) == 1
    stop(company, Attention.CLIENT_REFUSED)
    work()
    assert len(mailbox()) == 2


def test_it_is_told_once_when_it_works_again_also_when_it_healed_by_itself(
    admin: User, company: Connection, mailbox: Mailbox
) -> None:
    stop(company, Attention.USER_NOT_ADMIN)
    health.worked(company.pk, wrote=False)
    heal(company)
    work()
    assert [subject for _, subject in mailbox()] == [
        f"{company} stopped syncing: {REASONS[Attention.USER_NOT_ADMIN].title}",
        f"{company} works again",
    ]
    assert "nobody had to do anything here" in mail.outbox[1].body
    stop(company, Attention.USER_NOT_ADMIN)
    work()
    assert len(mailbox()) == 3, "a new stop is a new cause"


def test_who_mended_it_is_named(admin: User, company: Connection, mailbox: Mailbox) -> None:
    stop(company)
    Connection.objects.filter(pk=company.pk).update(connected_at=timezone.now())
    heal(company)
    work()
    assert "Priya Raman connected it anew." in mail.outbox[1].body


def test_connecting_for_the_first_time_heals_nothing_and_tells_nobody(
    organization: Organization, admin: User, mailbox: Mailbox
) -> None:
    heal(builders.a_company(organization, state=ConnectionState.DISCONNECTED))
    work()
    assert mailbox() == []


def test_a_stop_that_is_rolled_back_was_never_told(admin: User, company: Connection, mailbox: Mailbox) -> None:
    with transaction.atomic():
        stop(company)
        transaction.set_rollback(True)
    work()
    assert mailbox() == []
    assert not Notice.objects.exists()


def test_a_job_that_is_lost_before_it_was_done_leaves_the_mail_to_the_next(
    admin: User, company: Connection, mailbox: Mailbox
) -> None:
    from procrastinate.contrib.django.models import ProcrastinateJob

    stop(company)
    deliveries = ProcrastinateJob.objects.filter(task_name="freightbooks.deliver")
    assert deliveries.count() == 1
    connection.cursor().execute("DELETE FROM procrastinate_jobs WHERE task_name = 'freightbooks.deliver'")
    work()
    assert mailbox() == []
    for _ in range(2):
        delivering.ask_for_due(timezone.now())
    work()
    assert len(mailbox()) == 1


def test_a_delivery_under_way_in_one_worker_is_left_alone_by_another(
    admin: User, company: Connection, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    import threading

    from django.db import connections

    stop(company)
    (delivery,) = Delivery.objects.all()

    def another_worker() -> None:
        delivering.deliver(delivery.pk)
        connections.close_all()

    send = mail.EmailMessage.send

    def send_while_another_comes(message: mail.EmailMessage, *arguments: object, **named: object) -> int:
        thread = threading.Thread(target=another_worker)
        thread.start()
        thread.join(timeout=30)
        assert not thread.is_alive(), "the other one does not wait"
        return send(message)

    monkeypatch.setattr(mail.EmailMessage, "send", send_while_another_comes)
    delivering.deliver(delivery.pk)
    delivering.deliver(delivery.pk)
    assert len(mailbox()) == 1


def test_a_mail_server_that_is_down_is_tried_again_later_and_holds_nothing_up(
    admin: User, company: Connection, mailbox: Mailbox
) -> None:
    smtp = "django.core.mail.backends.smtp.EmailBackend"
    with override_settings(EMAIL_BACKEND=smtp, EMAIL_HOST="127.0.0.1", EMAIL_PORT=9):
        stop(company)
        work()
        (delivery,) = Delivery.objects.all()
        assert (delivery.state, delivery.tries) == (DeliveryState.WAITING, 1)
        assert delivery.next_at > timezone.now() + timedelta(seconds=50)
        delivering.deliver(delivery.pk)
        assert Delivery.objects.get().tries == 1, "not before its time"
    company.refresh_from_db()
    assert company.attention == Attention.GRANT_DEAD
    assert "could not be used" in delivery.attempts.get().answer
    Delivery.objects.update(next_at=timezone.now())
    delivering.ask_for_due(timezone.now())
    work()
    assert len(mailbox()) == 1
    assert Delivery.objects.get().state == DeliveryState.DELIVERED


def test_every_try_of_a_mail_carries_the_same_message_id_and_no_answer_of_the_server_is_kept(
    admin: User, company: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    stop(company)
    ids = []

    def refuse(message: mail.EmailMessage, *_: object, **__: object) -> int:
        ids.append(message.message()["Message-ID"])
        raise smtplib.SMTPAuthenticationError(535, b"bad password hunter2")

    monkeypatch.setattr(mail.EmailMessage, "send", refuse)
    for _ in range(2):
        Delivery.objects.update(next_at=timezone.now())
        delivering.deliver(Delivery.objects.get().pk)
    assert len(ids) == 2
    assert len(set(ids)) == 1
    answers = list(Delivery.objects.get().attempts.values_list("answer", flat=True))
    assert answers == ["The mail server refused it (SMTP 535)"] * 2


def test_it_is_given_up_in_the_end(admin: User, company: Connection) -> None:
    stop(company)
    with override_settings(EMAIL_BACKEND="django.core.mail.backends.smtp.EmailBackend", EMAIL_PORT=9):
        for _ in range(len(delivering.RETRY_AFTER) + 3):
            Delivery.objects.update(next_at=timezone.now())
            delivering.deliver(Delivery.objects.get().pk)
    delivery = Delivery.objects.get()
    assert (delivery.state, delivery.tries) == (DeliveryState.GIVEN_UP, len(delivering.RETRY_AFTER) + 1)


def test_the_five_year_limit_is_told_once_at_90_and_once_at_14_days_of_each_sign_in(
    admin: User, company: Connection, mailbox: Mailbox
) -> None:
    now = timezone.now()
    limit = now + timedelta(days=91)
    Connection.objects.update(hard_expires_at=limit)
    assert tell_limits(now) == 0
    told = [tell_limits(limit - timedelta(days=days)) for days in (89, 60, 14, 13, 1)]
    assert told == [1, 0, 1, 0, 0]
    assert tell_limits(limit + timedelta(seconds=1)) == 0
    work()
    assert [subject for _, subject in mailbox()] == [
        f"{company} needs a new sign-in at Intuit within 89 days",
        f"{company} needs a new sign-in at Intuit within 14 days",
    ]
    Connection.objects.update(connected_at=now + timedelta(days=1))
    assert tell_limits(limit - timedelta(days=89)) == 1


def test_a_limit_first_seen_in_its_last_days_is_told_once(company: Connection) -> None:
    now = timezone.now()
    Connection.objects.update(hard_expires_at=now + timedelta(days=5))
    assert [tell_limits(now), tell_limits(now)] == [1, 0]


def test_what_waits_is_the_queue_and_the_connections_own_gate_by_currency(
    organization: Organization, company: Connection
) -> None:
    def posting(amount: str, state: PostingState, currency: str = "USD", **fields: str) -> None:
        invoice = builders.an_invoice(organization, amount=amount, currency=currency)
        builders.a_posting(company, invoice, state, **fields)

    posting("10.10", PostingState.DUE)
    posting("-0.10", PostingState.SENDING)
    posting("7.00", PostingState.WAITING, gate=Gate.CONNECTION)
    posting("3.00", PostingState.WAITING, "CAD", gate=Gate.CONNECTION)
    posting("1000.00", PostingState.WAITING, gate=Gate.UNMAPPED)
    posting("1000.00", PostingState.FAILED)
    stake = stake_of(company.pk)
    assert stake == Stake(4, {"USD": Decimal("17.00"), "CAD": Decimal("3.00")})
    assert stake.in_words() == "4 documents worth $17.00 and 3.00 CAD wait"


@pytest.mark.parametrize("attention", list(REASONS))
def test_every_reason_makes_a_mail_a_person_understands(attention: Attention, company: Connection) -> None:
    company.attention, company.attention_since = attention, timezone.now()
    news = stopped(company, REASONS[attention], Stake(1, {"USD": Decimal("5.00")}))
    assert REASONS[attention].title in news.title
    assert "1 document worth $5.00 waits" in news.text
    assert all(cause.how_to_tell in news.text for cause in REASONS[attention].causes)
    assert "  " not in news.text


def test_a_company_name_cannot_write_headers_of_the_mail(
    organization: Organization, admin: User, mailbox: Mailbox
) -> None:
    stop(builders.a_company(organization, company_name="Acme\r\nBcc: everyone@example.com"))
    work()
    assert mailbox()[0][1].startswith("Acme Bcc: everyone@example.com stopped syncing")
