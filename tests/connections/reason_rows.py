"""Every reason a connection may have: how the sandbox provokes it, what the user sees, what repairs it.

`test_every_reason.py` lives each row with 200 documents; `python -m connections.reason_table` writes
`docs/connection.md` from them.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from qbo_sandbox.access.apps import Environment
from qbo_sandbox.access.people import Role

if TYPE_CHECKING:
    from connections.story import Story

OWNER, CONTROLLER = "owner@sandbox.example", "controller@sandbox.example"


@dataclass(frozen=True)
class Row:
    """One reason. `look` and `attention` are those of the connection when the user sees it; `says` is on its page."""

    reason: str
    provoked: str
    provoke: Callable[[Story], None]
    look: str  # good, amber or stopped
    attention: str
    says: str
    repaired: str
    repair: Callable[[Story], None]
    strict_rotation: bool = False

    @property
    def id(self) -> str:
        """The name of the test."""
        return f"{self.reason}: {self.repaired.partition(':')[0]}"


def _nothing(story: Story) -> None:
    """Nobody does anything."""


def _end_grant(story: Story) -> None:
    story.door.grants.end(story.grant)


def _end_grant_with_a_visit(story: Story) -> None:
    from freightbooks.connections import connect

    connect.disconnect_seen(story.sandbox.realm_id)
    _end_grant(story)


def _end_grant_halfway(story: Story) -> None:
    story.sandbox.fault("tokens", what="revoke", operation="batch", entity="Bill", after=1)


def _rotate_elsewhere(story: Story) -> None:
    story.another_process_refreshes()
    story.expire_access_tokens()


def _rotate_secret(story: Story) -> None:
    story.door.apps.rotate_secret(story.connection.client_id)
    story.expire_access_tokens()


def _switch_environment(story: Story) -> None:
    app = story.door.apps.app(story.connection.client_id)
    production = app.environment is Environment.PRODUCTION
    other = Environment.DEVELOPMENT if production else Environment.PRODUCTION
    story.door.apps.keep(replace(app, environment=other))


def _enter_keys(story: Story, environment: Environment) -> object:
    """Make an app at Intuit and enter its keys; return the answer, which goes on to Intuit's sign-in."""
    app = story.door.apps.add("A new app", environment)
    return story.page.press(f"{story.own_page}keys/", client_id=app.client_id, client_secret=app.secret)


def _enter_keys_and_stop_there(story: Story) -> None:
    _enter_keys(story, Environment.DEVELOPMENT)
    story.days_pass(1)  # the trip is given up
    from freightbooks.connections import keeping

    keeping.look_again()


def _paste_tokens_of_the_other_environment(story: Story) -> None:
    _enter_keys(story, Environment.PRODUCTION)
    said = story.page.paste_tokens(story.connection, user=OWNER)
    assert "they are for the other kind of company" in said


def _choose_another_company(story: Story) -> None:
    _end_grant(story)
    story.work()
    drayage = story.sandbox.sandbox.add_company("brokerage", name="Blue Ridge Drayage LLC")
    said = story.page.reconnect(story.connection, realm_id=drayage.realm_id)
    assert "You chose Blue Ridge Drayage LLC, and this connection belongs to" in said


def _choose_again(story: Story) -> None:
    going = story.page.press(f"{story.own_page}other-company/", answer="again")
    assert "is connected" in story.page.consent(going)


def _lose_key(story: Story) -> None:
    from freightbooks.connections import vault

    story.environment.setenv("FREIGHTBOOKS_KEYS", vault.new_key())


def _put_key_back(story: Story) -> None:
    kept = (Path(os.environ["FREIGHTBOOKS_DATA"]) / "vault.keys").read_text().split()
    story.environment.setenv("FREIGHTBOOKS_KEYS", ",".join([os.environ["FREIGHTBOOKS_KEYS"], *kept]))
    _look_again(story)


def _enter_secret_and_reconnect(story: Story) -> None:
    going = story.page.press(f"{story.own_page}keys/", client_secret=story.sandbox.client_secret)
    assert "is connected" in story.page.consent(going)


