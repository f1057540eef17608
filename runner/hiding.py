"""Secrets that this process has read, taken out of what it tells: logs, errors, outputs.

Servers repeat what they were sent, libraries put what they were given into their errors. So
whoever reads a secret remembers it here, and text that leaves the process passes hide().
"""

from __future__ import annotations

import base64
import json
import logging
import threading
from collections.abc import Iterator
from urllib.parse import quote

SHORTEST = 8
"""Shorter ones are no secrets, and would be found in words."""
HIDDEN = "***"

MOST = 1_000
"""Forms of passing secrets, such as access tokens: the oldest of them are long over."""

_lock = threading.Lock()
_lasting: set[str] = set()
_passing: dict[str, None] = {}
_longest_first: tuple[str, ...] = ()


def remember(secret: str | None, login: str = "", *, passing: bool = False) -> None:
    """Keep a secret, and the forms in which protocols carry it, out of all that is told.

    Passing ones are soon replaced by others; the last of them are kept.
    """
    global _longest_first
    if secret is None or len(secret.strip()) < SHORTEST or secret == login:
        return
    forms = set(_forms(secret.strip(), login))
    with _lock:
        if forms <= _lasting | _passing.keys():
            return
        if passing:
            _passing.update(dict.fromkeys(forms))
            while len(_passing) > MOST:
                del _passing[next(iter(_passing))]
        else:
            _lasting.update(forms)
        # One form can be part of another.
        _longest_first = tuple(sorted(_lasting | _passing.keys(), key=len, reverse=True))


def _forms(secret: str, login: str) -> Iterator[str]:
    yield secret
    yield quote(secret, safe="")
    yield json.dumps(secret)[1:-1]
    yield from (line for line in secret.splitlines() if len(line) >= 2 * SHORTEST)
    for text in (secret, f"{login}:{secret}", f"\0{login}\0{secret}"):
        yield base64.b64encode(text.encode("utf-8", "surrogatepass")).decode().rstrip("=")


def hide(text: str) -> str:
    """The text without any secret that is known."""
    for secret in _longest_first:
        if secret in text:
            text = text.replace(secret, HIDDEN)
    return text


class Hiding(logging.Formatter):
    """Formats as another formatter does, and hides secrets in the result, tracebacks included."""

    def __init__(self, inner: logging.Formatter) -> None:
        super().__init__()
        self.inner = inner

    def format(self, record: logging.LogRecord) -> str:
        """The line, or lines, of a record."""
        return hide(self.inner.format(record))


def hide_in_logs() -> None:
    """Have every handler of the root logger hide secrets; call it once logging is set up."""
    for handler in [*logging.getLogger().handlers, logging.lastResort]:
        if handler is not None and not isinstance(handler.formatter, Hiding):
            handler.setFormatter(Hiding(handler.formatter or logging.Formatter()))
