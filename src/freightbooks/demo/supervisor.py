"""Runs the demo: starts, connects, imports, maps, posts, tells what happened, and stays up until Ctrl-C."""

# ruff: noqa: T201 - what a command says

from __future__ import annotations

import argparse
import json
import os
import secrets
import shutil
import signal
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx2

from freightbooks import embedded_postgres
from freightbooks.config import data_dir, private_file
from freightbooks.demo.connecting import ConnectingFailed, connect
from freightbooks.demo.processes import ProcessEnded, Processes, free_port
from freightbooks.demo.telling import NotTold, tell
from freightbooks.start import migrate, start

if TYPE_CHECKING:
    from freightbooks.connections.models import Connection
    from freightbooks.organizations.models import Organization
    from freightbooks.posting.progress import Progress
    from freightbooks.sources.csv import ImportReport

ORGANIZATION = "Blue Ridge Freight Brokers"
EMAIL = "dana@freightbooks.example"
PERSON = "Dana Whitlow"


class DemoFailed(Exception):
    """The demo cannot go on; the message says why."""


def _quiet(_words: str) -> None:
    """Say nothing."""


@dataclass
class Demo:
    """One run of the main job in one data folder."""

    data: Path
    folder: Path
    port: int = 0
    sandbox_port: int = 0
    say: Callable[[str], None] = _quiet
    on_progress: Callable[[Progress], None] | None = None
    processes: Processes = field(init=False)
    ready: dict[str, str] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)
    report: ImportReport | None = None

    def __post_init__(self) -> None:
        self.processes = Processes(self.data / "logs")

    @property
    def pages(self) -> str:
        """The address of the pages."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def password(self) -> str:
        """The demo person's password, made at the first start."""
        return private_file(self.data / "demo.password", secrets.token_urlsafe(9).encode()).decode()

    def run(self) -> Connection:
        """Do the main job up to the last document posted or held; return the connection."""
        if not self.folder.is_dir():
            raise DemoFailed(f"{self.folder} is not a folder. Give the folder with the CSV files with --data.")
        try:
            self._timed("starting", self._start)
            connection: Connection = self._timed("connecting", self._connect)
            tell(self.pages, connection, self.ready)
            self._timed("importing", lambda: self._import(connection))
            self._timed("posting", lambda: self._post(connection))
        except (ProcessEnded, TimeoutError, ConnectingFailed, NotTold) as error:
            raise DemoFailed(f"{error}\n{self._ends_of_logs()}") from error
        connection.refresh_from_db()
        return connection

    def _ends_of_logs(self) -> str:
        logs = sorted((self.data / "logs").glob("*.log"))
        return "\n".join(f"-- end of {log.name}:\n{log.read_text(errors='replace')[-1500:]}" for log in logs)

    def _timed(self, name: str, work: Callable[[], Any]) -> Any:
        began = time.monotonic()
        done = work()
        self.seconds[name] = round(time.monotonic() - began, 2)
        return done

    def _start(self) -> None:
        self.data.mkdir(parents=True, exist_ok=True)
        self.say("Starting the database")
        start(self.data)
        migrate()
        self._people()
        ready_file = self.data / "sandbox.json"
        before = json.loads(ready_file.read_text()) if ready_file.exists() else {}
        earlier = int(before["base_url"].rpartition(":")[2]) if before else self.sandbox_port
        self.sandbox_port, self.port = free_port(earlier), free_port(self.port)
        if self.port == self.sandbox_port:
            self.port = free_port(0)
        ready_file.unlink(missing_ok=True)
        self.say("Starting the QuickBooks sandbox and the pages")
        self.processes.start(
            "sandbox",
            "qbo_sandbox.cli",
            "serve",
            f"--port={self.sandbox_port}",
            "--company=brokerage",
            f"--data={self.data / 'sandbox.journal'}",
            f"--ready-file={ready_file}",
        )
        self.processes.start("pages", "freightbooks.cli", "serve", f"--port={self.port}")
        self.processes.wait_until(ready_file.exists, "the sandbox's start")
        self.ready = json.loads(ready_file.read_text())
        self.processes.wait_until(lambda: _answers(f"{self.pages}/sign-in/"), "the start of the pages")

    def _people(self) -> None:
        from freightbooks.organizations.models import Membership, Role, User

        organization = self._organization()
        user = User.objects.filter(email=EMAIL).first() or User.objects.create_user(EMAIL, PERSON, self.password)
        Membership.objects.get_or_create(user=user, organization=organization, defaults={"role": Role.ADMIN})

    def _organization(self) -> Organization:
        from freightbooks.organizations.models import Organization

        return Organization.objects.get_or_create(name=ORGANIZATION)[0]

    def _connect(self) -> Connection:
        from freightbooks.connections.models import Connection
        from freightbooks.connections.states import ConnectionState

        mine = Connection.objects.filter(organization=self._organization())
        mine.update(discovery_url=self.ready["discovery_document"], api_base=self.ready["base_url"])
        connected = mine.filter(state=ConnectionState.CONNECTED).first()
        if connected is None:
            self.say("Connecting to the sandbox company")
            connect(self.pages, email=EMAIL, password=self.password, ready=self.ready)
            connected = mine.filter(state=ConnectionState.CONNECTED).first()
        if connected is None:
            raise DemoFailed("The pages did not connect the company; see the logs in the data folder.")
        return connected

    def _import(self, connection: Connection) -> None:
        from freightbooks.mapping import rules
        from freightbooks.posting import due
        from freightbooks.sources.csv import FolderProblem, import_folder

        self.say(f"Importing {self.folder}")
        try:
            self.report = import_folder(connection.organization, self.folder, rejects_dir=self.data / "rejects")
        except FolderProblem as error:
            raise DemoFailed(str(error)) from error
        rules.fill(connection)
        due.include_all(connection)

    def _post(self, connection: Connection) -> None:
        from freightbooks.posting import progress

        self.say("Posting what may be posted")
        self.processes.start("worker", "freightbooks.cli", "worker")
        told = self.on_progress

        def at_rest() -> bool:
            counts = progress.counts(connection)
            if told is not None:
                told(counts)
            return counts.at_rest

        self.processes.wait_until(at_rest, "the end of posting", seconds=1800)

    def stop(self) -> None:
        """Stop everything this run started."""
        from django.db import connections

        self.processes.stop()
        connections.close_all()


