"""How much of a message the email package is given: what it costs can grow with the square.

A subject of 200 KB in encoded words took 2 GB, a Content-Type of semicolons minutes, a million
empty parts a GB. Such a message is no letter: it is put aside whole, and read by nobody's hands.
"""

from __future__ import annotations

from email.message import EmailMessage
from email.policy import EmailPolicy, Policy
from typing import Any

from .remembering import HEADERS, LONGEST

MOST_PARTS = 10_000
MOST_HEADERS = 100_000
COST = 20_480**2
"""Squares of the lengths of parsed headers together: one of 20 KB, or a hundred of 2 KB."""
DEAR = ("content-type", "content-disposition")
"""Headers whose parameters cost more: half as long."""


class TooMuch(ValueError):
    """A message that would cost too much to take apart."""


class Budget:
    """What is left for one message."""

    def __init__(self) -> None:
        self.parts = MOST_PARTS
        self.headers = MOST_HEADERS
        self.cost = COST
        self.long: dict[tuple[str, str], Any] = {}
        """Long headers that are parsed: each is asked for many times."""

    def part(self, policy: Policy) -> EmailMessage:
        """Another part."""
        self.parts -= 1
        if self.parts < 0:
            raise TooMuch(f"it has more than {MOST_PARTS} parts")
        return EmailMessage(policy=policy)

    def header(self) -> None:
        """Another line of a head."""
        self.headers -= 1
        if self.headers < 0:
            raise TooMuch(f"it has more than {MOST_HEADERS} headers")

    def parsed(self, name: str, value: Any) -> Any:
        """A header, parsed."""
        if len(value) <= LONGEST:
            return HEADERS(name, value)
        if (name, value) not in self.long:
            self.cost -= len(value) ** 2 * (4 if name.lower() in DEAR else 1)
            if self.cost < 0:
                raise TooMuch(f"the header {name[:80]} is too long to be read: {len(value)} bytes")
            self.long[name, value] = HEADERS(name, value)
        return self.long[name, value]


class Incoming(EmailPolicy):
    """The default policy, with a budget for each message."""

    budget: Budget | None = None

    def header_source_parse(self, sourcelines: list[str]) -> tuple[str, str]:
        """Count it."""
        if self.budget is not None:
            self.budget.header()
        return super().header_source_parse(sourcelines)


BASE = Incoming()


def incoming() -> Incoming:
    """The policy for one message from outside."""
    budget = Budget()
    return BASE.clone(
        budget=budget,  # type: ignore[call-arg]  # an attribute of this class
        header_factory=budget.parsed,
        message_factory=budget.part,
    )
