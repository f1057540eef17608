"""What only IMAP has: numbering, TLS, IDLE, other people's flags."""

from __future__ import annotations

import asyncio
import re
import shutil
from collections import Counter
from pathlib import Path

import pytest
from imapclient import IMAPClient

from runner.mail import CHORES
from runner.mail.drivers import MailboxUnreachable, open_mailbox
from runner.mail.drivers.imap import Imap
from tests.fix_database import Database

from .mail_boxes import ImapBox
from .mail_parts import helpdesk, server_mailbox, services, work
from .test_driver_contract import defined, filled, message, subjects
from .test_mailbox import poll, states

READ = {"after_read": "mark", "folder": "Done"}


def test_keys_name_folder_numbering_and_uid(imap_box: ImapBox, tmp_path: Path) -> None:
    filled(imap_box, 2)
    driver = open_mailbox({"driver": "imap", **imap_box.definition(), **READ}, tmp_path)
    listing = driver.listing(None, 10)
    assert [bool(re.fullmatch(r"INBOX;\d+;\d+", key)) for key in listing.keys] == [True, True]
    assert [key.rpartition(";")[2] for key in listing.keys] == ["1", "2"]
    driver.close()


def test_another_numbering_keeps_equal_messages_apart(
    database: Database, tmp_path: Path, imap_box: ImapBox
) -> None:
    """Two messages of the same content stay two records, before and after."""
    with database.connect() as conn:
        helpdesk(conn)
        id = defined(conn, imap_box, after_read="keep")
        imap_box.add(message(1))
        imap_box.add(message(1))
        assert poll(database, id, tmp_path).done == 2
        before = conn.execute("select array_agg(key order by id) from mail.received").fetchone()
        imap_box.lose_cursor()
        imap_box.add(message(1))
        assert poll(database, id, tmp_path).done == 1
        assert states(conn) == ["done"] * 3
        after = conn.execute("select array_agg(key order by id) from mail.received").fetchone()
        assert before is not None
        assert after is not None
        assert not set(before[0]) & set(after[0])


def test_what_somebody_opened_is_still_read(
    database: Database, tmp_path: Path, imap_box: ImapBox
) -> None:
    """The flag is no cursor: only what was seen before the first contact is left alone."""
    with database.connect() as conn:
        helpdesk(conn)
        imap_box.add(message(1))
        with imap_box.server.client(imap_box.user) as client:
            client.add_flags(client.search("ALL"), [b"\\Seen"])
        imap_box.add(message(2))
        id = defined(conn, imap_box)
        assert poll(database, id, tmp_path).done == 1
        imap_box.add(message(3))
        with imap_box.server.client(imap_box.user) as client:
            client.add_flags(client.search("ALL"), [b"\\Seen"])
        assert poll(database, id, tmp_path).done == 1
        assert subjects(conn) == ["number 2", "number 3"]


def test_flags_of_others_are_left_alone(
    database: Database, tmp_path: Path, imap_box: ImapBox
) -> None:
    """Deleting ours expunges nothing that somebody else only marked."""
    with database.connect() as conn:
        helpdesk(conn)
        imap_box.add(message(1))
        with imap_box.server.client(imap_box.user) as client:
            client.add_flags(client.search("ALL"), [b"\\Seen", b"\\Deleted"])
        imap_box.add(message(2))
        id = defined(conn, imap_box, after_read="delete")
        assert poll(database, id, tmp_path).done == 1
        assert imap_box.counts() == Counter({"seen": 1})


def test_move_without_the_extension(
    database: Database, tmp_path: Path, imap_box: ImapBox, monkeypatch: pytest.MonkeyPatch
) -> None:
    has = IMAPClient.has_capability
    monkeypatch.setattr(
        IMAPClient, "has_capability", lambda self, name: name != "MOVE" and has(self, name)
    )
    with database.connect() as conn:
        helpdesk(conn)
        id = defined(conn, imap_box, after_read="move", folder="Fertig äöü")
        filled(imap_box, 2)
        assert poll(database, id, tmp_path).error is None
        assert imap_box.counts() == Counter({"Fertig äöü": 2})


def test_another_folder_than_the_inbox(
    database: Database, tmp_path: Path, imap_box: ImapBox
) -> None:
    with database.connect() as conn:
        helpdesk(conn)
        with imap_box.server.client(imap_box.user) as client:
            client.create_folder("Orders")
            client.append("Orders", message(7))
        imap_box.add(message(8))
        id = defined(conn, imap_box, source_folder="Orders")
        assert poll(database, id, tmp_path).done == 1
        assert subjects(conn) == ["number 7"]
        defined(conn, imap_box)
        assert poll(database, id, tmp_path).done == 1
        assert subjects(conn) == ["number 7", "number 8"]


