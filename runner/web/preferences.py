"""The header Prefer: what a client wishes for, and what was granted."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from typing import Literal, cast
from zoneinfo import available_timezones

from .problem import Problem

WORDS = {
    "return": ("minimal", "headers-only", "representation"),
    "count": ("exact", "planned", "estimated"),
    "resolution": ("merge-duplicates", "ignore-duplicates"),
    "missing": ("default", "null"),
    "handling": ("strict", "lenient"),
    "tx": ("commit", "rollback"),
    "on-error": ("continue", "stop"),
    "read": ("primary",),
}


@dataclass(frozen=True, slots=True)
class Preferences:
    """Preferences of a request; what was not said is None."""

    answer: Literal["minimal", "headers-only", "representation"] | None = None
    count: Literal["exact", "planned", "estimated"] | None = None
    resolution: Literal["merge-duplicates", "ignore-duplicates"] | None = None
    missing: Literal["default", "null"] | None = None
    handling: Literal["strict", "lenient"] | None = None
    tx: Literal["commit", "rollback"] | None = None
    on_error: Literal["continue", "stop"] | None = None
    read: Literal["primary"] | None = None
    max_affected: int | None = None
    timezone: str | None = None
    invalid: tuple[str, ...] = field(default=())

    def applied(self, *names: str) -> str:
        """The value of Preference-Applied: those of these names that were said."""
        if self is NONE:
            return ""
        said = {
            "resolution": self.resolution,
            "missing": self.missing,
            "return": self.answer,
            "count": self.count,
            "tx": self.tx,
            "handling": self.handling,
            "timezone": self.timezone,
            "max-affected": self.max_affected,
            "on-error": self.on_error,
            "read": self.read,
        }
        return ", ".join(f"{n}={said[n]}" for n in said if n in names and said[n] is not None)


NONE = Preferences()


def parse_preferences(headers: Iterable[str]) -> Preferences:
    """Read the headers; with handling=strict an unknown preference is PGRST122."""
    found: dict[str, str] = {}
    invalid: list[str] = []
    for header in headers:
        for part in header.split(","):
            name, _, value = (text.strip() for text in part.partition("="))
            if not name:
                continue
            if not _known(name, value):
                invalid.append(part.strip())
            else:
                found.setdefault(name, value)
    if found.get("handling") == "strict" and invalid:
        raise Problem(
            400,
            "PGRST122",
            "Invalid preferences given with handling=strict",
            details=f"Invalid preferences: {', '.join(invalid)}",
        )
    most = found.get("max-affected")
    return Preferences(
        answer=cast(Literal["minimal"], found.get("return")),
        count=cast(Literal["exact"], found.get("count")),
        resolution=cast(Literal["merge-duplicates"], found.get("resolution")),
        missing=cast(Literal["default"], found.get("missing")),
        handling=cast(Literal["strict"], found.get("handling")),
        tx=cast(Literal["commit"], found.get("tx")),
        on_error=cast(Literal["continue"], found.get("on-error")),
        read=cast(Literal["primary"], found.get("read")),
        max_affected=int(most) if most is not None and found.get("handling") == "strict" else None,
        timezone=found.get("timezone"),
        invalid=tuple(invalid),
    )


def _known(name: str, value: str) -> bool:
    if name in WORDS:
        return value in WORDS[name]
    if name == "max-affected":
        return value.isascii() and value.isdecimal() and len(value) < 10
    return name == "timezone" and value in _zones()


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())
