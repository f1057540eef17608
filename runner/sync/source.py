"""The other database: its engine, and the rows of one side of a synchronisation."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import (
    ColumnClause,
    Connection,
    Engine,
    Executable,
    column,
    create_engine,
    literal,
    or_,
    select,
    table,
    text,
)
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, SQLAlchemyError
from sqlalchemy.pool import NullPool

from ..errors import UserError
from ..hiding import remember
from ..secrets import SecretMissing, read_secret
from .spec import Spec

DRIVERS = {"postgresql": "psycopg", "postgres": "psycopg", "mysql": "pymysql", "mariadb": "pymysql"}
TIMEOUT = 30
"""Seconds that connecting may take."""


class SideFailed(UserError):
    """The other database refused, or was not there."""


@contextmanager
def engine(reference: str) -> Iterator[Engine]:
    """The engine of the URL behind a reference, without a pool."""
    try:
        url = make_url((read_secret(reference) or "").strip())
        remember(url.password, url.username or "")
    except SecretMissing as error:
        raise SideFailed(
            str(error), "It holds the SQLAlchemy URL of the other database."
        ) from error
    except ArgumentError as error:
        raise SideFailed(
            f"{reference} holds no SQLAlchemy URL", "Such as mysql://user:password@host/database."
        ) from error
    name = "postgresql" if url.drivername == "postgres" else url.drivername
    if url.drivername in DRIVERS:
        name = f"{name}+{DRIVERS[url.drivername]}"
    timed = name in ("postgresql+psycopg", "mysql+pymysql", "mariadb+pymysql")
    try:
        made = create_engine(
            url.set(drivername=name),
            poolclass=NullPool,
            hide_parameters=True,
            connect_args={"connect_timeout": TIMEOUT} if timed else {},
        )
    except (NoSuchModuleError, ImportError, ValueError) as error:
        raise SideFailed(
            f"there is no driver for {url.drivername}: {error}",
            "Install the Python package of the driver beside pgears.",
        ) from error
    try:
        yield made
    except SQLAlchemyError as error:
        raise SideFailed(said(error), "Look at the other database.") from error
    finally:
        made.dispose()


def said(error: SQLAlchemyError) -> str:
    """What the other database said, without our statement and the values in it."""
    original = getattr(error, "orig", None)
    lines = str(original or error).strip().splitlines()
    return f"{type(original or error).__name__}: {lines[0] if lines else 'no text'}"


def reading(spec: Spec, start: Any) -> Executable:
    """The SELECT of a run: columns in their order, and behind them the watermark if any."""
    names = [mapped.name for mapped in spec.columns]
    wanted = [*names, spec.watermark] if spec.watermark else names
    columns: list[ColumnClause[Any]] = [column(name) for name in dict.fromkeys(wanted)]
    if spec.select is not None:
        given = text(spec.select).columns(*columns)
        query: Any = select(*(column(name) for name in wanted)).select_from(
            given.subquery("source")
        )
    else:
        schema, _, name = (spec.table or "").rpartition(".")
        query = select(*(column(each) for each in wanted)).select_from(
            table(name, *columns, schema=schema or None)
        )
    if spec.filter is not None:
        query = query.where(text(f"({spec.filter})"))
    if spec.watermark is not None and start is not None:
        mark: Any = column(spec.watermark)
        query = query.where(or_(mark.is_(None), mark >= literal(start)))
    statement: Executable = query
    return statement


def rows(connection: Connection, spec: Spec, start: Any) -> Iterator[list[tuple[Any, ...]]]:
    """Rows in batches, by a cursor on the server where the driver has one."""
    result = connection.execution_options(stream_results=True, yield_per=spec.batch_size).execute(
        reading(spec, start)
    )
    for batch in result.partitions():
        yield [tuple(row) for row in batch]
