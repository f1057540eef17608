"""Play the example: every step is what a user would do, by command, SQL or mail."""

from __future__ import annotations

import os
import secrets
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql
from rich.console import Console

from .. import apply as installation
from ..accounts import adopt_account, create_account, grant_role, verifier
from ..background import Background
from ..batch.exporter import request_export, run_export
from ..batch.importer import request_import, run_import
from ..cluster import free_port
from ..db import connect
from ..embedded import Server
from ..errors import UserError
from ..mail.maildir import deliver
from ..mail.sink import sink_folder
from ..model import apply as model
from ..model.file import load
from ..paths import examples_dir
from . import answers, branch, report

WAIT_SECONDS = 60.0

AGENTS = """
insert into api.helpdesk_agent (name, email, skills)
values
  ('Petra Dvořáková', 'petra@helpdesk.example', 'accounts, invoices'),
  ('Jonas Weber', 'jonas@helpdesk.example', 'hardware'),
  ('Inês Carvalho', 'ines@helpdesk.example', 'hardware, escalations')
returning id
"""


def play(home: Path, *, keep: bool, console: Console, pg_bin: Path | None = None) -> None:
    """Run the example in a home of its own; keep leaves server, runner and sink running.

    Raises UserError when a step does not come to its end.
    """
    example = examples_dir() / "helpdesk"
    began = time.monotonic()
    console.print("[bold]Helpdesk[/bold]: mail becomes tickets, tickets answer by mail\n")
    step = _stepper(console)
    with _parts(home, keep, pg_bin) as (server, runner, sink):
        with step("PostgreSQL started, pgears installed"):
            server.ensure()
            url = server.empty()
            installed = installation.upgrade(url, environment="development")
        with (
            step(
                f"{installed.files} SQL objects; model applied: 4 classes, mailbox, rules, workflow"
            ),
            connect(url, name="pgears demo") as conn,
        ):
            model.apply(conn, load(example / "model.yaml"))
        with connect(url, autocommit=True, name="pgears demo") as conn:
            with step("5,000 customers imported, 3 rows in error; 3 agents by INSERT"):
                run = _load_customers(url, conn, example / "customers.csv")
                agents = [row[0] for row in conn.execute(AGENTS).fetchall()]
            mails = sorted((example / "mails").glob("*.eml"))
            with step(f"{len(mails)} mails delivered to the Maildir of mailbox support"):
                inbox = _maildir(conn, home)
                for path in mails:
                    deliver(inbox, path.read_bytes())
            with step("runner and mail sink started; mailbox read, tickets answered"):
                sink.start(["sink"])
                runner.start(["run"])
                _await(conn, len(mails), runner)
            with step("a ticket taken by an agent in SQL, its former state archived"):
                taken = report.take_ticket(conn, agents)
            with step("customers answer, one acknowledgement comes back undeliverable"):
                came = answers.deliver(conn, inbox)
                _await(conn, len(mails) + came, runner)
            with step(
                "another ticket becomes urgent: its workflow waits, that of the first is over"
            ):
                report.make_urgent(conn, taken[0])
                _await_workflows(conn, runner)
            with step("the report of all tickets leaves as a workbook"):
                book = _report(url, conn, home)
            with step("a second instance, the branch: another database, the same model"):
                there = branch.open_branch(server, home, example)
            with step("customers, agents, tickets and notes replicated to it"):
                branch.read_headquarters(there)
            console.print()
            report.show_errors(conn, console, run)
            report.show(conn, console, taken, sink_folder(home))
            branch.show(conn, there, console)
            console.print("The report of all tickets:")
            console.print(f"  {book}", markup=False, soft_wrap=True)
            password = ""
            if keep:
                with step("web service and pages started, account lena made for them"):
                    password = _serve(conn, home)
        console.print(f"\n[bold]All of it in {time.monotonic() - began:.1f} s.[/bold]")
        report.where(console, home, password)


