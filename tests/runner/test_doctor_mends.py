"""Doctor about work inside the instance: the fault is made, found, mended as told, and gone."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql
from psycopg.types.json import Jsonb

from tests.fix_database import Database
from tests.fix_least import drop_accounts_group, service_login
from tests.fix_replica import Instance
from tests.fix_runner import Workplace, until
from tests.fix_server import TestServer
from tests.fix_sync import Other, Place
from tests.imports.parts import make_shop
from tests.peers.target import Target
from tests.runner.http_parts import Calls
from tests.runner.test_doctor import findings, pgears


def of(conn: psycopg.Connection[Any], check: str) -> tuple[str, str]:
    """Text and mend of the only finding of a check."""
    [(_, text, mend)] = findings(conn)[check]
    return text, mend


def gone(conn: psycopg.Connection[Any], check: str) -> bool:
    """Whether a check finds nothing."""
    return check not in findings(conn)


def do(database: Database, folder: Path, mend: str, *more: str) -> None:
    """Carry out a command of a mend."""
    command, *arguments = shlex.split(mend)
    assert command == "pgears"
    done = pgears(database, folder, *arguments, *more)
    assert done.returncode == 0, done.stderr


@pytest.fixture
def own(database: Database) -> Iterator[psycopg.Connection[Any]]:
    """A connection to a database of one's own."""
    with database.connect() as conn:
        yield conn


def define(conn: psycopg.Connection[Any], kind: str, code: str, definition: object) -> None:
    """A script, workflow or job of the model shop."""
    conn.execute("select meta.create_model('shop', '{}') where not exists (select from meta.model)")
    conn.execute(
        f"select flow.set_{kind}((select id from meta.model), %s, %s)".encode(),
        (code, Jsonb(definition)),
    )


def test_no_runner(workplace: Workplace) -> None:
    """`pgears run`."""
    _, mend = of(workplace.conn, "runners")
    assert mend == "pgears run"
    workplace.start()
    assert gone(workplace.conn, "runners")


def test_tasks_without_a_runner_for_them(workplace: Workplace) -> None:
    """A runner with the handler is started."""
    workplace.conn.execute(
        "insert into queue.task (kind, created) values ('act', now() - interval '1 hour')"
    )
    text, mend = of(workplace.conn, "waiting tasks")
    assert "kind act has waited for 01:00" in text
    assert "a handler for act (PGEARS_HANDLERS)" in mend
    workplace.start()
    until(lambda: gone(workplace.conn, "waiting tasks"), "the task to be taken")


def test_runner_that_does_not_hear(workplace: Workplace, pooler: str) -> None:
    """Started again with an address past the pooler."""
    deaf = workplace.start(listening="deaf", database_url=pooler)
    text, mend = of(workplace.conn, "doorbell")
    assert "runner r does not hear it" in text
    assert mend.startswith("Set PGEARS_DATABASE_DIRECT_URL of the runner")
    deaf.stop()
    workplace.start(database_url=pooler, database_direct_url=workplace.database.url)
    assert gone(workplace.conn, "doorbell")


def test_old_rows_are_frozen(database: Database, own: psycopg.Connection[Any]) -> None:
    """`vacuum (freeze);` as it stands."""
    for _ in range(500):
        own.execute("select pg_current_xact_id()")
    own.execute("update core.setting set value = '400' where code = 'doctor.transaction_age'")
    text, mend = of(own, "frozen rows")
    assert "transactions old" in text
    own.execute(mend.encode())
    assert gone(own, "frozen rows")


def test_autovacuum_of_the_server(own: psycopg.Connection[Any]) -> None:
    """Two statements, one after the other, as psql runs them."""
    own.execute("alter system set autovacuum = off")
    try:
        own.execute("select pg_reload_conf()")
        until(lambda: not gone(own, "autovacuum"), "autovacuum to be off")
        text, mend = of(own, "autovacuum")
        assert text == "switched off for the server"
        for statement in mend.rstrip(";").split(";"):
            own.execute(statement.encode())
        until(lambda: gone(own, "autovacuum"), "autovacuum to be on")
    finally:
        own.execute("alter system reset autovacuum")
        own.execute("select pg_reload_conf()")


