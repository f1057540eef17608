"""The log of a process: a line per event, for people or as JSON, with the id it belongs to.

Passwords in URLs and connection strings, and bearer tokens, are masked whatever wrote them.
"""

from __future__ import annotations

import json
import logging
import re
import sys
from datetime import UTC, datetime

from . import outages
from .config import Settings
from .correlation import current
from .hiding import hide

QUIET = ("psycopg", "aiosmtplib", "asyncio", "httpx", "httpcore")
"""Libraries whose messages are heard from warnings on."""
EXTRAS = ("task", "kind", "outcome", "attempt", "seconds", "method", "path", "status", "request")
"""What events may say beside their message."""
SECRETS = (
    (re.compile(r"(://[^\s:/@]*:)[^\s@]+(@)"), r"\1***\2"),
    (
        re.compile(
            r"(?i)([\w-]*(?:password|passwd|pwd|secret|token))(\s*[=:]\s*)"
            r"('[^']*'|\"[^\"]*\"|[^\s,;&]+)"
        ),
        r"\1\2***",
    ),
    (re.compile(r"(?i)\b(bearer|basic)\s+[a-z0-9._~+/=-]{8,}"), r"\1 ***"),
)


def configure(settings: Settings) -> None:
    """Log to stderr as the settings say; called once, by the command that runs for long."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines() if settings.log == "json" else Lines())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.DEBUG if settings.debug else logging.INFO)
    for library in QUIET:
        logging.getLogger(library).setLevel(logging.WARNING)
    pools = logging.getLogger(outages.LOGGER)
    pools.setLevel(logging.INFO)
    pools.filters[:] = [outages.Outages()]


def masked(text: str) -> str:
    """The text without secrets that this process knows, and without what looks like one."""
    text = hide(text)
    for pattern, replacement in SECRETS:
        text = pattern.sub(replacement, text)
    return text


def _correlation(record: logging.LogRecord) -> str | None:
    found = getattr(record, "correlation", None) or current.get()
    return None if found is None else str(found)


class Lines(logging.Formatter):
    """Time, level, message, and the id in brackets."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(message)s")

    def format(self, record: logging.LogRecord) -> str:
        """A line; a traceback has more."""
        text = masked(super().format(record))
        id = _correlation(record)
        if id is None:
            return text
        first, newline, rest = text.partition("\n")
        return f"{first} [{id}]{newline}{rest}"


class JsonLines(logging.Formatter):
    """An object a line: time, level, logger, message, correlation, and what the event has."""

    def format(self, record: logging.LogRecord) -> str:
        """One line, whatever the message holds."""
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        found: dict[str, object] = {
            "time": at.replace("+00:00", "Z"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": masked(record.getMessage()),
        }
        id = _correlation(record)
        if id is not None:
            found["correlation"] = id
        for name in EXTRAS:
            value = getattr(record, name, None)
            if value is not None:
                found[name] = masked(value) if isinstance(value, str) else value
        if record.exc_info:
            found["exception"] = masked(self.formatException(record.exc_info))
        return json.dumps(found, ensure_ascii=False, default=str)
