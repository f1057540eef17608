"""Errors of PostgreSQL and of pgears as statuses of HTTP."""

from __future__ import annotations

import json
from typing import Any

import psycopg

from .problem import Problem

# By SQLSTATE, or the beginning of one; the longest that fits counts.
STATUS = {
    "": 400,
    "08": 503,
    "09": 500,
    "0L": 403,
    "0P": 403,
    "21000": 400,
    "23001": 409,
    "23503": 409,
    "23505": 409,
    "23P01": 409,
    "25": 500,
    "25006": 405,
    "25P03": 504,
    "26000": 503,
    "28": 403,
    "2D": 500,
    "38": 500,
    "39": 500,
    "3B": 500,
    "40": 409,  # try again: another transaction was in the way
    "42883": 404,
    "42P01": 404,
    "42P17": 500,
    "42501": 403,
    "53": 503,
    "55P03": 503,
    "57": 503,
    "57014": 504,
    "58": 500,
    "F0": 500,
    "HV": 500,
    "P0": 500,
    "P0001": 400,
    "XX": 500,
    # pgears
    "PG": 400,
    "PG106": 404,
    "PG121": 503,
    "PG501": 404,
    "PG503": 409,
    "PG506": 500,
    "PG510": 404,
    "PG513": 404,
    "PG514": 409,
    "PG515": 403,
    "PG518": 409,
    "PG520": 404,
    "PG560": 403,
    "PG561": 403,
    "PG562": 503,
    "PG564": 404,
    "PG600": 503,
    "PG601": 403,
    "PG602": 403,
    "PG603": 403,
    "PG604": 422,
    "PG605": 409,
    "PG631": 403,
    "PG700": 404,
    "PG707": 403,
    "PG916": 403,
    "PG917": 403,
    "PG981": 403,
    "PG982": 403,
}
HINTS = {
    "57014": "Ask for less at a time; PGEARS_WEB_STATEMENT_TIMEOUT limits a statement.",
    "40": "Send the request again.",
}


def from_database(error: psycopg.Error, *, anonymous: bool) -> Problem:
    """What a client is told about an error of the database."""
    state = error.sqlstate
    if state is None:
        return Problem(
            503,
            "PGRST000",
            "Could not connect with the database",
            hint="Try again in a moment.",
            headers={"Retry-After": "1"},
        )
    message = error.diag.message_primary or str(error)
    if state == "PGRST":
        return _own(error)
    if state.startswith("PT") and state[2:].isdecimal() and 100 <= int(state[2:]) <= 599:
        status = int(state[2:])
    else:
        status = _status(state, message)
    headers = {"Retry-After": "1"} if status == 503 and state != "PG600" else {}
    if state == "42501" and anonymous:
        status = 401
        headers["WWW-Authenticate"] = "Bearer"
    return Problem(
        status,
        state,
        message,
        details=error.diag.message_detail,
        hint=error.diag.message_hint or HINTS.get(state) or HINTS.get(state[:2]),
        headers=headers,
    )


def _status(state: str, message: str) -> int:
    if state == "42883" and message.startswith("operator does not exist"):
        return 400
    if state.startswith("54"):
        return 400
    for length in (5, 2, 0):
        if state[:length] in STATUS:
            return STATUS[state[:length]]
    return 400


def _own(error: psycopg.Error) -> Problem:
    """An error raised with sqlstate PGRST says all by itself: message and detail are JSON."""
    try:
        told: dict[str, Any] = json.loads(error.diag.message_primary or "")
        detail: dict[str, Any] = json.loads(error.diag.message_detail or "")
        return Problem(
            int(detail["status"]),
            str(told["code"]),
            str(told["message"]),
            details=told.get("details"),
            hint=told.get("hint"),
            headers={str(k): str(v) for k, v in detail.get("headers", {}).items()},
        )
    except (ValueError, KeyError, TypeError, AttributeError):
        return Problem(
            500,
            "PGRST121",
            "Could not parse JSON in the \"RAISE SQLSTATE 'PGRST'\" error",
            details="message has the keys code and message, detail the key status.",
        )
