"""One request as the rest sees it: who, how, what for, and with which wishes."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http.cookies import CookieError, SimpleCookie
from typing import Any
from urllib.parse import unquote

from .auth import Caller
from .media import Kind
from .preferences import Preferences
from .problem import Problem

Headers = dict[str, str]

READING = ("GET", "HEAD")


@dataclass(slots=True)
class Request:
    """A request whose caller, schema and kind of answer are known."""

    method: str
    path: str
    target: str
    query: bytes
    headers: Headers
    caller: Caller
    schema: str
    negotiated: bool
    kind: Kind
    preferences: Preferences
    body: bytes = b""

    @property
    def reads(self) -> bool:
        """True for GET and HEAD."""
        return self.method in READING

    def headers_json(self) -> str:
        """Headers for request.headers."""
        return json.dumps(self.headers)

    def cookies_json(self) -> str:
        """Cookies for request.cookies."""
        header = self.headers.get("cookie")
        if not header:
            return "{}"
        try:
            return json.dumps({name: morsel.value for name, morsel in SimpleCookie(header).items()})
        except CookieError:
            return "{}"


@dataclass(slots=True)
class Answer:
    """What goes back."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes = b""


def read_headers(raw: Sequence[tuple[bytes, bytes]]) -> tuple[Headers, list[str]]:
    """Headers by name in lower case, and all headers Prefer."""
    found: Headers = {}
    wishes: list[str] = []
    for name, value in raw:
        key, text = name.decode("latin-1").lower(), value.decode("latin-1")
        if key == "prefer":
            wishes.append(text)
        found[key] = f"{found[key]}, {text}" if key in found else text
    return found, wishes


def read_path(scope: Mapping[str, Any]) -> list[str]:
    """Segments of the path, decoded; a slash within a name is %2F."""
    raw: bytes = scope.get("raw_path") or scope["path"].encode()
    prefix = scope.get("root_path", "").encode()
    if prefix and raw.startswith(prefix):
        raw = raw[len(prefix) :]
    if b"%" not in raw and raw.isascii():
        return [part for part in raw.decode("ascii").split("/") if part]
    try:
        found = [unquote(part, errors="strict") for part in raw.decode("ascii").split("/")]
    except UnicodeError as error:
        raise Problem(404, "PGRST125", "Invalid path specified in request URL") from error
    if any("\0" in part for part in found):
        raise Problem(404, "PGRST125", "Invalid path specified in request URL")
    return [part for part in found if part]


def logged_path(path: str) -> str:
    """A path for the log: the token of a link is its key, and stays out."""
    before, link, _ = path.partition("/link/")
    return f"{before}/link/***" if link else path


def choose_schema(headers: Headers, schemas: Sequence[str], *, reads: bool) -> tuple[str, bool]:
    """The schema that a request means, and whether it said so; PGRST106 when not exposed."""
    name = headers.get("accept-profile" if reads else "content-profile")
    if name is None:
        return schemas[0], len(schemas) > 1
    if name not in schemas:
        raise Problem(
            406,
            "PGRST106",
            f"Invalid schema: {name}",
            hint=f"Only the following schemas are exposed: {', '.join(schemas)}",
        )
    return name, True