def test_runner_without_statistics(database: Database, own: psycopg.Connection[Any]) -> None:
    """The login of a runner sees others' transactions with pg_monitor."""
    with service_login(database, "runner") as login:
        with login.connect() as conn:
            text, mend = of(conn, "statistics")
            assert "metrics leave them out" in text
        own.execute(mend.encode())
        with login.connect() as conn:
            assert gone(conn, "statistics")


def test_failed_workflow(database: Database, own: psycopg.Connection[Any], tmp_path: Path) -> None:
    """The cause is mended, and the step is done again."""
    define(own, "script", "price", {"sql": "result := to_jsonb(1 / 0);"})
    steps = {
        "start": {"kind": "start", "next": "price"},
        "price": {"kind": "script", "script": "price", "attempts": 1, "next": "end"},
        "end": {"kind": "end"},
    }
    define(own, "workflow", "order", {"steps": steps})
    do(database, tmp_path, "pgears workflow start order")
    do(database, tmp_path, "pgears run --once")
    text, mend = of(own, "failed workflows")
    assert "shop.order" in text
    define(own, "script", "price", {"sql": "result := to_jsonb(1);"})
    do(database, tmp_path, mend)
    do(database, tmp_path, "pgears run --once")
    assert gone(own, "failed workflows")


def test_failed_job(database: Database, own: psycopg.Connection[Any], tmp_path: Path) -> None:
    """The cause is mended, and the job runs again."""
    define(own, "script", "tidy", {"sql": "result := to_jsonb(1 / 0);"})
    define(own, "job", "nightly", {"steps": [{"script": "tidy"}]})
    own.execute("select flow.run_job('nightly')")
    do(database, tmp_path, "pgears run --once")
    text, mend = of(own, "failed jobs")
    assert "shop.nightly failed: " in text
    define(own, "script", "tidy", {"sql": "result := to_jsonb(1);"})
    command, *arguments = mend.split()
    assert (command, arguments[:2]) == ("pgears", ["job", "run"])
    own.execute("select flow.run_job(%s)", (arguments[2],))
    do(database, tmp_path, "pgears run --once")
    assert gone(own, "failed jobs")


def test_late_job(workplace: Workplace) -> None:
    """`pgears run` begins it."""
    conn = workplace.conn
    define(conn, "script", "tidy", {"sql": "result := to_jsonb(1);"})
    define(conn, "job", "often", {"cron": "* * * * *", "steps": [{"script": "tidy"}]})
    conn.execute("update flow.job set next_slot = core.now() - interval '1 hour'")
    text, mend = of(conn, "late jobs")
    assert "shop.often should have begun at" in text
    assert mend == "pgears run"
    workplace.start()
    until(lambda: gone(conn, "late jobs"), "the slot to be taken")


def test_mailbox_that_is_not_there(
    database: Database, own: psycopg.Connection[Any], tmp_path: Path
) -> None:
    """The folder is made, and the command reads it; then it is switched off, and on again."""
    model = tmp_path / "shop.yaml"
    text = f"""
model: shop
name: Shop
classes:
  item:
    name: Item
    columns:
      name: {{type: text}}
mailboxes:
  box:
    driver: maildir
    path: {tmp_path}/box
    class: item
    mapping: {{name: subject}}
    enabled: true
"""
    model.write_text(text)
    do(database, tmp_path, f"pgears model apply {model}")
    assert pgears(database, tmp_path, "mailbox", "poll", "shop.box").returncode == 1
    found, mend = of(own, "mailboxes")
    assert "shop.box cannot be read" in found
    for name in ("cur", "new", "tmp"):
        (tmp_path / "box" / name).mkdir(parents=True)
    do(database, tmp_path, mend if mend.startswith("pgears") else "pgears mailbox poll shop.box")
    assert gone(own, "mailboxes")

    model.write_text(text.replace("enabled: true", "enabled: false"))
    do(database, tmp_path, f"pgears model apply {model}")
    found, mend = of(own, "mailboxes")
    assert "switched off" in found
    assert mend == "Set enabled: true in the model file, then: pgears model apply FILE."
    model.write_text(text)
    do(database, tmp_path, f"pgears model apply {model}")
    assert gone(own, "mailboxes")


