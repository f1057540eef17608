"""What tests of mail work with: the helpdesk's classes, a runner of one task, a scripted server."""

from __future__ import annotations

import asyncio
import sys
import uuid
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from pathlib import Path
from typing import Any, cast

import psycopg
from aiosmtpd.smtp import SMTP, Envelope, Session
from psycopg.types.json import Jsonb
from psycopg_pool import AsyncConnectionPool

from runner.config import Settings
from runner.mail import HANDLERS
from runner.mail.outbox import desk_of
from runner.tasks import SETTLED, Services, Task
from tests.fix_database import Database
from tests.fix_meta import ClassTable, Definitions

ROOT = Path(__file__).parents[2]

ACCOUNT = {
    "host": "127.0.0.1",
    "tls": "none",
    "from_address": "support@helpdesk.example",
    "from_name": "Support, first line",
    "is_default": True,
    "timeout_seconds": 5,
}


@asynccontextmanager
async def services(database: Database, home: Path, sink: int = 1) -> AsyncIterator[Services]:
    """Pool and settings as a runner has them."""
    async with AsyncConnectionPool(database.url, min_size=1, max_size=4, open=False) as pool:
        settings = Settings(home=home, database_url=database.url, sink_listen=f"127.0.0.1:{sink}")
        given = Services(pool, settings)
        try:
            yield given
        finally:
            await desk_of(given).connections.close()


async def claim(services: Services, limit: int = 100) -> list[Task]:
    """Lease the tasks that are ready to a new runner, as the worker does."""
    token = uuid.uuid4()
    async with services.pool.connection() as conn:
        row = await (await conn.execute("select queue.start_runner('test')")).fetchone()
        assert row is not None
        cursor = await conn.execute(
            "select id, kind, payload, attempts from queue.claim(%s, %s, %s)",
            (row[0], token, limit),
        )
        return [
            Task(id, kind, payload, attempts, token)
            for id, kind, payload, attempts in await cursor.fetchall()
        ]


async def work(services: Services) -> int:
    """Do all tasks that are ready, once each; gives their number."""
    tasks = await claim(services)
    for task in tasks:
        if task.kind == "rule":
            async with services.pool.connection() as conn:
                await conn.execute("select queue.run(%s, %s)", (task.id, task.token))
        elif await HANDLERS[task.kind].run(task, services) is not SETTLED:
            async with services.pool.connection() as conn:
                await conn.execute("select queue.settle_one(%s, %s)", (task.id, task.token))
    return len(tasks)


def run(database: Database, home: Path, sink: int = 1) -> int:
    """Do all tasks that are ready."""

    async def main() -> int:
        async with services(database, home, sink) as given:
            return await work(given)

    return asyncio.run(main())


@dataclass
class Script:
    """A server that answers as told: by recipient, at DATA, or not at all."""

    answers: dict[str, list[str]] = field(default_factory=dict)
    """Answers to RCPT by address, one after the other; the last one stays."""
    data: list[str] = field(default_factory=list)
    """Answers to the content: `drop` closes without one, `drop-kept` keeps the mail first."""
    on_data: Callable[[], None] = lambda: None
    """Called when a mail is kept, before the answer."""
    got: list[tuple[list[str], EmailMessage]] = field(default_factory=list)
    reached: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when the client is kept waiting by the answer `slow`."""
    envelopes: list[Envelope] = field(default_factory=list)

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        answers = self.answers.get(address, ["250 2.1.5 ok"])
        answer = answers.pop(0) if len(answers) > 1 else answers[0]
        if answer == "slow":
            self.reached.set()
            await asyncio.sleep(30)
        if answer == "drop":
            assert server.transport is not None
            server.transport.close()
        if answer.startswith("2"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        answer = self.data.pop(0) if self.data else "250 2.0.0 ok"
        if answer[0] == "2" or answer == "drop-kept":
            content = cast(bytes, envelope.original_content)
            message = BytesParser(policy=policy.default).parsebytes(content)
            self.got.append((list(envelope.rcpt_tos), message))
            self.envelopes.append(envelope)
            self.on_data()
        if answer.startswith("drop"):
            assert server.transport is not None
            server.transport.close()
        if answer == "slow":
            self.reached.set()
            await asyncio.sleep(30)
        return answer


def lose_runners(conn: psycopg.Connection[Any]) -> None:
    """What the queue does some time after runners have died."""
    conn.execute("update queue.runner set lease_until = now() - interval '1 hour'")
    conn.execute("update mail.mailbox set lease_until = now() - interval '1 hour'")
    conn.execute("select queue.sweep()")


@asynccontextmanager
async def smtp_server(script: Script, **options: Any) -> AsyncIterator[int]:
    """Serve the script; gives the port. Options are those of aiosmtpd, and ssl for TLS at once."""
    options = dict(options)
    loop = asyncio.get_running_loop()
    context = options.pop("ssl", None)
    server = await loop.create_server(
        lambda: SMTP(script, loop=loop, hostname="mx.test", **options),
        "127.0.0.1",
        0,
        ssl=context,
    )
    try:
        yield int(server.sockets[0].getsockname()[1])
    finally:
        server.close()
        await server.wait_closed()


def helpdesk(conn: psycopg.Connection[Any]) -> ClassTable:
    """The classes customer and ticket as the example has them."""
    definitions = Definitions(conn)
    definitions.create_class(
        "helpdesk.customer",
        {"name": {"type": "text", "mandatory": True}, "email": {"type": "text"}},
        keys=[["email"]],
    )
    return definitions.create_class(
        "helpdesk.ticket",
        {
            "number": {"type": "text", "sequence": "T{#:000000}"},
            "subject": {
                "type": "text", "max_length": 300, "mandatory": True, "default": "(no subject)",
            },
            "body": {"type": "long_text"},
            "customer": {"type": "reference", "class": "customer"},
            "received": {"type": "timestamp"},
            "message_id": {"type": "text", "max_length": 998},
            "from_address": {"type": "text", "max_length": 254},
            "attachments": {"type": "file", "multiple": True},
        },
        archive=True,
    )  # fmt: skip


MAPPING = {
    "subject": "subject",
    "body": "text",
    "customer": "reply_address -> customer.email",
    "received": "date",
    "message_id": "message_id",
    "from_address": "reply_address",
    "attachments": "attachments",
}


def mailbox(conn: psycopg.Connection[Any], path: Path | str, **more: Any) -> int:
    """The mailbox support of the helpdesk."""
    return server_mailbox(conn, "maildir", {"path": str(path)}, **more)


def server_mailbox(
    conn: psycopg.Connection[Any], driver: str, place: dict[str, Any], **more: Any
) -> int:
    """The mailbox support of the helpdesk, read by a driver."""
    definition = {"driver": driver, "class": "ticket", "mapping": MAPPING, **place, **more}
    row = conn.execute(
        "select mail.set_mailbox((select id from meta.model where code = 'helpdesk'), %s, %s)",
        ("support", Jsonb(definition)),
    ).fetchone()
    assert row is not None
    return int(row[0])


if __name__ == "__main__":
    run(Database("given", sys.argv[1]), Path(sys.argv[2]))
