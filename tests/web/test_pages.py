"""Pages over HTTP: rights, forms, links that fill them, changes by others, files, safety."""

from __future__ import annotations

import io
import re
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import lxml.html
import psycopg
import pytest
from openpyxl import load_workbook

from tests.fix_database import Database
from tests.fix_pages import PASSWORD, Visitor, give_password, log_in, settle_roles
from tests.fix_web import WebServer, serving

TICKETS = "/pages/helpdesk/ticket"
LINK = re.compile(r'<td data-name="[^"]*" class="[^"]*"><a href="[^"]*/(\d+)">')


def ids(answer: httpx.Response) -> list[int]:
    """Records of a list page."""
    assert answer.status_code == 200, answer.text
    return [int(id) for id in LINK.findall(answer.text)]


def shown(answer: httpx.Response) -> str:
    """What a person reads of a page."""
    body = re.sub(r"<(script|style|template)\b.*?</\1>", "", answer.text, flags=re.S)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", body))


def one(database: Database, query: str, *values: object) -> Any:
    """One value of the database, as its owner."""
    with database.connect() as conn:
        row = conn.execute(query.encode(), values).fetchone()
    assert row is not None
    return row[0]


def new_ticket(database: Database, **values: object) -> int:
    """A ticket that nobody else changes."""
    names = ", ".join(values)
    marks = ", ".join(["%s"] * len(values))
    return int(
        one(
            database,
            f"insert into api.helpdesk_ticket ({names}) values ({marks}) returning id",
            *values.values(),
        )
    )


def test_without_a_session_every_page_leads_to_the_login(web: WebServer) -> None:
    """And after it to where one wanted to go."""
    with httpx.Client(base_url=web.url) as http:
        answer = http.get(f"{TICKETS}/1?x=1")
        assert answer.status_code == 303
        assert answer.headers["location"] == (
            "/pages/login?returnUrl=%2Fpages%2Fhelpdesk%2Fticket%2F1%3Fx%3D1"
        )
        assert http.post(f"{TICKETS}/new", data={"subject": "x"}).status_code == 303


@pytest.mark.usefixtures("visitors")
def test_login_by_the_password_of_the_database(web: WebServer, web_database: Database) -> None:
    """One answer for a wrong login and a wrong password; the cookie is out of a script's reach."""
    with httpx.Client(base_url=web.url) as http:
        data = {"login": "web_ann", "password": PASSWORD, "returnUrl": f"{TICKETS}/2"}
        good = http.post("/pages/login", data=data)
        assert (good.status_code, good.headers["location"]) == (303, f"{TICKETS}/2")
        cookie = good.headers["set-cookie"].lower()
        assert "httponly" in cookie
        assert "samesite=lax" in cookie
        evil = http.post("/pages/login", data={**data, "returnUrl": "https://evil.example/pages/"})
        assert evil.headers["location"] == "/pages/"
        wrong = http.post("/pages/login", data={**data, "password": "guess"})
        unknown = http.post("/pages/login", data={**data, "login": "web_who"})
        assert wrong.status_code == unknown.status_code == 401
        assert shown(wrong) == shown(unknown)
        for origin in ("https://evil.example", "null"):
            other = http.post("/pages/login", data=data, headers={"Origin": origin})
            assert other.status_code == 403
        assert http.post("/pages/login", data=data, headers={"Origin": web.url}).is_redirect
    token = one(web_database, "select count(*) from web.session where login = 'web_ann'")
    assert token >= 1
    assert one(web_database, "select min(octet_length(token_hash)) from web.session") == 32


@pytest.mark.usefixtures("visitors")
def test_guessing_is_slowed_down(web: WebServer) -> None:
    """After five wrong passwords even the right one has to wait."""
    with httpx.Client(base_url=web.url) as http:
        data = {"login": "web_guest", "password": "guess"}
        answers = [http.post("/pages/login", data=data).status_code for _ in range(7)]
    assert answers == [401] * 5 + [429] * 2


