"""Tasks of the outbox: claim and commit, hand over, settle and commit."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any
from weakref import WeakKeyDictionary

from psycopg.types.json import Jsonb
from psycopg_pool import AsyncConnectionPool

from ..errors import MailLeaseLost
from ..tasks import SETTLED, Outcome, Services, Task
from .connections import IDLE_SECONDS, Connections, Server, account_server, sink_server
from .message import Unsendable
from .secrets import SecretMissing, read_secret
from .smtp import Progress, Result, everybody, hand_over
from .spool import compose

log = logging.getLogger(__name__)

SecretSource = Callable[[Mapping[str, Any], Services], Awaitable[str | None]]


async def referred_secret(account: Mapping[str, Any], services: Services) -> str | None:
    """The password, or the access token that somebody keeps fresh, behind the reference."""
    return await asyncio.to_thread(read_secret, account["secret"])


secret_source: SecretSource = referred_secret
"""Who gives the password or token of an account; grants of tokens take this place."""

_connections: WeakKeyDictionary[AsyncConnectionPool, Connections] = WeakKeyDictionary()


def connections_of(services: Services) -> Connections:
    """The connections to mail servers of a runner."""
    return _connections.setdefault(services.pool, Connections())


async def send(task: Task, services: Services) -> Outcome:
    """Send the stored mail that the task names; the task is settled with its outcome."""
    message_id = int(task.payload["message"])
    async with services.pool.connection() as conn:
        cursor = await conn.execute(
            "select mail.begin_sending(%s, %s, %s)", (message_id, task.id, task.token)
        )
        row = await cursor.fetchone()
    mail: Mapping[str, Any] = row[0] if row else {}
    if mail["outcome"] != "send":
        return SETTLED

    progress = Progress()
    try:
        results = await _try(mail, services, progress)
    except asyncio.CancelledError:
        # Time is up, or the runner stops: what is known is recorded, and that ends the task.
        results = progress.ended(mail["envelope"])

    try:
        async with services.pool.connection() as conn:
            await conn.execute(
                "select mail.settle_sending(%s, %s, %s, %s)",
                (message_id, task.id, task.token, Jsonb([result.as_json() for result in results])),
            )
    except MailLeaseLost:
        # The other attempt has found this one under way and decided by the account's policy.
        log.warning("mail %s: the lease was lost, the outcome is not recorded", message_id)
    return SETTLED


async def sweep(services: Services) -> None:
    """Settle mails whose task is gone, and delete those kept long enough."""
    async with services.pool.connection() as conn:
        await conn.execute("select mail.sweep()")
        await conn.execute("select mail.prune()")


async def hang_up(services: Services) -> None:
    """Close connections to mail servers that nobody has used for a while."""
    await connections_of(services).close(IDLE_SECONDS)


async def _try(mail: Mapping[str, Any], services: Services, progress: Progress) -> Sequence[Result]:
    envelope: list[str] = mail["envelope"]

    async def read(file: int, offset: int, length: int) -> bytes:
        async with services.pool.connection() as conn:
            cursor = await conn.execute(
                "select core.read_file(%s, %s, %s)", (file, offset, length), binary=True
            )
            row = await cursor.fetchone()
        content: bytes | None = row[0] if row else None
        if content is None:
            raise Unsendable(f"the attachment {file} is gone")
        return content

    try:
        server = await _server(mail["account"], services)
        content = await compose(mail, read)
        try:
            return await hand_over(
                connections_of(services),
                server,
                mail["from"]["address"],
                envelope,
                content,
                progress,
            )
        finally:
            content.close()
    except SecretMissing as error:
        return everybody(envelope, "deferred", str(error))
    except Unsendable as error:
        return everybody(envelope, "refused", str(error))


async def _server(account: Mapping[str, Any], services: Services) -> Server:
    if account["is_sink"]:
        return sink_server(services.settings.sink_listen)
    return account_server(account, await secret_source(account, services))
