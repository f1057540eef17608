"""Access tokens of OAuth2, by the grants that a program without a person has.

With a refresh token the server may answer with a new one that replaces it. The new one is
on the disk, under the reference of the old, before the access token that came with it is
used: a crash later loses nothing.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from .hiding import hide, remember
from .secrets import locked_secret, read_secret, write_secret

LONGEST = 1e9
"""Seconds: thirty years are for ever."""
MOST_ANSWER = 1 << 20
"""Bytes that a server of tokens may answer."""
MARGIN = 60.0
"""Seconds before its end at which a token counts as used up."""


class TokenRefused(Exception):
    """The server of tokens gave none; the message holds its words, never a secret."""


@dataclass(frozen=True, slots=True)
class Grant:
    """Where an access token comes from; the secrets are references (env:NAME, file:PATH)."""

    token_url: str
    client_id: str
    scope: str | None = None
    client_secret: str | None = None
    refresh_token: str | None = None
    """With it the refresh-token grant is used, else the client-credentials grant."""

    @classmethod
    def of(cls, definition: Mapping[str, Any]) -> Grant:
        """The grant that the keys of a mailbox or account describe."""
        return cls(
            definition["token_url"],
            definition["client_id"],
            definition.get("scope"),
            definition.get("client_secret"),
            definition.get("refresh_token"),
        )


@dataclass(frozen=True, slots=True)
class Token:
    """An access token, and when it and the refresh token behind it end."""

    value: str
    ends: float
    """On the monotonic clock."""
    refresh_expires: datetime | None = None
    """When the server says that the refresh token ends, if it says so."""


_tokens: dict[Grant, Token] = {}
_lock = threading.Lock()


def access_token(grant: Grant, timeout: float = 30.0) -> Token:
    """A token that is good for a minute at least, from memory or the server; blocks."""
    with _lock:
        token = _tokens.get(grant)
        if token is None or token.ends - MARGIN < time.monotonic():
            token = _tokens[grant] = _fetch(grant, timeout)
        return token


def forget_token(grant: Grant) -> None:
    """Ask the server next time: what it gave was refused."""
    with _lock:
        _tokens.pop(grant, None)


def xoauth2(user: str, token: str) -> str:
    """What AUTH XOAUTH2 takes, before base64."""
    return f"user={user}\x01auth=Bearer {token}\x01\x01"


def grant_form(grant: Grant) -> dict[str, str]:
    """What the server of tokens is sent for client credentials; reads the secret."""
    form = {"client_id": grant.client_id, "grant_type": "client_credentials"}
    if grant.scope is not None:
        form["scope"] = grant.scope
    if grant.client_secret is not None:
        form["client_secret"] = read_secret(grant.client_secret) or ""
    return form


def token_of(grant: Grant, response: httpx.Response) -> Token:
    """The token in an answer of the server that was read; TokenRefused where there is none."""
    return _token(_answer(grant, response))


def _fetch(grant: Grant, timeout: float) -> Token:
    form = grant_form(grant)
    if grant.refresh_token is None:
        return _token(_post(grant, form, timeout))
    # Two processes that use up one refresh token at once would end with none.
    with locked_secret(grant.refresh_token):
        form |= {"grant_type": "refresh_token"}
        form["refresh_token"] = read_secret(grant.refresh_token) or ""
        answer = _post(grant, form, timeout)
        renewed = answer.get("refresh_token")
        if isinstance(renewed, str) and renewed and renewed != form["refresh_token"]:
            write_secret(grant.refresh_token, renewed)
    return _token(answer)


def _post(grant: Grant, form: Mapping[str, str], timeout: float) -> Mapping[str, Any]:
    try:
        # A redirection would carry the secrets elsewhere.
        with httpx.stream(
            "POST", grant.token_url, data=form, timeout=timeout, follow_redirects=False
        ) as response:
            content = b""
            for part in response.iter_bytes():
                content += part
                if len(content) > MOST_ANSWER:
                    raise TokenRefused(f"{grant.token_url} gave more than {MOST_ANSWER} bytes")
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise TokenRefused(
            f"{grant.token_url} cannot be reached: {error or type(error).__name__}"
        ) from error
    return _answer(grant, httpx.Response(response.status_code, content=content))


def _answer(grant: Grant, response: httpx.Response) -> Mapping[str, Any]:
    try:
        answer = response.json()
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise TokenRefused(
            f"{grant.token_url} answered {response.status_code} and no JSON"
        ) from error
    if not isinstance(answer, dict):
        raise TokenRefused(f"{grant.token_url} answered JSON that is no object")
    token = answer.get("access_token")
    if response.status_code != 200 or not isinstance(token, str) or not token.strip():
        words = answer.get("error_description") or answer.get("error") or "no access token"
        first = (str(words).strip().splitlines() or ["no text"])[0][:300]
        raise TokenRefused(hide(f"{grant.token_url} answered {response.status_code}: {first}"))
    return answer


def _token(answer: Mapping[str, Any]) -> Token:
    remember(answer["access_token"], passing=True)
    ends = _seconds(answer.get("refresh_token_expires_in"))
    return Token(
        answer["access_token"],
        time.monotonic() + (_seconds(answer.get("expires_in")) or 300.0),
        None if ends is None else datetime.now(UTC) + timedelta(seconds=ends),
    )


def _seconds(value: object) -> float | None:
    try:
        seconds = float(value)  # type: ignore[arg-type]  # some servers write it as a text
    except (TypeError, ValueError, OverflowError):
        return None
    return min(seconds, LONGEST) if seconds >= 0 else None
