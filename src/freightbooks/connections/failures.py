"""Why a company could not be connected or disconnected, each in words for the person at the page."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Self

from freightbooks.connections.vault import VaultError
from freightbooks.quickbooks import oauth
from freightbooks.quickbooks.errors import (
    NotSent,
    OutcomeUnknown,
    QuickBooksError,
    ReconnectNeeded,
    ReconnectReason,
    Throttled,
)


class ConnectFailed(Exception):
    """It could not be done. The text says why, and what to do. `connection_id`: about which, where that is known."""

    connection_id: int | None = None


class TripExpired(ConnectFailed):
    """The `state` that came back is unknown, old, used, or was begun in another browser session."""


class CompanyMismatch(ConnectFailed):
    """Another company was chosen than the one this connection belongs to."""

    @classmethod
    def of(cls, company_name: str, chosen: str = "") -> Self:
        """Name the company it must be, and the one that was chosen where that is known."""
        other = f"{chosen} was chosen" if chosen else "a different company was chosen"
        return cls(
            f"This connection belongs to {company_name or 'another company'}, and {other}. "
            "Nothing was changed. Connect again and choose the same company, or make a new connection for the other."
        )


class AlreadyConnected(ConnectFailed):
    """Another connection holds the company; perhaps another organization's, which is not named."""

    @classmethod
    def here(cls) -> Self:
        """Say so."""
        return cls(
            "This QuickBooks company is connected to Freightbooks already. Use the connection it has: "
            "two of them would post every document twice."
        )


class BadForm(ConnectFailed):
    """What was pasted cannot be what it should be."""


class AppRefused(ConnectFailed):
    """Intuit does not accept the Client ID and secret."""


class ConsentRefused(ConnectFailed):
    """Intuit does not accept the code, or the pasted refresh token."""


class IntuitUnreachable(ConnectFailed):
    """Intuit cannot be reached now, or not at the addresses given."""


class CompanyUnreadable(ConnectFailed):
    """There are tokens, and QuickBooks did not let us read the company with them."""


class NotForThisCompany(CompanyUnreadable):
    """QuickBooks says that the app's keys may not use the company at all (code 3100)."""


class SecretsLost(ConnectFailed):
    """The vault's key is missing."""


@contextmanager
def told_to_a_person() -> Iterator[None]:
    """Turn what Intuit, QuickBooks and the vault raise into the ConnectFailed that tells a person about it."""
    try:
        yield
    except oauth.ClientRefused as error:
        raise AppRefused(
            "Intuit does not accept the app's Client ID and Client secret. Copy both again from Keys & credentials "
            "of your Intuit app; development keys are for sandbox companies only."
        ) from error
    except oauth.GrantDead as error:
        raise ConsentRefused("Intuit does not accept this authorization any more. Connect again.") from error
    except oauth.BadDiscovery as error:
        raise IntuitUnreachable(f"The address of Intuit's discovery document is wrong. {error}") from error
    except (oauth.OAuthUnreachable, NotSent, OutcomeUnknown, Throttled) as error:
        raise IntuitUnreachable(f"Intuit cannot be reached now; nothing was changed. Try again. ({error})") from error
    except ReconnectNeeded as error:
        if error.reason == ReconnectReason.NOT_AUTHORIZED:
            raise NotForThisCompany(
                "QuickBooks does not let these keys use this company: they are for the other kind of company. "
                "Development keys open sandbox companies only, production keys real companies only. Copy the other "
                "pair from Keys & credentials of your Intuit app. (code 3100)"
            ) from error
        raise CompanyUnreadable(
            "QuickBooks does not let this app read the company. Sign in to Intuit as an admin of the company: primary "
            "and company admins can connect apps."
        ) from error
    except QuickBooksError as error:
        raise CompanyUnreadable(f"QuickBooks did not let us read the company. {error}") from error
    except VaultError as error:
        raise SecretsLost(
            "The key that opens the app's stored Client secret is missing. Put it back, or enter the secret again."
        ) from error
