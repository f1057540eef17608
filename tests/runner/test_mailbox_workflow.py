"""From a message to a workflow by a real runner; what stops a mailbox is told where one looks."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg.types.json import Jsonb

from runner.errors import NotFound
from runner.mail import taking
from runner.mail.maildir import deliver
from tests.fix_database import Database
from tests.fix_runner import Workplace, until

from .mail_parts import helpdesk, mailbox
from .test_cli import Run, pgears
from .test_mailbox import poll

__all__ = ["pgears"]

WELCOME = {
    "class": "ticket",
    "to": "{{column.from_address}}",
    "subject": "{{column.subject}}: {{var.word}}",
    "body": "A colleague is {{var.mood}}.",
    "variables": ["word", "mood"],
}
DIGEST = {
    "to": "lead@helpdesk.example",
    "subject": "mail of {{var.sender}}",
    "body": "{{var.sender}} wrote.",
    "variables": ["sender"],
}
STEPS = {
    "start": {"kind": "start", "next": "note"},
    "note": {"kind": "set", "set": {"mood": "'on the way'"}, "next": "welcome"},
    "welcome": {
        "kind": "mail",
        "notify": "welcome",
        "variables": {"word": "'number ' || {{record.id}}"},
        "next": "remember",
    },
    "remember": {
        "kind": "set",
        "set": {"sender": "{{column.from_address}}"},
        "next": "digest",
    },
    "digest": {"kind": "mail", "notify": "digest", "next": "end"},
    "end": {"kind": "end"},
}


def define(conn: psycopg.Connection[Any], steps: dict[str, Any] = STEPS) -> None:
    """Notifications, a workflow that sends them, and the rule that starts it after saving."""
    (model,) = conn.execute("select id from meta.model where code = 'helpdesk'").fetchone() or (0,)
    for call, code, definition in (
        ("set_notification", "welcome", WELCOME),
        ("set_notification", "digest", DIGEST),
        ("set_workflow", "greet", {"class": "ticket", "steps": steps}),
        ("set_rule", "greet", {"class": "ticket", "event": "after_insert", "start": "greet"}),
    ):
        query = f"select flow.{call}(%s, %s, %s)"
        conn.execute(query.encode(), (model, code, Jsonb(definition)))


def test_saved_message_starts_a_workflow(workplace: Workplace) -> None:
    """Maildir, record, rule, workflow, its mails with variables: by a runner alone."""
    conn = workplace.conn
    helpdesk(conn)
    define(conn)
    inbox = workplace.folder / "in"
    for name in ("ann", "bob"):
        deliver(inbox, f"From: {name}@a.example\nSubject: by {name}\n\ntext\n".encode())
    mailbox(conn, inbox, poll_every="1 second")
    workplace.start()
    until(
        lambda: workplace.count("select count(*) from flow.instance_status where state = 1") == 2,
        "two workflows to end",
    )
    rows = conn.execute(
        """
        select i.workflow, r.from_address, r.row_id = i.record
        from flow.instance_status as i inner join mail.received_status as r on r.row_id = i.record
        order by 2
        """
    ).fetchall()
    assert rows == [
        ("helpdesk.greet", "ann@a.example", True), ("helpdesk.greet", "bob@a.example", True),
    ]  # fmt: skip
    mails = conn.execute(
        """
        select s.recipients, s.subject, c.body, s.class
        from mail.message_status as s inner join mail.content as c on s.id = c.id
        order by s.recipients, s.subject
        """
    ).fetchall()
    ids = dict(conn.execute("select from_address, row_id from mail.received_status").fetchall())
    assert mails == [
        *(
            (
                f"{name}@a.example", f"by {name}: number {ids[f'{name}@a.example']}",
                "A colleague is on the way.", "helpdesk.ticket",
            )
            for name in ("ann", "bob")
        ),
        *(
            (
                "lead@helpdesk.example", f"mail of {name}@a.example",
                f"{name}@a.example wrote.", None,
            )
            for name in ("ann", "bob")
        ),
    ]  # fmt: skip


def test_step_without_the_variable_keeps_a_failed_mail(workplace: Workplace) -> None:
    """Never a mail with a hole in it."""
    conn = workplace.conn
    ticket = helpdesk(conn)
    define(conn, {**STEPS, "welcome": {"kind": "mail", "notify": "welcome", "next": "remember"}})
    ticket.insert(subject="x", from_address="ann@a.example")
    workplace.start()
    until(
        lambda: workplace.count("select count(*) from flow.instance_status where state = 1"),
        "the workflow to end",
    )
    error = workplace.one("select error from mail.message_status where state = 'failed'")
    assert error.startswith("notification welcome: ")
    assert "var.word" in error


def test_step_names_a_notification_of_another_class(database: Database) -> None:
    with database.connect() as conn:
        helpdesk(conn)
        (model,) = conn.execute("select id from meta.model").fetchone() or (0,)
        texts = {"class": "customer", "to": "a@b.example", "subject": "x", "body": "y"}
        conn.execute("select flow.set_notification(%s, 'other', %s)", (model, Jsonb(texts)))
        steps = {**STEPS, "welcome": {"kind": "mail", "notify": "other", "next": "remember"}}
        with pytest.raises(NotFound, match="or about none"):
            define(conn, steps)


def test_missing_parameter_is_told_with_its_hint(
    pgears: Run, database: Database, tmp_path: Path
) -> None:
    """In the list and in the status, until the next turn that goes well."""
    with database.connect() as conn:
        helpdesk(conn)
        box = mailbox(conn, "{{app.par.helpdesk.inbox}}")
        turn = poll(database, box, tmp_path)
        assert turn.error is not None
        assert "helpdesk.inbox" in turn.error

        def run(*arguments: str) -> Any:
            done = pgears("mailbox", *arguments, "--json", database_url=database.url)
            return json.loads(done.stdout)

        for status in (run("list")[0], run("status", "support")):
            assert status["error"].startswith("PG106 the path of the mailbox names the parameter")
            assert status["hint"] == "Set it with core.set_parameter()."
            assert status["polled"] is not None
        told = pgears("mailbox", "status", "support", database_url=database.url).stdout
        assert "core.set_parameter()" in told
        failed = pgears("mailbox", "poll", "support", database_url=database.url)
        assert (failed.returncode, "core.set_parameter()" in failed.stderr) == (1, True)
        assert "Traceback" not in failed.stderr

        conn.execute("select core.set_parameter('helpdesk.inbox', %s)", (str(tmp_path / "in"),))
        deliver(tmp_path / "in", b"From: a@b.example\nSubject: x\n\ny\n")
        assert poll(database, box, tmp_path).done == 1
        status = run("status", "support")
        assert (status["error"], status["hint"], status["done"]) == (None, None, 1)


def test_fault_of_a_driver_is_told_and_frees_the_mailbox(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The next turn can begin at once: the lease is given back."""
    with database.connect() as conn:
        helpdesk(conn)
        deliver(tmp_path / "in", b"From: a@b.example\nSubject: x\n\ny\n")
        box = mailbox(conn, tmp_path / "in")

        def broken(*_: Any) -> Any:
            raise KeyError("value")

        with monkeypatch.context() as patch:
            patch.setattr(taking, "open_mailbox", broken)
            assert poll(database, box, tmp_path).error == "KeyError: 'value'"
        assert conn.execute("select error, lease_until from mail.mailbox").fetchone() == (
            "KeyError: 'value'", None,
        )  # fmt: skip
        assert poll(database, box, tmp_path).done == 1