@pytest.mark.usefixtures("visitors")
def test_guessing_at_once_is_slowed_down(web: WebServer) -> None:
    """Attempts that run at the same time count as well: five are tried, the others wait."""

    def guess(number: int) -> int:
        data = {"login": "web_nobody", "password": f"guess {number}"}
        return httpx.post(f"{web.url}/pages/login", data=data, timeout=60).status_code

    with ThreadPoolExecutor(20) as several:
        answers = sorted(several.map(guess, range(20)))
    assert answers == [401] * 5 + [429] * 15


def test_log_out_ends_the_session(web: WebServer, visitors: dict[str, Visitor]) -> None:
    """A cookie that somebody kept opens nothing any more."""
    assert visitors
    visitor = log_in(web, "web_ben")
    kept = dict(visitor.http.cookies)
    assert visitor.post("/pages/logout", {}).status_code == 303
    with httpx.Client(base_url=web.url, cookies=kept) as http:
        assert http.get("/pages/").status_code == 303


def test_suspended_account(own_web_database: Database, web_folder: Any) -> None:
    """Suspending ends sessions at once."""
    with own_web_database.connect() as conn, serving(own_web_database, web_folder) as server:
        settle_roles(conn)
        give_password(conn, "web_ben")
        visitor = log_in(server, "web_ben")
        assert visitor.get(TICKETS).status_code == 200
        conn.execute("update access.account set enabled = false where login = 'web_ben'")
        assert visitor.get(TICKETS).status_code == 303


def test_classes_of_the_account(anna: Visitor, ben: Visitor, visitors: dict[str, Visitor]) -> None:
    """The start page shows what the account's roles show, no more."""
    assert all(word in shown(anna.get("/pages/")) for word in ("Customer", "Agent", "Ticket"))
    text = shown(ben.get("/pages/"))
    assert "Ticket" in text
    assert "Agent" not in text
    assert "No role of yours" in shown(visitors["nobody"].get("/pages/"))
    assert visitors["nobody"].get(TICKETS).status_code == 404
    assert ben.get("/pages/helpdesk/agent").status_code == 404
    assert ben.get("/pages/helpdesk/none").status_code == 404


def test_record_by_address(anna: Visitor, visitors: dict[str, Visitor]) -> None:
    """The record with its references as links; without a right an error page."""
    answer = anna.get(f"{TICKETS}/1")
    assert answer.status_code == 200
    assert 'href="/pages/helpdesk/customer/2">Customer 2</a>' in answer.text
    assert visitors["nobody"].get(f"{TICKETS}/1").status_code == 404
    assert anna.get(f"{TICKETS}/999999").status_code == 404


def test_same_answer_as_sql(ben: Visitor, web_database: Database) -> None:
    """The list shows the rows that psql shows to the account, in order."""
    with web_database.connect() as conn:
        conn.execute("set role web_ben")
        rows = conn.execute(
            "select id from api.helpdesk_ticket where priority >= 4 order by number limit 25"
        ).fetchall()
    assert ids(ben.get(f"{TICKETS}?priority=gte.4")) == [id for (id,) in rows]


def test_search_sort_and_paging(anna: Visitor, web_database: Database) -> None:
    """By words, by a column, page by page without gaps."""
    assert ids(anna.get(TICKETS, params={"q": "subject 17"})) == [17]
    first = ids(anna.get(f"{TICKETS}?order=-subject"))
    second = ids(anna.get(f"{TICKETS}?order=-subject&page=2"))
    assert len(first) == 25
    with web_database.connect() as conn:
        rows = conn.execute(
            "select id, subject from api.helpdesk_ticket order by subject desc nulls last"
        ).fetchall()
    subjects: dict[int, str] = dict(rows)
    assert [subjects[id] for id in first + second] == [subject for _, subject in rows[:50]]
    assert len(set(first + second)) == 50
    part = anna.get(TICKETS, params={"q": "subject 17"}, headers={"HX-Target": "rows"})
    assert part.text.lstrip().startswith('<div id="rows"')


