"""What each reason a connection may have means to a person: what happened, who can mend it, and which repairs do.

Where Intuit answers the same for several causes, they stand together, with how a person can tell which it was.
Knows no page and no database; the pages, the doctor and the mails print what stands here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from freightbooks.connections.states import Attention


class Repair(StrEnum):
    """One way to mend a connection. The pages have a guide for each."""

    RECONNECT = "reconnect"
    PASTE_TOKENS = "paste tokens"
    NEW_SECRET = "new secret"  # noqa: S105 - a name
    NEW_APP = "new app"
    MAKE_ADMIN = "make admin"
    RENEW = "renew"
    PUT_KEY_BACK = "put the key back"
    WAIT = "wait"


class Mender(StrEnum):
    """Who can mend it."""

    ADMIN = "an admin here"
    QUICKBOOKS_ADMIN = "the primary admin in QuickBooks"
    OPERATOR = "whoever runs this installation"
    NOBODY = "nobody has to: it heals by itself"


@dataclass(frozen=True)
class Cause:
    """One thing that may have happened, and how a person can tell that it was this one."""

    what: str
    how_to_tell: str


@dataclass(frozen=True)
class Reason:
    """Why a connection needs attention. `causes` has more than one entry where Intuit's answer is the same for them."""

    attention: Attention
    title: str
    happened: str
    mender: Mender
    repairs: tuple[Repair, ...]  # the first is the one to try first
    causes: tuple[Cause, ...] = ()
    heals_when_mended_elsewhere: bool = False
    """Whether we notice by ourselves, by looking again now and then, that it was mended outside of this product."""


_CONSENT = (Repair.RECONNECT, Repair.PASTE_TOKENS)

REASONS: Mapping[Attention, Reason] = {
    reason.attention: reason
    for reason in (
        Reason(
            Attention.GRANT_DEAD,
            "QuickBooks no longer accepts this connection",
            "Intuit answered that the permission given to Freightbooks has ended. It does not say why.",
            Mender.ADMIN,
            (*_CONSENT, Repair.NEW_APP),
            (
                Cause(
                    "The password of the Intuit user who connected was changed",
                    "In QuickBooks, under Apps, My apps, Freightbooks is still listed.",
                ),
                Cause(
                    "Somebody disconnected Freightbooks inside QuickBooks",
                    "In QuickBooks, under Apps, My apps, Freightbooks is no longer listed.",
                ),
                Cause(
                    "Another admin connected the company with the same Intuit app somewhere else",
                    "Another program uses this Client ID. Give each program an Intuit app of its own.",
                ),
            ),
        ),
        Reason(
            Attention.GRANT_REVOKED,
            "Freightbooks was disconnected inside QuickBooks",
            "Somebody chose Disconnect under Apps in QuickBooks; Intuit sent the browser to our disconnect page, and "
            "the permission has ended since.",
            Mender.ADMIN,
            _CONSENT,
        ),
        Reason(
            Attention.CONSENT_NEEDED,
            "The new Intuit app needs a sign-in",
            "Another Client ID was entered here. Intuit lets each app in anew, so an admin of the company has to sign "
            "in once; the mapping and the history are kept.",
            Mender.ADMIN,
            (*_CONSENT, Repair.NEW_APP),
        ),
        Reason(
            Attention.USER_NOT_IN_COMPANY,
            "The user who connected is no longer in the company",
            "The Intuit user whose permission we use was removed from the QuickBooks company.",
            Mender.ADMIN,
            (*_CONSENT, Repair.NEW_APP),
            (
                Cause(
                    "Only the user was removed from the company",
                    "The Intuit app still opens in the Intuit Developer site: reconnect as another admin.",
                ),
                Cause(
                    "The user is gone altogether, and the Intuit app was theirs",
                    "Nobody can open the app in the Intuit Developer site any more: make a new app.",
                ),
            ),
        ),
        Reason(
            Attention.USER_NOT_ADMIN,
            "The user who connected is no longer an admin",
            "QuickBooks answered that the Intuit user whose permission we use has no access any more (code 120).",
            Mender.QUICKBOOKS_ADMIN,
            (Repair.MAKE_ADMIN, Repair.RECONNECT),
            heals_when_mended_elsewhere=True,
        ),
        Reason(
            Attention.CLIENT_REFUSED,
            "Intuit refuses the app's keys",
            "Intuit does not accept the Client ID and Client secret any more.",
            Mender.ADMIN,
            (Repair.NEW_SECRET, Repair.NEW_APP),
            (
                Cause(
                    "The Client secret was renewed",
                    "The app is still there in the Intuit Developer site: copy its Client secret again.",
                ),
                Cause(
                    "The Intuit app was deleted",
                    "The app is not in the Intuit Developer site any more: make a new one.",
                ),
            ),
            heals_when_mended_elsewhere=True,
        ),
        Reason(
            Attention.IDLE_TOO_LONG,
            "The connection was idle for 100 days",
            "Intuit ends a permission that is not used for 100 days. Freightbooks uses it every day while a worker "
            "runs; this one was not running.",
            Mender.ADMIN,
            _CONSENT,
        ),
        Reason(
            Attention.LIMIT_REACHED,
            "The connection is five years old",
            "Intuit ends every permission after five years, however well it works. A new sign-in starts five new ones.",
            Mender.ADMIN,
            _CONSENT,
        ),
        Reason(
            Attention.NOT_AUTHORIZED,
            "QuickBooks does not let this app use this company",
            "The app's permission is good, but QuickBooks answers that it is not for this company (code 3100).",
            Mender.ADMIN,
            (Repair.RECONNECT, Repair.NEW_APP),
            (
                Cause(
                    "The permission does not cover accounting",
                    "Tokens came from Intuit's OAuth 2.0 Playground without the scope "
                    "com.intuit.quickbooks.accounting: reconnect.",
                ),
                Cause(
                    "Intuit has suspended the app for this company",
                    "The app's page in the Intuit Developer site says so: it has to be settled with Intuit.",
                ),
            ),
            heals_when_mended_elsewhere=True,
        ),
        Reason(
            Attention.WRONG_ENVIRONMENT,
            "The keys are for the other kind of company",
            "An Intuit app has two pairs of keys. Development keys open sandbox companies only, production keys real "
            "companies only; QuickBooks refused this pair for this company (code 3100).",
            Mender.ADMIN,
            (Repair.NEW_APP,),
        ),
        Reason(
            Attention.SUBSCRIPTION_ENDED,
            "The QuickBooks subscription has ended",
            "The company can still be read, but QuickBooks takes nothing new (code 6190): the trial or subscription "
            "ended, or there was a billing problem.",
            Mender.QUICKBOOKS_ADMIN,
            (Repair.RENEW,),
            heals_when_mended_elsewhere=True,
        ),
        Reason(
            Attention.KEY_LOST,
            "The key that opens the stored tokens is missing",
            "Tokens and secrets are stored encrypted, and the key they were sealed with is not in this installation's "
            "key ring.",
            Mender.OPERATOR,
            (Repair.PUT_KEY_BACK, Repair.NEW_SECRET),
            heals_when_mended_elsewhere=True,
        ),
    )
}
"""Every reason a connection stops for."""


def reason_of(attention: str) -> Reason | None:
    """Return the reason a connection has stopped for, or None when it has not."""
    return REASONS.get(Attention(attention)) if attention else None
