"""A brokerage whose documents are in QuickBooks, its pages served, and the sandbox telling them of changes."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from qbo_sandbox.pytest_plugin import RunningSandbox

if TYPE_CHECKING:
    from main_job.brokerage import Brokerage
    from receiving.bookkeeper import Bookkeeper


@pytest.fixture
def brokerage(database: str, qbo_sandbox: RunningSandbox, tmp_path: Path) -> Brokerage:
    """Connected, with the documents of a few loads posted."""
    from main_job.brokerage import connect, first_loads

    found = connect(qbo_sandbox)
    found.take_in(first_loads(tmp_path, 12))
    found.post()
    return found


@pytest.fixture
def bookkeeper(qbo_sandbox: RunningSandbox) -> Iterator[Bookkeeper]:
    from receiving.bookkeeper import Bookkeeper

    found = Bookkeeper(qbo_sandbox)
    yield found
    found.http.close()


@pytest.fixture
def pages(database: str) -> Iterator[str]:
    """The address of the product's pages, really served."""
    from django.db import connections
    from waitress.server import create_server

    from freightbooks.web.wsgi import application

    server = create_server(application, host="127.0.0.1", port=0, threads=4)
    thread = threading.Thread(target=server.run)
    thread.start()
    yield f"http://127.0.0.1:{server.effective_port}"
    server.task_dispatcher.shutdown()
    server.close()
    thread.join(timeout=10)
    connections.close_all()


@pytest.fixture
def told(brokerage: Brokerage, bookkeeper: Bookkeeper, pages: str) -> Callable[..., Any]:
    """Have the sandbox tell the pages of changes from now on; more settings as the control plane has them."""
    from freightbooks.receiving import addresses

    def tell(**settings: Any) -> str:
        address = addresses.set_verifier(brokerage.connection, brokerage.sandbox.webhook_verifier_token)
        url = f"{pages}/intuit/notifications/{address.key}/"
        bookkeeper.control("/webhooks", {"url": url, **settings})
        return url

    return tell
