"""Every behaviour of Intuit's sign-in and gateway that nothing confirms, each with where it comes from.

One set for the whole sandbox; those of the books are each company's own (`books/quirks.py`).
[DOC] Intuit's own text, [CAP] a recorded answer, [3P] a third party, [INF] our inference.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass
class AccessQuirks:
    """The unconfirmed behaviours of connecting, and the choice made for each."""

    # [3P] The users of a freight TMS tell that changing the password in QuickBooks ends the connection; Intuit does
    # not document it.
    password_change_ends_grant: bool = True
    # [3P] A second admin who connects the same app to the same company replaces the first one's grant.
    second_admin_replaces_grant: bool = True
    # [DOC] 120 is for a user who is no admin any more, or gone; no status is given: 400, 401 or 403.
    no_access_status: int = 400
    # [INF] Calls for a user taken out of the company: "120", or "3100" as for a company never granted.
    removed_user_answer: str = "120"
    # [3P] Losing admin is said to kill the tokens; kept, so that the API's 120 can be met for longer than an hour.
    demotion_ends_grant: bool = False
    # [CAP] invalid_client comes with 401, now and then with 400.
    invalid_client_status: int = 401
    # [CAP] A dead, rotated or used-up token is a bare invalid_grant; older answers add "Token invalid".
    dead_token_description: str = ""
    # [3P] The refresh token before the last keeps working for so many hours (0 or 24; reports differ).
    old_token_grace_hours: int = 0
    # [3P] A code used a second time counts as stolen: the tokens it gave die with it.
    replayed_code_ends_grant: bool = False
    # [INF] A refresh gives an id token too when openid was granted; the recorded refreshes were without openid.
    refresh_gives_id_token: bool = True
    # [INF] Revoking a token that is not there is a 400 with invalid_grant; one recording has an empty body.
    revoke_refusal_has_body: bool = True
    # [CAP] Tokens are refused as "AuthenticationFailed" (2020 on) or "ApplicationAuthenticationFailed" (older).
    word_of_401: str = "AuthenticationFailed"
    # [CAP] Another company is refused as "ApplicationAuthorizationFailed" or "AuthorizationFailed".
    word_of_403: str = "ApplicationAuthorizationFailed"
    # [CAP] A good token with another company's id: "3100" (403), or "100" (401, SRV-110).
    other_company_answer: str = "3100"
    # [INF] The tokens of a grant withdrawn answer 401 (Token revoked), or 403 (3100).
    withdrawn_grant_status: int = 401
    # [3P] Reports are limited to 200 a minute; Intuit names no such list of addresses.
    reports_are_limited: bool = True
    # [DOC] Intuit counts no reads of sandbox companies. Counted here, because a quota is only on when asked for.
    sandbox_companies_are_metered: bool = True


NUMBERS: dict[str, tuple[int, ...]] = {
    "no_access_status": (400, 401, 403),
    "invalid_client_status": (400, 401),
    "old_token_grace_hours": (0, 24),
    "withdrawn_grant_status": (401, 403),
}
"""What the quirks that are numbers can be. What those that are texts can be stands in their comments, in quotes."""
