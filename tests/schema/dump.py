"""The schema as text: `make schema` writes it, a test compares it."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from runner.apply import upgrade
from runner.binaries import binaries
from runner.throwaway import child_server

COMMITTED = Path(__file__).with_name("schema.sql")
NOISE = re.compile(
    r"^(--.*|\\(un)?restrict .*|SET .*|SELECT pg_catalog\.set_config.*|)\n", re.MULTILINE
)


def dump(url: str, bin: Path) -> str:
    """All schemas of a database as SQL, by the server's own pg_dump; no owners, no data."""
    done = subprocess.run(
        [bin / "pg_dump", "--schema-only", "--no-owner", "--quote-all-identifiers", url],
        capture_output=True,
        text=True,
        check=True,
    )
    return NOISE.sub("", done.stdout)


def main() -> None:
    """Install into a throw-away server and write the file that is committed."""
    folder = Path(tempfile.mkdtemp(prefix="pgears-schema-"))
    folder.chmod(0o755)
    try:
        with child_server(folder, {"fsync": "off"}) as url:
            upgrade(url)
            COMMITTED.write_text(dump(url, binaries()))
    finally:
        shutil.rmtree(folder)
    sys.stdout.write(f"{COMMITTED} written\n")


if __name__ == "__main__":
    main()
