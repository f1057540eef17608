"""What of Microsoft Graph a mail needs to leave: drafts of a mailbox, made, looked at and sent.

An answer is one of three things: what was asked for, a refusal that stays one, or something that
passes by itself, of which the request may have been done (`unclear`) or not.
"""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

import httpx

from ..tokens import Grant, access_token, forget_token
from .drivers.graph import PUBLIC
from .message import wire_address

GONE = (404, 410)
BUSY = (429, 503)
PASSING = (401, 408, 409, 423, *BUSY)
FIELDS = "id,isDraft,toRecipients,ccRecipients,bccRecipients"


class Refused(Exception):
    """Graph does not do it, and would not another time; its code and message."""

    def __init__(self, message: str, status: int) -> None:
        super().__init__(message)
        self.status = status


class Passing(Exception):
    """Not done now; with `unclear` perhaps done, and nobody said so."""

    def __init__(
        self,
        message: str,
        status: int | None = None,
        after: float | None = None,
        *,
        unclear: bool = True,
    ) -> None:
        super().__init__(message)
        self.status, self.after, self.unclear = status, after, unclear


class GraphMailbox:
    """The mailbox that an account sends from."""

    def __init__(self, client: httpx.AsyncClient, account: Mapping[str, Any]) -> None:
        self.client = client
        self.base = (account["url"] or PUBLIC).rstrip("/")
        user = account["mailbox"] or wire_address(account["from_address"])
        self.messages = f"{self.base}/users/{quote(user, safe='')}/messages"
        self.grant = Grant.of(account)
        self.timeout = float(account["timeout_seconds"])

    async def create(self, mime: bytes) -> Mapping[str, Any]:
        """A draft in the folder for drafts."""
        content = base64.b64encode(mime)
        response = await self.ask("POST", self.messages, content=content, kind="text/plain")
        return object_of(response)

    async def address(self, draft: str, places: Mapping[str, Sequence[Mapping[str, Any]]]) -> None:
        """Make exactly these the recipients of a draft."""
        body = {
            f"{kind}Recipients": [
                {
                    "emailAddress": {
                        "address": wire_address(entry["address"]),
                        "name": entry["name"] or entry["address"],
                    }
                }
                for entry in entries
            ]
            for kind, entries in places.items()
        }
        await self.ask("PATCH", self.message(draft), json=body)

    async def send(self, draft: str) -> httpx.Response:
        """Send a draft; what was sent keeps its id."""
        return await self.ask("POST", f"{self.message(draft)}/send")

    async def look(self, draft: str) -> Mapping[str, Any] | None:
        """The item of an id, wherever it is now; None where nothing has it."""
        try:
            return object_of(await self.ask("GET", f"{self.message(draft)}?$select={FIELDS}"))
        except Refused as error:
            if error.status in GONE:
                return None
            # It tells nothing about the mail: ask another time.
            raise Passing(str(error), error.status) from error

    async def delete(self, draft: str) -> None:
        """Take a draft away."""
        try:
            await self.ask("DELETE", self.message(draft))
        except Refused as error:
            if error.status not in GONE:
                raise

    async def delete_drafts(self, message_id: str) -> None:
        """Take drafts with a Message-ID away: of attempts that ended before they knew the id."""
        literal = message_id.replace("'", "''")
        query = quote(f"internetMessageId eq '{literal}'", safe="")
        address = f"{self.messages}?$filter={query}&$select=id,isDraft"
        for item in object_of(await self.ask("GET", address)).get("value", ()):
            if item["isDraft"]:
                await self.delete(str(item["id"]))

    def message(self, draft: str) -> str:
        """Address of an item."""
        return f"{self.messages}/{quote(draft, safe='')}"

    async def ask(
        self,
        method: str,
        address: str,
        *,
        json: Any = None,
        content: bytes | None = None,
        kind: str | None = None,
    ) -> httpx.Response:
        """Ask with a token, and with a new one when it is refused."""
        for attempt in (1, 2):
            token = await asyncio.to_thread(access_token, self.grant, self.timeout)
            headers = {
                "Authorization": f"Bearer {token.value}",
                "Prefer": 'IdType="ImmutableId"',
            }
            if kind is not None:
                headers["Content-Type"] = kind
            response = await self.request(
                method, address, headers=headers, json=json, content=content
            )
            if response.status_code == 401 and attempt == 1:
                await asyncio.to_thread(forget_token, self.grant)
                continue
            break
        return checked(response)

    async def request(self, method: str, address: str, **more: Any) -> httpx.Response:
        """An answer, whatever it says."""
        try:
            return await self.client.request(method, address, timeout=self.timeout, **more)
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
            words = str(error) or type(error).__name__
            raise Passing(f"{self.base} cannot be reached: {words}", unclear=False) from error
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            words = str(error) or type(error).__name__
            raise Passing(f"{self.base} gave no answer: {words}") from error


def checked(response: httpx.Response) -> httpx.Response:
    """An answer that is none of the errors."""
    status = response.status_code
    if response.is_success:
        return response
    words = _words(response)
    if status in PASSING or status >= 500 or status < 400:
        wait = response.headers.get("Retry-After", "")
        after = float(wait) if wait.isdecimal() else None
        raise Passing(words, status, after, unclear=status not in PASSING)
    raise Refused(words, status)


def object_of(response: httpx.Response) -> Mapping[str, Any]:
    """What an answer says, as an object."""
    try:
        answer = response.json()
    except ValueError as error:
        raise Passing("Graph answered no JSON", response.status_code) from error
    if not isinstance(answer, dict):
        raise Passing("Graph answered JSON that is no object", response.status_code)
    return answer


def _words(response: httpx.Response) -> str:
    try:
        error = response.json()["error"]
        return f"{error.get('code', '')}: {error.get('message', '')}"
    except (ValueError, KeyError, TypeError, AttributeError):
        return response.reason_phrase or "no reason given"
