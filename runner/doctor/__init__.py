"""Examine an instance and what surrounds it; each finding names what mends it."""

from __future__ import annotations

from ..config import Settings
from ..db import connect, direct_url
from ..errors import UserError
from .disk import disks
from .finding import Finding
from .rooms import rooms
from .surroundings import surroundings

__all__ = ["Finding", "examine"]


def examine(settings: Settings) -> list[Finding]:
    """All findings; without a connection there is only that one."""
    try:
        conn = connect(direct_url(settings), autocommit=True, name="pgears doctor")
    except UserError as error:
        return [Finding("connection", "wrong", str(error), error.hint or "")]
    with conn:
        return [
            Finding("connection", "fine", f"{conn.info.user}@{conn.info.host}:{conn.info.port}"),
            *surroundings(conn, settings),
            *disks(conn, settings),
            *rooms(conn),
        ]