@pytest.mark.parametrize(
    ("classic", "condition"),
    [
        ("subjectEQSubject 5~", "subject = 'Subject 5'"),
        ("subjectCONTAINSject 5~", "subject like '%ject 5%'"),
        ("subjectNOTCONTAINS5~", "subject not like '%5%'"),
        ("subjectSTARTSWITHSubject 6~", "subject like 'Subject 6%'"),
        ("subjectENDSWITH7~", "subject like '%7'"),
        ("priorityLT2~ORpriorityGE5~", "priority < 2 or priority >= 5"),
        ("priorityEQ1~ANDsubjectCONTAINS1~ORpriorityEQ5~",
         "(priority = 1 and subject like '%1%') or priority = 5"),
        ("priorityEQ1~AND(subjectCONTAINS1~ORsubjectCONTAINS5~)",
         "priority = 1 and (subject like '%1%' or subject like '%5%')"),
        ("ticket.priorityINT1~".replace("INT", "IN"), "priority = 1"),
        ("priorityIN1,2~", "priority in (1, 2)"),
        ("priorityNOTEQ3~", "priority <> 3"),
        ("customerEQ4~", "customer = 4"),
        ("customerEQCustomer 4~", "customer__text = 'Customer 4'"),
        ("customerCONTAINSmer 1~", "customer__text like '%mer 1%'"),
        ("watchersEQ1~", "1 = any (watchers)"),
        ("receivedISNULL~", "received is null"),
        ("subjectISNOTNULL~", "subject is not null"),
    ],
)  # fmt: skip
def test_classic_filter(
    anna: Visitor, web_database: Database, classic: str, condition: str
) -> None:
    """Each operator finds what the same condition finds in SQL, up to ticket 60."""
    with web_database.connect() as conn:
        wanted = {
            id
            for (id,) in conn.execute(
                f"select id from api.helpdesk_ticket where ({condition}) and id <= 60".encode()
            )
        }
    found: set[int] = set()
    for page in (1, 2, 3, 4):
        query = {"filter": classic, "page": str(page), "id": "lte.60"}
        found |= set(ids(anna.get(TICKETS, params=query)))
    assert found == wanted
    assert wanted or classic.startswith("received") or "IN" in classic


def test_classic_filter_escapes(anna: Visitor, web_database: Database) -> None:
    """A doubled tilde is one; signs of the grammar within a value are the value."""
    hostile = 'a~b,"c").or(id.gt.0*%_\\'
    id = new_ticket(web_database, subject=hostile)
    new_ticket(web_database, subject="other")
    text = hostile.replace("~", "~~")
    for operator in ("EQ", "CONTAINS", "STARTSWITH", "ENDSWITH"):
        assert ids(anna.get(TICKETS, params={"filter": f"subject{operator}{text}~"})) == [id]


@pytest.mark.parametrize(
    "name", ["Yesterday", "Today", "LastMonth", "ThisYear", "2026-01-02..2026-01-03"]
)
def test_named_intervals(anna: Visitor, web_database: Database, name: str) -> None:
    """They are of the instance's clock and leave out what lies beside them."""
    first = {
        "Yesterday": "current_date - 1",
        "Today": "current_date",
        "LastMonth": "date_trunc('month', current_date) - interval '1 month'",
        "ThisYear": "date_trunc('year', current_date)",
    }.get(name, "date '2026-01-02'")
    inside = one(
        web_database,
        f"insert into api.helpdesk_ticket (subject, received) values (%s, {first}) returning id",
        f"interval {name}",
    )
    before = one(
        web_database,
        "insert into api.helpdesk_ticket (subject, received)"
        f" values (%s, ({first})::timestamptz - interval '1 second') returning id",
        f"interval {name}",
    )
    query = {"filter": f"receivedININTERVAL{name}~ANDsubjectEQinterval {name}~"}
    assert ids(anna.get(TICKETS, params=query)) == [inside]
    assert before != inside


