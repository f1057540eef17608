"""The body of a request that writes: records as JSON, CSV or a form."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from dataclasses import dataclass
from json.decoder import JSONDecodeError, JSONDecoder
from typing import Any, NoReturn

from .problem import Problem
from .query import read_pairs
from .request import Headers

JSON_MEDIA = (
    "application/json",
    "application/vnd.pgrst.object+json",
    "application/vnd.pgrst.object",
    "application/vnd.pgrst.array+json",
    "application/vnd.pgrst.array",
)
FORM = "application/x-www-form-urlencoded"

# A field may be as long as the body, whose length is limited; the module's own limit is 131,072.
csv.field_size_limit(2**31 - 1)


@dataclass(frozen=True, slots=True)
class Payload:
    """Records as the text of a JSON array or object, and the keys that they have."""

    text: bytes
    keys: tuple[str, ...]
    count: int
    is_array: bool


def media_type(headers: Headers) -> str:
    """The media type of the body, without its parameters."""
    return headers.get("content-type", "application/json").split(";")[0].strip().lower()


def read_payload(
    body: bytes, headers: Headers, *, columns: Sequence[str] | None, mixed: bool = False
) -> Payload:
    """Records of a body; PGRST102 when it is none, PGRST107 for an unknown media type.

    With mixed, or with columns named, records need not have the same keys.
    """
    media = media_type(headers)
    if media in JSON_MEDIA:
        return _of_json(body, columns, mixed)
    if media == "text/csv":
        return _of_csv(body, columns)
    if media == FORM:
        return of_object(dict(read_pairs(body)), columns)
    raise bad_media(media)


def bad_media(media: str) -> Problem:
    """A body of a kind that nobody reads."""
    return Problem(
        415,
        "PGRST107",
        f"Content-Type not acceptable: {media}",
        hint="Send application/json, text/csv or application/x-www-form-urlencoded.",
    )


def of_object(record: dict[str, Any], columns: Sequence[str] | None) -> Payload:
    """The payload of one record made here."""
    text = json.dumps(record, ensure_ascii=False).encode()
    return Payload(text, tuple(columns if columns is not None else record), 1, False)


def decode_json(body: bytes) -> Any:
    """The value of a JSON body; PGRST102 when it is none."""
    try:
        return json.loads(body.decode(), parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        raise Problem(400, "PGRST102", "Empty or invalid json", details=str(error)) from error


def _refuse(word: str) -> NoReturn:
    raise ValueError(f"{word} is no JSON")


def _of_json(body: bytes, columns: Sequence[str] | None, mixed: bool) -> Payload:
    value = decode_json(body)
    records = value if isinstance(value, list) else [value]
    if not all(isinstance(record, dict) for record in records):
        raise Problem(400, "PGRST102", "The body must be a JSON object or an array of objects")
    if columns is not None:
        keys = tuple(columns)
    else:
        keys = tuple(dict.fromkeys(key for record in records for key in record))
        first = records[0].keys() if records else set()
        if not mixed and any(record.keys() != first for record in records):
            raise Problem(
                400,
                "PGRST102",
                "All object keys must match",
                hint="Name the columns in the parameter columns, or send Prefer: missing=default.",
            )
    return Payload(body, keys, len(records), isinstance(value, list))


def _of_csv(body: bytes, columns: Sequence[str] | None) -> Payload:
    try:
        text = body.decode("utf-8-sig")
        lines = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    except (UnicodeDecodeError, csv.Error) as error:
        raise Problem(400, "PGRST102", f"the CSV cannot be read: {error}") from error
    lines = [line for line in lines if line]
    if not lines:
        raise Problem(400, "PGRST102", "the CSV has no line with the names of columns")
    head, *rest = lines
    for number, line in enumerate(rest, 2):
        if len(line) != len(head):
            raise Problem(
                400,
                "PGRST102",
                "All lines must have same number of fields",
                details=f"Line {number} has {len(line)} fields, the first has {len(head)}.",
            )
    records = [
        {key: None if value == "NULL" else value for key, value in zip(head, line, strict=True)}
        for line in rest
    ]
    encoded = json.dumps(records, ensure_ascii=False).encode()
    return Payload(encoded, tuple(columns if columns is not None else head), len(records), True)


def split_records(payload: Payload) -> list[bytes]:
    """The text of each record as it was sent, so that no number is rounded."""
    text = payload.text.decode()
    if not payload.is_array:
        return [payload.text]
    found: list[bytes] = []
    decoder = JSONDecoder()
    at = text.index("[") + 1
    while True:
        while text[at] in " \t\r\n,":
            at += 1
        if text[at] == "]":
            return found
        try:
            _, end = decoder.raw_decode(text, at)
        except JSONDecodeError as error:
            raise Problem(400, "PGRST102", "Empty or invalid json", details=str(error)) from error
        found.append(text[at:end].encode())
        at = end