@pytest.mark.parametrize("tls", ["tls", "starttls"])
def test_encryption_and_whom_it_trusts(imap_box: ImapBox, tmp_path: Path, tls: str) -> None:
    if shutil.which("openssl") is None:
        pytest.skip("no openssl, which makes the certificate")
    filled(imap_box, 1)
    server = imap_box.server
    port = server.tls_port if tls == "tls" else server.port
    place = {**imap_box.definition(), "driver": "imap", "port": port, "tls": tls, **READ}
    with pytest.raises(MailboxUnreachable, match=r"(?i)certificate"):
        open_mailbox(place, tmp_path).listing(None, 10)
    driver = open_mailbox({**place, "ca_file": str(server.certificate)}, tmp_path)
    listing = driver.listing(None, 10)
    assert [found.raw for found in driver.fetch(listing.keys)] == [message(1)]
    driver.close()


def test_wrong_password_names_the_login_and_not_the_password(
    imap_box: ImapBox, tmp_path: Path
) -> None:
    imap_box.secret.write_text("hunter-22")
    driver = open_mailbox({"driver": "imap", **imap_box.definition(), **READ}, tmp_path)
    with pytest.raises(MailboxUnreachable, match=f"refuses the login {imap_box.user}") as error:
        driver.listing(None, 10)
    assert "hunter" not in str(error.value)


def test_idle_hears_a_message(imap_box: ImapBox) -> None:
    driver = Imap({**imap_box.definition(), "after_read": "keep", "folder": "x"})
    driver.connect()

    async def main() -> bool:
        waiting = asyncio.create_task(asyncio.to_thread(driver.wait, 20))
        await asyncio.sleep(1)
        await asyncio.to_thread(imap_box.add, message(1))
        return await waiting

    assert asyncio.run(main())
    driver.close()


def test_push_reads_at_once_and_reconnects(
    database: Database, tmp_path: Path, imap_box: ImapBox
) -> None:
    """The schedule says a day; announcements bring each message, also after a lost connection."""
    push = next(chore for chore in CHORES if chore.lasting)
    polls = next(chore for chore in CHORES if chore.name == "mailboxes")

    async def main() -> None:
        async with services(database, tmp_path) as given:
            await polls.run(given)
            await work(given)
            listening = asyncio.ensure_future(push.run(given))

            async def until(number: int) -> None:
                async with asyncio.timeout(60):
                    while True:
                        await work(given)
                        with database.connect() as conn:
                            if len(subjects(conn)) >= number:
                                return
                        await asyncio.sleep(0.1)

            imap_box.add(message(1))
            await until(1)
            cut_connections(imap_box)
            imap_box.add(message(2))
            await until(2)
            listening.cancel()
            await asyncio.wait([listening])

    with database.connect() as conn:
        helpdesk(conn)
        server_mailbox(conn, "imap", imap_box.definition(), push=True, poll_every="1 day")
        asyncio.run(main())
        assert subjects(conn) == ["number 1", "number 2"]


def cut_connections(box: ImapBox) -> None:
    """What a restart of the server does to those who wait."""
    import os
    import signal

    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            text = path.read_bytes()
            environment = (path.parent / "cwd").readlink()
        except OSError:
            continue
        if text.startswith(b"dovecot/imap\0") and str(environment).startswith(
            str(box.server.folder)
        ):
            os.kill(int(path.parent.name), signal.SIGTERM)


def test_only_one_listener_at_a_time(database: Database, imap_box: ImapBox) -> None:
    with database.connect() as conn:
        helpdesk(conn)
        server_mailbox(conn, "imap", imap_box.definition(), push=True)
        one, two = "00000000-0000-0000-0000-000000000001", "00000000-0000-0000-0000-000000000002"
        ask = "select count(*) from mail.listen_mailboxes(%s::uuid, '1 minute')"
        counts = [conn.execute(ask, (who,)).fetchone() for who in (one, two, one)]
        assert counts == [(1,), (0,), (1,)]
        conn.execute("update mail.mailbox set listener_until = now() - interval '1 second'")
        assert conn.execute(ask, (two,)).fetchone() == (1,)


def test_announcement_during_a_turn_makes_the_next_one_due(
    database: Database, imap_box: ImapBox
) -> None:
    with database.connect() as conn:
        helpdesk(conn)
        id = server_mailbox(conn, "imap", imap_box.definition(), push=True, poll_every="1 day")
        token = "00000000-0000-0000-0000-000000000003"
        conn.execute("select mail.begin_reading(%s, %s)", (id, token))
        conn.execute("select mail.ring_mailbox(%s)", (id,))
        conn.execute("select mail.end_reading(%s, %s, false)", (id, token))
        row = conn.execute("select due <= core.now() from mail.mailbox").fetchone()
        assert row == (True,)