def _answers(url: str) -> bool:
    try:
        return httpx2.get(url, timeout=2).status_code == 200
    except httpx2.HTTPError:
        return False


def run_demo(options: argparse.Namespace) -> int:
    """Run the demo until Ctrl-C."""
    data = data_dir() / "demo"
    if options.fresh:
        embedded_postgres.stop(data)
        shutil.rmtree(data, ignore_errors=True)
    bar = _Bar()
    demo = Demo(data, options.data, options.port, options.sandbox_port, bar.say, bar.show)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _interrupted)
    try:
        connection = demo.run()
        bar.end()
        from freightbooks.demo.summary import summary

        print(summary(demo, connection))
        print("\nPress Ctrl-C to stop.", flush=True)
        while True:
            demo.processes.hold()
            time.sleep(0.5)
    except KeyboardInterrupt:
        print("\nStopping.")
        return 0
    except ProcessEnded as error:
        raise DemoFailed(str(error)) from error
    finally:
        if os.environ.get("DJANGO_SETTINGS_MODULE"):
            demo.stop()


def _interrupted(_number: int, _frame: object) -> None:
    raise KeyboardInterrupt


class _Bar:
    """Says what is going on, and draws how far posting is; on a terminal in one line."""

    def __init__(self) -> None:
        self._drawn = False
        self._last = ""

    def say(self, words: str) -> None:
        print(f"{words} ...", flush=True)

    def show(self, counts: Progress) -> None:
        done = counts.total - counts.due - counts.sending
        share = done / counts.total if counts.total else 1.0
        text = f"[{'#' * int(40 * share):40}] {done:,} of {counts.total:,}, {counts.posted:,} posted"
        if text == self._last:
            return
        self._last = text
        if sys.stdout.isatty():
            print(f"\r{text}", end="", flush=True)
            self._drawn = True
        elif done == counts.total:
            print(text, flush=True)

    def end(self) -> None:
        if self._drawn:
            print()
