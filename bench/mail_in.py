"""Messages from a local IMAP server into records, against a bare loop of the same client."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import psycopg
from imapclient import IMAPClient
from psycopg.types.json import Jsonb
from psycopg_pool import AsyncConnectionPool

from runner.mail.reading import read_mailbox
from tests.peers.dovecot import Dovecot, dovecot, missing

from .lab import Lab
from .results import Budget, Result, ratio
from .rounds import interleave, stopwatch

BUDGET = Budget(0.7, "at least")
MESSAGES = 10_000
BATCH = 1000

WORK = "messages from IMAP become records"
AGAINST = "a bare loop of the same client: fetch a message, mark it, one after the other"


def run(lab: Lab) -> Iterator[Result]:
    """Messages per second: stored, marked, parsed, made records, committed."""
    if (reason := missing()) is not None:
        yield Result(WORK, AGAINST, BUDGET, None, reason=reason)
        return
    number = lab.size(MESSAGES)
    with dovecot() as server:

        def bare() -> float:
            with server.client(filled(server, number)) as client, stopwatch() as watch:
                for uid in client.search("UNSEEN"):
                    read(client, uid)
            return number / watch.seconds

        def pgears() -> float:
            user = filled(server, number)
            with lab.database() as url, psycopg.connect(url, autocommit=True) as conn:
                id = mailbox(conn, server, user)
                with stopwatch() as watch:
                    asyncio.run(read_all(url, id))
                row = conn.execute("select count(*) from mail.received where state = 'done'")
                assert row.fetchone() == (number,)
            return number / watch.seconds

        figures = interleave(
            {"pgears": pgears, "bare loop": bare}, rounds=lab.rounds(3), unit="/s", warm_up=0
        )
    yield Result(
        f"{number:,} {WORK}",
        AGAINST,
        BUDGET,
        ratio(figures["pgears"], figures["bare loop"]),
        list(figures.values()),
    )


def filled(server: Dovecot, number: int) -> str:
    """A new account with messages of 2 KB; gives its name."""
    user = f"b{uuid.uuid4().hex[:12]}"
    with server.client(user) as client:
        for i in range(number):
            client.append("INBOX", message(i))
    return user


def message(number: int) -> bytes:
    """A message as people write it: some headers, 1.5 KB of text."""
    return (
        f"From: Ann <ann{number % 50}@a.example>\r\nTo: support@example.test\r\n"
        f"Subject: Order {number}\r\nMessage-ID: <{number}@a.example>\r\n"
        "Date: Mon, 05 Jan 2026 10:00:00 +0000\r\nMIME-Version: 1.0\r\n"
        "Content-Type: text/plain; charset=utf-8\r\n\r\n"
        + "It is about the order of last week, please look into it.\r\n"
        * 25
    ).encode()


def read(client: IMAPClient, uid: int) -> bytes:
    """What a script of an afternoon does."""
    content: bytes = client.fetch([uid], ["BODY.PEEK[]"])[uid][b"BODY[]"]
    client.add_flags([uid], [b"\\Seen"], silent=True)
    return content


def mailbox(conn: psycopg.Connection[Any], server: Dovecot, user: str) -> int:
    """The mailbox of an account."""
    secret = Path(server.folder) / "secret"
    secret.write_text("secret")
    place = {
        "driver": "imap", "host": "127.0.0.1", "port": server.port, "tls": "none",
        "login": user, "secret": f"file:{secret}", "batch_size": BATCH,
    }  # fmt: skip
    return mailbox_of(conn, "bench", place)


def mailbox_of(conn: psycopg.Connection[Any], model: str, place: Mapping[str, Any]) -> int:
    """A model with a class of five columns, and the mailbox that fills it."""
    (id,) = _one(conn, "select meta.create_model(%s, '{}')", model)
    columns = {
        "subject": {"type": "text", "max_length": 300},
        "body": {"type": "long_text"},
        "sender": {"type": "text"},
        "came": {"type": "timestamp"},
        "files": {"type": "file", "multiple": True},
    }
    conn.execute("select meta.create_class(%s, 'message', %s)", (id, Jsonb({"columns": columns})))
    mapping = {
        "subject": "subject", "body": "text", "sender": "from_address", "came": "date",
        "files": "attachments",
    }  # fmt: skip
    definition = {**place, "class": "message", "mapping": mapping}
    (box,) = _one(conn, "select mail.set_mailbox(%s, 'inbox', %s)", id, Jsonb(definition))
    return int(box)


async def read_all(url: str, id: int) -> None:
    """Turns until nothing is left."""
    async with AsyncConnectionPool(url, min_size=1, max_size=4, open=False) as pool:
        more = True
        while more:
            turn = await read_mailbox(pool, id, Path())
            assert turn.error is None, turn.error
            more = turn.more


def _one(conn: psycopg.Connection[Any], query: str, *arguments: Any) -> tuple[Any, ...]:
    row = conn.execute(query.encode(), arguments).fetchone()
    assert row is not None
    return tuple(row)
