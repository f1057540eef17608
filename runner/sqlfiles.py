"""The re-applied files of db/ in their order: functions, views, triggers, each by path."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from .errors import UserError

FOLDERS = ("functions", "views", "triggers")
REQUIRES = re.compile(r"^-- requires: (.+)$", re.MULTILINE)


@dataclass(frozen=True)
class SqlFile:
    """One object: functions/queue/claim.sql is queue.claim."""

    path: Path
    name: str
    text: str

    @property
    def requires(self) -> tuple[str, ...]:
        """Objects that must be there before, from lines `-- requires: schema.object`."""
        return tuple(name for line in REQUIRES.findall(self.text) for name in line.split())

    def line_of(self, position: str | None) -> str:
        """`path:line` of a character position as PostgreSQL reports it (counted from 1)."""
        if position is None:
            return str(self.path)
        return f"{self.path}:{self.text.count(chr(10), 0, int(position) - 1) + 1}"


def sql_files(root: Path) -> list[SqlFile]:
    """All files below root in the order in which they are applied."""
    files = [
        SqlFile(path, f"{path.parent.name}.{path.stem}", path.read_text("utf-8"))
        for folder in FOLDERS
        for path in sorted((root / folder).glob("*/*.sql"))
    ]
    return in_order(files)


def in_order(files: Iterable[SqlFile]) -> list[SqlFile]:
    """Keep the order given, but move a file behind those it requires."""
    files = list(files)
    by_name: dict[str, list[SqlFile]] = {}
    for file in files:
        by_name.setdefault(file.name, []).append(file)

    done: dict[Path, SqlFile] = {}

    def place(file: SqlFile, asking: tuple[SqlFile, ...]) -> None:
        if file.path in done:
            return
        if file in asking:
            circle = " -> ".join(f.name for f in (*asking, file))
            raise UserError(f"{file.path}: circle of requirements: {circle}")
        for name in file.requires:
            if name not in by_name:
                raise UserError(f"{file.path}: requires {name}, which no file makes")
            for required in by_name[name]:
                if required is not file:
                    place(required, (*asking, file))
        done[file.path] = file

    for file in files:
        place(file, ())
    return list(done.values())
