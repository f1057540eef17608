"""Tasks of the outbox: claim and commit, hand over, settle and commit."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping, Sequence
from typing import Any

from psycopg.types.json import Jsonb

from ..errors import MailLeaseLost
from ..tasks import SETTLED, Outcome, Services, Task
from .message import Attachment, Unsendable, build
from .secrets import SecretMissing, read_secret
from .smtp import Progress, Result, account_server, everybody, hand_over, sink_server

log = logging.getLogger(__name__)


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
    """Settle mails whose task is gone."""
    async with services.pool.connection() as conn:
        await conn.execute("select mail.sweep()")


async def _try(mail: Mapping[str, Any], services: Services, progress: Progress) -> Sequence[Result]:
    envelope: list[str] = mail["envelope"]
    account = mail["account"]
    try:
        if account["is_sink"]:
            server = sink_server(services.settings.sink_listen)
        else:
            password = await asyncio.to_thread(read_secret, account["secret"])
            server = account_server(account, password)
        attachments = await _attachments(mail["id"], services)
        message = await asyncio.to_thread(build, mail, attachments)
        return await hand_over(server, mail["from"]["address"], envelope, message, progress)
    except SecretMissing as error:
        return everybody(envelope, "deferred", str(error))
    except Unsendable as error:
        return everybody(envelope, "refused", str(error))


async def _attachments(message_id: int, services: Services) -> list[Attachment]:
    async with services.pool.connection() as conn:
        cursor = await conn.execute(
            "select name, media_type, content from mail.read_attachments(%s)",
            (message_id,),
            binary=True,
        )
        return [Attachment(*row) for row in await cursor.fetchall()]
