"""Mails a second from the outbox to a local server, beside a loop over the bare client library.

Both send the same messages to the same server. The bare loop is what a script does: one
connection, one mail after the other, nothing stored, nothing recorded. The runner claims,
stores that it begins, sends, and records the answer for each recipient.
"""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage

import psycopg
from aiosmtplib import SMTP
from psycopg.types.json import Jsonb

from runner.errors import UserError

from .lab import Lab
from .results import Budget, Result, ratio
from .rounds import interleave, stopwatch
from .service import runner

BUDGET = Budget(0.7, "at least")
MAILS = 10_000
WAIT = 300.0
BODY = "Dear customer,\n\nyour order {} is on its way.\n" + "It will be with you soon.\n" * 30


def run(lab: Lab) -> Iterator[Result]:
    """One result against the bare loop."""
    mails = lab.size(MAILS)
    with lab.database() as url, smtp_server() as port:
        with psycopg.connect(url, autocommit=True) as conn:
            account = {
                "host": "127.0.0.1", "port": port, "tls": "none",
                "from_address": "bench@pgears.example", "is_default": True,
            }  # fmt: skip
            conn.execute("select mail.set_account('bench', %s)", (Jsonb(account),))
            conn.execute("select mail.set_guard('deliver')")
        figures = interleave(
            {
                "pgears": lambda: _outbox(url, mails),
                "aiosmtplib in a loop": lambda: asyncio.run(_bare(port, mails)),
            },
            rounds=lab.rounds(3),
            unit="mails/s",
            warm_up=0,
        )
    yield Result(
        f"{mails:,} mails to a local SMTP server",
        "bare loop of aiosmtplib",
        BUDGET,
        ratio(figures["pgears"], figures["aiosmtplib in a loop"]),
        list(figures.values()),
    )


def _outbox(url: str, mails: int) -> float:
    """Store all, then let one runner send them."""
    with psycopg.connect(url, autocommit=True) as conn:
        conn.execute("truncate mail.message, queue.task cascade")
        conn.execute(
            "select count(mail.send('c' || i || '@customer.example', p_subject => 'Order ' || i,"
            " p_body => replace(%s, '{}', i::text))) from generate_series(1, %s) as i",
            (BODY, mails),
        )
        conn.execute("vacuum analyze mail.message, mail.recipient, queue.task")
        with runner(url):
            deadline = time.monotonic() + WAIT
            left = "select exists (select from mail.message where state <> 'sent')"
            while conn.execute(left.encode()).fetchone() != (False,):
                if time.monotonic() > deadline:
                    raise UserError("the mails did not leave")
                # Each look reads the table: rare ones leave the processors to the runner.
                time.sleep(0.2)
        taken = conn.execute(
            "select extract(epoch from max(settled) - min(attempted)) from mail.message"
        ).fetchone()
    assert taken is not None
    return mails / float(taken[0])


async def _bare(port: int, mails: int) -> float:
    client = SMTP(hostname="127.0.0.1", port=port, start_tls=False, local_hostname="localhost")
    await client.connect()
    with stopwatch() as watch:
        for i in range(1, mails + 1):
            message = EmailMessage()
            message["From"] = "bench@pgears.example"
            message["To"] = f"c{i}@customer.example"
            message["Subject"] = f"Order {i}"
            message.set_content(BODY.replace("{}", str(i)))
            await client.send_message(message)
    await client.quit()
    return mails / watch.seconds


@contextmanager
def smtp_server() -> Iterator[int]:
    """The server of bench.smtp_server in a process of its own; gives its port."""
    with subprocess.Popen(
        [sys.executable, "-m", "bench.smtp_server"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        yield int(process.stdout.readline())
        process.stdin.close()