def _reconnect(story: Story) -> None:
    assert "is connected" in story.page.reconnect(story.connection)


def _reconnect_as_another(story: Story) -> None:
    assert "is connected" in story.page.reconnect(story.connection, user=CONTROLLER)


def _paste(story: Story) -> None:
    assert "is connected with these tokens" in story.page.paste_tokens(story.connection)


def _new_secret(story: Story) -> None:
    secret = story.door.apps.app(story.connection.client_id).secret
    story.page.press(f"{story.own_page}keys/", client_secret=f"  {secret}\n")


def _new_app(story: Story) -> None:
    going = _enter_keys(story, Environment.DEVELOPMENT)
    assert "is connected" in story.page.consent(going, user=CONTROLLER)


def _look_again(story: Story) -> None:
    story.page.press(f"{story.own_page}look-again/")


def _make_admin_again(story: Story) -> None:
    story.door.people.give_role(story.sandbox.realm_id, OWNER, Role.COMPANY_ADMIN)
    _look_again(story)


def _switch_back_and_look_again(story: Story) -> None:
    _switch_environment(story)
    _look_again(story)


def _renew(story: Story) -> None:
    story.sandbox.company.subscribe(status="PAID")
    _look_again(story)


def _intuit_back(story: Story) -> None:
    story.sandbox.sandbox.troubles.clear()
    story.work_later()


