"""Notifications: variables, languages, frames, recipients, and what happens when one cannot be."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

from runner.errors import BadNotification, InTheWay, UnknownVariable, WrongMailState
from tests.fix_meta import ClassTable, Definitions

Connection = psycopg.Connection[Any]


class Desk:
    """Classes customer and ticket, accounts with languages, and what notifications leave."""

    def __init__(self, conn: Connection) -> None:
        self.conn = conn
        definitions = Definitions(conn)
        self.city = definitions.create_class(
            "desk.city", {"name": {"type": "text"}}, description="{{column.name}}"
        )
        self.customer = definitions.create_class(
            "desk.customer",
            {
                "name": {"type": "text"},
                "email": {"type": "text"},
                "city": {"type": "reference", "class": "city"},
            },
            description="{{column.name}}",
        )
        self.ticket = definitions.create_class(
            "desk.ticket",
            {
                "subject": {"type": "text", "max_length": 300},
                "body": {"type": "long_text"},
                "customer": {"type": "reference", "class": "customer"},
                "watchers": {"type": "reference", "class": "customer", "multiple": True},
                "owner": {"type": "reference", "target": "user"},
                "team": {"type": "reference", "target": "user", "multiple": True},
                "files": {"type": "file", "multiple": True},
                "scan": {"type": "file"},
            },
        )
        conn.execute("insert into meta.language (code, name) values ('cs', 'čeština'), ('de', 'd')")

    def user(self, login: str, language: str | None, *, enabled: bool = True) -> int:
        """An account with an address."""
        row = self.conn.execute(
            "insert into access.account (login, full_name, email, language, enabled)"
            " values (%s, upper(%s), %s || '@users.example', %s, %s) returning id",
            (login, login, login, language, enabled),
        ).fetchone()
        assert row is not None
        return int(row[0])

    def set(self, function: str, code: str, **definition: Any) -> int:
        """Define something of the model."""
        row = self.conn.execute(
            f"select {function}((select id from meta.model where code = 'desk'), %s, %s)".encode(),
            (code, Jsonb(definition)),
        ).fetchone()
        assert row is not None
        return int(row[0])

    def notification(self, **definition: Any) -> int:
        """A notification about tickets."""
        defaults = {"class": "ticket", "to": "a@a.example", "subject": "s", "body": "b"}
        return self.set("flow.set_notification", "note", **{**defaults, **definition})

    def send(self, notification: int, *rows: int, **variables: str) -> list[dict[str, Any]]:
        """Send it and give the mails."""
        row = self.conn.execute(
            "select flow.send_notification(%s, %s, %s)",
            (notification, list(rows), Jsonb(variables)),
        ).fetchone()
        assert row is not None
        with self.conn.cursor(row_factory=dict_row) as cursor:
            return cursor.execute(
                "select s.id, s.state, s.recipients, s.error, s.row_id, c.subject, c.body, c.html,"
                " c.priority, c.attachments, c.in_reply_to"
                " from mail.message_status as s inner join mail.content as c on s.id = c.id"
                " where s.id = any (%s) order by s.id",
                (row[0],),
            ).fetchall()

    def file(self, name: str) -> int:
        """A stored file."""
        row = self.conn.execute("select core.store_file(%s, 'text/plain', 'x')", (name,)).fetchone()
        assert row is not None
        return int(row[0])


@pytest.fixture
def desk(conn: Connection) -> Desk:
    """Classes of a help desk."""
    return Desk(conn)


def test_variables_of_the_row_and_of_rows_referred_to(desk: Desk) -> None:
    desk.conn.execute("select core.set_parameter('desk.sign', 'The <desk>')")
    desk.conn.execute("select core.set_parameter('web.base_address', 'https://desk.example/')")
    owner = desk.user("olga", None)
    city = desk.city.insert(name="Brno")
    ann = desk.customer.insert(name="Ann & Co", email="ann@a.example", city=city)
    bob = desk.customer.insert(name="Bob", email="bob@b.example")
    row = desk.ticket.insert(
        subject="one\ntwo", body="<b>1</b>\n2", customer=ann, watchers=[bob, ann], owner=owner,
        files=[desk.file("a.txt")],
    )  # fmt: skip
    text = (
        "{{column.customer}}|{{ column.customer.email }}|{{column.customer.city.name}}"
        "|{{column.watchers}}|{{column.watchers.email}}|{{column.owner.full_name}}|{{column.files}}"
        "|{{column.version}}|{{class.code}}|{{model.code}}|{{app.par.desk.sign}}|{{record.url}}"
        "|{{column.scan}}|{{column.body}}|{{var.when}}"
    )
    (mail,) = desk.send(
        desk.notification(
            to="{{column.customer.email}}; {{column.watchers.email}}; {{column.owner}}",
            subject="{{column.subject}}", body=text, html=f"<p>{text}</p>", variables=["when"],
        ),
        row, when="now",
    )  # fmt: skip
    values = (
        "Ann & Co|ann@a.example|Brno|Bob, Ann & Co|bob@b.example, ann@a.example|OLGA|a.txt"
        f"|1|ticket|desk|The <desk>|https://desk.example/desk/ticket/{row}||<b>1</b>\n2|now"
    )
    assert mail["body"] == values
    assert (
        mail["html"]
        == "<p>"
        + values.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\n", "<br>\n")
        + "</p>"
    )
    assert mail["subject"] == "one two"
    assert mail["recipients"] == "ann@a.example; bob@b.example; olga@users.example"
    assert mail["row_id"] == row


@pytest.mark.parametrize(
    "name",
    [
        "column.nothing", "column.customer.nothing", "column.customer.city.name.x", "colum.subject",
        "column", "app.par.nothing", "var.unlisted", "record.url", "column.owner.password",
        "subject", "column.subject.x", "", "Column.subject", "column.scan.name",
    ],
)  # fmt: skip
def test_unknown_variables_are_refused_when_stored(desk: Desk, name: str) -> None:
    for key in ("subject", "body", "html", "to"):
        with pytest.raises(UnknownVariable), desk.conn.transaction():
            desk.notification(**{key: f"x {{{{{name}}}}} y", "variables": ["other"]})
    with pytest.raises(UnknownVariable), desk.conn.transaction():
        desk.notification(body="{{column.subject}")


@pytest.mark.parametrize("column", ["customer", "watchers", "files", "customer.city"])
def test_recipients_must_be_addresses(desk: Desk, column: str) -> None:
    with pytest.raises(UnknownVariable, match=column):
        desk.notification(to=f"{{{{column.{column}}}}}")


def test_language_of_the_recipient(desk: Desk) -> None:
    for login, language in (("karel", "cs"), ("kurt", "de-AT"), ("pierre", "fr"), ("eve", None)):
        desk.user(login, language)
    texts = {
        "subject": {"en": "Hello", "cs": "Dobrý den", "de": "Guten Tag"},
        "body": {"en": "Text", "cs": "Text česky", "de": "Text deutsch"},
    }
    row = desk.ticket.insert(subject="x")

    def subjects(to: str, **more: Any) -> list[str]:
        return [
            mail["subject"] for mail in desk.send(desk.notification(to=to, **texts, **more), row)
        ]

    assert subjects("Karel@users.example") == ["Dobrý den"]
    assert subjects("kurt@users.example") == ["Guten Tag"]
    assert subjects("pierre@users.example") == ["Hello"]
    assert subjects("eve@users.example") == ["Hello"]
    assert subjects("stranger@out.example") == ["Hello"]
    assert subjects("karel@users.example; kurt@users.example") == ["Hello"]
    assert subjects("karel@users.example", cc="kurt@users.example") == ["Dobrý den"]
    mails = desk.send(
        desk.notification(
            to="karel@users.example; kurt@users.example", cc="x@y.example", each=True, **texts
        ),
        row,
    )
    assert [(mail["recipients"], mail["subject"], mail["body"]) for mail in mails] == [
        ("karel@users.example", "Dobrý den", "Text česky"),
        ("kurt@users.example", "Guten Tag", "Text deutsch"),
        ("x@y.example", "Hello", "Text"),
    ]


def test_a_mail_speaks_one_language(desk: Desk) -> None:
    desk.user("karel", "cs")
    (mail,) = desk.send(
        desk.notification(
            to="karel@users.example", subject={"en": "Hello", "cs": "Ahoj"}, body={"en": "Text"}
        ),
        desk.ticket.insert(subject="x"),
    )
    assert (mail["subject"], mail["body"]) == ("Hello", "Text")


@pytest.mark.parametrize(
    "definition",
    [
        {"subject": {"cs": "Jen česky"}},
        {"body": {"de": "nur deutsch"}},
        {"frame": "none"},
        {"groups": ["none"]},
        {"attach": ["subject"]},
        {"attach": ["nothing"]},
        {"recipients": "public.nothing"},
        {"recipients": "pg_catalog.abs; drop"},
    ],
    ids=str,
)
def test_what_does_not_go_together_is_refused(desk: Desk, definition: dict[str, Any]) -> None:
    with pytest.raises(BadNotification):
        desk.notification(**definition)


def test_a_mail_that_cannot_be_made_is_kept_and_the_others_leave(desk: Desk) -> None:
    good, bad, none = (
        desk.ticket.insert(subject=text, customer=desk.customer.insert(name=text, email=address))
        for text, address in (("good", "a@a.example"), ("bad", "not an address"), ("none", None))
    )
    notification = desk.notification(
        to="{{column.customer.email}}", body="{{column.subject}} {{var.x}}", variables=["x"]
    )
    mails = desk.send(notification, good, bad, none, x="1")
    assert [(mail["row_id"], mail["state"], mail["recipients"]) for mail in mails] == [
        (good, "queued", "a@a.example"), (bad, "failed", None), (none, "failed", None),
    ]  # fmt: skip
    assert "not an address" in mails[1]["error"]
    assert "without recipients" in mails[2]["error"]

    (mail,) = desk.send(notification, good)
    assert (mail["state"], mail["body"]) == ("failed", "{{column.subject}} {{var.x}}")
    assert 'note: the variable "var.x" has no value' in mail["error"]
    with pytest.raises(WrongMailState):
        desk.conn.execute("select mail.resend(%s)", (mail["id"],))


def test_parameter_that_is_gone_makes_no_wrong_mail(desk: Desk) -> None:
    desk.conn.execute("select core.set_parameter('desk.sign', 'x')")
    notification = desk.notification(body="{{app.par.desk.sign}}")
    desk.conn.execute("delete from core.parameter")
    (mail,) = desk.send(notification, desk.ticket.insert(subject="x"))
    assert mail["state"] == "failed"
    assert "app.par.desk.sign" in mail["error"]


def test_frames_surround_texts(desk: Desk) -> None:
    desk.user("karel", "cs")
    desk.set(
        "flow.set_frame", "company",
        html={
            "en": "<body>{{content}}<hr>Bye, {{model.code}}</body>",
            "cs": "<body>{{content}}<hr>Ahoj</body>",
        },
        text="{{content}}\n-- \n{{class.code}}",
    )  # fmt: skip
    row = desk.ticket.insert(subject="<i>x</i>")
    text = {"en": "5 < 6: {{column.subject}}\nend", "cs": "česky"}
    (mail,) = desk.send(desk.notification(frame="company", body=text), row)
    assert mail["body"] == "5 < 6: <i>x</i>\nend\n-- \nticket"
    assert mail["html"] == ("<body>5 &lt; 6: &lt;i&gt;x&lt;/i&gt;<br>\nend<hr>Bye, desk</body>")
    (mail,) = desk.send(
        desk.notification(frame="company", body=text, to="karel@users.example"), row
    )
    assert mail["html"] == "<body>česky<hr>Ahoj</body>"

    only_html = {"class": "ticket", "to": "a@a.example", "subject": "s", "frame": "company"}
    notification = desk.set(
        "flow.set_notification", "note", html="<p>One</p><p>{{column.subject}}</p>", **only_html
    )
    (mail,) = desk.send(notification, row)
    assert mail["body"] == "One\n\n<i>x</i>\n-- \nticket"

    desk.set("flow.set_frame", "company", html="<body>new {{content}}</body>")
    (mail,) = desk.send(notification, row)
    assert mail["html"] == "<body>new <p>One</p><p>&lt;i&gt;x&lt;/i&gt;</p></body>"
    assert mail["body"] == "new\n\nOne\n\n<i>x</i>"
    with pytest.raises(InTheWay):
        desk.conn.execute("select flow.drop_frame(id) from flow.frame")


@pytest.mark.parametrize(
    "definition",
    [
        {"html": "no place"},
        {"text": "{{content}} twice {{content}}"},
        {"html": {"cs": "{{content}}"}},
        {"html": "{{column.subject}} {{content}}"},
        {},
    ],
    ids=str,
)
def test_frames_that_cannot_be(desk: Desk, definition: dict[str, Any]) -> None:
    with pytest.raises(BadNotification):
        desk.set("flow.set_frame", "company", **definition)


def test_groups_users_of_a_column_and_a_function(desk: Desk) -> None:
    ann, bob = desk.user("ann", None), desk.user("bob", None)
    gone = desk.user("gone", None, enabled=False)
    desk.set(
        "mail.set_group", "leads",
        users=["ann", "gone", "not-here-yet"], addresses="Boss <boss@out.example>",
    )  # fmt: skip
    desk.conn.execute(
        "create function public.more(bigint) returns text language sql"
        " return format('row%s@out.example', $1)"
    )
    row = desk.ticket.insert(subject="x", team=[bob, gone, ann])
    definition = {
        "to": "{{column.team}}", "groups": ["leads"], "recipients": "public.more",
    }  # fmt: skip
    (mail,) = desk.send(desk.notification(**definition), row)
    assert mail["recipients"].split("; ") == [
        "bob@users.example", "ann@users.example", "boss@out.example", f"row{row}@out.example",
    ]  # fmt: skip
    desk.set("mail.set_group", "leads", addresses="new@out.example")
    assert "new@out.example" in desk.send(desk.notification(**definition), row)[0]["recipients"]
    with pytest.raises(InTheWay):
        desk.conn.execute("select mail.drop_group(id) from mail.recipient_group")


def test_attachments_priority_and_thread(desk: Desk) -> None:
    row = desk.ticket.insert(
        subject="<1@a.example>", files=[desk.file("a.txt"), desk.file("b.txt")], scan=desk.file("c")
    )
    notification = desk.notification(
        attach=["scan", "files"], priority="high", in_reply_to="{{column.subject}}"
    )
    (mail,) = desk.send(notification, row, desk.ticket.insert(subject="none"))[:1]
    assert mail["attachments"] == ["c", "a.txt", "b.txt"]
    assert (mail["priority"], mail["in_reply_to"]) == ("high", "<1@a.example>")


def test_notification_about_no_row(desk: Desk) -> None:
    notification = desk.set(
        "flow.set_notification", "done",
        to="a@a.example", subject="{{var.name}} of {{model.code}}", body="{{var.rows}} rows",
        variables=["name", "rows"],
    )  # fmt: skip
    (mail,) = desk.send(notification, name="import", rows="3")
    assert (mail["subject"], mail["body"], mail["row_id"]) == ("import of desk", "3 rows", None)


def test_renamed_and_dropped_columns(desk: Desk) -> None:
    row = desk.ticket.insert(
        subject="x", customer=desk.customer.insert(name="Ann", email="ann@a.example")
    )
    notification = desk.notification(
        body="{{column.subject}} {{column.customer.email}}", attach=["files"]
    )
    for table, code, new in (
        (desk.customer, "email", "label"), (desk.ticket, "customer", "client"),
        (desk.ticket, "files", "papers"),
    ):  # fmt: skip
        desk.conn.execute("select meta.rename_column(%s, %s)", (table.column_id(code), new))
    stored = desk.conn.execute(
        "select definition from flow.notification where id = %s", (notification,)
    ).fetchone()
    assert stored is not None
    assert stored[0]["body"] == "{{column.subject}} {{column.client.label}}"
    assert stored[0]["attach"] == ["papers"]
    assert desk.send(notification, row)[0]["body"] == "x ann@a.example"
    desk.conn.execute("select flow.compile_notification(%s)", (notification,))
    assert desk.send(notification, row)[0]["body"] == "x ann@a.example"
    for table, code in ((desk.customer, "label"), (desk.ticket, "client"), (desk.ticket, "papers")):
        with pytest.raises(InTheWay, match="notification note"), desk.conn.transaction():
            desk.conn.execute("select meta.drop_column(%s)", (table.column_id(code),))


def test_rows_of_child_classes(conn: Connection) -> None:
    definitions = Definitions(conn)
    base = definitions.create_class("desk.party", {"email": {"type": "text"}})
    child: ClassTable = definitions.create_class("desk.firm", {}, parent="party")
    order = definitions.create_class(
        "desk.order", {"party": {"type": "reference", "class": "party"}}
    )
    assert base.id != child.id
    row = order.insert(party=child.insert(email="firm@f.example"))
    id = conn.execute(
        "select flow.set_notification((select id from meta.model where code = 'desk'), 'n', %s)",
        (Jsonb({"class": "order", "to": "{{column.party.email}}", "subject": "s", "body": "b"}),),
    ).fetchone()
    assert id is not None
    conn.execute("select flow.send_notification(%s, %s)", (id[0], [row]))
    found = conn.execute("select recipients from mail.message_status").fetchone()
    assert found == ("firm@f.example",)


@pytest.mark.parametrize(
    ("html", "text"),
    [
        (None, None),
        ("", ""),
        ("plain", "plain"),
        ("<p>One</p><p>Two<br>three</p>", "One\n\nTwo\nthree"),
        ("<html><head><title>T</title><style>p{}</style></head><body>x</body></html>", "x"),
        ("a<script>if (1 < 2) alert('<p>')</script>b<!-- <p>c</p> -->d", "abd"),
        ('<a href="https://x.example/?a=1&amp;b=2">Open</a>', "Open <https://x.example/?a=1&b=2>"),
        ('<a href="https://x.example">https://x.example</a>', "https://x.example"),
        ('<a class=b href=mailto:a@b.example>a@b.example</a>', "a@b.example"),
        ("<ul><li>one<li>two</ul>end", "- one\n- two\n\nend"),
        ("<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>", "a\tb\nc"),
        ('<img src="x.png" alt="Logo">', "Logo"),
        ("1 &lt; 2 &amp;amp; &#8364;&#x20AC;&nbsp;&quot;", '1 < 2 &amp; €€ "'),
        ("&#0;&#xD800;&#9999999;&#x110000;x", "x"),
        ("a < b and c > d", "a < b and c > d"),
        ("x\n  y\t z", "x y z"),
        ("&lt;script&gt;", "<script>"),
    ],
)  # fmt: skip
def test_plain_text_of_html(conn: Connection, html: str | None, text: str | None) -> None:
    assert conn.execute("select mail.plain_text(%s)", (html,)).fetchone() == (text,)


def test_mail_with_html_alone_is_stored_with_a_text(conn: Connection) -> None:
    conn.execute("select mail.send('a@a.example', p_html => '<p>Hello</p>')")
    assert conn.execute("select body from mail.content").fetchone() == ("Hello",)
