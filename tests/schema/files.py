"""The SQL files of the checkout, as the catalogue tests see them."""

from __future__ import annotations

from runner.paths import sql_dir
from runner.sqlfiles import SqlFile, sql_files

SCHEMAS = (
    "core", "access", "meta", "data", "api", "queue",
    "feed", "mail", "http", "flow", "batch", "sync", "replica", "web",
)  # fmt: skip

FILES = sql_files(sql_dir())


def kind(file: SqlFile) -> str:
    """functions, views or triggers."""
    return file.path.relative_to(sql_dir()).parts[0]


def label(file: SqlFile) -> str:
    """What a failing test shows: functions/queue/claim.sql."""
    return str(file.path.relative_to(sql_dir()))
