"""Tasks of the outbox: claim and commit, hand over, settle and commit."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

from psycopg.types.json import Jsonb
from psycopg_pool import AsyncConnectionPool

from ..errors import MailLeaseLost
from ..losses import outlast
from ..secrets import SecretMissing, read_secret
from ..tasks import SETTLED, Outcome, Services, Task
from ..tokens import Grant, TokenRefused, access_token, forget_token
from .batch import Batch
from .connections import IDLE_SECONDS, Connections, Server, account_server, sink_server
from .drafts import held_as_draft, send_draft
from .message import Unsendable
from .room import rooms_of
from .smtp import Progress, Result, everybody, hand_over
from .spool import Read, compose, held

log = logging.getLogger(__name__)

LOGIN_REFUSED = 535

SecretSource = Callable[[Mapping[str, Any], Services], Awaitable[str | None]]


async def given_secret(account: Mapping[str, Any], services: Services) -> str | None:
    """The password behind the reference, or an access token by the grant of the account."""
    if account["token_url"] is None:
        return await asyncio.to_thread(read_secret, account["secret"], account["login"] or "")
    token = await asyncio.to_thread(access_token, Grant.of(account))
    return token.value


secret_source: SecretSource = given_secret
"""Who gives the password or token of an account."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """An attempt that has ended."""

    message: int
    task: Task
    results: Sequence[Result]
    after: float | None = None
    """Seconds that the server wants to be left alone."""

    def as_json(self) -> dict[str, Any]:
        """As mail.settle_many takes it."""
        return {
            "message": self.message,
            "task": self.task.id,
            "token": str(self.task.token),
            "results": [result.as_json() for result in self.results],
            "after": self.after,
        }


class Desk:
    """What the attempts of one runner share: connections, and calls made together."""

    def __init__(self) -> None:
        self.connections = Connections()
        self.calls: Batch[Task | Attempt, Any] = Batch(_exchange)


_desks: WeakKeyDictionary[AsyncConnectionPool, Desk] = WeakKeyDictionary()


def desk_of(services: Services) -> Desk:
    """The desk of a runner."""
    return _desks.setdefault(services.pool, Desk())


async def send(task: Task, services: Services) -> Outcome:
    """Send the stored mail that the task names; the task is settled with its outcome."""
    desk, progress, after = desk_of(services), Progress(), None
    what = f"mail {task.payload['message']}"

    async def exchange(item: Task | Attempt) -> Any:
        return await outlast(lambda: desk.calls.add(services.pool, item), what)

    beginning = asyncio.ensure_future(exchange(task))
    try:
        mail = await asyncio.shield(beginning)
        if mail["outcome"] != "send":
            return SETTLED
        results, after = await _try(mail, task, services, progress)
    except MailLeaseLost:
        log.warning("%s: the lease was lost before it was handed over", what)
        return SETTLED
    except asyncio.CancelledError:
        # Time is up, or the runner stops: what is known is recorded, and that ends the task.
        mail = await beginning
        if mail["outcome"] != "send":
            return SETTLED
        results = progress.ended(mail["envelope"])

    if not await exchange(Attempt(mail["id"], task, results, after)):
        # Recorded already, where only the answer was lost. Or the other attempt has found this
        # one under way and decided by the account's policy.
        log.warning("%s: the lease was lost, the outcome is not recorded", what)
    return SETTLED


async def _exchange(
    pool: AsyncConnectionPool, items: Sequence[Task | Attempt]
) -> Sequence[Mapping[str, Any] | bool]:
    """Record what has ended and claim what begins, in one commit."""
    ended = [item for item in items if isinstance(item, Attempt)]
    begun = [item for item in items if isinstance(item, Task)]
    lost: Sequence[int] = ()
    details: dict[int, Mapping[str, Any]] = {}
    async with pool.connection() as conn:
        if ended:
            cursor = await conn.execute(
                "select mail.settle_many(%s)", (Jsonb([attempt.as_json() for attempt in ended]),)
            )
            row = await cursor.fetchone()
            lost = row[0] if row else ()
        if begun:
            cursor = await conn.execute(
                "select task, details from mail.begin_many(%s::bigint[], %s::bigint[], %s::uuid[])",
                (
                    [int(task.payload["message"]) for task in begun],
                    [task.id for task in begun],
                    [task.token for task in begun],
                ),
            )
            details = dict(await cursor.fetchall())
    return [
        item.message not in lost if isinstance(item, Attempt) else details[item.id]
        for item in items
    ]


async def sweep(services: Services) -> None:
    """Settle mails whose task is gone, and delete those kept long enough."""
    async with services.pool.connection() as conn:
        await conn.execute("select mail.sweep()")
        await conn.execute("select mail.prune()")


async def hang_up(services: Services) -> None:
    """Close connections to mail servers that nobody has used for a while."""
    await desk_of(services).connections.close(IDLE_SECONDS)


async def _try(
    mail: Mapping[str, Any], task: Task, services: Services, progress: Progress
) -> tuple[Sequence[Result], float | None]:
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

    async def keep(draft: str | None, asked: bool) -> None:
        async with services.pool.connection() as conn:
            await conn.execute(
                "select mail.keep_draft(%s, %s, %s, %s, %s)",
                (mail["id"], task.id, task.token, draft, asked),
            )

    try:
        if mail["account"]["transport"] == "graph":
            connections = desk_of(services).connections
            async with rooms_of(services.pool).outgoing.hold(held_as_draft(mail)):
                return await send_draft(connections, mail, read, keep, progress)
        async with rooms_of(services.pool).outgoing.hold(held(mail)):
            return await _by_smtp(mail, read, services, progress), None
    except (SecretMissing, TokenRefused) as error:
        return everybody(envelope, progress.outcome, str(error)), None
    except Unsendable as error:
        return everybody(envelope, "refused", str(error)), None


async def _by_smtp(
    mail: Mapping[str, Any], read: Read, services: Services, progress: Progress
) -> Sequence[Result]:
    account, connections = mail["account"], desk_of(services).connections
    arguments = mail["from"]["address"], mail["envelope"]
    server = await _server(account, services)
    content = await compose(mail, read)
    try:
        results = await hand_over(connections, server, *arguments, content, progress)
        if account["token_url"] is not None and all(
            result.outcome == "deferred" and result.code == LOGIN_REFUSED for result in results
        ):
            # The token may have been revoked: once more with a new one.
            await asyncio.to_thread(forget_token, Grant.of(account))
            server = await _server(account, services)
            results = await hand_over(connections, server, *arguments, content, progress)
        return results
    finally:
        content.close()


async def _server(account: Mapping[str, Any], services: Services) -> Server:
    if account["is_sink"]:
        return sink_server(services.settings.sink_listen)
    return account_server(account, await secret_source(account, services))
