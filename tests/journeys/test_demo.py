"""`make demo` as a newcomer runs it: from nothing to a report that tells the truth."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import openpyxl
import psycopg
import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    """A home of one's own; what the embedded server left elsewhere goes afterwards."""
    home = tmp_path / "home"
    yield home
    state = home / "demo" / "server.json"
    if state.exists():
        pgears(home / "demo", "down")
        folder = home / "demo" / json.loads(state.read_text())["folder"]
        if folder.parent != home / "demo":
            shutil.rmtree(folder.parent)


def pgears(home: Path, *arguments: str) -> str:
    """Run a command in a home and give what it printed."""
    clean = {name: value for name, value in os.environ.items() if "PGEARS_" not in name}
    done = subprocess.run(
        [sys.executable, "-m", "runner", *arguments],
        cwd=home.parent,
        env={**clean, "PGEARS_HOME": str(home), "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_demo_leaves_what_it_reports(home: Path) -> None:
    """40 of 49 messages become tickets and are answered; answers and a bounce find their way."""
    told = pgears(home, "demo", "--keep")
    assert re.search(r"ticket +40\b", told)
    assert re.search(r"quarantined .* 3\b", told)
    assert re.search(r"sent +39\b", told)
    assert re.search(r"bounced +1\b.*5\.1\.1", told)
    assert re.search(r"running +wait \(event\)", told)
    assert re.search(r"^  class .*wait_ taken$", told, re.MULTILINE)
    assert re.search(r"1301 +email +zdenka.novakova@\S+ +stands in record \d+ of the file", told)
    assert re.search(r"2601 +since +2021-02-30 +is out of range", told)
    assert re.search(r"3901 +email +Marek.Hruska@\S+ +is not an e-mail address in lower case", told)
    assert re.search(r"3901 +segment +vip +must be one of consumer", told)
    book = openpyxl.load_workbook(home / "demo" / "reports" / "tickets.xlsx").active
    assert book is not None
    assert [cell.value for cell in book[1]][:3] == ["Number", "Subject", "Customer"]
    assert book.max_row == 41
    assert "subject is missing; priority is above 5; status must be one of" in told
    assert re.search(r"T000001 .* data\.datarow_4 +row \d+ of data\.datarow_6\b", told)
    assert "40 of 40 tickets are equal there" in told

    with psycopg.connect(pgears(home / "demo", "url").strip()) as conn:
        counts = conn.execute(
            """
            select
              (select count(*) from api.helpdesk_ticket),
              (select count(*) from api.helpdesk_customer),
              (select count(customer) from api.helpdesk_ticket),
              (select count(*) from api.helpdesk_open_tickets),
              (select count(*) from mail.message_status where state = 'sent')
            """
        ).fetchone()
        assert counts == (40, 5000, 31, 40, 39)
        notes = conn.execute(
            """
            select n.text, t.status, t.version
            from api.helpdesk_note as n join api.helpdesk_ticket as t on n.ticket = t.id
            order by n.id
            """
        ).fetchall()
        assert [status for _, status, _ in notes] == ["open", "open", "open"]
        # Solved by an agent, opened by the answer.
        assert [version for *_, version in notes] == [2, 4, 2]
        bounced = conn.execute(
            "select r.state from mail.recipient_status as r"
            " join mail.message_status as m on r.message_id = m.id where m.state = 'bounced'"
        ).fetchall()
        assert bounced == [("bounced",)]
        number, source, version = conn.execute(
            "select number, created_source, version from api.helpdesk_ticket order by id limit 1"
        ).fetchone() or ("", "", 0)
        assert (number, source, version) == ("T000001", "mailbox", 4)
    headquarters = pgears(home / "demo", "url").strip()
    number_and_customer = "select number, customer__text from api.helpdesk_ticket order by number"
    with (
        psycopg.connect(headquarters) as here,
        psycopg.connect(headquarters.removesuffix("pgears") + "pgears_branch") as there,
    ):
        assert (
            here.execute(number_and_customer).fetchall()
            == there.execute(number_and_customer).fetchall()
        )
        shown = "select path, id from meta.class_name where path like 'helpdesk.%'"
        assert not set(here.execute(shown)) & set(there.execute(shown))
        counted = "select count(*) from mail.message_status"
        assert there.execute(counted).fetchone() == (0,)
    answers = [path.read_text() for path in (home / "demo" / "sink" / "new").iterdir()]
    assert len(answers) == 40
    assert all(re.search(r"^Subject: .*T0000", answer, re.MULTILINE) for answer in answers)

    bearer = {"Authorization": f"Bearer {pgears(home / 'demo', 'web', 'token', 'lena').strip()}"}
    address = re.search(r"http://127\.0\.0\.1:\d+/helpdesk_ticket\?\S+(?=')", told)
    assert address is not None
    served = httpx.HTTPTransport(retries=5)  # the demo does not wait for the service
    with httpx.Client(transport=served, headers=bearer) as client:
        assert len(client.get(address[0]).json()) == 3

    assert json.loads(pgears(home / "demo", "status", "--json"))["environment"] == "development"
    assert pgears(home / "demo", "down").splitlines() == [
        "runner stopped",
        "sink stopped",
        "web stopped",
        "server stopped",
    ]


def test_the_demo_can_be_repeated(home: Path) -> None:
    """A second run begins anew, and without --keep nothing is left running."""
    for _ in range(2):
        assert re.search(r"sent +39\b", pgears(home, "demo"))
    assert pgears(home / "demo", "down").splitlines() == [
        "runner was not running",
        "sink was not running",
        "web was not running",
        "server was not running",
    ]
