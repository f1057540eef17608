"""One attempt to hand a message to a server: an outcome for each recipient.

Where the connection ends matters. Before the content has gone out nothing was handed over
and the attempt can be repeated; after it, without an answer, nobody knows: `unknown`.
"""

from __future__ import annotations

import ssl
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from email.message import EmailMessage
from typing import Any, Literal

from aiosmtplib import SMTP, SMTPException, SMTPHeloError, SMTPResponseException

from .message import Unsendable, to_bytes, wire_address

# Servers look into the content before they answer: giving up on them makes mail unknown.
PATIENCE = 5

Outcome = Literal["sent", "refused", "deferred", "unknown"]


@dataclass(frozen=True, slots=True)
class Server:
    """Where and how to hand over."""

    host: str
    port: int
    tls: Literal["none", "starttls", "tls"] = "none"
    login: str | None = None
    password: str | None = None
    timeout: float = 60.0
    context: ssl.SSLContext | None = None
    """Certificates to trust; those of the system when left out."""


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

    def ended(self, recipients: Sequence[str]) -> list[Result]:
        """What became of the recipients when the attempt was ended now."""
        outcome: Outcome = "unknown" if self.content_given else "deferred"
        return everybody(recipients, outcome, "the runner ended the attempt")


async def hand_over(
    server: Server,
    sender: str,
    recipients: Sequence[str],
    message: EmailMessage,
    progress: Progress | None = None,
) -> list[Result]:
    """Try once, and say for each recipient what the server did; failures are results."""
    progress = progress or Progress()
    client = SMTP(
        hostname=server.host,
        port=server.port,
        timeout=server.timeout,
        use_tls=server.tls == "tls",
        start_tls=server.tls == "starttls",
        tls_context=server.context,
        local_hostname="localhost",
    )
    try:
        return await _attempt(client, server, sender, recipients, message, progress)
    except SMTPResponseException as error:
        return everybody(recipients, _outcome(error.code), error.message, error.code)
    except (SMTPException, OSError, ssl.SSLError) as error:
        return everybody(recipients, "deferred", f"{type(error).__name__}: {error}")
    finally:
        client.close()


async def _attempt(
    client: SMTP,
    server: Server,
    sender: str,
    recipients: Sequence[str],
    message: EmailMessage,
    progress: Progress,
) -> list[Result]:
    try:
        await client.connect()
        if client.is_ehlo_or_helo_needed:
            await _greet(client)
        if server.login is not None:
            await client.login(server.login, server.password or "")
    except SMTPResponseException as error:
        # A wrong password or a busy server is mended there: no refusal of these recipients.
        return everybody(recipients, "deferred", error.message, error.code)

    utf8 = client.supports_extension("smtputf8")
    needs_utf8 = _needs_utf8(message)
    if needs_utf8 and not utf8:
        return everybody(recipients, "refused", "the server takes ASCII addresses only (SMTPUTF8)")
    options = ["SMTPUTF8", "BODY=8BITMIME"] if needs_utf8 else []
    encoding = "utf-8" if needs_utf8 else "ascii"
    content = to_bytes(message, utf8=needs_utf8)

    await client.mail(wire_address(sender), options=options, encoding=encoding)
    results: dict[str, Result] = {}
    accepted: list[str] = []
    for recipient in recipients:
        try:
            address = wire_address(recipient)
            if not address.isascii() and not needs_utf8:
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
        progress.content_given = True
        for result in await _data(client, accepted, content, server.timeout * PATIENCE):
            results[result.address] = result
    with suppress(SMTPException, OSError):
        await client.quit(timeout=5)
    return [results[recipient] for recipient in recipients]


async def _greet(client: SMTP) -> None:
    try:
        await client.ehlo()
    except SMTPHeloError:
        await client.helo()


async def _data(
    client: SMTP, accepted: Sequence[str], content: bytes, timeout: float
) -> list[Result]:
    try:
        response = await client.data(content, timeout=timeout)
    except SMTPResponseException as error:
        return everybody(accepted, _outcome(error.code), error.message, error.code)
    except (SMTPException, OSError) as error:
        return everybody(accepted, "unknown", f"no answer after the content: {error}")
    return everybody(accepted, "sent", response.message, response.code)


def everybody(
    recipients: Sequence[str], outcome: Outcome, answer: str, code: int | None = None
) -> list[Result]:
    """The same result for all."""
    return [Result(recipient, outcome, code, _line(answer)) for recipient in recipients]


def sink_server(listen: str) -> Server:
    """The local sink at host:port."""
    host, _, port = listen.rpartition(":")
    return Server(host.strip("[]"), int(port))


def account_server(account: Mapping[str, Any], password: str | None) -> Server:
    """The server of a mail account."""
    return Server(
        host=account["host"],
        port=account["port"],
        tls=account["tls"],
        login=account["login"],
        password=password,
        timeout=float(account["timeout_seconds"]),
    )


def _outcome(code: int) -> Outcome:
    return "refused" if 500 <= code < 600 else "deferred"


def _needs_utf8(message: EmailMessage) -> bool:
    return any(
        not address.username.isascii()
        for header in ("from", "to", "cc", "reply-to")
        for value in message.get_all(header, [])
        for address in value.addresses
    )


def _line(text: str) -> str:
    return " ".join(str(text).split())[:1000]