@pytest.mark.parametrize(
    "wrong", ["nonsense", "subjectEQx", "noneEQ1~", "priorityCONTAINS1~", "subjectLIKEx~", "((((",
              "receivedININTERVALSometime~", "priorityEQ1~AND", "priorityEQone~"],
)  # fmt: skip
def test_wrong_filter_says_what_is_wrong(anna: Visitor, wrong: str) -> None:
    """An error on the page, not a list of everything."""
    answer = anna.get(TICKETS, params={"filter": wrong})
    assert answer.status_code == 400
    assert ids_of_any(answer) == []
    assert 'role="alert"' in answer.text


def ids_of_any(answer: httpx.Response) -> list[str]:
    """Records on a page of any status."""
    return LINK.findall(answer.text)


def test_export_is_the_filtered_list(anna: Visitor, web_database: Database) -> None:
    """The filtered rows and shown columns; a formula stays a text."""
    new_ticket(web_database, subject="=1+1 export", priority=2)
    new_ticket(web_database, subject="export, plain", priority=1)
    answer = anna.get(TICKETS, params={"q": "export", "export": "excel"})
    sheet = load_workbook(io.BytesIO(answer.content)).active
    assert sheet is not None
    rows = [list(row) for row in sheet.iter_rows(values_only=True)]
    assert rows[0] == ["Number", "Subject", "Customer", "Priority", "Status"]
    assert [(row[1], row[3]) for row in rows[1:]] == [("=1+1 export", 2), ("export, plain", 1)]
    assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)
    text = anna.get(TICKETS, params={"q": "export", "export": "csv"}).content.decode("utf-8-sig")
    assert "'=1+1 export" in text


def test_link_fills_the_form(anna: Visitor, web_database: Database) -> None:
    """Columns by code; unknown ones are ignored, and nothing is saved by looking."""
    before = one(web_database, "select count(*) from api.helpdesk_ticket")
    answer = anna.get(f"{TICKETS}/new?subject=From+a+link&priority=2&customer=4&none=1&id=7")
    assert 'value="From a link"' in answer.text
    assert 'value="2"' in answer.text
    assert 'value="Customer 4 (#4)"' in answer.text
    assert one(web_database, "select count(*) from api.helpdesk_ticket") == before
    plain = anna.get("/pages/helpdesk/customer/new?name=Ignored")
    assert form(plain)["name"] == ""


def test_column_that_is_not_editable_is_not_filled(
    own_web_database: Database, web_folder: Any
) -> None:
    """Nor offered."""
    with own_web_database.connect() as conn:
        settle_roles(conn)
        give_password(conn, "web_ann")
        conn.execute(
            """
            select meta.alter_column(k.id, '{"type": "integer", "editable_on_insert": false}')
            from meta.class_column as k where k.code = 'priority'
            """
        )
        conn.execute("select web.set_page(id, 'ticket', '{\"prefill\": true}') from meta.model")
    with serving(own_web_database, web_folder) as server:
        answer = log_in(server, "web_ann").get(f"{TICKETS}/new?priority=5&subject=Yes")
    assert 'value="Yes"' in answer.text
    assert 'name="priority"' not in answer.text


def form(answer: httpx.Response) -> dict[str, Any]:
    """What the last form of a page would send as it stands, without the session's token."""
    found: dict[str, Any] = {}
    for name, value in lxml.html.fromstring(answer.text).forms[-1].form_values():
        if name in found:
            before = found[name] if isinstance(found[name], list) else [found[name]]
            found[name] = [*before, value]
        elif name != "csrf":
            found[name] = value
    return found


