"""Pictures inside of HTML: kept readable in what comes, parts of the mail in what leaves."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql
from psycopg.types.json import Jsonb

from runner.errors import Contradiction
from runner.mail.maildir import deliver
from tests.fix_database import Database
from tests.fix_meta import ClassTable, Definitions
from tests.peers.graph_outbox import graph_outbox

from .mail_parts import Script, helpdesk, mailbox
from .test_drafts import Office
from .test_mailbox import poll
from .test_outbox import Outbox, outbox

__all__ = ["outbox"]

PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
MAPPING = {"subject": "subject", "page": "html", "files": "attachments"}


class Letters:
    """A mailbox whose messages become rows with HTML and files."""

    def __init__(self, database: Database, home: Path) -> None:
        self.database, self.home, self.inbox = database, home, home / "in"
        self.conn = database.connect()
        helpdesk(self.conn)
        self.letter: ClassTable = Definitions(self.conn).create_class(
            "helpdesk.letter",
            {
                "subject": {"type": "text"},
                "page": {"type": "html"},
                "files": {"type": "file", "multiple": True},
                "pictures": {"type": "file", "multiple": True},
                "one": {"type": "file"},
            },
        )

    def box(self, **more: str) -> int:
        """The mailbox."""
        mapping = {**MAPPING, **more}
        return mailbox(self.conn, self.inbox, **{"class": "letter", "mapping": mapping})

    def come(self, box: int, message: EmailMessage) -> dict[str, Any]:
        """A message comes; the row that it becomes."""
        deliver(self.inbox, message.as_bytes())
        turn = poll(self.database, box, self.home)
        trouble = self.conn.execute("select max(error) from mail.received_status").fetchone()
        assert (turn.error, turn.done, trouble) == (None, 1, (None,))
        query = sql.SQL("select * from {} order by id desc limit 1").format(self.letter.table)
        row = self.conn.cursor(row_factory=psycopg.rows.dict_row).execute(query).fetchone()
        assert row is not None
        codes = ("subject", "page", "files", "pictures")
        return {code: row[self.letter.physical(code)] for code in codes}

    def file(self, id: int) -> tuple[Any, ...] | None:
        """Name, type and content of a file."""
        query = "select name, media_type, content from api.file where id = %s"
        return self.conn.execute(query, (id,)).fetchone()


@pytest.fixture
def letters(database: Database, tmp_path: Path) -> Iterator[Letters]:
    """A mailbox of letters."""
    found = Letters(database, tmp_path)
    yield found
    found.conn.close()


def letter(html: str, *cids: str) -> EmailMessage:
    """A message with HTML, a picture for each Content-ID, and a paper clip."""
    found = EmailMessage()
    found["From"], found["Subject"] = "Ann <ann@a.example>", "Look"
    found.set_content("see the picture")
    found.add_alternative(html, subtype="html")
    shown = found.get_body(("html",))
    assert shown is not None
    for number, cid in enumerate(cids):
        shown.add_related(
            PIXEL + bytes([number]), maintype="image", subtype="png", cid=f"<{cid}>",
            filename=f"p{number}.png", disposition="inline",
        )  # fmt: skip
    found.add_attachment(b"%PDF", maintype="application", subtype="pdf", filename="a.pdf")
    return found


def test_pictures_of_what_comes_are_found_by_the_address_of_the_file(letters: Letters) -> None:
    row = letters.come(
        letters.box(),
        letter(
            '<img src="cid:p0@x"><img src=\'CID:p%2B1%40x\'><b style="background:url(cid:p2)">'
            '<img src=cid:p0@x><img src="cid:unknown@x"><p>cid:p0@x</p>',
            "p0@x", "p+1@x", "p2", "not-shown@x",
        ),
    )  # fmt: skip
    first, second, third, fourth, clip = row["files"]
    assert row["page"].strip() == (
        f"<img src=\"/files/{first}\"><img src='/files/{second}'>"
        f'<b style="background:url(/files/{third})">'
        f'<img src=/files/{first}><img src="cid:unknown@x"><p>cid:p0@x</p>'
    )
    assert letters.file(second) == ("p1.png", "image/png", PIXEL + b"\1")
    assert letters.file(fourth) == ("p3.png", "image/png", PIXEL + b"\3")
    assert letters.file(clip) == ("a.pdf", "application/pdf", b"%PDF")
    assert row["pictures"] is None


def test_pictures_leave_the_attachments_where_a_column_takes_them(letters: Letters) -> None:
    box = letters.box(pictures="inline_images")
    row = letters.come(box, letter('<img src="cid:p1">', "p0", "p1"))
    assert len(row["pictures"]) == 1
    assert f"/files/{row['pictures'][0]}" in row["page"]
    names = [(letters.file(id) or ("",))[0] for id in row["files"]]
    assert names == ["p0.png", "a.pdf"]
    plain = letters.come(box, letter("<p>none</p>"))
    assert (plain["pictures"], len(plain["files"])) == (None, 1)


def test_content_ids_are_no_patterns(letters: Letters) -> None:
    """Whatever stands in them: only the very address is replaced."""
    odd = r"a.b*(c)\1[d"
    row = letters.come(letters.box(), letter(f'<img src="cid:{odd}"><img src="cid:axb">', odd))
    assert row["page"].strip() == f'<img src="/files/{row["files"][0]}"><img src="cid:axb">'
    parts = {"html": '<img src="cid:ž{2}"><img src="cid:%C5%BE%7b2}">', "content_ids": ["ž{2}"]}
    linked = letters.conn.execute("select mail.link_inline(%s, array[7])", (Jsonb(parts),))
    assert linked.fetchone() == (
        {"html": '<img src="/files/7"><img src="/files/7">', "inline_images": [7]},
    )


def test_large_pictures(letters: Letters) -> None:
    """Of a message of many megabytes as well."""
    found = letter('<img src="cid:small"><img src="cid:large">', "small")
    large = bytes(range(256)) * 40_000
    for part in found.walk():
        if part.get_content_type() == "multipart/related":
            part.add_related(large, maintype="image", subtype="png", cid="<large>")
    row = letters.come(letters.box(pictures="inline_images"), found)
    first, second = row["pictures"]
    assert row["page"].strip() == f'<img src="/files/{first}"><img src="/files/{second}">'
    assert (letters.file(second) or ())[2] == large
    assert len(row["files"]) == 1


def test_pictures_need_a_column_of_many_files(letters: Letters) -> None:
    with pytest.raises(Contradiction):
        letters.box(one="inline_images")


def store(outbox: Outbox, name: str, content: bytes) -> int:
    """A stored picture."""
    row = outbox.conn.execute(
        "select core.store_file(%s, 'image/png', %b)", (name, content)
    ).fetchone()
    assert row is not None
    return int(row[0])


def picture_of(message: EmailMessage) -> tuple[str, dict[str, bytes]]:
    """HTML of a mail and what its Content-IDs lead to."""
    html = message.get_body(("html",))
    assert html is not None
    found = {}
    for part in message.walk():
        if part["content-id"] is not None:
            content = part.get_payload(decode=True)
            assert isinstance(content, bytes)
            assert part.get_content_disposition() == "inline"
            found[str(part["content-id"]).strip("<>")] = content
    return html.get_content(), found


@pytest.mark.parametrize("large", [False, True])
def test_files_that_the_html_shows_are_parts_of_it(outbox: Outbox, large: bool) -> None:
    """The mail reads alone: what it shows goes along inside, the rest is attached."""
    logo, other = store(outbox, "logo.png", PIXEL), store(outbox, "other.png", PIXEL + b"o")
    clip = store(outbox, "clip.png", b"c" * (2_000_000 if large else 3))
    html = f'<p>x<img src="/files/{logo}"><img src="/files/{other}0"><img src="/files/{logo}"></p>'
    (id,) = outbox.send(html=html, files=[clip, logo, other])
    script = Script()
    outbox.serve(script)
    assert outbox.state(id) == ("sent", None)
    ((_, message),) = script.got
    told, pictures = picture_of(message)
    ((cid, content),) = pictures.items()
    assert content == PIXEL
    assert told.strip() == html.replace(f'"/files/{logo}"', f'"cid:{cid}"')
    assert [part.get_filename() for part in message.iter_attachments()] == ["clip.png", "other.png"]
    body = message.get_body(("plain",))
    assert body is not None
    types = [part.get_content_type() for part in message.walk()]
    assert types[:4] == [
        "multipart/mixed",
        "multipart/alternative",
        "text/plain",
        "multipart/related",
    ]


def test_pictures_written_into_a_frame_are_parts_of_the_mail(outbox: Outbox) -> None:
    """`data:` in a frame moves with the model; readers that show no `data:` show the part."""
    helpdesk(outbox.conn)
    data = base64.b64encode(PIXEL).decode()
    (model,) = outbox.conn.execute("select id from meta.model").fetchone() or (0,)
    frame = {"html": f'<img src="data:image/png;base64,{data}"><img src="data:image/png;base64,%%">'
             f"{{{{content}}}}<img src='data:image/png;base64,{data}'>"}  # fmt: skip
    outbox.conn.execute("select flow.set_frame(%s, 'letter', %s)", (model, Jsonb(frame)))
    texts = {"to": "ann@a.example", "subject": "Hello", "body": "Text", "frame": "letter"}
    outbox.conn.execute("select flow.set_notification(%s, 'hello', %s)", (model, Jsonb(texts)))
    outbox.conn.execute("select flow.send_notification(flow.notification_id('helpdesk.hello'))")
    script = Script()
    outbox.serve(script)
    ((_, message),) = script.got
    told, pictures = picture_of(message)
    ((cid, content),) = pictures.items()
    assert content == PIXEL
    assert told.count(f"cid:{cid}") == 2
    assert "base64,%%" in told, "what is no picture stays as it is"


def test_pictures_leave_by_graph(database: Database, tmp_path: Path) -> None:
    with graph_outbox() as graph:
        office = Office(database, tmp_path, graph)
        office.account()
        office.conn.execute("select mail.set_guard('deliver')")
        logo = store(office, "logo.png", PIXEL)
        large = store(office, "large.png", b"l" * 4_000_000)
        (id,) = office.send(html=f'<img src="/files/{logo}">', files=[logo, large])
        office.work()
        assert office.state(id) == ("sent", None)
        ((_, content),) = picture_of(graph.sent[0].message)[1].items()
        assert content == PIXEL
        assert list(graph.sent[0].attachments) == ["large.png"]
        office.conn.close()


def test_what_leaves_can_be_read_again(outbox: Outbox, tmp_path: Path) -> None:
    """A mail with a picture that comes into a mailbox shows it there."""
    letters = Letters(outbox.database, tmp_path)
    (_,) = outbox.send(
        html=f'<img src="/files/{(logo := store(outbox, "l.png", PIXEL))}">', files=[logo]
    )
    script = Script()
    outbox.serve(script)
    ((_, message),) = script.got
    for name in ("message-id", "auto-submitted", "x-loop"):
        del message[name]
    row = letters.come(letters.box(), message)
    assert row["page"].strip() == f'<img src="/files/{row["files"][0]}">'
    assert (letters.file(row["files"][0]) or ())[2] == PIXEL
    letters.conn.close()
