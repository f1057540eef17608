"""One run of an import: load, convert, match, merge, all in one transaction.

Whatever ends the process takes all of it back; the run is then begun again by its task, or
found broken. The statements that touch the class run under the importer's role.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import psycopg
from psycopg import sql
from psycopg.types.json import Jsonb

from ..correlation import CorrelatedThread
from ..errors import UserError
from .faults import about_rows, message, passing
from .files import BadFile, measure
from .folders import text_of
from .load import load
from .progress import Progress, Watch

CHUNK = 250_000
"""Rows of one statement of the merge."""
PIECE = 1 << 20


class HookFailed(UserError):
    """A script that an import has for a moment failed."""


class Refused(Exception):
    """Rows in error, and the definition or their number says that nothing goes in."""

    def __init__(self, errors: list[Any] | None) -> None:
        super().__init__()
        self.errors = errors
        """All rows in error; None where those found before the merge are all that is known."""


@dataclass(frozen=True)
class Result:
    """How a run ended."""

    run: int
    state: str


class Import:
    """A run that was started, on a connection of its own."""

    def __init__(
        self,
        conn: psycopg.Connection[Any],
        run: int,
        token: UUID,
        account: str,
        definition: dict[str, Any],
        progress: Progress,
    ) -> None:
        self.conn = conn
        self.run = run
        self.token = token
        self.account = account
        self.definition = definition
        self.progress = progress
        self.most = int(definition.get("max_errors", 10_000))

    def one(self, query: str, *values: object) -> Any:
        """The single value of a call."""
        row = self.conn.execute(query.encode(), values).fetchone()
        return None if row is None else row[0]

    @contextmanager
    def as_importer(self) -> Iterator[None]:
        """Statements run with the rights of the importer."""
        self.conn.execute(sql.SQL("set local role {}").format(sql.Identifier(self.account)))
        try:
            yield
        finally:
            if self.conn.info.transaction_status != psycopg.pq.TransactionStatus.INERROR:
                self.conn.execute("reset role")

    def prepare(self, path: Path, most: int | None = None) -> int:
        """Load and convert the rows, up to the point where they are matched; gives their number."""
        load(self.conn, self.run, self.token, path, self.definition, self.progress, most)
        self.progress.set("converting", 0)
        statements = self.conn.execute(
            "select batch.resolve_statements(%s, %s)", (self.run, self.token)
        ).fetchall()
        with self.as_importer():
            for (statement,) in statements:
                self.conn.execute(statement.encode())
        rows = int(self.one("select batch.type_rows(%s, %s)", self.run, self.token))
        self.hook("typed")
        self.hook("before_match")
        self.one("select batch.find_duplicates(%s, %s)", self.run, self.token)
        return rows

    def hook(self, moment: str) -> None:
        """Run the script of a moment; one that fails is no row in error, but ends the run."""
        if moment in self.definition.get("hooks", {}):
            try:
                self.one("select batch.run_hook(%s, %s, %s)", self.run, self.token, moment)
            except psycopg.Error as error:
                if passing(error):
                    raise
                raise HookFailed(message(error)) from error

    def phase(self, name: str, records: int = 0, most: int = 0) -> tuple[int, list[Any]]:
        """Run a phase of the merge over all records; gives rows written and errors found."""
        statement = self.one("select batch.merge_statement(%s, %s, %s)", self.run, self.token, name)
        if statement is None:
            return 0, []
        rows = 0
        errors: list[Any] = []
        whole = name in ("delete_before", "match", "delete_missing")
        for first in (0,) if whole else range(1, records + 1, CHUNK):
            self.progress.set(name.replace("_", " "), first, None if whole else records)
            last = min(first + CHUNK - 1, records)
            with self.as_importer():
                if whole:
                    rows += self.conn.execute(statement.encode()).rowcount
                    continue
                found = self.one(
                    "select batch.apply_rows(%s, %s, %s, %s)",
                    statement,
                    first,
                    last,
                    most - len(errors),
                )
            rows += found["rows"]
            errors += found["errors"]
        return rows, errors

    def errors(self, found: list[Any] | None = None) -> int:
        """Note errors that were found; gives the number of rows in error so far."""
        number = self.one(
            "select batch.add_errors(%s, %s, %s)", self.run, self.token, Jsonb(found or [])
        )
        return int(number)

    def merge(self, records: int, tolerant: bool) -> dict[str, int]:
        """Write the rows; tolerant finds out which rows are refused, else the first one raises."""
        most = self.most if tolerant else 0
        counts = {"deleted_before": self.phase("delete_before")[0]}
        matched = self.phase("match")[0]
        if matched:
            self.errors()
        self.hook("before_merge")
        if tolerant:
            self.one("select batch.check_limits(%s, %s)", self.run, self.token)
        counts["deleted_missing"] = self.phase("delete_missing")[0]
        counts["updated"], bad = self.phase("update", records, most)
        self.phase("denied", records)
        counts["inserted"], worse = self.phase("insert", records, most)
        if self.refuses(self.errors(bad + worse)):
            raise Refused(self.one("select batch.list_errors(%s, %s)", self.run, self.most + 1))
        self.hook("after")
        return counts

    def refuses(self, number: int) -> bool:
        """Whether so many rows in error mean that nothing goes in."""
        return number > self.most or (number > 0 and self.definition.get("on_error") == "all")


def request_import(
    conn: psycopg.Connection[Any],
    code: str,
    path: Path,
    *,
    account: str | None = None,
    force: bool = False,
) -> int:
    """Make a run for a file; account is whose rights it has, the session's when left out."""
    row = conn.execute(
        """
        select batch.request_import(
          %s, coalesce(%s, access.current_account()), %s, p_force => %s
        )
        """,
        (code, account, text_of(path.name), force),
    ).fetchone()
    assert row is not None
    return int(row[0])


