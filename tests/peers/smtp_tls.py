"""A mail server with TLS in a process of its own: what its visitors break off ends with it.

`python -m tests.peers.smtp_tls tls|starttls|none CERTIFICATE KEY` prints its port and serves.
"""

from __future__ import annotations

import asyncio
import ssl
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from aiosmtpd.handlers import Sink
from aiosmtpd.smtp import SMTP


@contextmanager
def smtp_tls(tls: str, certificate: Path, key: Path) -> Iterator[int]:
    """Serve for a block; gives the port."""
    command = [sys.executable, "-m", __name__, tls, str(certificate), str(key)]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as server:
        try:
            assert server.stdout is not None
            yield int(server.stdout.readline())
        finally:
            server.kill()


async def _serve(tls: str, certificate: str, key: str) -> None:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate, key)
    loop = asyncio.get_running_loop()
    at_once, later = (context if tls == way else None for way in ("tls", "starttls"))
    server = await loop.create_server(
        lambda: SMTP(Sink(), loop=loop, hostname="mx.test", tls_context=later),
        "127.0.0.1",
        0,
        ssl=at_once,
    )
    sys.stdout.write(f"{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(_serve(*sys.argv[1:]))
