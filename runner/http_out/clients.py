"""A client of httpx for each target: its connections are kept and judged by its own rules."""

from __future__ import annotations

import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Any

import httpx

from ..secrets import SecretMissing
from .addresses import Allowance, Resolver
from .credentials import Tokens
from .network import JudgedTransport, resolve

IDLE_SECONDS = 60.0


@dataclass(slots=True)
class Kept:
    """A client, what it was made for, and when it was used last."""

    client: httpx.AsyncClient
    used: float
    calls: int = 0


class Clients:
    """The clients and tokens of one runner."""

    def __init__(self, resolver: Resolver = resolve) -> None:
        self.resolver = resolver
        self.tokens = Tokens()
        self.kept: dict[tuple[Any, ...], Kept] = {}

    def of(self, call: Mapping[str, Any]) -> Kept:
        """The client of the target of a call; another allowance is another client."""
        allow = tuple(call.get("allow", ()))
        key = (call["target_id"], allow, call.get("ca_file"))
        kept = self.kept.get(key)
        if kept is None:
            transport = JudgedTransport(Allowance(allow), _context(call), self.resolver)
            client = httpx.AsyncClient(
                transport=transport, trust_env=False, timeout=None, cookies=_no_cookies()
            )
            kept = self.kept[key] = Kept(client, time.monotonic())
        kept.used = time.monotonic()
        return kept

    async def close(self, older_than: float = 0.0) -> None:
        """Close the clients that nobody has used for so many seconds."""
        limit = time.monotonic() - older_than
        for key, kept in list(self.kept.items()):
            if kept.calls == 0 and kept.used <= limit:
                del self.kept[key]
                await kept.client.aclose()


def _no_cookies() -> CookieJar:
    """A jar that takes none: each call stands for itself."""
    return CookieJar(DefaultCookiePolicy(allowed_domains=[]))


def _context(call: Mapping[str, Any]) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=call.get("ca_file"))
    except (OSError, ssl.SSLError) as error:
        raise SecretMissing(
            f"the certificates {call['ca_file']} cannot be read: {error}"
        ) from error