def test_new_record(anna: Visitor, web_database: Database) -> None:
    """Saved as the account, by way of the page; back to where the link says."""
    hidden = form(anna.get(f"{TICKETS}/new?returnUrl=/pages/tasks"))
    answer = anna.post(
        f"{TICKETS}/new",
        {**hidden, "subject": "By a form", "priority": "4", "customer": "Customer 3 (#3)",
         "watchers": ["Petra", ""], "status": "open", "body": "One\r\nTwo"},
    )  # fmt: skip
    assert (answer.status_code, answer.headers["location"]) == (303, "/pages/tasks")
    row = one(
        web_database,
        """
        select to_jsonb(t) from (
          select subject, priority, customer, watchers, body, creator, created_source
          from api.helpdesk_ticket where subject = 'By a form'
        ) as t
        """,
    )
    assert row == {
        "subject": "By a form",
        "priority": 4,
        "customer": 3,
        "watchers": [1],
        "body": "One\nTwo",
        "creator": "web_ann",
        "created_source": "page",
    }


def test_refused_record_comes_back_as_it_was_filled(anna: Visitor, web_database: Database) -> None:
    """All that is wrong is said; nothing is saved."""
    hidden = form(anna.get(f"{TICKETS}/new"))
    before = one(web_database, "select count(*) from api.helpdesk_ticket")
    answer = anna.post(
        f"{TICKETS}/new",
        {**hidden, "subject": "Kept <b>text</b>", "priority": "9", "status": "odd"},
    )
    assert answer.status_code == 400
    assert "priority" in shown(answer)
    assert "must be one of new, open" in shown(answer)
    assert 'value="Kept &lt;b&gt;text&lt;/b&gt;"' in answer.text
    assert one(web_database, "select count(*) from api.helpdesk_ticket") == before


def test_a_key_that_is_there_already_is_said_by_codes(anna: Visitor) -> None:
    """A unique index has an id in its name; people read which columns it is about."""
    hidden = form(anna.get("/pages/helpdesk/customer/new"))
    answer = anna.post(
        "/pages/helpdesk/customer/new", {**hidden, "name": "Twin", "email": "c1@example.org"}
    )
    assert answer.status_code == 409
    assert "helpdesk.customer: there is a row with this email already" in shown(answer)
    assert "datarow_" not in answer.text


def test_reference_by_words(anna: Visitor) -> None:
    """By its description where that is one record's; else the page says what to do."""
    hidden = form(anna.get(f"{TICKETS}/new"))
    answer = anna.post(f"{TICKETS}/new", {**hidden, "subject": "x", "customer": "No such"})
    assert answer.status_code == 400
    assert "No such" in shown(answer)
    options = anna.get(f"{TICKETS}/suggest/customer?customer=mer 7")
    assert 'value="Customer 7 (#7)"' in options.text


def test_somebody_elses_change_is_shown_not_overwritten(
    anna: Visitor, web_database: Database
) -> None:
    """Saved only when the version is the one that was shown; then again over theirs."""
    id = new_ticket(web_database, subject="Mine", priority=3)
    hidden = form(anna.get(f"{TICKETS}/{id}/edit"))
    one(
        web_database,
        "update api.helpdesk_ticket set subject = 'Theirs' where id = %s returning 1",
        id,
    )
    values = {**hidden, "subject": "Ours", "priority": "2"}
    answer = anna.post(f"{TICKETS}/{id}/edit", values)
    assert answer.status_code == 409
    assert "Theirs" in answer.text
    assert 'value="Ours"' in answer.text
    row = "select subject || priority from api.helpdesk_ticket where id = %s"
    assert one(web_database, row, id) == "Theirs3"
    again = anna.post(f"{TICKETS}/{id}/edit", {**values, **form(answer)})
    assert again.status_code == 303, shown(again)
    assert one(web_database, row, id) == "Ours2"


def test_only_what_the_form_has_is_changed(anna: Visitor, web_database: Database) -> None:
    """A field that is missing keeps its value, an empty one is emptied."""
    id = new_ticket(web_database, subject="Partial", priority=5, body="long")
    version = form(anna.get(f"{TICKETS}/{id}/edit"))["version"]
    answer = anna.post(f"{TICKETS}/{id}/edit", {"version": version, "has.body": "1", "body": ""})
    assert answer.status_code == 303
    row = one(
        web_database,
        "select jsonb_build_array(subject, priority, body) from api.helpdesk_ticket where id = %s",
        id,
    )
    assert row == ["Partial", 5, None]


