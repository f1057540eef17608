"""Write docs/model-file.schema.json and the tables of docs/model-files.md: `make model-schema`."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

import psycopg

from runner.apply import upgrade
from runner.model.reference import write
from runner.paths import PACKAGE
from runner.throwaway import child_server


def main() -> None:
    """Install into a throw-away server and ask it."""
    folder = Path(tempfile.mkdtemp(prefix="pgears-schema-"))
    folder.chmod(0o755)
    try:
        with child_server(folder, {"fsync": "off"}) as url:
            upgrade(url)
            with psycopg.connect(url) as conn:
                write(conn, PACKAGE.parent / "docs")
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
