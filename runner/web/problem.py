"""An answer that says no: code, message, details and hint as clients of PostgREST read them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any


class Problem(Exception):
    """A request that is refused; the status is HTTP's, the code PGRSTnnn or an SQLSTATE."""

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        *,
        details: Any = None,
        hint: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.details = details
        self.hint = hint
        self.headers = dict(headers or {})

    def as_dict(self) -> dict[str, Any]:
        """The four keys of the body."""
        return {
            "code": self.code,
            "details": self.details,
            "hint": self.hint,
            "message": str(self),
        }

    def body(self) -> bytes:
        """The body as JSON; half a character, which a client may have sent, becomes a "?"."""
        return json.dumps(self.as_dict(), ensure_ascii=False).encode(errors="replace")


def parse_problem(what: str, text: str, position: int, expected: str) -> Problem:
    """PGRST100: a parameter of the query string cannot be read from this position on."""
    found = "end of input" if position >= len(text) else f'"{text[position]}"'
    return Problem(
        400,
        "PGRST100",
        f'"failed to parse {what} ({text})" (line 1, column {position + 1})',
        details=f"unexpected {found} expecting {expected}",
    )


def no_nul(text: str) -> str:
    """Text that PostgreSQL can hold: a zero character is refused."""
    if "\0" in text:
        raise Problem(400, "22021", "a value has a zero character, which text cannot hold")
    return text
