"""What only Graph has: links, throttling, immutable ids; and tokens of OAuth2."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from runner.mail.drivers import MailboxUnreachable, open_mailbox
from runner.secrets import SecretMissing, locked_secret, read_secret, write_secret
from runner.tokens import Grant, TokenRefused, access_token, forget_token, xoauth2
from tests.fix_database import Database

from .mail_boxes import GraphBox, ImapBox
from .mail_parts import helpdesk
from .test_driver_contract import defined, filled, subjects
from .test_mailbox import poll


def test_ids_are_asked_to_be_immutable(
    database: Database, tmp_path: Path, graph_box: GraphBox
) -> None:
    with database.connect() as conn:
        helpdesk(conn)
        id = defined(conn, graph_box, after_read="move")
        filled(graph_box, 1)
        poll(database, id, tmp_path)
        assert graph_box.server.asked
        assert all('IdType="ImmutableId"' in prefer for _, _, prefer in graph_box.server.asked)


def test_throttled_mailbox_waits_as_long_as_it_was_told(
    database: Database, tmp_path: Path, graph_box: GraphBox
) -> None:
    with database.connect() as conn:
        helpdesk(conn)
        id = defined(conn, graph_box, poll_every="1 second")
        filled(graph_box, 2)
        graph_box.server.throttle = 1
        turn = poll(database, id, tmp_path)
        assert turn.error is not None
        assert "429" in turn.error
        row = conn.execute(
            "select due - polled >= interval '6.9 seconds' from mail.mailbox"
        ).fetchone()
        assert row == (True,)
        assert poll(database, id, tmp_path).done == 2


def test_link_to_another_server_is_not_followed(
    database: Database, tmp_path: Path, graph_box: GraphBox
) -> None:
    """It would be given the token."""
    with database.connect() as conn:
        helpdesk(conn)
        id = defined(conn, graph_box)
        filled(graph_box, 1)
        graph_box.server.foreign_link = True
        turn = poll(database, id, tmp_path)
        assert turn.error is not None
        assert "evil.example: not followed" in turn.error
        graph_box.server.foreign_link = False
        conn.execute(
            "update mail.mailbox set cursor = jsonb_build_object('link', 'http://evil.example/x')"
        )
        turn = poll(database, id, tmp_path)
        assert turn.error is not None
        assert "not followed" in turn.error


def test_revoked_token_is_asked_for_anew(
    database: Database, tmp_path: Path, graph_box: GraphBox
) -> None:
    with database.connect() as conn:
        helpdesk(conn)
        id = defined(conn, graph_box)
        filled(graph_box, 1)
        poll(database, id, tmp_path)
        graph_box.server.epoch += 1
        graph_box.server.add(b"From: a@b.example\r\nSubject: again\r\n\r\nx\r\n")
        assert poll(database, id, tmp_path).error is None
        assert graph_box.server.tokens == 2
        assert subjects(conn) == ["number 1", "again"]


def test_rotated_refresh_token_is_kept_in_its_file(
    database: Database, tmp_path: Path, graph_box: GraphBox
) -> None:
    """In the mode that the file had; the status counts the days that it has left."""
    kept = tmp_path / "refresh"
    kept.write_text("refresh-1\n")
    kept.chmod(0o640)
    with database.connect() as conn:
        helpdesk(conn)
        id = defined(conn, graph_box, refresh_token=f"file:{kept}")
        filled(graph_box, 1)
        assert poll(database, id, tmp_path).error is None
        assert kept.read_text() == "refresh-2\n"
        assert kept.stat().st_mode & 0o777 == 0o640
        row = conn.execute("select secret_days_left from mail.mailbox_status").fetchone()
        assert row is not None
        assert row[0] in (89, 90)
        forget_token(Grant.of({**graph_box.definition(), "refresh_token": f"file:{kept}"}))
        assert poll(database, id, tmp_path).error is None
        assert kept.read_text() == "refresh-3\n"
        assert not list(tmp_path.glob(".refresh.*"))
        text = conn.execute("select string_agg(b::text, ' ') from mail.mailbox as b").fetchone()
        assert text is not None
        assert "refresh-2" not in text[0]


def test_days_until_a_secret_ends(database: Database, graph_box: GraphBox) -> None:
    with database.connect() as conn:
        helpdesk(conn)
        day = conn.execute("select (core.now()::date + 12)::text").fetchone()
        assert day is not None
        defined(conn, graph_box, secret_expires=day[0])
        row = conn.execute("select secret_days_left from mail.mailbox_status").fetchone()
        assert row == (12,)


def test_refused_token_says_why_without_the_secret(graph_box: GraphBox) -> None:
    graph_box.secret.write_text("hunter-22")
    grant = Grant.of(graph_box.definition())
    with pytest.raises(TokenRefused, match="answered 401: bad secret") as error:
        access_token(grant)
    assert "hunter" not in str(error.value)


def test_refresh_token_that_cannot_be_kept_is_not_used(graph_box: GraphBox, tmp_path: Path) -> None:
    grant = Grant.of(
        {**graph_box.definition(), "refresh_token": f"file:{tmp_path / 'missing' / 'token'}"}
    )
    with pytest.raises(SecretMissing):
        access_token(grant)
    assert graph_box.server.refresh == "refresh-1"


def test_secret_is_replaced_whole_or_not(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "token"
    path.write_text("old\n")

    def fail(*_: Any) -> None:
        raise OSError("disk full")

    with monkeypatch.context() as patch:
        patch.setattr("os.fsync", fail)
        with pytest.raises(SecretMissing, match="disk full"):
            write_secret(f"file:{path}", "new")
    assert read_secret(f"file:{path}") == "old"
    assert [found.name for found in tmp_path.iterdir()] == ["token"]
    with locked_secret(f"file:{path}"):
        write_secret(f"file:{path}", "new")
    assert read_secret(f"file:{path}") == "new"
    with pytest.raises(SecretMissing, match="cannot be renewed"):
        write_secret("env:TOKEN", "x")


def test_imap_login_by_token(graph_box: GraphBox, imap_box: ImapBox, tmp_path: Path) -> None:
    """AUTHENTICATE XOAUTH2 against Dovecot, which takes one token and refuses another."""
    filled(imap_box, 1)
    grant = {
        key: graph_box.definition()[key] for key in ("client_id", "client_secret", "token_url")
    }
    definition = {
        **imap_box.definition(), **grant,
        "driver": "imap", "auth": "oauth2", "after_read": "mark", "folder": "x",
    }  # fmt: skip
    with pytest.raises(MailboxUnreachable, match="refuses the login"):
        open_mailbox(definition, tmp_path).listing(None, 1)
    graph_box.server.token = "secret"
    driver = open_mailbox(definition, tmp_path)
    assert len(driver.listing(None, 1).keys) == 1, "the refused token was forgotten"
    driver.close()


def test_what_xoauth2_says() -> None:
    assert xoauth2("ann@a.example", "t0k") == "user=ann@a.example\x01auth=Bearer t0k\x01\x01"


def test_own_changes_do_not_come_back(
    database: Database, tmp_path: Path, graph_box: GraphBox
) -> None:
    """Marking as read is a change that delta lists; it leads to nothing more."""
    with database.connect() as conn:
        helpdesk(conn)
        id = defined(conn, graph_box)
        filled(graph_box, 3)
        poll(database, id, tmp_path)
        for _ in range(3):
            poll(database, id, tmp_path)
        before = len(graph_box.server.asked)
        poll(database, id, tmp_path)
        assert Counter(method for method, _, _ in graph_box.server.asked[before:]) == {"GET": 1}
