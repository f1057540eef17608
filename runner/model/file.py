"""Model files: read as JSON for the database, with a line for each key path."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import psycopg

from ..errors import PgearsError, SeveralMistakes, UserError, UserErrors
from .tree import Tree, read_tree


@dataclass(frozen=True)
class Mistake:
    """One mistake of a model file and where it stands."""

    file: Path
    line: int | None
    key: str
    """Key path, such as classes.ticket.columns.number.type; empty for the whole file."""
    message: str
    hint: str | None

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}" if self.line else str(self.file)
        return f"{where}: {self.key}: {self.message}" if self.key else f"{where}: {self.message}"


class FileMistakes(UserErrors):
    """What is wrong with a model file, in the order of its lines."""

    def __init__(self, mistakes: Iterable[Mistake]) -> None:
        self.mistakes = sorted(mistakes, key=lambda mistake: mistake.line or 0)
        super().__init__([UserError(str(m), m.hint) for m in self.mistakes])


@dataclass(frozen=True)
class ModelFile:
    """A model file as it was read."""

    path: Path
    tree: Tree
    json: str
    """As meta.plan_model() and meta.apply_model() take it: columns have their position."""

    @property
    def model(self) -> str:
        """Code of the model; empty where the file has none."""
        content = self.tree.plain()
        return str(content.get("model", "")) if isinstance(content, dict) else ""

    def error(self, refusal: psycopg.Error) -> UserError:
        """What the database refused, as "file:line: key path: message" and the mend."""
        if isinstance(refusal, SeveralMistakes):
            blocks = (refusal.diag.message_detail or "").split("\n\n")
            return FileMistakes([self._mistake(*block.split("\n", 2)) for block in blocks])
        message = refusal.diag.message_primary or str(refusal)
        detail = (refusal.diag.message_detail or "").splitlines()
        key = detail.pop(0) if detail and detail[0].startswith("$") else ""
        if detail:
            message = f"{message} ({'; '.join(detail)})"
        hint = refusal.diag.message_hint or _hint(refusal)
        return FileMistakes([self._mistake(key, message, hint)])

    def _mistake(self, key: str, message: str, hint: str | None = None) -> Mistake:
        if key in ("", "$"):
            key = self._query_in(message) or key
        line = self.tree.line_of(key) if key else None
        return Mistake(self.path, line, key.removeprefix("$").removeprefix("."), message, hint)

    def _query_in(self, message: str) -> str:
        """API views are renewed by name: key path of the query whose view a message names."""
        content = self.tree.plain()
        queries = content.get("queries") if isinstance(content, dict) else None
        for code in queries or ():
            if message.startswith(f'query "{self.model}_{code}" '):
                return f"$.queries.{code}.sql"
        return ""


def load(path: Path) -> ModelFile:
    """Read a model file; a mistake in the YAML is a UserError with its line."""
    tree = read_tree(path)
    if tree.keys is None:
        raise UserError(
            f"{path}:{tree.line}: a model file is a list of keys and values",
            "Begin with: model: code",
        )
    _refuse_positions(path, tree)
    content = tree.plain()
    number_columns(content)
    return ModelFile(path, tree, to_json(content))


def number_columns(content: dict[str, Any]) -> None:
    """Give each column its position, because JSON of PostgreSQL forgets the order of keys."""
    classes = content.get("classes")
    for definition in classes.values() if isinstance(classes, dict) else ():
        columns = definition.get("columns") if isinstance(definition, dict) else None
        if isinstance(columns, dict):
            for position, column in enumerate(columns.values(), 1):
                if isinstance(column, dict):
                    column["position"] = position


def to_json(value: Any) -> str:
    """JSON with numbers as they were written."""
    if isinstance(value, dict):
        return "{" + ",".join(f"{json.dumps(k)}:{to_json(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(to_json, value)) + "]"
    if isinstance(value, Decimal):
        return str(value)
    return json.dumps(value)


def _refuse_positions(path: Path, tree: Tree) -> None:
    mistakes = [
        Mistake(
            path,
            column.keys["position"][0],
            f"classes.{code}.columns.{name}.position",
            "the order of columns is their order in the file",
            'Take "position" away and move the column.',
        )
        for key, (_, classes) in (tree.keys or {}).items()
        for code, (_, definition) in ((classes.keys or {}) if key == "classes" else {}).items()
        for name, (_, column) in _columns(definition)
        if column.keys and "position" in column.keys
    ]
    if mistakes:
        raise FileMistakes(mistakes)


def _columns(definition: Tree) -> Iterable[tuple[str, tuple[int, Tree]]]:
    _, columns = (definition.keys or {}).get("columns", (0, Tree(0)))
    return (columns.keys or {}).items()


def _hint(refusal: psycopg.Error) -> str | None:
    if isinstance(refusal, PgearsError):
        return None
    return "This is an error of PostgreSQL; correct what the message names."
