"""Where the files beside the code are: the checkout has them next to runner/, the wheel inside."""

from __future__ import annotations

from pathlib import Path

PACKAGE = Path(__file__).resolve().parent


def sql_dir() -> Path:
    """The folder db/: migrations, functions, views, triggers."""
    return _folder("db")


def templates_dir() -> Path:
    """The folder templates/: sql, mail, pages."""
    return _folder("templates")


def examples_dir() -> Path:
    """The folder examples/."""
    return _folder("examples")


def _folder(name: str) -> Path:
    inside = PACKAGE / name
    return inside if inside.is_dir() else PACKAGE.parent / name
