"""A run from its lease to its end: stage and commit, compare and commit, send and commit.

No call to the other database is made within a transaction of the own one. Killed at any point,
the run is over, and the next one finds by comparing what was done.
"""

from __future__ import annotations

import logging
import threading
from typing import Any
from uuid import uuid4

import psycopg
from psycopg.types.json import Jsonb
from sqlalchemy.exc import SQLAlchemyError

from .. import errors
from ..db import connect
from ..errors import UserError
from ..hiding import hide
from ..texts import storable
from .lease import Lease, Stopped, Told
from .reading import read_side
from .sending import send_changes
from .source import engine, said
from .spec import Spec, read_spec

log = logging.getLogger("pgears.sync")


def do_run(
    url: str, run: int, stop: threading.Event | None = None, told: Told | None = None
) -> dict[str, Any]:
    """Do a run and give what became of it; errors are kept with it. `told` hears of each batch.

    Raises SyncBusy while another process has the lease, and Stopped when `stop` is set.
    """
    with connect(url, autocommit=True, name="pgears sync") as conn:
        if _scalar(conn, "select sync.run_local(%s)", run) is None:
            _do(conn, url, run, stop or threading.Event(), told)
        result: dict[str, Any] = _scalar(conn, "select sync.run_result(%s)", run)
        return result


def _do(
    conn: psycopg.Connection[Any], url: str, run: int, stop: threading.Event, told: Told | None
) -> None:
    token = uuid4()
    given = _scalar(conn, "select sync.begin_run(%s, %s)", run, token)
    if given is None:
        return
    spec = read_spec(given)
    try:
        with Lease(url, run, token, stop, told) as lease:
            _exchange(conn, spec, lease, run, token)
    except Stopped:
        conn.execute("select sync.release_run(%s, %s)", (run, token))
        raise
    except errors.SyncLeaseLost:
        return
    except SQLAlchemyError as error:
        _fail(conn, run, token, said(error))
    except UserError as error:
        _fail(conn, run, token, f"{error}. {error.hint}" if error.hint else str(error))
    except psycopg.Error as error:
        if conn.broken:
            raise
        _fail(conn, run, token, _told(error))
    except Exception as error:
        log.warning("sync run %s failed", run, exc_info=True)
        _fail(conn, run, token, f"{type(error).__name__}: {error}")


def _exchange(
    conn: psycopg.Connection[Any], spec: Spec, lease: Lease, run: int, token: Any
) -> None:
    with engine(spec.url) as other:
        position = read_side(conn, spec, other, lease) if spec.reads else None
        state = _scalar(
            conn,
            "select sync.compare_run(%s, %s, %s)",
            run,
            token,
            None if position is None else Jsonb(position),
        )
        if state == "writing":
            send_changes(conn, spec, other, lease, run, token)
    if state == "writing":
        conn.execute("select sync.finish_run(%s, %s)", (run, token))


def _fail(conn: psycopg.Connection[Any], run: int, token: Any, message: str) -> None:
    conn.execute("select sync.fail_run(%s, %s, %s)", (run, token, hide(storable(message))[:10_000]))


def _told(error: psycopg.Error) -> str:
    text = error.diag.message_primary or str(error)
    return f"{error.sqlstate}: {text}" if error.sqlstate else text


def _scalar(conn: psycopg.Connection[Any], query: str, *values: Any) -> Any:
    row = conn.execute(query.encode(), values).fetchone()
    return None if row is None else row[0]
