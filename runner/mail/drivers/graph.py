"""Messages of a folder in Microsoft Graph, by its delta query.

Ids are immutable ones, which outlast a move and a new beginning. Each page of changes has
the link of the next: the cursor is a link, and moves on when the whole page is stored. A
link leads to the server that was configured, or is not followed: it carries the token.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import quote

import httpx

from ...secrets import SecretMissing
from ...tokens import Grant, TokenRefused, access_token, forget_token
from .contract import Cursor, Fetched, Listing, MailboxUnreachable

PUBLIC = "https://graph.microsoft.com/v1.0"
GONE = (404, 410)


class Graph:
    """One folder of one mailbox."""

    def __init__(self, definition: Mapping[str, Any]) -> None:
        self.base = httpx.URL((definition.get("url") or PUBLIC).rstrip("/"))
        self.user = f"/users/{quote(definition['address'], safe='')}"
        self.source = quote(definition.get("source_folder") or "inbox", safe="")
        self.after: str = definition["after_read"]
        self.target: str = definition["folder"]
        self.grant = Grant.of(definition)
        self.secret_expires: datetime | None = None
        self._target_id: str | None = None
        self._client = httpx.Client(
            timeout=float(definition.get("timeout_seconds") or 60), follow_redirects=False
        )

    def listing(self, cursor: Cursor | None, limit: int) -> Listing:
        """One page of changes; what is gone is left out."""
        link = None if cursor is None else cursor["link"]
        again = cursor is not None and bool(cursor.get("again"))
        first = cursor is None or bool(cursor.get("first"))
        response = self._ask("GET", link or self._start(), pages=limit)
        if response.status_code == 410 and link is not None:
            again = True
            response = self._ask("GET", self._start(), pages=limit)
        answer = self._json(response)
        items = [item for item in answer.get("value", ()) if "@removed" not in item]
        if first and not again and self.after != "keep":
            # What was there at the first contact and was read by somebody is not new.
            items = [item for item in items if not item.get("isRead")]
        items.sort(key=lambda item: str(item.get("receivedDateTime") or ""))
        onward = answer.get("@odata.nextLink")
        following = onward or answer.get("@odata.deltaLink")
        if not isinstance(following, str):
            raise MailboxUnreachable(f"{self.base.host} gave neither a next nor a delta link")
        self._same_origin(following)
        return Listing(
            [str(item["id"]) for item in items],
            {
                "link": following,
                "first": first and onward is not None,
                "again": again and onward is not None,
            },
            onward is not None,
        )

    def fetch(self, keys: Sequence[str]) -> Iterator[Fetched]:
        """The MIME content of each."""
        for key in keys:
            response = self._ask("GET", f"{self._message(key)}/$value")
            if response.status_code == 200:
                yield Fetched(key, response.content)
            elif response.status_code in GONE:
                yield Fetched(key)
            else:
                yield Fetched(key, error=_refusal(response))

    def after_read(self, keys: Sequence[str]) -> None:
        """Keep, mark as read, move, or delete."""
        for key in keys:
            if self.after == "keep":
                return
            if self.after == "delete":
                response = self._ask("DELETE", self._message(key))
            else:
                response = self._ask("PATCH", self._message(key), {"isRead": True})
                if self.after == "move" and response.is_success:
                    body = {"destinationId": self._target()}
                    response = self._ask("POST", f"{self._message(key)}/move", body)
            if not response.is_success and response.status_code not in GONE:
                raise MailboxUnreachable(f"{self.base.host}: {_refusal(response)}")

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def cut(self) -> None:
        """Close the connections; a request that is under way ends."""
        self._client.close()

    def _start(self) -> str:
        folder = f"{self.user}/mailFolders/{self.source}"
        return f"{folder}/messages/delta?$select=isRead,receivedDateTime"

    def _message(self, key: str) -> str:
        return f"{self.user}/messages/{quote(key, safe='')}"

    def _target(self) -> str:
        """Id of the folder below the inbox that messages are moved to, made when it is missing."""
        if self._target_id is None:
            folders = f"{self.user}/mailFolders/inbox/childFolders"
            found = self._json(self._ask("GET", f"{folders}?$top=250"))
            ids = [
                folder["id"]
                for folder in found.get("value", ())
                if folder.get("displayName") == self.target
            ]
            if not ids:
                made = self._json(self._ask("POST", folders, {"displayName": self.target}))
                ids = [made["id"]]
            self._target_id = str(ids[0])
        return self._target_id

    def _ask(
        self, method: str, address: str, body: Mapping[str, Any] | None = None, pages: int = 0
    ) -> httpx.Response:
        prefer = ['IdType="ImmutableId"'] + ([f"odata.maxpagesize={pages}"] if pages else [])
        url = self._same_origin(address)
        for attempt in (1, 2):
            try:
                token = access_token(self.grant)
                self.secret_expires = token.refresh_expires or self.secret_expires
                response = self._client.request(
                    method,
                    url,
                    json=body,
                    headers={
                        "Authorization": f"Bearer {token.value}",
                        "Prefer": ", ".join(prefer),
                    },
                )
            except (httpx.HTTPError, httpx.InvalidURL, SecretMissing, TokenRefused) as error:
                raise MailboxUnreachable(
                    f"{self.base.host}: {error or type(error).__name__}"
                ) from error
            if response.status_code == 401 and attempt == 1:
                forget_token(self.grant)  # it may have been revoked: one more with a new one
                continue
            break
        if response.status_code in (401, 403):
            raise MailboxUnreachable(f"{self.base.host} refuses access: {_refusal(response)}")
        if response.status_code in (429, 503, 504):
            wait = response.headers.get("Retry-After", "")
            raise MailboxUnreachable(
                f"{self.base.host} wants fewer requests: {_refusal(response)}",
                float(wait) if wait.isdecimal() else 60.0,
            )
        return response

    def _json(self, response: httpx.Response) -> Mapping[str, Any]:
        if not response.is_success:
            raise MailboxUnreachable(f"{self.base.host}: {_refusal(response)}")
        try:
            answer = response.json()
        except ValueError as error:
            raise MailboxUnreachable(f"{self.base.host} answered no JSON") from error
        if not isinstance(answer, dict):
            raise MailboxUnreachable(f"{self.base.host} answered JSON that is no object")
        return answer

    def _same_origin(self, address: str) -> httpx.URL:
        """The address, when it leads to the server that was configured."""
        url = httpx.URL(f"{self.base}{address}" if address.startswith("/") else address)
        mine = (self.base.scheme, self.base.host, self.base.port)
        if (url.scheme, url.host, url.port) != mine or url.userinfo:
            raise MailboxUnreachable(f"{self.base.host} gave a link to {url.host}: not followed")
        return url


def _refusal(response: httpx.Response) -> str:
    words = ""
    try:
        error = response.json()["error"]
        words = f" {error.get('code', '')}: {error.get('message', '')}"
    except (ValueError, KeyError, TypeError, AttributeError):
        words = f" {response.reason_phrase}"
    return f"status {response.status_code}{words}"[:500]
