"""Who may read metrics: whoever has the token, where one is set."""

from __future__ import annotations

from secrets import compare_digest

from ..config import Settings
from ..errors import UserError
from ..secrets import SecretMissing, read_secret


def token_of(settings: Settings) -> str | None:
    """The token of the settings, read from where it is kept; a wrong reference is a UserError."""
    given = settings.metrics_token
    if given is None:
        return None
    try:
        found = read_secret(given)
    except SecretMissing as error:
        raise UserError(str(error), "Correct PGEARS_METRICS_TOKEN.") from error
    if not found:
        raise UserError(f"{given} is empty", "Correct PGEARS_METRICS_TOKEN.")
    return found


def admits(token: str | None, authorization: str | None) -> bool:
    """Whether a header Authorization opens what this token guards; no token guards nothing."""
    if token is None:
        return True
    scheme, _, given = (authorization or "").partition(" ")
    return scheme.lower() == "bearer" and compare_digest(given.strip().encode(), token.encode())
