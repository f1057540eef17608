"""Keys and references that refuse a row, in codes of the model instead of ids of tables."""

from __future__ import annotations

from typing import Any

import psycopg
from psycopg import AsyncConnection

from .problem import Problem
from .service import Service
from .status import STATUS

HINTS = {
    "23503": "Refer to a record that is there and that you may see.",
    "23505": "Change that record, or write other values.",
}
WORDS = b"select web.constraint_words($1, $2)"


async def worded(
    service: Service, conn: AsyncConnection[Any], error: psycopg.Error
) -> psycopg.Error | Problem:
    """The error as people know it, asked for on a connection on which nothing has failed."""
    found = error.diag
    if error.sqlstate not in HINTS or found.table_name is None or found.constraint_name is None:
        return error
    names = [found.table_name.encode(), found.constraint_name.encode()]
    [result] = await service.exchange.run(conn, [(WORDS, names)])
    words = result.get_value(0, 0)
    if words is None:
        return error
    return Problem(
        STATUS[error.sqlstate],
        error.sqlstate,
        words.decode(),
        details=found.message_detail,
        hint=HINTS[error.sqlstate],
    )
