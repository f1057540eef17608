"""Doctor: for each finding the fault is made, found with its mend, and mended where it can be."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections import namedtuple
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
import pytest

from runner.doctor.disk import space
from tests.fix_database import Database
from tests.fix_rights import Company
from tests.fix_runner import ROOT, Workplace, until

Found = dict[str, list[tuple[str, str, str]]]


def findings(conn: psycopg.Connection[Any]) -> Found:
    """State, text and mend by check; only what was found."""
    found: Found = {}
    for name, state, text, mend in conn.execute(
        "select name, state, found, mend from core.findings() where found is not null"
    ):
        found.setdefault(name, []).append((state, text, mend))
    return found


def pgears(database: Database, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """A command."""
    clean = {name: value for name, value in os.environ.items() if "PGEARS_" not in name}
    return subprocess.run(
        [sys.executable, "-m", "runner", *arguments],
        cwd=folder,
        env={**clean, "PGEARS_DATABASE_URL": database.url, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )


SHOP = """
  insert into meta.model (code, name) values ('shop', '{"en": "Shop"}') on conflict do nothing;
"""
CLASS = (
    SHOP
    + """
  select meta.create_class(m.id, 'item', '{"columns": {"name": {"type": "text"}}}')
  from meta.model as m;
"""
)
WORKFLOW = (
    SHOP
    + """
  insert into flow.workflow (model_id, code, definition)
  select m.id, 'pack', '{}' from meta.model as m;
  alter table flow.workflow_version disable trigger user;
  insert into flow.workflow_version (workflow_id, version, steps, compiled)
  select w.id, 1, '{}', '{}' from flow.workflow as w;
  alter table flow.workflow_version enable trigger user;
  insert into flow.instance (workflow_id, version, state, starter, started, error)
  select w.id, 1, 3, 'x', now(), 'no stock' from flow.workflow as w;
"""
)
DEAD = """
  select queue.register_kind('demo');
  insert into queue.dead (id, kind, payload, lane, attempts, error, created)
  select 1000 + n, 'demo', '{}', 1, 10, 'no such host', now() from generate_series(1, 3) as n;
"""
BLOCKED = """
  select queue.register_kind('demo');
  insert into queue.dead (id, kind, key, payload, lane, attempts, error, created)
  values (1001, 'demo', 'k', '{}', 1, 10, 'no such host', now());
  insert into queue.task (kind, key, state) values ('demo', 'k', 'blocked');
"""
MAILBOX = (
    CLASS
    + """
  insert into mail.mailbox (model_id, code, class_id, enabled, definition, error, token_expires)
  select m.id, 'inbox', c.id, %s, '{"driver": "maildir", "path": "/x"}', %s,
    now() + interval '3 days'
  from meta.model as m cross join meta.class as c
"""
)
JOB = (
    SHOP
    + """
  insert into flow.job (model_id, code, definition, compiled, next_slot, created)
  select m.id, 'nightly', '{}', '{}', core.now() - interval '1 hour', now() from meta.model as m;
  insert into flow.job_run (job_id, cause, state, created, error)
  select j.id, 'manual', 'failed', now(), 'broken' from flow.job as j;
"""
)
IMPORT = (
    CLASS
    + """
  insert into batch.import (model_id, code, class_id, definition)
  select m.id, 'stock', c.id, '{}' from meta.model as m cross join meta.class as c;
  insert into batch.import_run (import_id, state, account, cause, file_name, created)
  select i.id, 'refused', 'x', 'manual', 'a.csv', now() from batch.import as i;
  insert into batch.export (model_id, code, class_id, definition)
  select m.id, 'list', c.id, '{}' from meta.model as m cross join meta.class as c;
  insert into batch.export_run (export_id, state, account, cause, created)
  select e.id, 'failed', 'x', 'manual', now() from batch.export as e;