def test_message_that_became_no_record(
    database: Database, own: psycopg.Connection[Any], tmp_path: Path
) -> None:
    """`pgears mailbox quarantine` lists it; skipped, it is no finding any more."""
    own.execute("select meta.create_model('shop', '{}')")
    own.execute(
        """
        select meta.create_class(m.id, 'item', '{"columns": {"name": {"type": "text"}}}')
        from meta.model as m
        """
    )
    own.execute(
        """
        insert into mail.mailbox (model_id, code, class_id, enabled, definition)
        select m.id, 'inbox', c.id, true, '{"driver": "maildir", "path": "/x"}'
        from meta.model as m cross join meta.class as c
        """
    )
    own.execute(
        """
        insert into mail.received (mailbox_id, key, received, state, error, sha256, raw)
        select b.id, 'k', now(), 'quarantined', 'no subject', sha256(''), '' from mail.mailbox as b
        """
    )
    text, mend = of(own, "quarantined messages")
    assert "1 messages of shop.inbox" in text
    done = pgears(database, tmp_path, *mend.split()[1:], "--json")
    [message] = json.loads(done.stdout)
    do(database, tmp_path, f"pgears mailbox skip {message['id']}")
    assert gone(own, "quarantined messages")


@pytest.mark.parametrize("days", [-1, 3])
def test_secret_that_ends(own: psycopg.Connection[Any], days: int) -> None:
    """A new date beside the new secret."""
    account = {
        "host": "mail.example", "from_address": "a@example.org", "login": "a",
        "secret": "file:/x",
    }  # fmt: skip

    def ending(days: int) -> None:
        own.execute(
            "select mail.set_account('office', %s || jsonb_build_object('secret_expires',"
            " core.now()::date + %s))",
            (Jsonb(account), days),
        )

    ending(days)
    text, mend = of(own, "secrets that end")
    assert "mail account office" in text
    assert mend.endswith("set secret_expires anew.")
    ending(90)
    assert gone(own, "secrets that end")


def test_unsent_mail(database: Database, own: psycopg.Connection[Any], tmp_path: Path) -> None:
    """The list tells which; a person cancels it, or a runner sends it."""
    own.execute("select mail.send(p_to => 'a@example.org', p_subject => 's', p_body => 'b')")
    own.execute("update mail.message set created = now() - interval '2 hours'")
    text, mend = of(own, "unsent mails")
    done = pgears(database, tmp_path, *mend.split()[1:], "--json")
    [mail] = json.loads(done.stdout)
    assert f"mail {mail['id']} has waited" in text
    do(database, tmp_path, f"pgears mail cancel {mail['id']}")
    assert gone(own, "unsent mails")


def test_failed_import(workplace: Workplace, tmp_path: Path) -> None:
    """Rows are shown; the corrected file is imported."""
    desk = make_shop(workplace.database, workplace.conn, tmp_path)
    desk.define(match=["email"])
    desk.load("name,nonsense\nAnn,1\n")
    text, mend = of(workplace.conn, "failed imports")
    assert "shop.people" in text
    assert "import the file again" in mend
    assert desk.load("name,email\nAnn,a@x\n")["state"] == "done"
    assert gone(workplace.conn, "failed imports")


def test_failed_export(workplace: Workplace, tmp_path: Path) -> None:
    """The cause is mended, and the command exports."""
    desk = make_shop(workplace.database, workplace.conn, tmp_path)
    desk.define_export(columns=["name"], format="csv")
    workplace.conn.execute(
        """
        insert into batch.export_run (export_id, state, account, cause, created)
        select e.id, 'failed', 'x', 'manual', now() from batch.export as e
        """
    )
    text, mend = of(workplace.conn, "failed exports")
    assert "shop.people" in text
    do(workplace.database, tmp_path, mend, "--to", str(tmp_path / "people.csv"))
    assert (tmp_path / "people.csv").read_text().startswith("name")
    assert gone(workplace.conn, "failed exports")


def test_failed_synchronisation(shop: Place, sqlite: Other, tmp_path: Path) -> None:
    """The other side is there again."""
    reference = tmp_path / "url"
    reference.write_text("sqlite:////no/such/place.db")
    shop.define("goods", None, url=f"file:{reference}")
    failed = pgears(shop.database, tmp_path, "sync", "shop.goods")
    assert failed.returncode == 1
    text, mend = of(shop.conn, "failed synchronisations")
    assert "shop.goods failed" in text
    reference.write_text(sqlite.url)
    do(shop.database, tmp_path, mend)
    assert gone(shop.conn, "failed synchronisations")


