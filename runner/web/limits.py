"""Limits of requests: size of the body, number a minute, time."""

from __future__ import annotations

import time
from collections import OrderedDict

from starlette.types import Receive

from ..config import Settings
from .problem import Problem

MINUTE = 60.0
ACCOUNTS = 10_000


class Limits:
    """Counts the requests of each account, and says which limit was met."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        # Tokens left and when they were counted: an account may always do `rate` at once.
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def count(self, account: str) -> None:
        """Take one request from the account's allowance; PG606 when there is none left."""
        rate = self._settings.web_rate
        if rate is None:
            return
        now = time.monotonic()
        left, since = self._buckets.pop(account, (float(rate), now))
        left = min(float(rate), left + (now - since) * rate / MINUTE)
        if left < 1.0:
            self._buckets[account] = (left, now)
            wait = (1.0 - left) * MINUTE / rate
            raise Problem(
                429,
                "PG606",
                f"the account has sent more than {rate} requests a minute",
                hint=f"Wait {wait:.1f} seconds.",
                headers={"Retry-After": str(int(wait) + 1)},
            )
        self._buckets[account] = (left - 1.0, now)
        if len(self._buckets) > ACCOUNTS:
            self._buckets.popitem(last=False)

    def too_long(self) -> Problem:
        """The request took too long."""
        return Problem(
            504,
            "PG607",
            f"the request took more than {self._settings.web_request_timeout:g} seconds",
            hint="Ask for less at a time; PGEARS_WEB_REQUEST_TIMEOUT sets the limit.",
        )


async def read_body(receive: Receive, headers: dict[str, str], limit: int) -> bytes:
    """The body of a request; PG608 when it is larger than the limit."""
    length = headers.get("content-length", "")
    if length.isdecimal() and int(length) > limit:
        raise _too_large(limit)
    found: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Problem(400, "PGRST102", "The body of the request ended early")
        part: bytes = message.get("body", b"")
        size += len(part)
        if size > limit:
            raise _too_large(limit)
        found.append(part)
        if not message.get("more_body", False):
            return b"".join(found)


def _too_large(limit: int) -> Problem:
    return Problem(
        413,
        "PG608",
        f"the body of the request has more than {limit} bytes",
        hint="Send fewer records at a time; PGEARS_WEB_MAX_BODY sets the limit.",
        headers={"Connection": "close"},
    )
