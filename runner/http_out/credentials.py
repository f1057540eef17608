"""Headers by which a call shows who it is; secrets are read when they are needed."""

from __future__ import annotations

import asyncio
import base64
import time
from collections.abc import Mapping
from typing import Any

import httpx

from ..secrets import SecretMissing, read_secret
from ..tokens import MARGIN, MOST_ANSWER, Grant, Token, TokenRefused, grant_form, token_of
from .answers import read_body
from .signing import signature, signing_key


class Tokens:
    """Access tokens of the targets of one runner."""

    def __init__(self) -> None:
        self.known: dict[Grant, Token] = {}
        self.locks: dict[Grant, asyncio.Lock] = {}

    async def get(self, grant: Grant, client: httpx.AsyncClient) -> str:
        """A token that is good for a minute, asked for over the target's own connections."""
        async with self.locks.setdefault(grant, asyncio.Lock()):
            token = self.known.get(grant)
            if token is None or token.ends - MARGIN < time.monotonic():
                form = await asyncio.to_thread(grant_form, grant)
                try:
                    async with client.stream("POST", grant.token_url, data=form) as stream:
                        body = await read_body(stream, MOST_ANSWER)
                except (httpx.HTTPError, httpx.InvalidURL) as error:
                    raise TokenRefused(
                        f"{grant.token_url} cannot be reached: {error or type(error).__name__}"
                    ) from error
                if body.truncated:
                    raise TokenRefused(f"{grant.token_url} gave more than {MOST_ANSWER} bytes")
                response = httpx.Response(stream.status_code, content=body.content)
                token = self.known[grant] = token_of(grant, response)
            return token.value

    def forget(self, grant: Grant) -> None:
        """Ask the server next time."""
        self.known.pop(grant, None)


def grant_of(call: Mapping[str, Any]) -> Grant:
    """The grant of a target with auth oauth2."""
    return Grant(call["token_url"], call["client_id"], call.get("scope"), call["secret"])


async def authentication(
    call: Mapping[str, Any], tokens: Tokens, client: httpx.AsyncClient
) -> dict[str, str]:
    """The header of a target's way of authentication; none for none."""
    kind = call.get("auth", "none")
    if kind == "none":
        return {}
    if kind == "oauth2":
        return {"Authorization": f"Bearer {await tokens.get(grant_of(call), client)}"}
    secret = await _secret(call["secret"], str(call.get("login", "")))
    if kind == "basic":
        pair = base64.b64encode(f"{call['login']}:{secret}".encode()).decode()
        return {"Authorization": f"Basic {pair}"}
    if not secret.isascii() or not secret.isprintable():
        raise SecretMissing("a token or key has characters that a header cannot carry")
    if kind == "bearer":
        return {"Authorization": f"Bearer {secret}"}
    return {str(call.get("api_key_header", "X-API-Key")): secret}


async def signed(call: Mapping[str, Any], body: bytes) -> dict[str, str]:
    """Headers of the signature, where the target has keys for it."""
    references = call.get("signing_secrets", [])
    if not references:
        return {}
    keys = [signing_key(await _secret(reference)) for reference in references]
    return signature(keys, str(call["key"]), int(time.time()), body)


async def _secret(reference: str, login: str = "") -> str:
    return await asyncio.to_thread(read_secret, reference, login) or ""
