"""The commands mail, mailbox and sink against an instance."""

from __future__ import annotations

import json
import os
import signal
import smtplib
import socket
import subprocess
import sys
import time
from pathlib import Path

from tests.fix_database import Database

from .mail_parts import ROOT, helpdesk, mailbox
from .test_cli import Run, pgears
from .test_mailbox import filled

__all__ = ["pgears"]


def test_mail_commands(pgears: Run, database: Database) -> None:
    with database.connect() as conn:
        conn.execute("select mail.send('Ann <ann@a.example>', p_subject => 'Ahoj', p_body => 'Ž')")

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        return pgears("mail", *arguments, database_url=database.url)

    (listed,) = json.loads(run("list", "--json").stdout)
    assert (listed["state"], listed["recipients"]) == ("queued", "ann@a.example")
    assert "ann@a.example" in run("list").stdout
    assert run("list", "--state", "sent").stdout == "no mail\n"

    shown = json.loads(run("show", str(listed["id"]), "--json").stdout)
    assert (shown["body"], shown["recipients"][0]["kind"]) == ("Ž", "to")
    assert "Ž" in run("show", str(listed["id"])).stdout

    assert json.loads(run("cancel", "1", "--json").stdout)["state"] == "cancelled"
    assert json.loads(run("resend", "1", "--json").stdout)["state"] == "queued"
    wrong = run("resolve", "1", "sent")
    assert wrong.returncode == 1
    assert "is queued and cannot be resolved" in wrong.stderr
    missing = run("show", "99")
    assert (missing.returncode, "no mail 99" in missing.stderr) == (1, True)
    assert [row["code"] for row in json.loads(run("accounts", "--json").stdout)] == ["sink"]


def test_held_mails_are_released_and_old_ones_pruned(pgears: Run, database: Database) -> None:
    with database.connect() as conn:
        ticket = helpdesk(conn)
        row = ticket.insert(subject="x")
        for to in ("a@a.example", "b@b.example", "c@c.example"):
            conn.execute("select mail.send(%s, p_class => %s, p_row => %s)", (to, ticket.id, row))
        conn.execute("update mail.message set state = 'held', error = 'guard' where id < 3")
        conn.execute("delete from queue.task where (payload ->> 'message')::int < 3")

        def run(*arguments: str) -> object:
            done = pgears("mail", *arguments, "--json", database_url=database.url)
            return json.loads(done.stdout)

        assert run("release", "--account", "other") == {"released": 0}
        assert run("release") == {"released": 2}
        states = conn.execute("select distinct state from mail.message").fetchall()
        assert states == [("queued",)]
        listed = run("of", "helpdesk.ticket", str(row))
        assert isinstance(listed, list)
        assert [(entry["direction"], entry["address"]) for entry in listed] == [
            ("out", "a@a.example"), ("out", "b@b.example"), ("out", "c@c.example"),
        ]  # fmt: skip

        conn.execute("select mail.set_retention(p_sent => '10 days', p_failed => '20 days')")
        conn.execute(
            "update mail.message set settled = now() - interval '15 days',"
            " state = (array['sent', 'refused', 'unknown'])[id]"
        )
        assert run("prune") == {"deleted": 1}
        kept = conn.execute("select state from mail.message order by id").fetchall()
        assert kept == [("refused",), ("unknown",)]


def test_mailbox_commands(pgears: Run, database: Database, tmp_path: Path) -> None:
    with database.connect() as conn:
        helpdesk(conn)
        mailbox(conn, filled(tmp_path / "inbox", ["02-plain-ascii.eml", "48-broken-charset.eml"]))

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        return pgears("mailbox", *arguments, database_url=database.url)

    assert "helpdesk.support" in run("list").stdout
    turn = json.loads(run("poll", "support", "--json").stdout)
    assert (turn["done"], turn["quarantined"]) == (1, 1)
    (message,) = json.loads(run("quarantine", "--json").stdout)
    assert "x-klingon-9" in message["error"]
    id = str(message["id"])
    assert json.loads(run("retry", id, "--json").stdout)["state"] == "stored"
    assert run("poll", "helpdesk.support").returncode == 0
    assert json.loads(run("skip", id, "--json").stdout)["state"] == "skipped"
    assert len(json.loads(run("messages", "--json").stdout)) == 2
    assert run("quarantine").stdout == "no message is quarantined\n"
    wrong = run("poll", "nobody")
    assert (wrong.returncode, wrong.stderr.startswith("error: no mailboxes")) == (1, True)


def test_sink_keeps_mail_until_it_is_told_to_stop(tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    settings = {"PGEARS_HOME": str(tmp_path), "PGEARS_SINK_LISTEN": f"127.0.0.1:{port}"}
    process = subprocess.Popen(
        [sys.executable, "-m", "runner", "sink"],
        cwd=tmp_path,
        env={**os.environ, **settings, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
    )
    try:
        client = connected(port)
        with client:
            client.sendmail("a@b.example", ["ann@a.example"], "Subject: x\r\n\r\nbody\r\n")
        process.send_signal(signal.SIGTERM)
        output, _ = process.communicate(timeout=30)
        assert process.returncode == 0
        assert f"127.0.0.1:{port}".encode() in output
    finally:
        process.kill()
        process.wait()
    (file,) = (tmp_path / "sink" / "new").iterdir()
    assert file.read_text().endswith("Subject: x\n\nbody\n")


def connected(port: int) -> smtplib.SMTP:
    """A client, as soon as somebody listens."""
    until = time.monotonic() + 30
    while True:
        try:
            return smtplib.SMTP("127.0.0.1", port, timeout=10)
        except ConnectionRefusedError:
            assert time.monotonic() < until, "nobody listens"
            time.sleep(0.05)
