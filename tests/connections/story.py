"""One brokerage through one trouble: connected by the pages, a backlog, a real worker, time that passes."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection as database
from django.db.models import F

from connections.at_the_pages import AtThePages
from freightbooks import jobs
from freightbooks.connections import keeping
from freightbooks.connections.models import Connection

_DATES = (
    "access_expires_at", "refresh_expires_at", "hard_expires_at", "refreshed_at", "connected_at", "last_success_at",
    "app_changed_at", "disconnect_seen_at", "attention_since", "reconnect_begun_at", "trouble_since",
)  # fmt: skip


@dataclass
class Story:
    """Who acts, and on what. `connection` is read anew at each look."""

    page: AtThePages
    sandbox: Any
    connection_id: int
    backlog: Path
    environment: pytest.MonkeyPatch

    @property
    def connection(self) -> Connection:
        """The connection as the database has it now."""
        return Connection.objects.select_related("organization").get(pk=self.connection_id)

    @property
    def door(self) -> Any:
        """People, apps and grants at the sandbox's Intuit."""
        return self.sandbox.sandbox.door

    @property
    def grant(self) -> Any:
        """The grant the connection goes by."""
        realm_id, client_id = self.sandbox.realm_id, self.connection.client_id
        grants = self.door.grants.grants.values()
        return next(one for one in grants if (one.realm_id, one.client_id, one.revoked) == (realm_id, client_id, False))

    @property
    def own_page(self) -> str:
        """The address of the connection's page."""
        return f"/connections/{self.connection_id}/"

    def take_in_the_backlog(self) -> None:
        """Two hundred approved documents come in; nobody sends them yet."""
        from freightbooks.mapping import rules
        from freightbooks.sources.csv import import_folder

        import_folder(self.connection.organization, self.backlog, rejects_dir=self.backlog / "rejects")
        rules.fill(self.connection)

    def work(self) -> None:
        """A worker works until there is nothing to do now."""
        asyncio.run(jobs.run_worker(until_idle=True))

    def work_later(self) -> None:
        """The same, when what was put off is due."""
        with database.cursor() as cursor:
            cursor.execute("UPDATE procrastinate_jobs SET scheduled_at = now() WHERE status = 'todo'")
            cursor.execute("UPDATE posting_posting SET not_before = now() WHERE state = 'due'")
        self.work()

    def days_pass(self, days: int) -> None:
        """Let time pass: Intuit's clock goes on, and what we wrote down lies further back."""
        self.sandbox.sandbox.clock.advance(days * 86_400)
        back = timedelta(days=days)
        Connection.objects.update(**{name: F(name) - back for name in _DATES})

    def years_pass(self, days: int) -> None:
        """Let years pass in which a worker runs: every three months are a day on which it keeps the tokens alive."""
        while days > 0:
            self.days_pass(min(days, 90))
            days -= 90
            keeping.refresh_idle()

    def expire_access_tokens(self) -> None:
        """Let the access tokens end, as they do each hour."""
        self.door.grants.expire(self.grant)

    def another_process_refreshes(self) -> None:
        """Another worker's daily refresh, in a process of its own."""
        Connection.objects.update(refreshed_at=F("refreshed_at") - timedelta(days=1))
        program = (
            "import django; django.setup(); from freightbooks.connections import keeping; "
            "raise SystemExit(keeping.refresh_idle() != 1)"
        )
        subprocess.run([sys.executable, "-c", program], env=dict(os.environ), check=True)
