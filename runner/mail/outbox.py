"""Tasks of the outbox: claim and commit, hand over, settle and commit."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any
from weakref import WeakKeyDictionary

from psycopg.types.json import Jsonb
from psycopg_pool import AsyncConnectionPool

from ..tasks import SETTLED, Outcome, Services, Task
from .batch import Batch
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


class Desk:
    """What the attempts of one runner share: connections, and calls made together."""

    def __init__(self) -> None:
        self.connections = Connections()
        self.begin: Batch[Task, Mapping[str, Any]] = Batch(_begin)
        self.settle: Batch[Mapping[str, Any], bool] = Batch(_settle)


_desks: WeakKeyDictionary[AsyncConnectionPool, Desk] = WeakKeyDictionary()


def desk_of(services: Services) -> Desk:
    """The desk of a runner."""
    return _desks.setdefault(services.pool, Desk())


async def send(task: Task, services: Services) -> Outcome:
    """Send the stored mail that the task names; the task is settled with its outcome."""
    desk, progress = desk_of(services), Progress()
    beginning = asyncio.ensure_future(desk.begin.add(services.pool, task))
    try:
        mail = await asyncio.shield(beginning)
        if mail["outcome"] != "send":
            return SETTLED
        results = await _try(mail, services, progress)
    except asyncio.CancelledError:
        # Time is up, or the runner stops: what is known is recorded, and that ends the task.
        mail = await beginning
        if mail["outcome"] != "send":
            return SETTLED
        results = progress.ended(mail["envelope"])

    attempt = {
        "message": mail["id"],
        "task": task.id,
        "token": str(task.token),
        "results": [result.as_json() for result in results],
    }
    if not await desk.settle.add(services.pool, attempt):
        # The other attempt has found this one under way and decided by the account's policy.
        log.warning("mail %s: the lease was lost, the outcome is not recorded", mail["id"])
    return SETTLED


async def _begin(
    pool: AsyncConnectionPool, tasks: Sequence[Task]
) -> Sequence[Mapping[str, Any]]:
    messages = [int(task.payload["message"]) for task in tasks]
    async with pool.connection() as conn:
        cursor = await conn.execute(
            "select task, details from mail.begin_many(%s::bigint[], %s::bigint[], %s::uuid[])",
            (messages, [task.id for task in tasks], [task.token for task in tasks]),
        )
        found = dict(await cursor.fetchall())
    return [found[task.id] for task in tasks]


async def _settle(
    pool: AsyncConnectionPool, attempts: Sequence[Mapping[str, Any]]
) -> Sequence[bool]:
    async with pool.connection() as conn:
        cursor = await conn.execute("select mail.settle_many(%s)", (Jsonb(list(attempts)),))
        row = await cursor.fetchone()
    lost = row[0] if row else []
    return [attempt["message"] not in lost for attempt in attempts]


async def sweep(services: Services) -> None:
    """Settle mails whose task is gone, and delete those kept long enough."""
    async with services.pool.connection() as conn:
        await conn.execute("select mail.sweep()")
        await conn.execute("select mail.prune()")


async def hang_up(services: Services) -> None:
    """Close connections to mail servers that nobody has used for a while."""
    await desk_of(services).connections.close(IDLE_SECONDS)


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
                desk_of(services).connections,
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