def test_change_without_the_right(ben: Visitor, web_database: Database) -> None:
    """The page offers no button; a form sent all the same changes nothing."""
    id = new_ticket(web_database, subject="Not Ben's")
    page = ben.get(f"{TICKETS}/{id}")
    assert f"{id}/edit" not in page.text
    answer = ben.post(
        f"{TICKETS}/{id}/edit", {"version": "1", "has.subject": "1", "subject": "Ben's"}
    )
    assert answer.status_code in (303, 403)
    assert ben.post(f"{TICKETS}/{id}/delete", {}).status_code == 403
    assert (
        one(web_database, "select subject from api.helpdesk_ticket where id = %s", id)
        == "Not Ben's"
    )


def test_delete_asks_first(anna: Visitor, web_database: Database) -> None:
    """GET asks, POST deletes; the class decides how."""
    id = new_ticket(web_database, subject="To go")
    assert anna.get(f"{TICKETS}/{id}/delete").status_code == 200
    count = "select count(*) from api.helpdesk_ticket where id = %s"
    assert one(web_database, count, id) == 1
    assert anna.post(f"{TICKETS}/{id}/delete", {}).headers["location"] == TICKETS
    assert one(web_database, count, id) == 0
    deleter = "select deleter from api.helpdesk_ticket_all where id = %s"
    assert one(web_database, deleter, id) == "web_ann"


def test_form_of_another_session(anna: Visitor, ben: Visitor, web_database: Database) -> None:
    """A form without this session's token does nothing."""
    id = new_ticket(web_database, subject="Target")
    for token in ("", "guess", ben.csrf):
        answer = anna.http.post(f"{TICKETS}/{id}/delete", data={"csrf": token})
        assert answer.status_code == 403
    assert one(web_database, "select count(*) from api.helpdesk_ticket where id = %s", id) == 1


def test_files(anna: Visitor, ben: Visitor, visitors: dict[str, Visitor]) -> None:
    """Uploaded in a form, downloaded by who sees the record; HTML never runs here."""
    hidden = form(anna.get(f"{TICKETS}/new"))
    answer = anna.post(
        f"{TICKETS}/new",
        {**hidden, "subject": "With files"},
        files=[
            ("attachments", ("Plan č. 1.pdf", b"%PDF-1.4 x", "application/pdf")),
            ("attachments", ("page.html", b"<script>alert(1)</script>", "text/html")),
        ],
    )
    assert answer.status_code == 303, shown(answer)
    page = anna.get(answer.headers["location"])
    files = dict(re.findall(r'<a href="(/files/\d+)">([^<]+)</a>', page.text))
    assert sorted(files.values()) == ["Plan č. 1.pdf", "page.html"]
    for address, name in files.items():
        got = ben.get(address)
        assert got.headers["content-disposition"].startswith("attachment")
        assert got.headers["content-type"].startswith("application/octet-stream")
        assert got.content == (
            b"%PDF-1.4 x" if name.endswith("pdf") else b"<script>alert(1)</script>"
        )
        assert visitors["nobody"].get(address).status_code in (403, 404)