def run_import(
    url: str, run: int, path: Path, watch: Watch | None = None, progress: Progress | None = None
) -> Result:
    """Do a run that was requested; one that has ended is left as it is."""
    with CorrelatedThread.connect(url, autocommit=True, application_name="pgears import") as conn:
        try:
            found = _state(path)
            size, checksum = measure(path)
        except OSError as error:
            conn.execute(
                "select batch.abandon_import(%s, %s)",
                (run, f"{text_of(str(path))}: {error.strerror}"),
            )
            return Result(run, "failed")
        row = conn.execute(
            "select token, state, account, definition from batch.start_import(%s, %s, %s)",
            (run, size, checksum),
        ).fetchone()
        assert row is not None
        token, state, account, definition = row
        if state != "running":
            return Result(run, state)
        with progress or Progress(url, "import", run, watch) as told:
            told.set("loading", 0, size)
            work = Import(conn, run, token, account, definition, told)
            try:
                if definition.get("keep_file"):
                    _keep(work, path)
                with conn.transaction():
                    state = _work(work, path)
                    if _state(path) != found:
                        raise BadFile(
                            "the file was changed while it was read",
                            "Import it again when it is complete.",
                        )
            except (BadFile, HookFailed, FileNotFoundError, psycopg.Error) as error:
                if conn.closed or passing(error):
                    raise
                state = "failed"
                conn.execute(
                    "select batch.end_import(%s, %s, 'failed', '{}', %s)",
                    (run, token, message(error)),
                )
    return Result(run, state)


def _state(path: Path) -> tuple[int, ...]:
    """What is different when a file was written or replaced."""
    return (s := path.stat()).st_dev, s.st_ino, s.st_size, s.st_mtime_ns


def _work(work: Import, path: Path) -> str:
    conn = work.conn
    conn.execute("select core.set_source('import')")
    conn.execute("set local work_mem = '64MB'")
    records = work.prepare(path)
    counts: dict[str, int] = {}
    found = work.errors()
    refused = work.refuses(found)
    if found:
        work.one("select batch.check_limits(%s, %s, %s)", work.run, work.token, refused)
    if not refused:
        try:
            counts = _merge(work, records)
        except Refused as refusal:
            refused = True
            if refusal.errors is not None:
                work.one(
                    "select batch.put_errors(%s, %s, %s)",
                    work.run,
                    work.token,
                    Jsonb(refusal.errors),
                )
    work.progress.set("ending", records, records)
    work.one(
        "select batch.end_import(%s, %s, %s, %s, %s)",
        work.run,
        work.token,
        "refused" if refused else "done",
        Jsonb(counts),
        "rows are in error, so nothing went in" if refused else None,
    )
    return "refused" if refused else "done"


def _merge(work: Import, records: int) -> dict[str, int]:
    try:
        with work.conn.transaction():
            return work.merge(records, tolerant=False)
    except psycopg.Error as first:
        if not about_rows(first):
            raise
    try:
        with work.conn.transaction():
            return work.merge(records, tolerant=True)
    except psycopg.Error as last:
        if not about_rows(last):
            raise
        raise Refused(None) from last  # more rows than are sought


def _keep(work: Import, path: Path) -> None:
    upload = uuid4()
    with work.conn.transaction(), path.open("rb") as file:
        while data := file.read(PIECE):
            work.one("select core.append_file(%s, %s)", upload, data)
        number = work.one("select core.finish_file(%s, %s, null)", upload, text_of(path.name))
        work.one("select batch.keep_file(%s, %s, %s)", work.run, work.token, number)
