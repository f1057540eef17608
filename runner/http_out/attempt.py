"""One attempt of a call: the request, redirections within limits, the answer.

What is known when an attempt breaks off decides whether it may be made again: before the
first byte of the request was sent the other system knows nothing; after that, only a whole
answer tells. A redirection that turns POST into GET is an answer to be fetched.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import httpx

from ..hiding import hide
from ..secrets import SecretMissing
from ..texts import storable
from ..tokens import TokenRefused
from .addresses import Forbidden
from .answers import headers_of, read_body, retry_after
from .credentials import Tokens, authentication, grant_of, signed

USER_AGENT = "pgears"
IMPERSONAL = frozenset(
    (
        *("accept", "accept-charset", "accept-encoding", "accept-language", "user-agent"),
        *("content-type", "content-encoding", "content-language", "content-length"),
        *("host", "connection", "transfer-encoding"),
    )
)
"""Headers that say what is asked for, and nothing of who asks."""


@dataclass(slots=True)
class Result:
    """How an attempt ended, as http.settle_call takes it."""

    outcome: Literal["answered", "failed", "unknown", "refused"]
    error: str | None = None
    status: int | None = None
    headers: Mapping[str, str] | None = None
    body: bytes | None = None
    truncated: bool = False
    retry_after: float | None = None
    duration: float = 0.0

    def as_json(self) -> dict[str, Any]:
        """All but the body."""
        return {
            "outcome": self.outcome,
            "error": self.error and hide(storable(self.error))[:2000],
            "status": self.status,
            "headers": self.headers and {k: hide(v) for k, v in self.headers.items()},
            "truncated": self.truncated,
            "retry_after": self.retry_after,
            "duration": self.duration,
        }


@dataclass(slots=True)
class Progress:
    """How far an attempt has come, readable when it is broken off."""

    sent: bool = False
    done: bool = False
    """A redirection says that the answer is elsewhere: what was asked for is done."""
    begun: float = field(default_factory=time.monotonic)

    async def trace(self, event: str, info: Mapping[str, Any]) -> None:
        """Told by httpcore what happens."""
        if event == "http11.send_request_headers.started":
            self.sent = True

    def broken(self, error: str) -> Result:
        """The result of an attempt that did not come to its end."""
        return self.ended(Result("unknown" if self.sent or self.done else "failed", error))

    def ended(self, result: Result) -> Result:
        """The result with the time that it took."""
        result.duration = time.monotonic() - self.begun
        return result


async def attempt(
    call: Mapping[str, Any],
    body: bytes | None,
    client: httpx.AsyncClient,
    tokens: Tokens,
    progress: Progress,
) -> Result:
    """Make a call once; every way in which it can end is a result."""
    try:
        async with asyncio.timeout(float(call["timeout"])):
            return progress.ended(await _exchange(call, body or b"", client, tokens, progress))
    except TimeoutError:
        return progress.broken(f"time-out after {float(call['timeout']):g} s")
    except Forbidden as error:
        return progress.ended(Result("refused", str(error)))
    except (SecretMissing, TokenRefused) as error:
        return progress.ended(Result("failed", str(error)))
    except (httpx.InvalidURL, httpx.UnsupportedProtocol, httpx.LocalProtocolError) as error:
        return progress.ended(Result("refused", f"the request cannot be made: {error}"))
    except httpx.HTTPError as error:
        return progress.broken(f"{type(error).__name__}: {error}".rstrip(": "))


async def _exchange(
    call: Mapping[str, Any],
    body: bytes,
    client: httpx.AsyncClient,
    tokens: Tokens,
    progress: Progress,
) -> Result:
    request = client.build_request(
        call["method"],
        call["url"],
        headers=_headers(call)
        | await signed(call, body)
        | _lower(await authentication(call, tokens, client)),
        content=body if body or call["method"] in ("POST", "PUT", "PATCH") else None,
    )
    for left in range(int(call.get("redirects", 0)), -1, -1):
        progress.sent = False
        request.extensions["trace"] = progress.trace
        response = await client.send(request, stream=True)
        try:
            if left == 0 or response.next_request is None:
                return await _read(call, response, tokens)
            progress.done = progress.done or response.next_request.method != request.method
            request = _redirected(request, response.next_request, _idempotency(call))
        finally:
            await response.aclose()
    raise AssertionError("the last turn returns")


def _headers(call: Mapping[str, Any]) -> dict[str, str]:
    # One of each name: what a call gives comes before what its target gives.
    return {
        "user-agent": USER_AGENT,
        "accept": "*/*",
        "accept-encoding": "gzip",
        **({"content-type": call["content_type"]} if call.get("content_type") else {}),
        **_lower(call.get("headers", {})),
        **_lower(call["call_headers"]),
        _idempotency(call): str(call["key"]),
    }


def _idempotency(call: Mapping[str, Any]) -> str:
    return str(call.get("idempotency_header", "Idempotency-Key")).lower()


def _lower(headers: Mapping[str, Any]) -> dict[str, str]:
    return {str(name).lower(): str(value).strip() for name, value in headers.items()}


def _redirected(former: httpx.Request, request: httpx.Request, idempotency: str) -> httpx.Request:
    """The request to the new place; another host is told what is asked, not who asks.

    Headers of the target and of the call may hold keys under any name, so of these only those that
    say what the content is go along; the signature is for the host that it was made for.
    """
    if former.url.scheme == "https" and request.url.scheme != "https":
        raise Forbidden(f"a redirection leaves https for {request.url.scheme}")
    if former.url.host != request.url.host or former.url.port != request.url.port:
        for name in set(request.headers) - {*IMPERSONAL, idempotency}:
            del request.headers[name]
    return request


async def _read(call: Mapping[str, Any], response: httpx.Response, tokens: Tokens) -> Result:
    if response.status_code == 401 and call.get("auth") == "oauth2":
        tokens.forget(grant_of(call))
    try:
        body = await read_body(response, int(call.get("max_response", 1_048_576)))
    except httpx.HTTPError as error:
        raise httpx.ReadError(
            f"answered {response.status_code}, then the answer broke off: "
            f"{error or type(error).__name__}"
        ) from error
    trouble = None
    if response.next_request is not None:
        trouble = f"answered {response.status_code}: a redirection that the target does not follow"
    return Result(
        "answered",
        trouble,
        response.status_code,
        headers_of(response),
        body.content,
        body.truncated,
        retry_after(response),
    )
