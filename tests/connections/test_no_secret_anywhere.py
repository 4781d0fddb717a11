"""Every reason is lived through, and afterwards no secret is in any answer, log, mail, webhook, row or page.

The known secrets are those of the sandbox (every token it ever gave, every app's secret), the vault's keys, the
webhook's signing secret, Django's key and the passwords. Only their hashes and what the vault sealed may be kept.
"""

from __future__ import annotations

import base64
import logging
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core import mail
from django.db import connection as database
from django.test import Client
from django.test.utils import override_settings
from django.utils import timezone

from connections.at_the_pages import AtThePages
from connections.reason_rows import ROWS, Row
from connections.story import Story
from freightbooks.connections.models import Connection
from freightbooks.guide import guides
from freightbooks.notifying import delivering
from freightbooks.notifying.models import Endpoint, Lane
from freightbooks.organizations.models import User
from freightbooks.posting.models import Posting
from freightbooks.web import companies
from main_job.brokerage import first_loads
from notifying.conftest import Listener
from notifying.conftest import listener as a_listener
from web.every_address import every_address

listener = a_listener
PASSWORD = "correct horse battery"
MAIL_PASSWORD = "a-mail-servers-password-9"


class Heard(logging.Handler):
    """Every log record of this process, whatever its level, as it would be written without any mask."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(f"{self.format(record)} {record.args!r}")


@pytest.fixture
def heard() -> Iterator[Heard]:
    handler, root = Heard(), logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield handler
    root.removeHandler(handler)
    root.setLevel(level)


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> dict[str, bytes]:
    """Every answer of the pages, head and body, by what was asked."""
    kept: dict[str, bytes] = {}
    send = Client.request

    def request(client: Client, **asked: Any) -> Any:
        answer = send(client, **asked)
        body = b"".join(answer.streaming_content) if answer.streaming else answer.content
        if answer.streaming:
            answer.streaming_content = [body]
        head = repr(sorted(answer.headers.items())).encode() + str(answer.cookies).encode()
        kept[f"{asked['REQUEST_METHOD']} {asked['PATH_INFO']} ({len(kept)})"] = head + b"\n" + body
        return answer

    monkeypatch.setattr(Client, "request", request)
    return kept


def secrets_of(sandbox: Any) -> set[str]:
    """Every token the sandbox ever gave, and every secret of an app of it."""
    door = sandbox.sandbox.door
    grants = door.grants
    tokens = {*grants.tokens, *grants._by_refresh, *grants._dead}
    return tokens | {app.secret for app in door.apps.by_id.values()} | {sandbox.client_secret}


def dumped() -> dict[str, str]:
    """The plain dump of the database: every column of every row of every table, bytes in hexadecimal digits."""
    with database.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        tables = [name for (name,) in cursor.fetchall()]
        dump = {}
        for name in tables:
            cursor.execute(f'SELECT t::text FROM "{name}" AS t')
            dump[name] = "\n".join(row for (row,) in cursor.fetchall())
    return dump


def forms_of(secret: str) -> list[str]:
    """A secret as it is, and as bytes and signed cookies would carry it."""
    plain = secret.encode()
    return [secret, plain.hex(), base64.b64encode(plain).decode().rstrip("="), plain.decode().replace("/", "%2F")]


def leaks(secrets: set[str], texts: dict[str, str]) -> list[str]:
    """Where a secret is found, without saying it again."""
    return [
        f"{where}: {secret[:6]}…"
        for where, text in texts.items()
        for secret in secrets
        if any(form in text for form in forms_of(secret))
    ]


def walk(person: AtThePages, ids: dict[str, int]) -> None:
    """Open every page as an admin, and look through the doctor."""
    for name, path in every_address(ids):
        if name not in ("sign-out", "connect-callback"):
            assert person.browser.get(path).status_code < 500, name
    for query in ("?change=1600", f"?company={ids['connection_id']}", "?open=1", "?q=1"):
        for path in ("/hub/", "/invoices/carrier/", "/mapping/carrier-costs/", "/audit/", "/problems/"):
            assert person.browser.get(path + query).status_code < 500, path + query
    assert person.browser.post("/doctor/").status_code == 200


def fail_on_purpose(person: AtThePages, monkeypatch: pytest.MonkeyPatch, secrets: set[str]) -> None:
    """Make a page fail while the secrets are at hand."""
    with monkeypatch.context() as broken:

        def fail(*_: object, at_hand: tuple[str, ...] = tuple(secrets), **__: object) -> None:
            raise RuntimeError(f"failed with {len(at_hand)} at hand")

        broken.setattr("freightbooks.web.repairing.waiting_for", fail)
        broken.setattr(person.browser, "raise_request_exception", False)
        assert person.browser.get(f"/connections/{Connection.objects.earliest('pk').pk}/").status_code == 500
    assert companies.waiting_for is not fail


def by_command(*arguments: str) -> str:
    """What a process of ours says, on both ways out."""
    ended = subprocess.run(
        [sys.executable, "-m", "freightbooks.cli", *arguments],
        env=os.environ | {"FREIGHTBOOKS_EMAIL_URL": f"smtp-plain://books:{MAIL_PASSWORD}@127.0.0.1:9"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "Traceback" not in ended.stderr, arguments
    return ended.stdout + ended.stderr


def pages_of(story: Story, endpoint: Endpoint) -> dict[str, int]:
    """The rows whose pages are walked, by the words of the addresses."""
    posting = Posting.objects.filter(connection_id=story.connection_id).earliest("pk")
    return {
        "connection_id": story.connection_id,
        "document_id": posting.invoice_id or 0,
        "posting_id": posting.pk,
        "guide_id": guides.guide_of(story.connection).pk,
        "endpoint_id": endpoint.pk,
    }


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.id)
def test_no_secret_is_in_any_answer_log_mail_webhook_or_row(
    row: Row,
    admin: User,
    start_qbo_sandbox: Callable[..., Any],
    tmp_path: Path,
    listener: Listener,
    heard: Heard,
    answers: dict[str, bytes],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("FREIGHTBOOKS_DATA", str(tmp_path / "data"))
    with override_settings(EMAIL_BACKEND="django.core.mail.backends.locmem.EmailBackend"):
        mail.outbox = []
        sandbox = start_qbo_sandbox(rotation="strict" if row.strict_rotation else "daily")
        person = AtThePages(admin, sandbox)
        person.browser.logout()
        person.browser.post("/sign-in/", {"username": admin.email, "password": PASSWORD})
        secrets = secrets_of(sandbox) | {settings.SECRET_KEY, PASSWORD, MAIL_PASSWORD}
        story = Story(person, sandbox, person.connect().pk, first_loads(tmp_path / "loads", 5), monkeypatch)
        told = {"url": listener.url, "events": ["connection.stopped", "connection.healed"]}
        once = person.browser.post("/notices/", told).content.decode()
        signing = once.partition('id="secret">')[2].partition("<")[0]
        assert signing.startswith("whsec_")
        shown_once = list(answers)[-1]
        endpoint = Endpoint.objects.get()

        story.take_in_the_backlog()
        story.expire_access_tokens()
        row.provoke(story)
        story.work()
        stopped = bool(story.connection.attention)
        walk(person, pages_of(story, endpoint))
        secrets |= secrets_of(sandbox)
        keys = set((tmp_path / "data" / "vault.keys").read_text().split())
        keys |= set(os.environ.get("FREIGHTBOOKS_KEYS", "").replace(",", " ").split())
        row.repair(story)
        story.work()
        for lane in Lane:
            delivering.deliver_due(lane, timezone.now())
        walk(person, pages_of(story, endpoint))
        secrets |= secrets_of(sandbox) | keys
        fail_on_purpose(person, monkeypatch, secrets)
        said = {" ".join(each): by_command(*each) for each in (("status", "--json"), ("doctor", "--json"))}
        said["worker"] = by_command("worker", "--once")
        secrets |= secrets_of(sandbox)

    assert len(secrets) > 6
    found = leaks(
        secrets | {signing},
        dumped() | said | {"log": "\n".join(heard.lines)}
        | {f"mail {n}": str(each.message()) for n, each in enumerate(mail.outbox)}
        | {f"webhook {n}": f"{head} {body!r}" for n, (head, body) in enumerate(listener.received)},
    )  # fmt: skip
    found += leaks(secrets, {where: answer.decode(errors="replace") for where, answer in answers.items()})
    everywhere_else = {where: answer.decode() for where, answer in answers.items() if where != shown_once}
    found += leaks({signing}, everywhere_else)
    assert found == []
    assert Posting.objects.filter(state="posted").exists()
    if stopped:
        assert mail.outbox
        lost = row.reason == "encryption key gone for good"  # and the signing secret with it
        assert bool(listener.received) is not lost


def test_the_search_finds_what_is_there() -> None:
    secret = "a secret of twenty letters"
    places = {
        "plain": f"x{secret}x",
        "hexadecimal": secret.encode().hex(),
        "base64": base64.b64encode(secret.encode()).decode(),
        "clean": "nothing",
    }
    assert [found.partition(":")[0] for found in leaks({secret}, places)] == ["plain", "hexadecimal", "base64"]