def test_history_and_mails_of_a_record(
    anna: Visitor, visitors: dict[str, Visitor], web_database: Database
) -> None:
    """Who changed what to what, and the mails about it; only for who sees the record."""
    id = new_ticket(web_database, subject="First words")
    one(
        web_database,
        "update api.helpdesk_ticket set subject = 'Second words' where id = %s returning 1",
        id,
    )
    with web_database.connect() as conn:
        conn.execute(
            """
            select mail.send(
              p_to => 'someone@example.org',
              p_subject => 'About the ticket', p_body => 'Text of the mail',
              p_class => c.id, p_row => %s::bigint
            )
            from meta.class as c where c.code = 'ticket'
            """,
            (id,),
        )
    text = shown(anna.get(f"{TICKETS}/{id}"))
    assert "First words → Second words" in text
    assert "About the ticket" in text
    ticket = one(web_database, "select id from meta.class where code = 'ticket'")
    with web_database.connect() as conn:
        for role, count in (("web_ann", 2), ("web_ben", 2), ("web_nobody", 0)):
            conn.execute(f"set role {role}")
            history = conn.execute(
                "select count(*) from web.record_history(%s, %s)", (ticket, id)
            ).fetchone()
            assert history == (count,), role
            mails = "select count(*) from api.mail where class_id = %s and record = %s"
            if count:
                assert conn.execute(mails, (ticket, id)).fetchone() == (1,), role
            else:
                with pytest.raises(psycopg.errors.InsufficientPrivilege):
                    conn.execute(mails, (ticket, id))
            conn.execute("reset role")


def test_stored_markup_is_text(anna: Visitor, web_database: Database) -> None:
    """What somebody wrote is shown, not run: in lists, details, forms, titles and history."""
    evil = '"><script>alert(1)</script><img src=x onerror=alert(1)>'
    id = new_ticket(web_database, subject=evil, body=evil, from_address=evil)
    one(web_database, "update api.helpdesk_ticket set body = 'x' where id = %s returning 1", id)
    query = {"q": "<script>"}
    pages = [
        anna.get(TICKETS, params=query),
        anna.get(f"{TICKETS}/{id}"),
        anna.get(f"{TICKETS}/{id}/edit"),
        anna.get(f"{TICKETS}/{id}/delete"),
        anna.get(f"{TICKETS}/new", params={"subject": evil}),
        anna.get(TICKETS, params={"filter": evil, "order": evil}),
        anna.get(f"/pages/{evil.replace('/', '')}"),
        anna.get(f"{TICKETS}/new", params={"returnUrl": f"javascript:{evil}"}),
    ]
    for page in pages:
        assert "<script>alert" not in page.text
        assert "<img src=x" not in page.text
        policy = page.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert "javascript:" not in page.text


def test_languages(anna: Visitor) -> None:
    """Names and words in the language chosen; unknown ones are the default."""
    german = shown(anna.get(TICKETS, headers={"Accept-Language": "de-AT,en;q=0.5"}))
    assert "Betreff" in german
    assert "Abmelden" in german
    assert "Předmět" in shown(anna.get(TICKETS, headers={"Accept-Language": "cs"}))
    assert "Subject" in shown(anna.get(TICKETS, headers={"Accept-Language": "ja"}))


def test_picture_of_the_model(anna: Visitor) -> None:
    """Each class with its columns, and what refers to what."""
    text = anna.get("/pages/helpdesk").text
    assert "<title>ticket.customer → customer</title>" in text
    assert "<title>note.ticket → ticket</title>" in text


def test_too_large_a_form(anna: Visitor) -> None:
    """Refused before it is read."""
    answer = anna.post(f"{TICKETS}/new", {"subject": "x" * 11_000_000})
    assert answer.status_code == 413
    assert "PG640" in answer.text


def test_forms_with_much_in_them(anna: Visitor, web_database: Database) -> None:
    """A long text and many fields are saved as long as the form is not too large."""
    id = new_ticket(web_database, subject="Much")
    anna.get(f"{TICKETS}/{id}/edit")
    long = "x" * 2_000_000
    fields: dict[str, Any] = {"version": "1", "has.body": "1", "body": long}
    fields["spare"] = ["y"] * 2_000
    parts = {"nothing": ("", b"")}  # as a browser does it: in parts
    saved = anna.post(f"{TICKETS}/{id}/edit", fields, files=parts)
    assert saved.status_code == 303, saved.text
    assert one(web_database, "select body from api.helpdesk_ticket where id = %s", id) == long


