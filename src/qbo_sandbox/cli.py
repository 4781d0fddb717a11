"""The command `qbo-sandbox`."""

from __future__ import annotations

import argparse
import contextlib
import gc
import json
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

from qbo_sandbox.app import Options, Sandbox
from qbo_sandbox.journal import JournalBroken
from qbo_sandbox.limits import BadLimits
from qbo_sandbox.seeds.planting import NAMES, UnknownSeed
from qbo_sandbox.server import PortTaken, listen, make_server
from qbo_sandbox.tls import certificate_in
from qbo_sandbox.webhooks.endpoints import FORMS
from qbo_sandbox.webhooks.postman import BadAddress


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return its exit code: 0 stopped in order, 1 could not start, 2 wrong arguments."""
    options = _parser().parse_args(arguments)
    companies = options.company or ["sample"]
    try:
        if options.ready_file is not None and not options.ready_file.parent.is_dir():
            raise NotADirectoryError(f"--ready-file: there is no directory {options.ready_file.parent}")
        sandbox = Sandbox(
            Options(
                company=companies[0],
                more_companies=tuple(companies[1:]),
                data=options.data,
                limits=options.limits,
                latency_ms=options.latency_ms,
                rotation=options.rotation,
                seed=options.seed,
                webhook_urls=tuple(options.webhook_url),
                webhook_format=options.webhook_format,
                webhooks_anywhere=options.webhooks_anywhere,
                environment=options.environment,
                passwords=options.passwords,
                consent=options.consent,
                access_token_seconds=options.access_token_seconds,
                core_plus_quota=options.core_plus_quota,
            )
        )
        listener = listen(options.host, options.port)
    except (PortTaken, BadLimits, UnknownSeed, JournalBroken, BadAddress, OSError) as error:
        print(f"qbo-sandbox: {error}", file=sys.stderr)  # noqa: T201 - what a command says
        return 1
    host = f"[{options.host}]" if ":" in options.host else options.host
    certificate = certificate_in(options.tls) if options.tls else None
    ready = sandbox.ready(f"{'https' if certificate else 'http'}://{host}:{listener.getsockname()[1]}")
    if certificate:
        ready["ca_file"] = str(certificate[0].absolute())

    def tell() -> None:
        text = json.dumps(ready)
        if options.ready_file:
            _write_private(options.ready_file, text)
        print(text, flush=True)  # noqa: T201 - what a command says

    # The books are millions of objects that stay; looking through them for cycles again and again is most of the cost
    # of a create in a large company. What is made at the start is left out, and the rest is looked through seldom.
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 50, 100)
    # The server stops in order at either signal, and then raises it once more.
    signal.signal(signal.SIGTERM, _stop)
    with contextlib.suppress(KeyboardInterrupt):
        make_server(sandbox, tell, certificate).run(sockets=[listener])
    sandbox.webhooks.close()
    sandbox.journal.close()
    return 0


def _stop(_number: int, _frame: object) -> None:
    raise KeyboardInterrupt


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="qbo-sandbox", description="A stand-in for QuickBooks Online and Intuit's OAuth on this machine."
    )
    commands = parser.add_subparsers(dest="command", required=True)
    serve = commands.add_parser(
        "serve",
        help="serve a company until Ctrl-C",
        description="Serve companies until Ctrl-C. The ready file, and one line of standard output, hold what a client "
        "needs as JSON: base_url, client_id, client_secret, realm_id, access_token, refresh_token, "
        "webhook_verifier_token, and the OAuth addresses.",
        epilog="Example: qbo-sandbox serve --port 8100 --company brokerage --data books.journal",
    )
    serve.add_argument("--port", type=_port, default=8100, help="0 takes a free one (default 8100)")
    serve.add_argument("--host", default="127.0.0.1", help="address to listen on (default 127.0.0.1)")
    serve.add_argument("--data", type=Path, help="file that keeps the company across restarts")
    serve.add_argument("--ready-file", type=Path, help="written when it answers: addresses, keys and tokens as JSON")
    serve.add_argument(
        "--tls",
        type=Path,
        metavar="FOLDER",
        help="serve https with a certificate of its own, kept there; the ready file's ca_file is what to trust",
    )
    serve.add_argument("--limits", default="off", help="off, intuit, or a number that multiplies Intuit's")
    serve.add_argument("--latency-ms", type=_from_nothing_up, default=0, help="how long every answer takes")
    serve.add_argument(
        "--rotation", choices=("daily", "strict"), default="daily", help="how often refresh tokens change"
    )
    serve.add_argument("--seed", type=int, help="makes what is random (faults, latency, disorder) the same each time")
    serve.add_argument(
        "--webhook-url", action="append", default=[], metavar="URL", help="post notifications there; may be repeated"
    )
    serve.add_argument("--webhook-format", choices=tuple(FORMS), default="legacy", help="their shape (default legacy)")
    serve.add_argument("--webhooks-anywhere", action="store_true", help="let notifications leave this machine")
    serve.add_argument(
        "--company",
        choices=sorted(NAMES),
        action="append",
        help="the company to start with (default sample); once more for each further company",
    )
    serve.add_argument(
        "--environment",
        choices=("development", "production"),
        default="development",
        help="what the keys and companies are at the start (default development keys, sandbox companies)",
    )
    serve.add_argument(
        "--passwords", action="store_true", help="ask for a password at the consent page (everybody's is: sandbox)"
    )
    serve.add_argument(
        "--consent", choices=("ask", "allow", "deny"), default="ask", help="answer the consent page without a person"
    )
    serve.add_argument(
        "--access-token-seconds", type=_from_one_up, default=3600, metavar="N", help="how long access tokens live"
    )
    serve.add_argument(
        "--core-plus-quota", type=_from_nothing_up, metavar="N", help="reads a month over all companies (default none)"
    )
    return parser


def _port(text: str) -> int:
    return _whole(text, 0, 65535)


def _from_nothing_up(text: str) -> int:
    return _whole(text, 0, 10**9)


def _from_one_up(text: str) -> int:
    return _whole(text, 1, 10**9)


def _whole(text: str, least: int, most: int) -> int:
    if not (text.isdecimal() and len(text) < 12 and least <= int(text) <= most):
        raise argparse.ArgumentTypeError(f"{text!r} is no whole number from {least} to {most}")
    return int(text)


def _write_private(path: Path, text: str) -> None:
    """Write a file whole or not at all, readable by its owner only."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
    draft.replace(path)


if __name__ == "__main__":
    sys.exit(main())
