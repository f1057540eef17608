"""What a check of doctor found, and what mends it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Finding:
    """One check: fine, doubtful (works, but look) or wrong (does not work).

    A mend that ends with a semicolon is a statement, one that begins with pgears a command.
    """

    check: str
    state: Literal["fine", "doubtful", "wrong"]
    found: str
    mend: str = ""
