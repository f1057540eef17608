"""Scripts of mailboxes, the rate of a sender, and definitions that are refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql

from runner import errors
from runner.mail.maildir import deliver
from tests.fix_database import Database

from .mail_parts import helpdesk, mailbox, server_mailbox
from .test_mailbox import poll

SCRIPT = """
create schema if not exists scripts;
create function scripts.judge(record jsonb, message jsonb) returns jsonb
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  case message ->> 'subject'
    when 'change' then
      return record || jsonb_build_object('subject', 'changed by ' || current_user);
    when 'refuse' then return null;
    when 'raise' then raise exception 'not this one';
    when 'nonsense' then return '[1]';
    when 'elsewhere' then
      return jsonb_build_object(
        '__class', 'customer', 'name', message ->> 'from_name', 'email', record ->> 'from_address'
      );
    when 'nowhere' then return record || '{"__class": "nothing"}';
    when 'unknown' then return record || '{"color": "red"}';
    else return record;
  end case;
end $$;
"""


def mail(subject: str, sender: str = "Ann <ann@a.example>") -> bytes:
    """A small message."""
    return f"From: {sender}\nSubject: {subject}\n\ntext\n".encode()


def outcomes(conn: psycopg.Connection[Any]) -> dict[str, tuple[Any, ...]]:
    """What became of each message by its subject."""
    rows = conn.execute("select subject, state, class, reason, error from mail.received_status")
    return {row[0]: row[1:] for row in rows}


def test_script_before_saving(database: Database, tmp_path: Path) -> None:
    """It changes, refuses, fails, or sends to another class; the rest goes on."""
    with database.connect() as conn:
        ticket = helpdesk(conn)
        conn.execute(SCRIPT.encode())
        conn.execute(
            "create role mail_judge; grant usage on schema scripts to mail_judge;"
            "alter function scripts.judge(jsonb, jsonb) owner to mail_judge"
        )
        try:
            subjects = (
                "change", "refuse", "raise", "nonsense", "elsewhere", "nowhere", "unknown", "plain",
            )  # fmt: skip
            for subject in subjects:
                deliver(tmp_path / "in", mail(subject))
            box = mailbox(conn, tmp_path / "in", script="scripts.judge")
            assert poll(database, box, tmp_path).error is None
            found = outcomes(conn)
            assert found["plain"][:2] == ("done", "helpdesk.ticket")
            assert found["change"][:2] == ("done", "helpdesk.ticket")
            assert found["refuse"][0::2] == ("skipped", "refused by the script")
            assert found["elsewhere"][:2] == ("done", "helpdesk.customer")
            quarantined = {
                "raise": "not this one", "nonsense": "PG412", "nowhere": "PG114",
                "unknown": "PG106",
            }  # fmt: skip
            for subject, words in quarantined.items():
                assert found[subject][0] == "quarantined"
                assert words in found[subject][3], subject
            rows = conn.execute(
                sql.SQL("select {} from {} order by 1").format(
                    sql.Identifier(ticket.physical("subject")), ticket.table
                )
            ).fetchall()
            assert rows == [("changed by mail_judge",), ("plain",)]
            row = conn.execute("select script_runs_as from mail.mailbox_status").fetchone()
            assert row == ("mail_judge",)
        finally:
            conn.execute("drop owned by mail_judge; drop role mail_judge")


def test_script_after_saving(database: Database, tmp_path: Path) -> None:
    """In the transaction of the record: what it raises undoes the record as well."""
    with database.connect() as conn:
        ticket = helpdesk(conn)
        conn.execute(
            """
            create schema scripts;
            create table scripts.log (row_id bigint, subject text, sender text);
            create function scripts.note(row_id bigint, record jsonb, message jsonb) returns void
            language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
            begin
              insert into scripts.log
              values (row_id, record ->> 'subject', message ->> 'from_address');
              if message ->> 'subject' = 'raise' then raise exception 'after all, no'; end if;
            end $$
            """
        )
        deliver(tmp_path / "in", mail("raise"))
        deliver(tmp_path / "in", mail("plain"))
        box = mailbox(conn, tmp_path / "in", script_after="scripts.note")
        assert poll(database, box, tmp_path).done == 1
        logged = conn.execute("select * from scripts.log").fetchall()
        ids = conn.execute(sql.SQL("select id from {}").format(ticket.table)).fetchall()
        assert logged == [(ids[0][0], "plain", "ann@a.example")]
        assert outcomes(conn)["raise"][0] == "quarantined"


@pytest.mark.parametrize(
    ("function", "problem"),
    [
        ("", "does not exist"),
        (
            "create function scripts.f(jsonb, jsonb) returns text language sql"
            " security definer set search_path = pg_catalog return 'x'",
            "does not give jsonb",
        ),
        (
            "create function scripts.f(jsonb, jsonb) returns jsonb language plpgsql"
            " set search_path = pg_catalog as 'begin return $1; end'",
            "is not",
        ),
        (
            "create function scripts.f(jsonb, jsonb) returns jsonb language plpgsql"
            " security definer as 'begin return $1; end'",
            "search_path",
        ),
    ],
)
def test_script_of_another_kind(database: Database, function: str, problem: str) -> None:
    with database.connect() as conn:
        helpdesk(conn)
        conn.execute("create schema scripts")
        if function:
            conn.execute(function.encode())
        with pytest.raises(errors.BadMailboxScript, match=problem):
            mailbox(conn, "x", script="scripts.f")


def test_script_replaced_by_one_of_another_kind_is_not_run(
    database: Database, tmp_path: Path
) -> None:
    """Otherwise whoever replaces it would have the rights of pgears."""
    with database.connect() as conn:
        helpdesk(conn)
        conn.execute(SCRIPT.encode())
        box = mailbox(conn, tmp_path / "in", script="scripts.judge")
        conn.execute("alter function scripts.judge(jsonb, jsonb) security invoker")
        deliver(tmp_path / "in", mail("plain"))
        assert poll(database, box, tmp_path).quarantined == 1
        assert outcomes(conn)["plain"][3].startswith("PG411")


def test_rate_of_a_sender(database: Database, tmp_path: Path) -> None:
    """More than the rate is quarantined, by sender; later it can be retried."""
    with database.connect() as conn:
        helpdesk(conn)
        box = mailbox(conn, tmp_path / "in", rate_per_sender="2 per 10 minutes")
        for number in range(4):
            deliver(tmp_path / "in", mail(f"robot {number}", "robot@r.example"))
        deliver(tmp_path / "in", mail("person"))
        turn = poll(database, box, tmp_path)
        assert (turn.done, turn.quarantined) == (3, 2)
        assert outcomes(conn)["person"][0] == "done"
        rows = conn.execute(
            "select id, error from mail.received_status where state = 'quarantined'"
        ).fetchall()
        assert all(error.startswith("PG413") for _, error in rows)
        conn.execute("update mail.received set received = received - interval '11 minutes'")
        conn.execute("select mail.retry_received(%s)", (rows[0][0],))
        assert poll(database, box, tmp_path).done == 1


@pytest.mark.parametrize(
    ("driver", "place", "error"),
    [
        ("maildir", {"path": "x", "host": "h"}, errors.UnknownKey),
        ("maildir", {}, errors.MissingKey),
        ("imap", {"host": "h", "login": "u"}, errors.MissingKey),
        ("imap", {"host": "h", "login": "u", "secret": "hunter"}, errors.BadValue),
        ("imap", {"host": "h", "login": "u", "secret": "env:X", "auth": "ntlm"}, errors.BadValue),
        ("imap", {"host": "h", "login": "u", "secret": "env:X", "port": 0}, errors.BadValue),
        ("imap", {"host": "h", "login": "u", "auth": "oauth2"}, errors.MissingKey),
        ("imap", {"host": "h", "login": "u", "secret": "env:X", "url": "u"}, errors.UnknownKey),
        ("ews", {"url": "u", "address": "a@b.c", "push": True}, errors.UnknownKey),
        ("graph", {"address": "a@b.c", "token_url": "t", "client_id": "c"}, errors.MissingKey),
        (
            "graph",
            {"address": "a@b.c", "token_url": "t", "client_id": "c", "refresh_token": "env:X"},
            errors.BadValue,
        ),
        (
            "graph",
            {
                "address": "a@b.c", "token_url": "t", "client_id": "c", "client_secret": "env:X",
                "secret_expires": "2026-02-30",
            },
            errors.BadValue,
        ),
        ("maildir", {"path": "x", "rate_per_sender": "many"}, errors.BadValue),
    ],
)  # fmt: skip
def test_definition_that_the_driver_cannot_use(
    database: Database, driver: str, place: dict[str, Any], error: type[Exception]
) -> None:
    with database.connect() as conn:
        helpdesk(conn)
        with pytest.raises(error):
            server_mailbox(conn, driver, place)


def test_parameters_in_every_text(database: Database) -> None:
    """Host and account differ between instances that share one model."""
    with database.connect() as conn:
        helpdesk(conn)
        conn.execute("select core.set_parameter('helpdesk.host', 'mail.example')")
        id = server_mailbox(
            conn, "imap",
            {"host": "{{app.par.helpdesk.host}}", "login": "u", "secret": "env:X"},
        )  # fmt: skip
        row = conn.execute(
            "select mail.begin_reading(%s, gen_random_uuid()) ->> 'host'", (id,)
        ).fetchone()
        assert row == ("mail.example",)