"""
)
SYNC = (
    CLASS
    + """
  insert into sync.definition (model_id, code, class_id, owner, definition)
  select m.id, 'erp', c.id, 'x', '{}' from meta.model as m cross join meta.class as c;
  insert into sync.run (definition_id, cause, starter, state, created, error)
  select d.id, 'manual', 'x', 'failed', now(), 'no route' from sync.definition as d;
"""
)
TARGET = (
    SHOP
    + """
  select http.set_target(m.id, 'erp', '{"url": "https://erp.example"}') from meta.model as m;
  update http.target set open_until = core.now() + interval '1 hour', failures = 5;
  insert into http.call (
    target_id, target, key, method, path, headers, state, created, creator, settled
  )
  select t.id, 'shop.erp', 'k', 'POST', '/', '{}', 'unknown', now(), 'x', now()
  from http.target as t;
"""
)
REPLICA = (
    SHOP
    + """
  insert into replica.subscription (model_id, code, peer, policy, definition)
  select m.id, 'north', 'oslo', 'newer', '{}' from meta.model as m;
"""
)
CONFLICT = (
    CLASS
    + """
  insert into replica.subscription (model_id, code, peer, policy, definition)
  select m.id, 'north', 'oslo', 'newer', '{}' from meta.model as m;
  insert into replica.conflict (
    subscription_id, class_id, uid, kind, state, found, incoming, columns
  )
  select s.id, c.id, gen_random_uuid(), 'conflict', 'open', now(), '{}', '{}'
  from replica.subscription as s cross join meta.class as c;
"""
)
FEED = """
  insert into feed.consumer (code, transaction_id) values ('replica:oslo', '0');
  insert into feed.change (class_id, operation, row_ids, source, changed)
  values (1, 'i', '{1}', 'sql', now() - interval '3 days');
"""
MAILS = """
  select mail.send(p_to => 'a@example.org', p_subject => 's', p_body => 'b')
  from generate_series(1, 2);
  update mail.message set created = now() - interval '2 hours'
  where id = (select min(m.id) from mail.message as m);
  update mail.message set state = 'unknown' where id = (select max(m.id) from mail.message as m);
  update mail.account set secret_expires = core.now()::date - 1;
"""
INDEX = """
  update pg_index set indisvalid = false where indexrelid = 'mail.message_account_id_idx'::regclass;
