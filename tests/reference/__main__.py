"""`make docs-reference`: write the generated pages of docs/ anew."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

import psycopg

from runner.apply import upgrade
from runner.throwaway import child_server

from . import commands, dependencies, privileges, settings, sql

DOCS = dependencies.ROOT / "docs"


def main() -> None:
    """The pages that need a database are made in a throw-away server."""
    (DOCS / "dependencies.md").write_text(dependencies.page(), "utf-8")
    (DOCS / "settings.md").write_text(settings.page(), "utf-8")
    (DOCS / "commands.md").write_text(commands.page(), "utf-8")
    folder = Path(tempfile.mkdtemp(prefix="pgears-reference-"))
    folder.chmod(0o755)
    try:
        with child_server(folder, {"fsync": "off"}) as url:
            upgrade(url)
            with psycopg.connect(url) as conn:
                (DOCS / "sql.md").write_text(sql.page(conn), "utf-8")
                (DOCS / "privileges.md").write_text(privileges.page(conn), "utf-8")
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
