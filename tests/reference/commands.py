"""docs/commands.md: every command with its arguments and options, from the command line itself."""

# ruff: noqa: E501 - lines of the page

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from typer.main import get_command

from runner.cli import app

PAGE = """# Commands

Written by `make docs-reference` from what `pgears COMMAND --help` says. Exit codes: 0 done, 1 failed (one line
says what is wrong, a second what mends it), 2 wrong usage.
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
    pieces = [piece for piece in command.collect_usage_pieces(context) if piece != "[OPTIONS]"]
    records = (
        parameter.get_help_record(context)
        for parameter in command.params
        if parameter.name not in ("help", "as_json")
    )
    found = [(name, " ".join(text.split())) for name, text in filter(None, records)]
    return " ".join([words, *pieces]), [row for row in found if row[1]]


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
