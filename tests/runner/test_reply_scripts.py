"""The script before saving sees that a message is an answer, and decides what becomes of it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from runner.mail.maildir import deliver
from tests.fix_database import Database

from .mail_parts import mailbox
from .test_mailbox import poll
from .test_replies import Desk, message

SCRIPT = """
create schema scripts;
create table scripts.seen (record jsonb, reply jsonb);
create table scripts.saved (row_id bigint, record jsonb, reply jsonb);
create function scripts.judge(record jsonb, message jsonb) returns jsonb
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  words constant text[] := string_to_array(message ->> 'text', ' ');
begin
  insert into scripts.seen values (record, message -> 'reply');
  if message -> 'reply' -> 'row' is null then
    return case
      when words[1] = 'about' then
        jsonb_build_object('__class', 'note', 'ticket', words[2]::bigint, 'text', 'by its number')
      else record
    end;
  end if;
  case words[1]
    when 'change' then return record || '{"text": "changed"}';
    when 'refuse' then return null;
    when 'raise' then raise exception 'no answers like this';
    when 'own' then
      return '{"__class": "ticket", "subject": "split off"}';
    when 'other' then return record || jsonb_build_object('ticket', words[2]::bigint);
    when 'nowhere' then return record - 'ticket';
    else return record;
  end case;
end $$;
create function scripts.saved(row_id bigint, record jsonb, message jsonb) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  insert into scripts.saved values (row_id, record, message -> 'reply');
end $$;
"""


@pytest.fixture
def desk(database: Database, tmp_path: Path) -> Iterator[Desk]:
    """A helpdesk whose scripts look at answers."""
    found = Desk(database, tmp_path)
    found.conn.execute(SCRIPT.encode())
    yield found
    found.conn.close()


def answer(desk: Desk, box: int, number: int, text: str, to: str = "<m1@a.example>") -> Any:
    """An answer comes; what became of it."""
    found = message(number, answers=to)
    found.set_content(f"{text}\n")
    deliver(desk.inbox, str(found).encode())
    assert poll(desk.database, box, desk.home).error is None
    rows = desk.rows(
        "select state, meta.class_path(class_id), row_id, about_row_id, coalesce(reason, error)"
        " from mail.received where message_id = %s", f"<m{number}@a.example>",
    )  # fmt: skip
    return rows[0]


def test_script_sees_answers(desk: Desk) -> None:
    box = desk.box(script="scripts.judge", script_after="scripts.saved")
    desk.come(box, message(1))
    ((ticket,),) = desk.rows("select row_id from mail.received")
    sent = desk.leave(ticket)
    assert answer(desk, box, 2, "plain", sent)[:4] == ("done", "helpdesk.note", 1, ticket)
    ((first, none), (record, reply)) = desk.rows("select * from scripts.seen")
    assert (first["subject"], none) == ("Message 1", None)
    assert record == {"ticket": ticket, "text": "plain", "author": "ann@a.example"}
    ((mail,),) = desk.rows("select id from mail.message")
    assert reply == {
        "mail": mail, "class": "helpdesk.ticket", "row": ticket, "saved_as": "helpdesk.note",
    }  # fmt: skip
    assert desk.rows("select row_id, record, reply from scripts.saved where reply is not null") == [
        (1, record, reply)
    ]


def test_script_changes_refuses_and_redirects_answers(desk: Desk) -> None:
    box = desk.box(script="scripts.judge")
    desk.come(box, message(1))
    ((ticket,),) = desk.rows("select row_id from mail.received")
    other = desk.ticket.insert(subject="another")

    def subject(row: int) -> Any:
        return desk.ticket.row(row)[desk.ticket.physical("subject")]

    assert answer(desk, box, 2, "refuse") == ("skipped", None, None, None, "refused by the script")
    assert answer(desk, box, 3, "raise")[::4] == ("quarantined", "P0001 no answers like this")
    assert answer(desk, box, 4, "nowhere")[0] == "quarantined"
    assert answer(desk, box, 5, "other 4711")[4].startswith("PG412 the answer belongs to no record")
    assert desk.notes() == []
    assert subject(ticket) == "Message 1", "nothing that was refused has changed the ticket"

    state, kind, row, about, _ = answer(desk, box, 6, "own way")
    assert (state, kind, about) == ("done", "helpdesk.ticket", None)
    assert (subject(row), subject(ticket)) == ("split off", "Message 1")
    assert answer(desk, box, 7, f"other {other}")[:4] == ("done", "helpdesk.note", 1, other)
    assert (subject(other), subject(ticket)) == ("reopened", "Message 1")
    assert answer(desk, box, 8, "change")[3] == ticket
    assert subject(ticket) == "reopened"
    assert [note[:2] for note in desk.notes()] == [
        (other, f"other {other}"), (ticket, "changed"),
    ]  # fmt: skip
    # Without the headers of an answer, by what the script reads.
    assert answer(desk, box, 10, f"about {other}", "<x@x.example>")[:4] == (
        "done", "helpdesk.note", 3, other,
    )  # fmt: skip
    assert answer(desk, box, 11, "about 4711", "<x@x.example>")[0] == "quarantined"
    # The answer to an answer that went elsewhere goes there as well.
    assert answer(desk, box, 9, "plain", "<m7@a.example>")[3] == other


def test_script_of_a_mailbox_without_answers_sees_what_is_answered(desk: Desk) -> None:
    box = mailbox(desk.conn, desk.inbox, script="scripts.judge")
    desk.come(box, message(1))
    ((ticket,),) = desk.rows("select row_id from mail.received")
    assert answer(desk, box, 2, "refuse")[0] == "skipped"
    assert answer(desk, box, 3, "plain")[:2] == ("done", "helpdesk.ticket")
    expected = {"mail": None, "class": "helpdesk.ticket", "row": ticket, "saved_as": None}
    assert desk.rows("select reply from scripts.seen offset 1") == [(expected,), (expected,)]
