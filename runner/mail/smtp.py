"""One attempt to hand a message to a server: an outcome for each recipient.

Where the connection ends matters. Before the content has gone out nothing was handed over
and the attempt can be repeated; after it, without an answer, nobody knows: `unknown`.
"""

from __future__ import annotations

import asyncio
import ssl
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal

from aiosmtplib import SMTP, SMTPException, SMTPResponseException, SMTPServerDisconnected

from ..hiding import hide
from ..texts import storable
from .connections import CannotConnect, Connection, Connections, Server
from .message import Content, Unsendable, wire_address

# Servers look into the content before they answer: giving up on them makes mail unknown.
PATIENCE = 5
CHUNK = 256 * 1024

Outcome = Literal["sent", "refused", "deferred", "unknown", "unclear"]
"""As mail.settle_sending knows them; unclear is what the next attempt can look up."""


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one recipient."""

    address: str
    outcome: Outcome
    code: int | None
    answer: str

    def as_json(self) -> dict[str, Any]:
        """As mail.settle_sending takes it."""
        return {
            "address": self.address,
            "outcome": self.outcome,
            "code": self.code,
            "answer": self.answer,
        }


@dataclass(slots=True)
class Progress:
    """How far an attempt came, for whoever ends it from outside."""

    content_given: bool = False
    after_content: Outcome = "unknown"

    @property
    def outcome(self) -> Outcome:
        """What it is for the recipients when the attempt breaks off now."""
        return self.after_content if self.content_given else "deferred"

    def ended(self, recipients: Sequence[str]) -> list[Result]:
        """What became of the recipients when the attempt was ended now."""
        return everybody(recipients, self.outcome, "the runner ended the attempt")


class _Idle(Exception):
    """The server had closed a connection that was kept open; another one will do."""


async def hand_over(
    connections: Connections,
    server: Server,
    sender: str,
    recipients: Sequence[str],
    content: Content,
    progress: Progress | None = None,
) -> list[Result]:
    """Try once, and say for each recipient what the server did; failures are results."""
    progress = progress or Progress()
    while True:
        begun = time.monotonic()
        try:
            async with connections.lend(server) as connection:
                answers = partial(connections.reach.answers, server.place)
                return await _attempt(
                    connection, server, sender, recipients, content, progress, answers
                )
        except _Idle:
            continue
        except CannotConnect as error:
            # A wrong password or a busy server is mended there: no refusal of these recipients.
            return everybody(recipients, "deferred", str(error), error.code)
        except SMTPResponseException as error:
            return everybody(recipients, _outcome(error.code), error.message, error.code)
        except (SMTPException, OSError, ssl.SSLError) as error:
            words = f"{type(error).__name__}: {error}"
            if isinstance(error, TimeoutError):  # those of aiosmtplib are such, too
                connections.reach.fails(server.place, words, begun)
            return everybody(recipients, "deferred", words)


async def _attempt(
    connection: Connection,
    server: Server,
    sender: str,
    recipients: Sequence[str],
    content: Content,
    progress: Progress,
    answers: Callable[[], None],
) -> list[Result]:
    client = connection.client
    utf8 = content.needs_utf8
    if utf8 and not client.supports_extension("smtputf8"):
        connection.reusable = True
        return everybody(recipients, "refused", "the server takes ASCII addresses only (SMTPUTF8)")
    options = ["SMTPUTF8", "BODY=8BITMIME"] if utf8 else []
    if client.supports_extension("size"):
        options.append(f"SIZE={content.size}")
    encoding = "utf-8" if utf8 else "ascii"

    try:
        await client.mail(wire_address(sender), options=options, encoding=encoding)
    except SMTPServerDisconnected as error:
        raise _fresh(connection, error) from error
    except SMTPResponseException as error:
        if error.code == 421:
            raise _fresh(connection, error) from error
        connection.reusable = True
        answers()
        raise
    answers()
    results: dict[str, Result] = {}
    accepted: list[str] = []
    for recipient in recipients:
        try:
            address = wire_address(recipient)
            if not address.isascii() and not utf8:
                raise Unsendable("the server takes ASCII addresses only (SMTPUTF8)")
            await client.rcpt(address, encoding=encoding)
            accepted.append(recipient)
        except Unsendable as error:
            results[recipient] = Result(recipient, "refused", None, str(error))
        except SMTPResponseException as error:
            results[recipient] = Result(
                recipient, _outcome(error.code), error.code, _line(error.message)
            )
    if accepted:
        for result in await _data(connection, accepted, content, progress, server.timeout):
            results[result.address] = result
    else:
        await client.rset()
        connection.reusable = True
    return [results[recipient] for recipient in recipients]


def _fresh(connection: Connection, error: SMTPException) -> Exception:
    """Nothing was given: an old connection that was closed meanwhile is no failure."""
    return _Idle() if connection.used > 0 else error


async def _data(
    connection: Connection,
    accepted: Sequence[str],
    content: Content,
    progress: Progress,
    timeout: float,
) -> list[Result]:
    client = connection.client
    try:
        if content.whole is not None:
            progress.content_given = True
            response = await client.data(content.whole, timeout=timeout * PATIENCE)
            code, answer = response.code, response.message
        else:
            code, answer = await _stream(client, content, progress, timeout)
    except SMTPResponseException as error:
        connection.reusable = error.code != 421
        return everybody(accepted, _outcome(error.code), error.message, error.code)
    except (SMTPException, OSError) as error:
        if not progress.content_given:
            raise
        return everybody(accepted, "unknown", f"no answer after the content: {error}")
    connection.reusable = True
    return everybody(accepted, "sent", answer, code)


async def _stream(
    client: SMTP, content: Content, progress: Progress, timeout: float
) -> tuple[int, str]:
    """Hand over a content that is too large for memory; its dots are doubled already.

    Only the line with the dot makes it a mail: what ends before was not handed over.
    """
    response = await client.execute_command(b"DATA", timeout=timeout)
    if response.code != 354:
        raise SMTPResponseException(response.code, response.message)
    async for chunk in content.chunks(CHUNK):
        async with asyncio.timeout(timeout):
            await _write(client, chunk)
    progress.content_given = True
    response = await client.execute_command(b".", timeout=timeout * PATIENCE)
    if response.code != 250:
        raise SMTPResponseException(response.code, response.message)
    return response.code, response.message


async def _write(client: SMTP, chunk: bytes) -> None:
    protocol = client.protocol
    if protocol is None or not isinstance(protocol.transport, asyncio.WriteTransport):
        raise SMTPServerDisconnected("Connection lost")
    protocol.write(chunk)
    while protocol.is_connected and protocol.transport.get_write_buffer_size() > CHUNK:
        await asyncio.sleep(0.002)


def everybody(
    recipients: Sequence[str], outcome: Outcome, answer: str, code: int | None = None
) -> list[Result]:
    """The same result for all."""
    return [Result(recipient, outcome, code, _line(answer)) for recipient in recipients]


def _outcome(code: int) -> Outcome:
    return "refused" if 500 <= code < 600 else "deferred"


def _line(text: str) -> str:
    return hide(" ".join(storable(text).split()))[:1000]
