"""Intuit's OAuth addresses, on one host."""

from __future__ import annotations

AUTHORIZE = "/connect/oauth2"
TOKEN = "/oauth2/v1/tokens/bearer"  # noqa: S105 - an address
REVOKE = "/v2/oauth2/tokens/revoke"
USERINFO = "/v1/openid_connect/userinfo"
SANDBOX_USERINFO = f"/sandbox-accounts{USERINFO}"
"""Intuit serves sandbox accounts from a host of their own; here both addresses answer for everybody."""
JWKS = "/op/v1/jwks"
ISSUER = "https://oauth.platform.intuit.com/op/v1"
"""Who signs the id_token. Intuit's own client for Node holds it to this text, so it is not this machine's address."""
DISCOVERY = "/.well-known/openid_configuration"
SANDBOX_DISCOVERY = "/.well-known/openid_sandbox_configuration"


def discovery_document(base: str, *, sandbox: bool) -> dict[str, object]:
    """Return the discovery document of a server at `base`. [CAP] The sandbox's differs in the userinfo address only."""
    return {
        "issuer": ISSUER,
        "authorization_endpoint": f"{base}{AUTHORIZE}",
        "token_endpoint": f"{base}{TOKEN}",
        "userinfo_endpoint": f"{base}{SANDBOX_USERINFO if sandbox else USERINFO}",
        "revocation_endpoint": f"{base}{REVOKE}",
        "jwks_uri": f"{base}{JWKS}",
        "response_types_supported": ["code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "scopes_supported": ["openid", "email", "profile", "address", "phone"],
        "token_endpoint_auth_methods_supported": ["client_secret_post", "client_secret_basic"],
        "claims_supported": ["aud", "exp", "iat", "iss", "realmid", "sub"],
    }
