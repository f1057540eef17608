"""Asks the web service from within: the same grammar, SQL and rights, without a socket.

Pages are a door of their own. They have the account of the session in place of a token, and
neither the switch of the web service nor the flag of a class is asked; rights always are.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from psycopg_pool import AsyncConnectionPool

from ..auth import Caller
from ..catalogue import Catalogue
from ..exchange import Step
from ..handler import Rest
from ..media import accepted
from ..preferences import NONE, parse_preferences
from ..request import Answer, Request
from ..service import Service, Shelf

SCHEMA = "api"


class OpenLibrary:
    """The library with every class served."""

    def __init__(self, library: Shelf) -> None:
        self._library = library
        self._of: Catalogue | None = None
        self._open: Catalogue | None = None

    @property
    def current(self) -> Catalogue:
        """The catalogue of the library, its flags of classes set."""
        now = self._library.current
        if self._open is None or self._of is not now:
            relations = {name: replace(r, served=True) for name, r in now.relations.items()}
            self._of, self._open = now, replace(now, relations=relations)
        return self._open

    async def is_newer(self, seen: Catalogue) -> bool:
        """Whether there is a newer catalogue than the one seen."""
        known = self._of if seen is self._open and self._of is not None else seen
        return await self._library.is_newer(known)


class Inquiry:
    """Asks on behalf of an account."""

    def __init__(self, service: Service) -> None:
        self.pool: AsyncConnectionPool[Any] = service.pool
        inner = Service(
            service.settings,
            service.pool,
            OpenLibrary(service.library),
            service.authenticator,
            door="page",
        )
        # What is prepared on a connection of the pool has one keeper.
        inner.exchange = service.exchange
        self.service = inner
        self._standby = service.standby
        self._rest = Rest(inner)

    async def ask(
        self,
        account: str,
        method: str,
        path: Sequence[str],
        query: Sequence[tuple[str, str]] = (),
        *,
        body: Any = None,
        prefer: str = "",
        accept: str = "application/json",
        language: str = "",
    ) -> Answer:
        """The answer of the web service; a refusal is a Problem or an error of PostgreSQL."""
        headers = {"accept-language": language}
        if body is not None:
            headers["content-type"] = "application/json"
        request = Request(
            method,
            "/" + "/".join(path),
            "/" + "/".join(path),
            urlencode(query).encode(),
            headers,
            caller_of(account),
            SCHEMA,
            False,
            accepted(accept),
            parse_preferences([prefer]) if prefer else NONE,
        )
        if body is not None:
            request.body = json.dumps(body, default=str).encode()
        try:
            return await self._rest.answer(request, list(path))
        finally:
            if not request.reads:
                self._wrote(account)

    async def call(self, caller: Caller, text: str, values: Sequence[str | None]) -> Any:
        """The JSON that a statement with $1, $2 gives as the caller; null is None."""
        row = await self.row(caller, text, values)
        return json.loads(row[0]) if row and row[0] is not None else None

    async def row(
        self, caller: Caller, text: str, values: Sequence[str | None]
    ) -> list[bytes | None]:
        """The first row of a statement with $1, $2 as the caller, each value as its text."""
        request = Request("POST", "/", "/", b"", {}, caller, SCHEMA, False, "json", NONE)
        step: Step = (text.encode(), [None if v is None else v.encode() for v in values])
        try:
            (result,) = await self.service.run(request, [step], reads=False)
        finally:
            self._wrote(caller.role)
        if not result.ntuples:
            return []
        found = (result.get_value(0, column) for column in range(result.nfields))
        return [None if value is None else bytes(value) for value in found]

    def _wrote(self, account: str) -> None:
        """Pages read from the primary; what the account asks the web service shall, too."""
        if self._standby is not None:
            self._standby.wrote(account)


def caller_of(account: str) -> Caller:
    """Who asks, as the rest of the web service sees it."""
    return Caller(account, json.dumps({"role": account}), anonymous=False)


def rows_of(answer: Answer) -> list[dict[str, Any]]:
    """The rows of an answer in JSON, no digit of a number lost."""
    found: list[dict[str, Any]] = json.loads(answer.body or b"[]", parse_float=Decimal)
    return found


def total_of(answer: Answer) -> int | None:
    """Rows in all, from Content-Range, where they were counted."""
    headers: Mapping[str, str] = dict(answer.headers)
    total = headers.get("Content-Range", "*/*").rpartition("/")[2]
    return int(total) if total.isdigit() else None