def test_target_that_does_not_answer(calls: Calls, other: Target, tmp_path: Path) -> None:
    """The command shows it; when it answers again, calls go on by themselves."""
    calls.define(breaker_failures=1, breaker_pause="10 minutes", attempts=4)
    other.answer(503)
    calls.send(json={})
    calls.work()
    text, mend = of(calls.conn, "targets")
    assert "shop.erp does not answer (1 failures in a row), 1 calls wait" in text
    assert "shop.erp" in pgears(calls.database, tmp_path, *mend.split()[1:]).stdout
    calls.pass_time("11 minutes")
    calls.work(turns=5)
    assert gone(calls.conn, "targets")


def test_call_of_which_nobody_knows(calls: Calls, other: Target, tmp_path: Path) -> None:
    """It is made again."""
    calls.define(breaker_failures=0)
    id = calls.send(json={})
    calls.conn.execute(
        "update http.call set state = 'unknown', settled = now(), task_id = null where id = %s",
        (id,),
    )
    text, mend = of(calls.conn, "unknown calls")
    assert f"call {id} to shop.erp" in text
    do(calls.database, tmp_path, mend)
    calls.work()
    assert (calls.state(id), len(other.got)) == ("done", 1)
    assert gone(calls.conn, "unknown calls")


def test_replication(pair: tuple[Instance, Instance], tmp_path: Path) -> None:
    """Without a peer, with one that is away, with conflicts: until a person has decided."""
    here, there = pair
    here.subscribe(there, "manual")
    here.conn.execute("select replica.drop_peer(code) from replica.peers()")
    text, mend = of(here.conn, "replication")
    assert "is no peer" in text
    url = tmp_path / "url"
    url.write_text("postgresql://pgears:x@127.0.0.1:1/gone")
    do(here.database, tmp_path, mend, f"file:{url}")
    assert gone(here.conn, "replication")

    read = "pgears replicate read from_b"
    assert pgears(here.database, tmp_path, *read.split()[1:], "--once").returncode == 1
    text, mend = of(here.conn, "replication")
    assert "is failing" in text
    url.write_text(there.database.url)
    do(here.database, tmp_path, mend, "--once")
    assert gone(here.conn, "replication")

    ada = there.insert("customer", name="Ada", city="old")
    do(here.database, tmp_path, read, "--once")
    here.update("customer", ada, city="one")
    there.update("customer", ada, city="other")
    do(here.database, tmp_path, read, "--once")
    text, mend = of(here.conn, "conflicts")
    assert "1 rows changed on both sides" in text
    done = pgears(here.database, tmp_path, *mend.split()[1:], "--json")
    [conflict] = json.loads(done.stdout)
    do(here.database, tmp_path, f"pgears replicate resolve {conflict['id']} source")
    assert gone(here.conn, "conflicts")


@pytest.mark.parametrize("reader", ["replica:oslo", "stock"])
def test_reader_that_does_not_come_back(own: psycopg.Connection[Any], reader: str) -> None:
    """One of a peer is dropped by the statement, another deleted by name."""
    own.execute("insert into feed.consumer (code, transaction_id) values (%s, '0')", (reader,))
    own.execute(
        """
        insert into feed.change (class_id, operation, row_ids, source, changed)
        values (1, 'i', '{1}', 'sql', now() - interval '3 days')
        """
    )
    text, mend = of(own, "feed readers")
    assert f"{reader} has read nothing" in text
    if mend.endswith(";"):
        own.execute(mend.encode())
    else:
        assert mend == f"Bring it back, or delete it from feed.consumer: {reader}."
        own.execute("delete from feed.consumer where code = %s", (reader,))
    assert gone(own, "feed readers")


def test_account_that_only_a_superuser_may_lend(server: TestServer, database: Database) -> None:
    """Made while its group could not be granted: the statement grants it."""
    with database.connect() as conn:
        conn.execute("select access.ensure_accounts_group()")
        conn.execute("select access.create_account('doctor_lent')")
        query = sql.SQL("select finding, mend from access.findings where name = 'doctor_lent'")
        try:
            [(group,)] = conn.execute("select access.accounts_group()").fetchall()
            conn.execute(sql.SQL("revoke doctor_lent from {}").format(sql.Identifier(group)))
            [(text, mend)] = conn.execute(query).fetchall()
            assert "service logins cannot take it on" in text
            conn.execute(mend.encode())
            assert conn.execute(query).fetchall() == []
        finally:
            conn.execute("drop role doctor_lent")
            drop_accounts_group(database)
