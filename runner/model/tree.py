"""YAML as a tree that knows its lines: read by events, so that nothing in a file is run."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml
from yaml.events import (
    AliasEvent,
    DocumentEndEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    StreamEndEvent,
)

from ..errors import UserError

MAX_BYTES = 8 * 1024 * 1024
MAX_VALUES = 500_000
MAX_DEPTH = 20

# Both give the same events; the one in C is many times faster.
LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

INDEX = re.compile(r"\[(\d+)\]\.?")
INTEGER = re.compile(r"[-+]?[0-9]+")
NUMBER = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]{1,3})?")
PLAIN = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}


def meaning(text: str) -> Any:
    """What a text without quotes is: nothing, true, false, a number or itself (a date, too)."""
    if text in PLAIN:
        return PLAIN[text]
    if INTEGER.fullmatch(text) and len(text) <= 1000:
        return int(text)
    return Decimal(text) if NUMBER.fullmatch(text) else text


@dataclass
class Tree:
    """One value, the line it begins in, and how many values it holds, itself included."""

    line: int
    value: Any = None
    keys: dict[str, tuple[int, Tree]] | None = None
    items: list[Tree] | None = None
    size: int = 1

    def plain(self) -> Any:
        """The value as JSON would have it; numbers with a fraction are Decimals."""
        if self.keys is not None:
            return {key: tree.plain() for key, (_, tree) in self.keys.items()}
        if self.items is not None:
            return [item.plain() for item in self.items]
        return self.value

    def line_of(self, path: str) -> int:
        """Line of a key path such as "$.roles.agent.rights[0].allow"; of the nearest above it."""
        rest, line, tree = path.removeprefix("$").removeprefix("."), self.line, self
        while rest:
            step = INDEX.match(rest)
            if step is not None and tree.items and int(step[1]) < len(tree.items):
                tree = tree.items[int(step[1])]
                line, rest = tree.line, rest[step.end() :]
                continue
            fits = [
                key
                for key in tree.keys or ()
                if rest == key or rest.startswith((f"{key}.", f"{key}["))
            ]
            if tree.keys is None or not fits:
                break
            key = max(fits, key=len)
            line, tree = tree.keys[key]
            rest = rest[len(key) :].removeprefix(".")
        return line


@dataclass
class Reader:
    """One pass over the events of a file."""

    path: Path
    events: Iterator[Any]
    anchors: dict[str, Tree] = field(default_factory=dict)
    values: int = 0

    def wrong(self, line: int, message: str, hint: str) -> UserError:
        """An error with its place."""
        return UserError(f"{self.path}:{line}: {message}", hint)

    def read(self, event: Any, depth: int = 0) -> Tree:
        """The value that begins with an event."""
        line = event.start_mark.line + 1
        if depth > MAX_DEPTH:
            raise self.wrong(line, f"values are nested deeper than {MAX_DEPTH}", "Take levels out.")
        if isinstance(event, AliasEvent):
            tree = self.anchors.get(str(event.anchor))
            if tree is None:
                raise self.wrong(
                    line, f'there is no anchor "{event.anchor}" above', "Write &name first."
                )
            self.count(line, tree.size)
            return tree
        self.count(line, 1)
        if isinstance(event, ScalarEvent):
            tree = Tree(line, self.scalar(event, line))
        elif isinstance(event, MappingStartEvent):
            tree = self.mapping(event, line, depth)
        else:
            tree = self.sequence(event, line, depth)
        if event.anchor is not None:
            self.anchors[event.anchor] = tree
        return tree

    def count(self, line: int, more: int) -> None:
        """Refuse what grows beyond all measure, by repeated aliases too."""
        self.values += more
        if self.values > MAX_VALUES:
            raise self.wrong(
                line, f"the file has more than {MAX_VALUES} values", "Divide it into models."
            )

    def scalar(self, event: ScalarEvent, line: int) -> Any:
        """A text, unless it is written plainly and is a number, true, false or nothing."""
        self.untagged(event, line)
        text = str(event.value)
        if "\0" in text:
            raise self.wrong(line, "a text holds a zero byte", "Take it out.")
        return text if event.style else meaning(text)

    def mapping(self, event: MappingStartEvent, line: int, depth: int) -> Tree:
        """Keys are texts, each once."""
        self.untagged(event, line)
        tree = Tree(line, keys={})
        assert tree.keys is not None
        while not isinstance(key := next(self.events), MappingEndEvent):
            at = key.start_mark.line + 1
            if not isinstance(key, ScalarEvent):
                raise self.wrong(at, "a key is not a text", "Keys are codes or words.")
            name = str(key.value)
            if name == "<<" and not key.style:
                raise self.wrong(
                    at, 'the merge key "<<" is not known here', "Write the keys, or an *alias."
                )
            if name in tree.keys:
                raise self.wrong(
                    at,
                    f'the key "{name}" stands here twice, first in line {tree.keys[name][0]}',
                    "Take one of them away, or put both together.",
                )
            value = self.read(next(self.events), depth + 1)
            tree.keys[name] = (at, value)
            tree.size += value.size
        return tree

    def sequence(self, event: Any, line: int, depth: int) -> Tree:
        """A list."""
        self.untagged(event, line)
        tree = Tree(line, items=[])
        assert tree.items is not None
        while not isinstance(item := next(self.events), SequenceEndEvent):
            value = self.read(item, depth + 1)
            tree.items.append(value)
            tree.size += value.size
        return tree

    def untagged(self, event: Any, line: int) -> None:
        """Tags could ask for objects of Python; there is nothing that they are good for here."""
        if event.tag not in (None, "!"):
            raise self.wrong(line, f'the tag "{event.tag}" is not known here', "Take it away.")


def read_tree(path: Path) -> Tree:
    """Read a YAML file; a mistake is a UserError with file, line and mend."""
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise UserError(f"{path}: {error.strerror}", "Name a model file.") from error
    if len(raw) > MAX_BYTES:
        raise UserError(f"{path}: larger than {MAX_BYTES} bytes", "Divide it into models.")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise UserError(f"{path}:{line}: not UTF-8", "Save the file as UTF-8.") from error
    try:
        return _read(path, text)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = f"{path}:{mark.line + 1}" if mark else str(path)
        raise UserError(f"{where}: not YAML: {error.problem}", _YAML_HINT) from error
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, int(error.position)) + 1
        raise UserError(
            f"{path}:{line}: a character that YAML cannot have", "Take it out."
        ) from error


_YAML_HINT = 'Look at indentation, ":" and quotes; texts with ":", "{" or "#" go in quotes.'


def _read(path: Path, text: str) -> Tree:
    events: Iterator[Any] = iter(yaml.parse(text, Loader=LOADER))
    next(events)  # start of the stream
    first = next(events)
    if isinstance(first, StreamEndEvent):
        raise UserError(f"{path}:1: the file is empty", "Begin with: model: code")
    reader = Reader(path, events)
    tree = reader.read(next(events))
    while isinstance(event := next(events), DocumentEndEvent):
        pass
    if not isinstance(event, StreamEndEvent):
        raise reader.wrong(
            event.start_mark.line + 1,
            "a second document begins",
            'A model file has no "---" inside.',
        )
    return tree
