"""What kill -9 at each step leaves, counted; the tables of docs/guarantees.md are these.

PGEARS_WRITE_COUNTS=1 writes them.
"""

from __future__ import annotations

import asyncio
import os
import re
import signal
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.fix_database import Database

from .die_reading import POINTS
from .die_sending import STEPS
from .mail_parts import ROOT, Script, helpdesk, lose_runners, mailbox, smtp_server
from .test_mail_batches import die, filled, subjects
from .test_mailbox import poll, states
from .test_outbox import Outbox, outbox  # noqa: F401 - a fixture

PAGE = ROOT / "docs" / "guarantees.md"
MAILS = 4
AT = (1, 3)
"""The mails at which a runner is killed."""
MESSAGES = 6


def compare(name: str, header: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Hold a table of the page against what was counted, or write it."""
    lines = [header, ["---"] * len(header), *rows]
    table = "\n".join("| " + " | ".join(map(str, line)) + " |" for line in lines)
    section = re.compile(rf"(?s)(<!-- counted: {name} -->\n\n).*?(\n\n<!-- end -->)")
    page = PAGE.read_text("utf-8")
    found = section.search(page)
    assert found is not None
    if os.environ.get("PGEARS_WRITE_COUNTS") == "1":
        PAGE.write_text(section.sub(lambda place: place[1] + table + place[2], page), "utf-8")
    else:
        assert found[0] == found[1] + table + found[2], "PGEARS_WRITE_COUNTS=1 writes the table"


async def kill_sender(outbox: Outbox, step: str, number: int) -> int:  # noqa: F811
    """Another process sends until it kills itself."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.runner.die_sending",
        outbox.database.url, str(outbox.home), step, str(number),
        cwd=ROOT,
    )  # fmt: skip
    return await process.wait()


def count_sending(outbox: Outbox, step: str, policy: str) -> list[object]:  # noqa: F811
    """A line of the table: killed at some mails, then left to work until nothing waits."""
    total: Counter[str] = Counter()
    for number in AT:
        script = Script()
        ids = [
            outbox.send(f"to{number}-{place}@a.example", subject=f"{number}-{place}")[0]
            for place in range(MAILS)
        ]

        async def kill(script: Script, number: int) -> int:
            async with smtp_server(script) as port:
                outbox.account(port=port, on_unknown=policy)
                return await kill_sender(outbox, step, number)

        assert asyncio.run(kill(script, number)) == -signal.SIGKILL
        lose_runners(outbox.conn)
        outbox.serve(script, turns=2, later=True, on_unknown=policy)
        arrived = Counter(message["subject"] for _, message in script.got)
        total["kills"] += 1
        for place, id in enumerate(ids):
            state, times = outbox.state(id)[0], arrived[f"{number}-{place}"]
            total["once"] += state == "sent" and times == 1
            total["unknown"] += state == "unknown"
            total["unknown, arrived"] += state == "unknown" and times == 1
            total["twice"] += times > 1
            total["lost"] += times == 0 and state != "unknown"
    return [
        step, policy, total["kills"], MAILS * len(AT), total["once"],
        total["unknown"], total["unknown, arrived"], total["twice"], total["lost"],
    ]  # fmt: skip


@pytest.mark.slow
def test_mail_out(outbox: Outbox) -> None:  # noqa: F811
    rows = [count_sending(outbox, step, policy) for policy in ("ask", "resend") for step in STEPS]
    for _, policy, kills, mails, once, unknown, _, twice, lost in rows:
        assert lost == 0
        assert once + unknown + twice == mails  # type: ignore[operator]
        assert twice == 0 or policy == "resend"
        assert unknown == 0 or policy == "ask"
        assert unknown + twice <= kills  # type: ignore[operator]
    compare(
        "mail out",
        [
            "killed when the mail is", "`on_unknown`", "kills", "mails", "sent once",
            "unknown", "of which the server has", "sent twice", "lost",
        ],
        rows,
    )  # fmt: skip


@pytest.mark.slow
def test_mail_in(database: Database, tmp_path: Path) -> None:
    rows: list[list[object]] = []
    with database.connect() as conn:
        ticket = helpdesk(conn)
        for point in POINTS:
            folder = filled(tmp_path / point.replace(" ", "-"), MESSAGES)
            box = mailbox(conn, folder, after_read="move")
            kills, before = 0, len(subjects(conn, ticket))
            while kills < 2 and die(database, tmp_path, box, point) == -signal.SIGKILL:
                kills += 1
                lose_runners(conn)
            assert [poll(database, box, tmp_path).error for _ in range(2)] == [None, None]
            times = Counter(subjects(conn, ticket)[before:])
            once = sum(number == 1 for number in times.values())
            twice = sum(number > 1 for number in times.values())
            quarantined = Counter(states(conn))["quarantined"]
            assert not any((folder / "new").iterdir())
            rows.append([point, kills, MESSAGES, once, quarantined, twice, MESSAGES - len(times)])
            conn.execute("delete from mail.received")
    assert all(row[3] == MESSAGES and row[5] == row[6] == 0 for row in rows)
    compare(
        "mail in",
        ["killed", "kills", "messages", "records", "quarantined", "twice", "lost"],
        rows,
    )
