"""docs/commands.md: every command with its arguments and options, from the command line itself."""

# ruff: noqa: E501 - lines of the page

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from typer.main import get_command

from runner.cli import app

TYPES = {
    "str": "TEXT",
    "int": "NUMBER",
    "int range": "NUMBER",
    "float": "NUMBER",
    "path": "PATH",
    "file": "PATH",
}
TYPE = re.compile(r"<([a-z ]+)>")

PAGE = """# Commands

Written by `make docs-reference` from what `pgears COMMAND --help` says. Exit codes: 0 done, 1 failed (one line
says what is wrong, a second what mends it), 2 wrong usage. What stands in brackets may be left out.
"""


def commands() -> Iterator[tuple[str, Any]]:
    """Every command that does something, by its words."""

    def below(words: str, command: Any) -> Iterator[tuple[str, Any]]:
        if hasattr(command, "commands"):
            for name, inner in sorted(command.commands.items()):
                if not inner.hidden:
                    yield from below(f"{words} {name}", inner)
        else:
            yield words, command

    return below("pgears", get_command(app))


def described(words: str, command: Any) -> tuple[str, list[tuple[str, str]]]:
    """How a command is called, and its arguments and options with their help."""
    context = command.make_context(words, [], resilient_parsing=True)
    usage, found = [words], []
    for parameter in command.params:
        record = parameter.get_help_record(context)
        if record is None or parameter.name in ("help", "as_json"):
            continue
        name, text = record[0], " ".join(record[1].split())
        if parameter.param_type_name == "argument":
            shown = _argument(parameter)
            name = shown.removeprefix("[").removesuffix("]") if not parameter.required else shown
            usage.append(shown)
            text = text.removesuffix("[required]").strip()
        if text:
            found.append(
                (TYPE.sub(lambda kind: TYPES[kind[1]], name), text.replace("x>=", "from "))
            )
    options = any(p.param_type_name == "option" and p.name != "help" for p in command.params)
    return " ".join([*usage, *(["[OPTIONS]"] if options else [])]), found


def _argument(parameter: Any) -> str:
    """As it is written in the line of a command: capitals, in brackets what may be left out."""
    name = parameter.metavar or str(parameter.name).upper()
    return name if parameter.required or name.startswith("[") else f"[{name}]"


def page() -> str:
    """The page."""
    parts = [PAGE]
    for words, command in commands():
        usage, found = described(words, command)
        prints = " `--json` prints it as JSON." if _knows_json(command) else ""
        parts.append(f"\n## {words}\n\n`{usage}`\n\n{_prose(command.help or '')}{prints}\n")
        if found:
            parts.append("\n| | |\n|---|---|\n")
            parts += [
                "| `{}` | {} |\n".format(*(cell.replace("|", "\\|") for cell in row))
                for row in found
            ]
    return "".join(parts)


def _knows_json(command: Any) -> bool:
    return any(parameter.name == "as_json" for parameter in command.params)


def _prose(text: str) -> str:
    return "\n\n".join(" ".join(part.split()) for part in text.strip().split("\n\n"))
