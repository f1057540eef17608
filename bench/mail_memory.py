"""Peak memory of a runner that sends, and of one that reads, a mail with a file of 60 MB.

Each is a process of its own that does nothing else; what it holds is compared with the same
process at work on a small mail. The peak is that of the kernel (VmHWM).
"""

from __future__ import annotations

import base64
import os
import random
import subprocess
import sys
import tempfile
import uuid
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import psycopg
from psycopg.types.json import Jsonb

from runner.mail.maildir import make

from .lab import Lab
from .mail_in import mailbox_of
from .mail_out import smtp_server
from .results import Budget, Figure, Result

BUDGET = Budget(20, unit="MB")
BYTES = 60_000_000
PIECE = 57_000


def run(lab: Lab) -> Iterator[Result]:
    """What a file of 60 MB costs beyond a small one, out and in."""
    size = lab.size(BYTES)
    with tempfile.TemporaryDirectory(prefix="pgears-bench-") as name, lab.database() as url:
        for way, measure in (("sent", _sent), ("read from a Maildir", _read)):
            small = [measure(url, Path(name), 1000) for _ in range(lab.rounds(3))]
            large = [measure(url, Path(name), size) for _ in range(lab.rounds(3))]
            figures = [Figure("small", small, "MB"), Figure("large", large, "MB")]
            yield Result(
                f"mail memory: a file of {size / 1e6:.0f} MB {way}, above a small one",
                "the same process with a file of 1 kB",
                BUDGET,
                figures[1].median - figures[0].median,
                figures,
            )


def _sent(url: str, home: Path, size: int) -> float:
    with psycopg.connect(url, autocommit=True) as conn, smtp_server() as port:
        account = {
            "host": "127.0.0.1", "port": port, "tls": "none",
            "from_address": "bench@pgears.example", "is_default": True,
        }  # fmt: skip
        conn.execute("select mail.set_account('memory', %s)", (Jsonb(account),))
        conn.execute("select mail.set_guard('deliver')")
        number, generator = uuid.uuid4(), random.Random(size)
        for _ in range(max(1, size // PIECE)):
            piece = generator.randbytes(min(size, PIECE))
            conn.execute("select core.append_file(%s, %s)", (number, piece))
        conn.execute(
            "select mail.send('c@customer.example', p_subject => 'file', p_body => 'see there',"
            " p_files => array[core.finish_file(%s, 'file.bin', 'application/octet-stream')])",
            (number,),
        )
        peak = _peak("send_measured", url, str(home))
        sent = conn.execute("select bool_and(state = 'sent') from mail.message").fetchone()
        assert sent == (True,)
    return peak


def _read(url: str, home: Path, size: int) -> float:
    folder = make(home / f"box{uuid.uuid4().hex}")
    message = EmailMessage()
    message["From"], message["Subject"] = "ann@a.example", "file"
    message.set_content("see there\n")
    message.add_attachment(b"@", maintype="application", subtype="pdf", filename="file.pdf")
    head, _, tail = message.as_bytes().partition(b"QA==\n")
    generator = random.Random(size)
    with (folder / "new" / "1.1.bench").open("wb") as file:
        file.write(head)
        for _ in range(max(1, size // PIECE)):
            file.write(base64.encodebytes(generator.randbytes(min(size, PIECE))))
        file.write(tail)
    with psycopg.connect(url, autocommit=True) as conn:
        id = mailbox_of(
            conn, f"m{uuid.uuid4().hex[:8]}", {"driver": "maildir", "path": str(folder)}
        )
        peak = _peak("read_measured", url, str(home), str(id))
        state = conn.execute("select state from mail.received order by id desc limit 1")
        assert state.fetchone() == ("done",)
    return peak


def _peak(program: str, *arguments: str) -> float:
    """Megabytes that a program of the tests held at most, which it prints in kB."""
    done = subprocess.run(
        [sys.executable, "-m", f"tests.runner.{program}", *arguments],
        env=os.environ,
        stdout=subprocess.PIPE,
        check=True,
    )
    return int(done.stdout) / 1000
