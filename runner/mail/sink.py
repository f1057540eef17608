"""A mail server for development: takes everything, keeps it in a Maildir, passes nothing on.

Above each message stand the sender and recipients of the envelope, which show blind copies.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import SMTP as Protocol
from aiosmtpd.smtp import Envelope, Session

from ..errors import UserError
from .maildir import deliver

SIZE_LIMIT = 100 * 1024 * 1024


@dataclass(frozen=True)
class KeepAll:
    """Handler of aiosmtpd that keeps each message in a Maildir."""

    folder: Path

    async def handle_DATA(self, server: Any, session: Session, envelope: Envelope) -> str:
        """Store first, then answer: what is answered with 250 is on the disk."""
        content = envelope.original_content or b""
        head = f"X-Envelope-From: {envelope.mail_from}\n"
        head += "".join(f"X-Envelope-To: {recipient}\n" for recipient in envelope.rcpt_tos)
        await asyncio.to_thread(
            deliver, self.folder, head.encode() + content.replace(b"\r\n", b"\n")
        )
        return "250 2.0.0 kept in the sink"


@asynccontextmanager
async def serve(folder: Path, listen: str) -> AsyncIterator[int]:
    """Serve until the block ends; gives the port, which the system chooses for 0."""
    host, _, port = listen.rpartition(":")
    handler = KeepAll(folder)
    loop = asyncio.get_running_loop()
    try:
        server = await loop.create_server(
            lambda: Protocol(
                handler,
                data_size_limit=SIZE_LIMIT,
                enable_SMTPUTF8=True,
                hostname="sink.localhost",
                ident="pgears sink",
                loop=loop,
            ),
            host=host.strip("[]"),
            port=int(port),
        )
    except OSError as error:
        raise UserError(
            f"the sink cannot listen on {listen}: {error.strerror or error}",
            "Another sink may be running; PGEARS_SINK_LISTEN=host:port chooses another address.",
        ) from error
    try:
        yield int(server.sockets[0].getsockname()[1])
    finally:
        server.close()
        # Runners keep connections open for the next mail; nobody waits for them.
        with suppress(TimeoutError):
            async with asyncio.timeout(1):
                await server.wait_closed()


def sink_folder(home: Path) -> Path:
    """The Maildir of the sink."""
    return home / "sink"