@pytest.mark.parametrize("address", [f"{TICKETS}/%s", "/files/%s", "/pages/runs/import/%s"])
def test_numbers_without_end(web: WebServer, anna: Visitor, address: str) -> None:
    """There is no such page; whoever asks, it is no fault of the service."""
    for visitor in (anna.http, web.client()):
        assert visitor.get(address % ("9" * 5_000)).status_code == 404
    assert "Exceeds the limit" not in web.log.read_text()


def test_monitor_is_for_administrators(anna: Visitor) -> None:
    """Others are told so."""
    assert anna.get("/pages/monitor").status_code == 403


def test_login_by_the_header_of_a_proxy(own_web_database: Database, web_folder: Any) -> None:
    """Only where the setting names the header; an unknown or suspended name opens nothing."""
    with own_web_database.connect() as conn:
        settle_roles(conn)
    with serving(own_web_database, web_folder, web_login_header="X-Login") as server:
        with httpx.Client(base_url=server.url, follow_redirects=True) as http:
            page = http.get(TICKETS, headers={"X-Login": "web_ben"})
            assert "web_ben" in shown(page)
            assert "web_ben" in shown(http.get(TICKETS))  # by the cookie
            page = http.get(TICKETS, headers={"X-Login": "web_ann"})
            assert "web_ann" in shown(page)  # the cookie of somebody else is worth nothing
            assert "web_ben" not in shown(page)
        with httpx.Client(base_url=server.url) as http:
            assert http.get(TICKETS, headers={"X-Login": "nobody_at_all"}).status_code == 403
            assert http.get(TICKETS).status_code == 303


def test_header_is_not_trusted_by_itself(web: WebServer) -> None:
    """Without the setting it is a header like any other."""
    with httpx.Client(base_url=web.url) as http:
        answer = http.get(TICKETS, headers={"X-Login": "web_ann"})
    assert answer.headers["location"].startswith("/pages/login")


def test_list_and_service_agree(anna: Visitor, web: WebServer) -> None:
    """The same filter gives the same records, in the same order, on the page and by service."""
    query = "or=(priority.eq.1,subject.ilike.*5*)&customer=gt.3&id=lte.60"
    listed = ids(anna.get(f"{TICKETS}?{query}&order=number"))
    served = web.client("web_ann").get(
        f"/helpdesk_ticket?{query}&select=id&order=number.asc.nullslast,id.desc&limit=25"
    )
    assert listed == [row["id"] for row in served.json()]
    assert len(listed) > 5


def test_a_trigger_of_ones_own_fires_for_page_and_service(
    anna: Visitor, web: WebServer, web_database: Database
) -> None:
    """Whoever writes, it is the same table; each write is marked with its way."""
    with web_database.connect() as conn:
        table = (
            f"data.datarow_{one(web_database, 'select id from meta.class where code = %s', 'note')}"
        )
        conn.execute("create table public.fired (id bigint, source text)")
        conn.execute(
            """
            create function public.fire() returns trigger language plpgsql security definer as
            $$
            begin
              insert into public.fired values (new.id, new.created_source);
              return null;
            end
            $$
            """
        )
        how = "for each row execute function public.fire()"
        conn.execute(f"create trigger own after insert on {table} {how}".encode())
        hidden = form(anna.get("/pages/helpdesk/note/new"))
        page = anna.post("/pages/helpdesk/note/new", {**hidden, "ticket": "#1", "author": "page"})
        assert page.status_code == 303, shown(page)
        service = web.client("web_ann").post("/helpdesk_note", json={"ticket": 1, "author": "web"})
        assert service.status_code == 201
        conn.execute("insert into api.helpdesk_note (ticket, author) values (1, 'sql')")
        fired = conn.execute("select source from public.fired order by id").fetchall()
        conn.execute(f"drop trigger own on {table}".encode())
    assert fired == [("page",), ("web",), ("sql",)]