@contextmanager
def _parts(
    home: Path, keep: bool, pg_bin: Path | None
) -> Iterator[tuple[Server, Background, Background]]:
    """Server, runner and sink of the example, stopped before and, unless kept, afterwards."""
    # The example has a server, and a port, of its own: what points elsewhere is left aside.
    for name in ("PGEARS_DATABASE_URL", "PGEARS_DATABASE_DIRECT_URL", "PGEARS_ENVIRONMENT"):
        os.environ.pop(name, None)
        os.environ.pop(f"{name}_FILE", None)
    os.environ["PGEARS_SINK_LISTEN"] = f"127.0.0.1:{free_port()}"
    os.environ.setdefault("PGEARS_WEB_LISTEN", f"127.0.0.1:{free_port()}")
    server = Server(home, pg_bin)
    runner, sink = Background(home, "runner", cwd=home), Background(home, "sink", cwd=home)
    try:
        for process in (runner, sink, Background(home, "web")):
            process.stop()
        for folder in (sink_folder(home), home / "inbox", home / "reports"):
            shutil.rmtree(folder, ignore_errors=True)
        yield server, runner, sink
    except BaseException:
        keep = False
        raise
    finally:
        if not keep:
            runner.stop()
            sink.stop()
            server.stop()


def _stepper(console: Console) -> Callable[[str], Any]:
    @contextmanager
    def step(text: str) -> Iterator[None]:
        begin = time.monotonic()
        yield
        console.print(f"  {time.monotonic() - begin:5.1f} s  {text}")

    return step


def _serve(conn: psycopg.Connection[Any], home: Path) -> str:
    """Start the web service; gives the password of lena, an account with the role agent."""
    known = conn.execute("select 1 from pg_roles where rolname = 'lena'").fetchone()
    if known:  # from a demo before, on the same server
        adopt_account(conn, "lena", full_name="Lena Novak")
    else:
        create_account(conn, "lena", full_name="Lena Novak")
    password = secrets.token_urlsafe(9)
    conn.execute(
        sql.SQL("alter role lena login password {}").format(verifier(conn, "lena", password))
    )
    grant_role(conn, "lena", "agent")
    Background(home, "web", cwd=home).start(["serve"])
    return password


def _load_customers(url: str, conn: psycopg.Connection[Any], file: Path) -> int:
    """As `pgears import customers` does it; gives the number of the run."""
    run = request_import(conn, "helpdesk.customers", file)
    if run_import(url, run, file).state != "done":
        raise UserError("the customers were not imported", f"pgears imports show {run} says why.")
    return run


def _report(url: str, conn: psycopg.Connection[Any], home: Path) -> Path:
    """As `pgears export tickets` does it; gives the file."""
    done = run_export(url, request_export(conn, "helpdesk.tickets"), home=home)
    if done.path is None:
        raise UserError(f"the report was not written: {done.error}")
    return done.path


def _maildir(conn: psycopg.Connection[Any], home: Path) -> Path:
    """The folder that the mailbox of the example reads: a parameter of the instance."""
    row = conn.execute("select core.parameter('helpdesk.inbox')").fetchone()
    if row is None or row[0] is None:
        raise UserError("the example has no parameter inbox", "Restore examples/helpdesk.")
    return home / str(row[0])


def _await_workflows(conn: psycopg.Connection[Any], runner: Background) -> None:
    """Return when one urgent ticket waits and the other has heard its event."""
    deadline = time.monotonic() + WAIT_SECONDS
    while True:
        row = conn.execute(
            """
            select
              count(*) filter (where state_name = 'finished'),
              count(*) filter (where stands_at = 'wait (event)')
            from flow.instance_status
            """
        ).fetchone()
        if row == (1, 1):
            return
        if time.monotonic() > deadline or runner.pid() is None:
            raise UserError("the workflows did not come so far", f"The runner's log: {runner.log}.")
        time.sleep(0.1)


def _await(conn: psycopg.Connection[Any], mails: int, runner: Background) -> None:
    """Return when every mail was dealt with and every answer has left."""
    deadline = time.monotonic() + WAIT_SECONDS
    while True:
        row = conn.execute(
            """
            select
              (select count(*) from mail.received_status where state <> 'stored'),
              (select count(*) from mail.message_status where state not in ('sent', 'bounced')),
              (select coalesce(sum(ready + delayed + leased), 0)
               from queue.status where kind in ('rule', 'mail.send'))
            """
        ).fetchone()
        if row is not None and row[0] >= mails and row[1] == row[2] == 0:
            return
        if time.monotonic() > deadline or runner.pid() is None:
            raise UserError("the runner did not finish", f"Its log is {runner.log}.")
        time.sleep(0.1)