ROWS = (
    Row(
        "access token expired",
        "The access token ends while documents wait.",
        lambda story: story.expire_access_tokens(),
        "good", "", "is connected",
        "Nothing: it heals by itself.",
        _nothing,
    ),
    Row(
        "refresh token rotated elsewhere",
        "Another worker’s process refreshes, Intuit rotates strictly, and the access token ends.",
        _rotate_elsewhere,
        "good", "", "is connected",
        "Nothing: it heals by itself.",
        _nothing,
        strict_rotation=True,
    ),
    Row(
        "grant revoked in QuickBooks, seen",
        "Somebody disconnects under Apps, My apps, and Intuit sends the browser to our disconnect page.",
        _end_grant_with_a_visit,
        "stopped", "grant revoked", "Freightbooks was disconnected inside QuickBooks",
        "Reconnect in place.",
        _reconnect,
    ),
    Row(
        "grant revoked in QuickBooks, not seen",
        "The grant is revoked between two batches, halfway through the documents.",
        _end_grant_halfway,
        "stopped", "grant dead", "Somebody disconnected Freightbooks inside QuickBooks",
        "Reconnect in place.",
        _reconnect,
    ),
    Row(
        "password of the connecting user changed",
        "The owner changes the password; Intuit’s answer is that of a revoked grant, so the page names both.",
        lambda story: story.door.change_password(OWNER, "another password"),
        "stopped", "grant dead", "The password of the Intuit user who connected was changed",
        "Paste tokens from Intuit’s OAuth 2.0 Playground.",
        _paste,
    ),
    Row(
        "connecting user deleted from the company",
        "The owner is taken out of the company.",
        lambda story: story.door.grants.remove_user(story.sandbox.realm_id, OWNER),
        "stopped", "user not in company", "The user who connected is no longer in the company",
        "Reconnect as another admin.",
        _reconnect_as_another,
    ),
    Row(
        "connecting user deleted, and the app was theirs",
        "The owner is taken out of the company.",
        lambda story: story.door.grants.remove_user(story.sandbox.realm_id, OWNER),
        "stopped", "user not in company", "The user is gone altogether, and the Intuit app was theirs",
        "New app on the same connection: Client ID, secret, and a sign-in.",
        _new_app,
    ),
    Row(
        "connecting user lost admin rights",
        "The owner is made a standard user.",
        lambda story: story.door.grants.demote_user(story.sandbox.realm_id, OWNER),
        "stopped", "user not admin", "The user who connected is no longer an admin",
        "Make the user an admin in QuickBooks, then Look again now.",
        _make_admin_again,
    ),
    Row(
        "connecting user lost admin rights",
        "The owner is made a standard user.",
        lambda story: story.door.grants.demote_user(story.sandbox.realm_id, OWNER),
        "stopped", "user not admin", "Reconnect as another QuickBooks admin",
        "Reconnect as another admin.",
        _reconnect_as_another,
    ),
    Row(
        "client secret changed",
        "The app gets a new secret, and the access token ends.",
        _rotate_secret,
        "stopped", "client refused", "Intuit refuses the app's keys",
        "New secret on the same connection; no sign-in.",
        _new_secret,
    ),
    Row(
        "app deleted",
        "The app is deleted in the Intuit Developer site.",
        lambda story: story.door.apps.delete(story.connection.client_id),
        "stopped", "client refused", "The Intuit app was deleted",
        "New app on the same connection: Client ID, secret, and a sign-in.",
        _new_app,
    ),
    Row(
        "new app without a sign-in",
        "Another app’s keys are entered, and nobody signs in at Intuit.",
        _enter_keys_and_stop_there,
        "stopped", "consent needed", "The new Intuit app needs a sign-in",
        "Reconnect in place.",
        _reconnect,
    ),
    Row(
        "100 days idle",
        "102 days pass without a worker.",
        lambda story: story.days_pass(102),
        "stopped", "idle too long", "The connection was idle for 100 days",
        "Reconnect in place.",
        _reconnect,
    ),
    Row(
        "5-year limit within 90 days",
        "1,740 days pass in which a worker keeps the tokens alive.",
        lambda story: story.years_pass(1740),
        "amber", "", "Intuit asks for a new sign-in by",
        "Reconnect when it suits; documents go on meanwhile.",
        _reconnect,
    ),
    Row(
        "5-year limit reached",
        "1,830 days pass in which a worker keeps the tokens alive.",
        lambda story: story.years_pass(1830),
        "stopped", "limit reached", "The connection is five years old",
        "Reconnect in place.",
        _reconnect,
    ),
    Row(
        "subscription ended (read-only)",
        "The company’s subscription expires.",
        lambda story: story.sandbox.company.subscribe(status="EXPIRED"),
        "stopped", "subscription ended", "The QuickBooks subscription has ended",
        "Renew it in QuickBooks, then Look again now.",
        _renew,
    ),
    Row(
        "Intuit down",
        "Everything of Intuit’s answers 503.",
        lambda story: story.sandbox.fault("html", status=503, times=0),
        "amber", "", "QuickBooks does not answer at the moment",
        "Nothing: it heals by itself when Intuit is back.",
        _intuit_back,
    ),
    Row(
        "wrong environment",
        "Production keys are entered for a sandbox company, with tokens of theirs.",
        _paste_tokens_of_the_other_environment,
        "stopped", "wrong environment", "The keys are for the other kind of company",
        "Enter the other pair of keys, and sign in.",
        _new_app,
    ),
    Row(
        "app not allowed into the company any more",
        "Keys that worked are refused (3100), as when Intuit suspends an app.",
        _switch_environment,
        "stopped", "not authorized", "QuickBooks does not let this app use this company",
        "Settled with Intuit, then Look again now.",
        _switch_back_and_look_again,
    ),
    Row(
        "other company",
        "The grant is revoked, and another company is chosen at Intuit when reconnecting.",
        _choose_another_company,
        "stopped", "grant dead", "Blue Ridge Drayage LLC was chosen at Intuit instead",
        "Choose again: the page asks, and nothing was changed.",
        _choose_again,
    ),
    Row(
        "encryption key missing",
        "The key ring has another key than the one the tokens are sealed with.",
        _lose_key,
        "stopped", "key lost", "The key that opens the stored tokens is missing",
        "Put the key back, then Look again now.",
        _put_key_back,
    ),
    Row(
        "encryption key gone for good",
        "The key ring has another key than the one the tokens are sealed with.",
        _lose_key,
        "stopped", "key lost", "If the key is gone for good",
        "Enter the Client secret again, and reconnect.",
        _enter_secret_and_reconnect,
    ),
)  # fmt: skip
"""In the order of the documentation."""
