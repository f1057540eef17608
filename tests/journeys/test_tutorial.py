"""docs/tutorial.md works as it is written: its blocks are run in order, in an empty folder."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest

from tests.fix_runner import ROOT, until
from tests.fix_web import free_port

BLOCK = re.compile(r"^```(\w+)(?: (\w+)=(\S+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
PAGE = ROOT / "docs" / "tutorial.md"


@dataclass(frozen=True)
class Block:
    """One block: its language, a word about it, and what stands in it."""

    language: str
    word: str
    value: str
    text: str


def blocks() -> list[Block]:
    """The blocks of the page."""
    return [Block(*found) for found in BLOCK.findall(PAGE.read_text("utf-8"))]


class Reader:
    """Somebody who types what the page says."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        bin = folder / "bin"
        bin.mkdir()
        command = bin / "pgears"
        command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m runner "$@"\n')
        command.chmod(0o755)
        self.here = folder
        clean = {name: value for name, value in os.environ.items() if "PGEARS_" not in name}
        self.environment = {
            **clean,
            "PATH": f"{bin}:{clean['PATH']}",
            "PYTHONPATH": str(ROOT),
            "PGEARS_WEB_LISTEN": f"127.0.0.1:{self.port}",
            "PGEARS_SINK_LISTEN": f"127.0.0.1:{free_port()}",
            "PGEARS_ENVIRONMENT": "development",
        }

    def type(self, text: str) -> str:
        """Run commands in a shell that stops at the first that fails; gives what they print."""
        script = text.replace("127.0.0.1:8080", f"127.0.0.1:{self.port}")
        done = subprocess.run(
            ["sh", "-ec", f"{script}\npwd > '{self.folder}/where'"],
            cwd=self.here,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, (text, done.stdout, done.stderr)
        self.here = Path((self.folder / "where").read_text().strip())
        return done.stdout

    def do(self, block: Block) -> str:
        """What a block asks for."""
        if block.language in ("yaml", "csv"):
            assert block.word in ("file", "append"), block
            with (self.here / block.value).open("w" if block.word == "file" else "a") as file:
                file.write(block.text if block.word == "file" else "\n" + block.text)
            return ""
        if block.language == "sql":
            return self.ask(block)
        assert block.language == "sh", block
        if block.word == "until":
            until(lambda: block.value in self.type(block.text), block.value)
        return self.type(block.text)

    def ask(self, block: Block) -> str:
        """Statements as `pgears shell` would send them, each on its own."""
        with psycopg.connect(self.type("pgears url").strip(), autocommit=True) as conn:
            if block.word == "fails":
                with pytest.raises(psycopg.Error) as refused:
                    self.send(conn, block.text)
                assert (refused.value.sqlstate or "").startswith(block.value)
                return str(refused.value)
            return self.send(conn, block.text)

    @staticmethod
    def send(conn: psycopg.Connection, text: str) -> str:
        """All rows that come back."""
        told = []
        for statement in filter(None, map(str.strip, text.split(";\n"))):
            cursor = conn.execute(statement.rstrip(";").encode())
            told += [str(row) for row in cursor.fetchall()] if cursor.description else []
        return "\n".join(told)


@pytest.fixture
def reader(tmp_path: Path) -> Iterator[Reader]:
    """Whoever reads the page; what was started is stopped, whatever happens."""
    found = Reader(tmp_path)
    try:
        yield found
    finally:
        found.type("pgears down")


@pytest.mark.slow
def test_the_tutorial_works(reader: Reader) -> None:
    """Each block as it stands there, and what a reader is promised to see."""
    told = [(block, reader.do(block)) for block in blocks()]
    everything = "\n".join(text for _, text in told)
    for promised in (
        "The Trial", "B0001", "You have borrowed R.U.R. (Karel Čapek)", "permission denied",
        "year", "1200", '"title":"R.U.R."', "Saturnin", "model: room",
    ):  # fmt: skip
        assert promised in everything, (promised, everything)
    plan = next(text for block, text in told if "model plan" in block.text)
    assert "create" in plan


def test_there_are_blocks_of_every_kind() -> None:
    """The page is read as it is meant."""
    found = blocks()
    assert {block.language for block in found} == {"sh", "yaml", "sql", "csv"}
    assert len(found) >= 15
