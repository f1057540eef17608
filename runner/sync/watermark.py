"""How far a source was read: the highest watermark, and where the next run begins before it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from ..errors import UserError


class Watermark:
    """Keeps the highest value seen, of one kind."""

    def __init__(self, position: Mapping[str, str] | None) -> None:
        self.value = None if position is None else _value(position)

    def see(self, value: Any) -> None:
        """One more value; null says nothing."""
        if value is None:
            return
        try:
            if self.value is None or value > self.value:
                self.value = value
        except TypeError:
            raise UserError(
                f"the watermark is now of the type {type(value).__name__},"
                f" and was {type(self.value).__name__}",
                "Change the definition of the synchronisation, so that it begins anew.",
            ) from None

    def start(self, overlap: float | None) -> Any:
        """The lowest value that the next run reads; None for everything."""
        if self.value is None or overlap is None:
            return self.value
        match self.value:
            case datetime() | date():
                return self.value - timedelta(seconds=overlap)
            case str():
                return _before(self.value, timedelta(seconds=overlap))
            case int():
                return self.value - int(overlap)
            case _:
                return self.value - type(self.value)(str(overlap))

    def position(self) -> dict[str, str] | None:
        """As the database keeps it."""
        if self.value is None:
            return None
        text = self.value.isoformat() if isinstance(self.value, date) else str(self.value)
        return {"type": type(self.value).__name__, "value": text}


def _value(position: Mapping[str, str]) -> Any:
    kinds: dict[str, Any] = {
        "datetime": datetime.fromisoformat,
        "date": date.fromisoformat,
        "int": int,
        "float": float,
        "Decimal": Decimal,
    }
    return kinds.get(position.get("type", "str"), str)(position["value"])


def _before(text: str, span: timedelta) -> str:
    """The same way of writing a time, earlier: databases without times compare them as texts."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise UserError(
            f"the watermark {text[:40]} is a text that is no time",
            "Leave the overlap out, or name a column with times or numbers.",
        ) from None
    if len(text) <= 10:
        return (moment - span).date().isoformat()
    return (moment - span).isoformat(text[10])
