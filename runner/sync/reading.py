"""Reading the other side into the stage of a run, a batch at a time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import psycopg
from psycopg import sql
from sqlalchemy import Engine

from .lease import Lease
from .source import SideFailed, rows
from .spec import Spec
from .values import Unfit, to_text
from .watermark import Watermark


def read_side(
    conn: psycopg.Connection[Any], spec: Spec, other: Engine, lease: Lease
) -> dict[str, str] | None:
    """Store all rows of the other side and give the position of the watermark.

    Each batch is one COPY and one commit, so that nothing here waits for the other database.
    """
    mark = Watermark(spec.position)
    start = mark.start(spec.overlap)
    copy = sql.SQL("copy {} ({}) from stdin").format(
        sql.Identifier(*spec.stage),
        sql.SQL(", ").join(
            [sql.Identifier("n"), *(sql.Identifier(f"v{n + 1}") for n in range(len(spec.columns)))]
        ),
    )
    number = 0
    with other.connect() as connection:
        for batch in rows(connection, spec, start):
            lease.check("reading", number)
            with conn.transaction(), conn.cursor() as cursor, cursor.copy(copy) as into:
                for row in batch:
                    number += 1
                    into.write_row((number, *_texts(row, spec)))
                    if spec.watermark is not None:
                        mark.see(row[-1])
    return mark.position()


def _texts(row: Sequence[Any], spec: Spec) -> list[str | None]:
    texts = []
    for value, column in zip(row, spec.columns, strict=False):
        try:
            texts.append(to_text(value, column.type, spec.zone))
        except Unfit as error:
            key = [value for value, each in zip(row, spec.columns, strict=False) if each.key]
            raise SideFailed(
                f"key {', '.join(map(str, key))}: {column.code}: {error}",
                "Mend the value in the other database, or leave the column out.",
            ) from error
    return texts
