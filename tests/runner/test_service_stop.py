"""A runner whose threads wait for servers: they hold neither each other nor its end."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from pathlib import Path
from socketserver import StreamRequestHandler, ThreadingTCPServer
from typing import Any

import pytest

from runner.mail import push
from runner.mail.drivers.imap import Imap
from tests.fix_database import Database
from tests.fix_runner import Workplace, until

from .mail_parts import helpdesk, server_mailbox, services

ANSWERS = {
    b"CAPABILITY": b"* CAPABILITY IMAP4rev1\r\n",
    b"LOGIN": b"",
    b"LOGOUT": b"* BYE\r\n",
}


@pytest.fixture
def silent_imap() -> Iterator[tuple[int, threading.Event]]:
    """A server that lets in and then says nothing: its port, and an event when somebody waits."""
    waits, over = threading.Event(), threading.Event()

    class Talk(StreamRequestHandler):
        def handle(self) -> None:
            self.wfile.write(b"* OK ready\r\n")
            while line := self.rfile.readline():
                tag, command, *_ = line.split()
                if command not in ANSWERS:
                    waits.set()
                    over.wait()
                    return
                self.wfile.write(ANSWERS[command] + tag + b" OK done\r\n")

    ThreadingTCPServer.allow_reuse_address = True
    with ThreadingTCPServer(("127.0.0.1", 0), Talk) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        yield server.server_address[1], waits
        over.set()
        server.shutdown()


def imap(conn: Any, port: int, **more: Any) -> int:
    """The mailbox at that server; nothing times out while a test runs."""
    place = {"host": "127.0.0.1", "port": port, "tls": "none", "login": "a", "secret": "env:HOME"}
    return server_mailbox(conn, "imap", {**place, "timeout_seconds": 120}, **more)


def test_stop_does_not_wait_for_a_silent_server(
    workplace: Workplace, silent_imap: tuple[int, threading.Event]
) -> None:
    """The turn is broken off, and the mailbox is free for the next one at once."""
    port, waits = silent_imap
    helpdesk(workplace.conn)
    imap(workplace.conn, port)
    runner = workplace.start()
    until(waits.is_set, "a command without an answer")
    assert workplace.count("select count(*) from mail.mailbox where lease_token is not null") == 1
    runner.stop()
    assert workplace.one("select lease_until is null and due <= core.now() from mail.mailbox")


def test_many_that_listen_hold_no_thread_of_others(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """More mailboxes in IDLE than a process has threads for everybody."""
    number, over = 80, threading.Event()
    waiting = threading.Semaphore(0)

    def wait(self: Imap, seconds: float) -> bool:
        waiting.release()
        over.wait()
        return False

    monkeypatch.setattr(Imap, "connect", lambda self: None)
    monkeypatch.setattr(Imap, "wait", wait)

    async def main() -> str:
        async with services(database, tmp_path) as given:
            listening = asyncio.create_task(push.listen(given))
            try:
                async with asyncio.timeout(60):
                    for _ in range(number):
                        while not waiting.acquire(blocking=False):
                            await asyncio.sleep(0.01)
                    return await asyncio.to_thread(lambda: "done")
            finally:
                over.set()
                listening.cancel()
                await asyncio.wait([listening])

    with database.connect() as conn:
        helpdesk(conn)
        imap(conn, 1, push=True)
        conn.execute(
            """
            insert into mail.mailbox (model_id, code, definition, class_id, poll_every)
            select b.model_id, b.code || n, b.definition, b.class_id, b.poll_every
            from mail.mailbox as b cross join generate_series(2, %s) as n
            """,
            (number,),
        )
        assert asyncio.run(main()) == "done"
