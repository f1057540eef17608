"""What is refused before a mail or a mailbox exists."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest
from psycopg.types.json import Jsonb

from runner.errors import (
    BadAddress,
    BadHeader,
    BadMailAccount,
    BadMailSetting,
    BadValue,
    Contradiction,
    InTheWay,
    NoMailAccount,
    NoRecipients,
    NotFound,
    UnknownKey,
)
from tests.fix_meta import ClassTable, Definitions

Connection = psycopg.Connection[Any]


def addresses(conn: Connection, text: str | None) -> list[tuple[Any, ...]]:
    """Names and addresses of a list."""
    return conn.execute("select name, address from mail.parse_addresses(%s)", (text,)).fetchall()


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (None, []),
        ("", []),
        (" ; ;", []),
        ("a@b.example", [(None, "a@b.example")]),
        ("a@b.example; c@d.example;", [(None, "a@b.example"), (None, "c@d.example")]),
        ("Ann <a@b.example>", [("Ann", "a@b.example")]),
        ("<a@b.example>", [(None, "a@b.example")]),
        ('"Doe; Ann, \\"A\\"" <a@b.example>', [('Doe; Ann, "A"', "a@b.example")]),
        ("Žofie Ñandú <žofie@ñandú.example>", [("Žofie Ñandú", "žofie@ñandú.example")]),
        ("o'hara+tag_x=y@localhost", [(None, "o'hara+tag_x=y@localhost")]),
    ],
)
def test_addresses(conn: Connection, text: str | None, found: list[tuple[Any, ...]]) -> None:
    assert addresses(conn, text) == found


@pytest.mark.parametrize(
    "text",
    [
        "ann",
        "ann@",
        "@b.example",
        "a@b@c.example",
        "a b@c.example",
        "a@b..example",
        "a@.example",
        "a@b.example, c@d.example",
        "Ann <a@b.example> c@d.example",
        "Ann a@b.example",
        "<a@b.example",
        "<a@b.example> <c@d.example>",
        '"Ann <a@b.example>',
        "a@b.example\u00a0",
        "a\tb@c.example",
        "x" * 65 + "@b.example",
        "a@" + "b" * 250 + ".example",
    ],
)
def test_no_addresses(conn: Connection, text: str) -> None:
    with pytest.raises(BadAddress):
        addresses(conn, text)


LINE_BREAKS = ["\n", "\r", "\r\n", "\v", "\f", "\x1c", "\x1d", "\x1e", "\x85", "\u2028", "\u2029"]


@pytest.mark.parametrize("parameter", ["to", "cc", "bcc", "reply_to", "subject", "in_reply_to"])
@pytest.mark.parametrize("end", LINE_BREAKS, ids=ascii)
def test_headers_cannot_be_added(conn: Connection, parameter: str, end: str) -> None:
    value = {"p_to": "ann@a.example", f"p_{parameter}": f"x@y.example{end}Bcc: evil@e.example"}
    names = ", ".join(f"{name} => %s" for name in value)
    with pytest.raises(BadHeader):
        conn.execute(f"select mail.send({names})".encode(), tuple(value.values()))


def test_sender_name_cannot_add_headers(conn: Connection) -> None:
    definition = {"host": "mx", "from_address": "a@b.example", "from_name": "A\nBcc: e@e.example"}
    with pytest.raises(BadHeader):
        conn.execute("select mail.set_account('office', %s)", (Jsonb(definition),))


def test_mail_needs_recipients_and_an_account(conn: Connection) -> None:
    with pytest.raises(NoRecipients), conn.transaction():
        conn.execute("select mail.send(p_to => ' ; ', p_subject => 'x')")
    with pytest.raises(NoMailAccount), conn.transaction():
        conn.execute("select mail.send('a@b.example', p_account => 'none')")
    conn.execute("select core.set_environment('production')")
    with pytest.raises(NoMailAccount, match="production"):
        conn.execute("select mail.send('a@b.example')")


def test_address_named_twice_gets_one_mail(conn: Connection) -> None:
    conn.execute(
        "select mail.send('b@b.example; A@b.example', 'a@b.example; c@b.example', 'C@b.example')"
    )
    found = conn.execute("select kind, address from mail.recipient_status order by position")
    assert found.fetchall() == [("to", "b@b.example"), ("to", "A@b.example"), ("cc", "c@b.example")]


def test_mail_leaves_with_the_transaction(conn: Connection) -> None:
    with conn.transaction(force_rollback=True):
        conn.execute("select api.send_mail('a@b.example', 'x', 'y')")
        assert conn.execute("select count(*) from queue.task").fetchone() == (1,)
    assert conn.execute("select count(*) from mail.message").fetchone() == (0,)
    assert conn.execute("select count(*) from queue.task").fetchone() == (0,)


def test_guard_is_decided_for_an_environment(conn: Connection) -> None:
    def guard() -> tuple[Any, ...] | None:
        return conn.execute("select guard, address from mail.guard()").fetchone()

    assert guard() == ("hold", None)
    conn.execute("select mail.set_guard('redirect', 'tests@here.example')")
    assert guard() == ("redirect", "tests@here.example")
    conn.execute("select core.set_environment('acceptance')")
    assert guard() == ("hold", None)
    conn.execute("select core.set_environment('production')")
    assert guard() == ("deliver", None)
    for arguments in (("all", None), ("redirect", None), ("hold", "a@b.example")):
        with pytest.raises(BadMailSetting), conn.transaction():
            conn.execute("select mail.set_guard(%s, %s)", arguments)


def test_account_is_changed_by_key(conn: Connection) -> None:
    call = "select mail.set_account('office', %s)"
    conn.execute(call, (Jsonb({"host": "mx", "from_address": "a@b.example", "is_default": True}),))
    conn.execute(call, (Jsonb({"on_unknown": "resend"}),))
    found = conn.execute(
        "select host, port, tls, on_unknown, is_default from mail.account_status order by code"
    ).fetchall()
    assert found == [("mx", 587, "starttls", "resend", True), (None, 8025, "none", "ask", False)]
    with pytest.raises(UnknownKey), conn.transaction():
        conn.execute(call, (Jsonb({"password": "secret"}),))
    with pytest.raises(BadAddress), conn.transaction():
        conn.execute(call, (Jsonb({"from_address": "A <a@b.example>"}),))
    # A constraint would repeat the row, and with it what should have been a reference.
    with pytest.raises(BadMailAccount) as refused:
        conn.execute(call, (Jsonb({"login": "a", "secret": "not a reference"}),))
    assert "not a reference" not in str(refused.value)


@pytest.fixture
def ticket(definitions: Definitions) -> ClassTable:
    """A class to read into."""
    definitions.create_class("desk.customer", {"email": {"type": "text"}})
    return definitions.create_class(
        "desk.ticket",
        {
            "title": {"type": "text"},
            "at": {"type": "timestamp"},
            "customer": {"type": "reference", "class": "customer"},
            "anything": {"type": "reference", "classes": ["customer", "ticket"]},
            "files": {"type": "file", "multiple": True},
            "file": {"type": "file"},
            "done": {"type": "boolean"},
        },
    )


def set_mailbox(conn: Connection, mapping: dict[str, str], **more: Any) -> int:
    """Make the mailbox."""
    definition = {
        "driver": "maildir", "path": "x", "class": "ticket", "mapping": mapping, **more,
    }  # fmt: skip
    row = conn.execute(
        "select mail.set_mailbox((select id from meta.model where code = 'desk'), 'box', %s)",
        (Jsonb(definition),),
    ).fetchone()
    assert row is not None
    return int(row[0])


@pytest.mark.usefixtures("ticket")
@pytest.mark.parametrize(
    ("mapping", "error"),
    [
        ({"titel": "subject"}, NotFound),
        ({"title": "subjekt"}, BadValue),
        ({"title": "subject -> customer"}, BadValue),
        ({"title": "subject -> customer.email"}, Contradiction),
        ({"customer": "reply_address"}, Contradiction),
        ({"customer": "reply_address -> customer.mail"}, NotFound),
        ({"customer": "reply_address -> ticket.title"}, Contradiction),
        ({"anything": "reply_address -> customer.email"}, Contradiction),
        ({"customer": "attachments -> customer.email"}, Contradiction),
        ({"file": "attachments"}, Contradiction),
        ({"files": "subject"}, Contradiction),
        ({"title": "attachments"}, Contradiction),
        ({"done": "subject"}, Contradiction),
        ({"at": "subject"}, Contradiction),
    ],
)
def test_mapping_that_cannot_work(
    conn: Connection, mapping: dict[str, str], error: type[Exception]
) -> None:
    with pytest.raises(error):
        set_mailbox(conn, mapping)


@pytest.mark.usefixtures("ticket")
@pytest.mark.parametrize(
    "more",
    [
        {"poll_every": "often"},
        {"poll_every": "0 seconds"},
        {"poll_every": "2 days"},
        {"batch_size": 0},
        {"after_read": "burn"},
        {"driver": "pigeon"},
    ],
)
def test_mailbox_with_a_wrong_value(conn: Connection, more: dict[str, Any]) -> None:
    with pytest.raises(BadValue):
        set_mailbox(conn, {"title": "subject"}, **more)


def test_mailbox_follows_its_columns(conn: Connection, ticket: ClassTable) -> None:
    id = set_mailbox(conn, {"title": "subject", "customer": "reply_address -> customer.email"})
    customer = conn.execute("select id from meta.class where code = 'customer'").fetchone()
    assert customer is not None
    title = ticket.column_id("title")
    email = ClassTable(conn, customer[0]).column_id("email")
    conn.execute("select meta.rename_column(%s, 'topic')", (title,))
    conn.execute("select meta.rename_column(%s, 'mail')", (email,))
    row = conn.execute("select definition -> 'mapping' from mail.mailbox where id = %s", (id,))
    assert row.fetchone() == ({"topic": "subject", "customer": "reply_address -> customer.mail"},)
    for column in (title, email):
        with pytest.raises(InTheWay, match="mailbox box"), conn.transaction():
            conn.execute("select meta.drop_column(%s)", (column,))


def test_mailbox_with_unread_messages_is_not_dropped(conn: Connection, ticket: ClassTable) -> None:
    id = set_mailbox(conn, {"title": "subject"})
    token = "6f2b0e4e-2c3a-4a53-9d31-2d8a6a1d5b10"
    conn.execute("select mail.begin_reading(%s, %s)", (id, token))
    stored = "select count(*) from mail.store_received(%s, %s, array['key'], array[%s::bytea])"
    assert conn.execute(stored, (id, token, b"From: a@b\n\n")).fetchone() == (1,)
    assert conn.execute(stored, (id, token, b"From: a@b\n\n")).fetchone() == (0,)
    assert conn.execute(stored, (id, token, b"another")).fetchone() == (1,)
    with pytest.raises(InTheWay), conn.transaction():
        conn.execute("select mail.drop_mailbox(%s)", (id,))
    conn.execute("delete from mail.received")
    conn.execute("select mail.drop_mailbox(%s)", (id,))
    assert conn.execute("select count(*) from mail.mailbox").fetchone() == (0,)
