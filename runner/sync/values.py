"""Values of other databases as PostgreSQL reads them, and the way back."""

from __future__ import annotations

import json
import math
import uuid
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import types
from sqlalchemy.types import TypeEngine


class Unfit(Exception):
    """A value that the other side of the synchronisation cannot hold."""


def to_text(value: Any, type: str, zone: ZoneInfo) -> str | None:
    """A value as a driver gives it, as the text that PostgreSQL casts to the type.

    Times without a zone are of the zone given. Whole numbers lose a fraction of zero.
    """
    match value:
        case None:
            return None
        case bool():
            return "true" if value else "false"
        case str():
            text = value
        case Decimal() | float():
            whole = type == "bigint" and math.isfinite(value) and value == int(value)
            text = str(int(value)) if whole else str(value)
        case datetime():
            text = (value if value.tzinfo else value.replace(tzinfo=zone)).isoformat(" ")
            if type == "date":
                day = value.astimezone(zone) if value.tzinfo else value
                text = day.date().isoformat()
        case date() | time():
            text = value.isoformat()
        case bytes() | bytearray() | memoryview():
            text = _bytes(bytes(value), type)
        case dict() | list():
            text = json.dumps(value, ensure_ascii=False, default=str)
        case _:
            text = str(value)
    if "\0" in text:
        raise Unfit("a text with a NUL character, which PostgreSQL cannot store")
    return text


def _bytes(value: bytes, type: str) -> str:
    if type == "uuid" and len(value) == 16:
        return str(uuid.UUID(bytes=value))
    if type == "boolean" and len(value) == 1:
        return "true" if value != b"\0" else "false"
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError:
        raise Unfit("bytes that are no text in UTF-8") from None


def binder(column: TypeEngine[Any], type: str, zone: ZoneInfo) -> Callable[[str | None], Any]:
    """How texts of PostgreSQL, of a type there, become values for a column of another database."""
    convert = _converter(column, type, zone)

    def bind(text: str | None) -> Any:
        if text is None:
            return None
        try:
            return convert(text)
        except (ValueError, ArithmeticError):
            raise Unfit(f"{text[:80]!r} is not of the type {column}") from None

    return bind


def _converter(column: TypeEngine[Any], type: str, zone: ZoneInfo) -> Callable[[str], Any]:
    if isinstance(column, types.Boolean):
        return _truth
    if isinstance(column, types.Integer):
        return (lambda text: int(_truth(text))) if type == "boolean" else int
    if isinstance(column, types.Float):
        return float
    if isinstance(column, types.Numeric):
        return Decimal
    if isinstance(column, types.DateTime):
        aware = bool(getattr(column, "timezone", False))
        return lambda text: _moment(text, type, zone, aware)
    if isinstance(column, types.Date):
        if type == "timestamptz":
            return lambda text: _moment(text, type, zone, aware=False).date()
        return lambda text: date.fromisoformat(text[:10])
    if isinstance(column, types.Time):
        return time.fromisoformat
    if isinstance(column, types.Interval):
        return lambda text: timedelta(seconds=float(text))
    if isinstance(column, types.Uuid):
        return uuid.UUID
    if isinstance(column, types.LargeBinary):
        return lambda text: text.encode("utf-8")
    if type == "timestamptz":
        return lambda text: _moment(text, type, zone, False).isoformat(" ")
    return str


def _truth(text: str) -> bool:
    return {"true": True, "false": False, "1": True, "0": False}[text.lower()]


def _moment(text: str, type: str, zone: ZoneInfo, aware: bool) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=zone)
    moment = moment.astimezone(zone)
    return moment if aware else moment.replace(tzinfo=None)