"""
AGE = "update core.setting set value = '0' where code = 'doctor.transaction_age'"


@pytest.mark.parametrize(
    ("check", "fault", "says", "mend"),
    [
        ("runners", "select 1", "none is alive", "pgears run"),
        ("waiting tasks", "insert into queue.task (kind, created) values ('x', now() - interval "
         "'1 hour'); select queue.register_kind('x')", "kind x has waited", "PGEARS_HANDLERS"),
        ("frozen rows", AGE, "transactions old", "vacuum (freeze);"),
        ("failed workflows", WORKFLOW, "shop.pack: no stock", "pgears workflow retry "),
        ("mailboxes", MAILBOX % ("true", "'no such folder'"), "no such folder", "mailbox poll"),
        ("mailboxes", MAILBOX % ("false", "null"), "switched off", "enabled: true"),
        ("secrets that end", MAILBOX % ("true", "null"), "ends on", "Renew it"),
        ("secrets that end", MAILS, "ended on", "Renew it"),
        ("unsent mails", MAILS, r"mail \d+ has waited", "pgears mail list --state queued"),
        ("failed jobs", JOB, "shop.nightly failed: broken", "pgears job run shop.nightly"),
        ("late jobs", JOB, "shop.nightly should have begun", "pgears run"),
        ("failed imports", IMPORT, r"shop.stock \(\d+\) was refused", "batch.import_error_list"),
        ("failed exports", IMPORT, r"shop.list \(\d+\) was failed", "pgears export shop.list"),
        ("failed synchronisations", SYNC, "shop.erp failed: no route", "pgears sync shop.erp"),
        ("targets", TARGET, "shop.erp does not answer", "pgears http targets"),
        ("unknown calls", TARGET, r"call \d+ to shop.erp", "pgears http retry "),
        ("replication", REPLICA, "shop.north is no peer", "pgears replicate peer set oslo"),
        ("conflicts", CONFLICT, "1 rows changed on both sides", "pgears replicate conflicts"),
        ("feed readers", FEED, "replica:oslo has read nothing", "replica.drop_reader('oslo')"),
    ],
)  # fmt: skip
def test_fault_is_found(
    conn: psycopg.Connection[Any], check: str, fault: str, says: str, mend: str
) -> None:
    """With what to do about it."""
    conn.execute(fault.encode())
    found = findings(conn)[check]
    assert any(re.search(says, text) for _, text, _ in found), found
    assert all(mend in told for _, _, told in found), found
    assert {state for state, _, _ in found} <= {"doubtful", "wrong"}


@pytest.mark.parametrize(
    ("check", "fault"),
    [
        ("invalid indexes", INDEX),
        ("disabled triggers", CLASS + "alter table meta.class_column disable trigger user;"),
        ("autovacuum", "alter table queue.task set (autovacuum_enabled = false)"),
        ("instance clock", "select core.set_clock(now() + interval '1 day')"),
        ("replication slots", "select pg_create_physical_replication_slot('doctor_test', true)"),
    ],
)
def test_statement_mends(database: Database, check: str, fault: str) -> None:
    """What doctor says is run as it is, and the finding is gone."""
    with database.connect() as conn:
        assert check not in findings(conn)
        conn.execute(fault.encode())
        for _, _, mend in findings(conn)[check]:
            assert mend.endswith(";"), mend
            conn.execute(mend.encode())
        assert check not in findings(conn)


def test_dead_rows_are_vacuumed(database: Database) -> None:
    """A queue that was not cleaned."""
    with database.connect() as conn:
        conn.execute("insert into queue.task (kind) select 'x' from generate_series(1, 110000)")
        conn.execute("delete from queue.task")
        conn.execute("select pg_stat_force_next_flush()")
        until(lambda: "dead rows" in findings(conn), "dead rows in the statistics")
        [(_, text, mend)] = findings(conn)["dead rows"]
        assert "queue.task has 110000 dead rows" in text
        conn.execute(mend.encode())
        conn.execute("select pg_stat_force_next_flush()")
        until(lambda: "dead rows" not in findings(conn), "a vacuum")


def test_open_transaction_is_ended(database: Database) -> None:
    """The session is named; the mend ends it."""
    with database.connect() as conn:
        other = database.connect(autocommit=False)
        conn.execute("update core.setting set value = '\"0 s\"' where code like 'doctor.oldest%'")
        other.execute("select 1")
        [(_, text, mend)] = findings(conn)["oldest transaction"]
        assert f"session {other.info.backend_pid} of" in text
        conn.execute(mend.encode())
        until(lambda: "oldest transaction" not in findings(conn), "the end of the session")
        other.close()


def test_prepared_transaction_is_ended(database: Database) -> None:
    """One that was forgotten; the mend rolls it back."""
    with database.connect() as conn:
        conn.execute("update core.setting set value = '\"0 s\"' where code like 'doctor.oldest%'")
        conn.execute("begin")
        conn.execute("create table half (id integer)")
        conn.execute("prepare transaction 'doctor''s'")
        [(_, text, mend)] = findings(conn)["prepared transactions"]
        assert "doctor's" in text
        conn.execute(mend.encode())
        assert "prepared transactions" not in findings(conn)


def test_missing_policies(company: Company) -> None:
    """Dropped by hand: doctor names the table, what `pgears upgrade` renews brings them back."""
    conn = company.conn
    company.role("reader", {"class": "ticket", "allow": ["read"]})
    assert "policies" not in findings(conn)
    conn.execute(
        """
        do $$
        declare
          v_policy record;
        begin
          for v_policy in
            select * from pg_policies where policyname ~ '^role_' and schemaname = 'data'
          loop
            execute format('drop policy %I on data.%I', v_policy.policyname, v_policy.tablename);
          end loop;
        end $$
        """
    )
    found = findings(conn)["policies"]
    assert {(state, mend) for state, _, mend in found} == {("wrong", "pgears upgrade")}
    assert any(f"datarow_{company.ticket.id}" in text for _, text, _ in found)
    conn.execute("select meta.rebuild()")
    assert "policies" not in findings(conn)


COMMANDS: list[tuple[str, str]] = [
    ("dead tasks", DEAD),
    ("blocked keys", BLOCKED),
    ("unknown mails", MAILS),
    ("web service", "select core.set_web_service(false)"),
    ("API views", CLASS),
]


@pytest.mark.parametrize(("check", "fault"), COMMANDS)
def test_command_mends(database: Database, tmp_path: Path, check: str, fault: str) -> None:
    """What doctor says is run as it is, and the finding is gone."""
    with database.connect() as conn:
        assert check not in findings(conn)
        conn.execute(fault.encode())
        for _, _, mend in findings(conn)[check]:
            command, *arguments = mend.split()
            assert command == "pgears"
            done = pgears(database, tmp_path, *arguments)
            assert done.returncode == 0, done.stderr
        assert check not in findings(conn)


def test_deaf_runner(workplace: Workplace) -> None:
    """A runner that polls; one that lives is no finding."""
    workplace.conn.execute("select queue.start_runner('one')")
    assert "runners" not in findings(workplace.conn)
    workplace.conn.execute("update queue.runner set listening = 'deaf'")
    [(state, _, mend)] = findings(workplace.conn)["doorbell"]
    assert (state, "PGEARS_DATABASE_DIRECT_URL" in mend) == ("doubtful", True)


def test_full_disk(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """By what is left, of the nearest folder that is there."""
    usage = namedtuple("usage", "total used free")

    def left(free: int) -> Callable[[Path], Any]:
        return lambda folder: usage(1000 << 30, 0, free) if folder == tmp_path else None

    for free, state in ((1 << 20, "wrong"), (50 << 30, "doubtful"), (500 << 30, "fine")):
        monkeypatch.setattr(shutil, "disk_usage", left(free))
        assert space("disk of files", tmp_path / "not" / "there").state == state


def test_command_lists_every_check(database: Database, tmp_path: Path) -> None:
    """Those without a finding too, each with its state."""
    listed = json.loads(pgears(database, tmp_path, "doctor", "--json").stdout)
    by_check = {finding["check"]: finding for finding in listed}
    with database.connect() as conn:
        names = {row[0] for row in conn.execute("select name from core.findings()")}
    assert names | {"disk of files", "disk of the server", "rights"} <= set(by_check)
    assert by_check["dead tasks"]["state"] == "fine"
    assert all(finding["mend"] for finding in listed if finding["state"] != "fine")


def test_docs_list_every_check(database: Database, tmp_path: Path) -> None:
    """The table of docs/operations.md has the checks that doctor makes, and no other; all mends."""
    listed = json.loads(pgears(database, tmp_path, "doctor", "--servers", "--json").stdout)
    docs = (ROOT / "docs" / "operations.md").read_text().partition("## Doctor")[2]
    rows = re.findall(r"^\| ([^|]+) \| ([^|]+) \| ([^|]+) \|$", docs, re.MULTILINE)
    assert rows.pop(0) == ("check", "found", "mend")
    assert {check for check, _, _ in rows} == {finding["check"] for finding in listed}
    assert len({row[:2] for row in rows}) == len(rows)
    with database.connect() as conn:
        row = conn.execute("select pg_get_viewdef('access.findings'::regclass)").fetchone()
    assert row is not None
    told = [found for check, found, _ in rows if check == "rights"]
    assert len(told) == row[0].lower().count("union all") + 1
    views = (ROOT / "db" / "views").glob("*/finding.sql")
    named = [name for view in views for name in re.findall(r"'(pgears [a-z]+)", view.read_text())]
    mends = " ".join(mend for _, _, mend in rows)
    assert [name for name in named if name not in mends] == []
