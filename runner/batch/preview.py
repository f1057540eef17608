"""What a file would become: the same way as a run, of its first rows, taken back."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from psycopg.rows import dict_row

from .files import measure
from .importer import Import, request_import
from .progress import Progress


@dataclass(frozen=True)
class Preview:
    """Rows as they would go in, and what is wrong with others."""

    columns: list[str]
    rows: list[list[Any]]
    errors: list[dict[str, Any]]


class _Taken(Exception):
    """All has been seen and is taken back."""


def preview_import(
    url: str, code: str, path: Path, *, account: str | None = None, most: int = 20
) -> Preview:
    """The first rows of a file as its import understands them; raises BadFile and errors of SQL."""
    size, checksum = measure(path)
    found = Preview([], [], [])
    with psycopg.connect(url, autocommit=True, application_name="pgears preview") as conn:
        try:
            with conn.transaction():
                run = request_import(conn, code, path, account=account, force=True)
                row = conn.execute(
                    "select token, state, account, definition from batch.start_import(%s, %s, %s)",
                    (run, size, checksum),
                ).fetchone()
                assert row is not None
                token, _, name, definition = row
                progress = Progress(url, "import", run)
                work = Import(conn, run, token, name, definition, progress)
                work.prepare(path, most)
                work.phase("match")
                work.errors()
                work.one("select batch.check_limits(%s, %s)", run, token)
                work.one("select batch.locate_run(%s, %s)", run, token)
                with conn.cursor(row_factory=dict_row) as cursor:
                    rows = cursor.execute(
                        "select row from batch.preview_rows(%s, %s)", (run, token)
                    ).fetchall()
                    found.errors.extend(
                        cursor.execute(
                            'select line, "column", value, reason from batch.import_error_list'
                            " where run = %s order by record, line",
                            (run,),
                        ).fetchall()
                    )
                for item in rows:
                    if not found.columns:
                        found.columns.extend(item["row"])
                    found.rows.append(list(item["row"].values()))
                raise _Taken
        except _Taken:
            pass
    return found
