"""A runner that reads a mailbox once and prints its peak memory in kB: URL, home, mailbox."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from runner.mail.reading import read_mailbox
from tests.fix_database import Database

from .mail_parts import services
from .send_measured import peak


async def main(url: str, home: str, mailbox: str) -> None:
    """Read once."""
    async with services(Database("given", url), Path(home)) as given:
        turn = await read_mailbox(given.pool, int(mailbox), Path(home))
    assert turn.error is None, turn.error


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:4]))
    sys.stdout.write(str(peak()))
