"""The commands mail, mailbox and sink: what left, what came, and the server for development."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Sequence
from dataclasses import asdict
from typing import Annotated, Any

import psycopg
import typer
from psycopg.rows import dict_row
from psycopg_pool import AsyncConnectionPool

from ..config import Settings, load_settings
from ..db import connect, database_url
from ..errors import UserError
from ..mail.reading import Turn, read_mailbox
from ..mail.sink import serve, sink_folder
from .output import Json, console, print_fields, print_json, print_table

mail = typer.Typer(
    help="Outgoing mail: list, show, of, resend, release, cancel, resolve, prune.",
    no_args_is_help=True,
)
mailbox = typer.Typer(help="Mailboxes: list, poll, quarantine, retry, skip.", no_args_is_help=True)

MailId = Annotated[int, typer.Argument(help="Number of the mail.")]
ReceivedId = Annotated[int, typer.Argument(help="Number of the received message.")]
State = Annotated[str | None, typer.Option("--state", help="Only those in this state.")]
Limit = Annotated[int, typer.Option("--limit", min=1, help="At most so many, the newest.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(mail, name="mail")
    app.add_typer(mailbox, name="mailbox")
    app.command()(sink)


@mail.command("list")
def list_mails(state: State = None, limit: Limit = 50, as_json: Json = False) -> None:
    """List outgoing mails."""
    _print_rows(
        """
        select * from (
          select id, state, created, recipients, delivered, subject, error
          from mail.message_status
          where state = coalesce(%s, state)
          order by id desc
          limit %s
        ) as newest
        order by id
        """,
        (state, limit),
        as_json,
        "no mail",
    )


@mail.command("show")
def show_mail(id: MailId, as_json: Json = False) -> None:
    """Show a mail: state, recipients with the answers of the server, texts."""
    with _connect() as conn:
        status = _rows(conn, "select * from mail.message_status where id = %s", (id,))
        if not status:
            raise UserError(f"there is no mail {id}", "`pgears mail list` shows what there is.")
        content = _rows(conn, "select * from mail.content where id = %s", (id,))[0]
        recipients = _rows(
            conn,
            """
            select kind, address, state, code, answer, delivered_to
            from mail.recipient_status where message_id = %s order by position
            """,
            (id,),
        )
    if as_json:
        print_json({**status[0], **content, "recipients": recipients})
        return
    texts = {name: content.pop(name) for name in ("body", "html")}
    print_fields({**status[0], **content})
    print_table(
        list(recipients[0]), [list(row.values()) for row in recipients], title="\nrecipients"
    )
    console.print("\n" + (texts["body"] or texts["html"] or ""), markup=False, soft_wrap=True)


@mail.command("resend")
def resend_mail(id: MailId, as_json: Json = False) -> None:
    """Send a mail again to those who did not get it."""
    _change("select mail.resend(%s)", id, as_json)


@mail.command("cancel")
def cancel_mail(id: MailId, as_json: Json = False) -> None:
    """Keep a mail from being sent."""
    _change("select mail.cancel(%s)", id, as_json)


@mail.command("resolve")
def resolve_mail(
    id: MailId,
    outcome: Annotated[str, typer.Argument(help="sent, or resend.")],
    as_json: Json = False,
) -> None:
    """Say what became of a mail in state unknown."""
    _change("select mail.resolve(%s, %s)", id, as_json, outcome)


@mail.command("release")
def release_mails(
    account: Annotated[
        str | None, typer.Option("--account", help="Only mails of this account.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Let held mails go; the guard is asked again for each."""
    _count("select mail.release(%s)", (account,), "released", as_json)


@mail.command("prune")
def prune_mails(as_json: Json = False) -> None:
    """Delete mails that were kept long enough, as runners do by themselves."""
    _count("select mail.prune()", (), "deleted", as_json)


@mail.command("of")
def mails_of(
    name: Annotated[str, typer.Argument(help="The class, as model.class.")],
    row: Annotated[int, typer.Argument(help="Id of the row.")],
    as_json: Json = False,
) -> None:
    """List the mail of a record: sent about it, and received from which it grew."""
    _print_rows(
        "select direction, id, at, state, address, subject from mail.of_record(%s, %s)",
        (name, row),
        as_json,
        "no mail",
    )


@mail.command("accounts")
def list_accounts(as_json: Json = False) -> None:
    """List the mail accounts and what the guard does with their mail."""
    _print_rows(
        """
        select code, is_default, enabled, host, port, tls, login, from_address, on_unknown,
          guard, guard_address
        from mail.account_status order by code
        """,
        (),
        as_json,
        "no mail account",
    )


@mailbox.command("list")
def list_mailboxes(as_json: Json = False) -> None:
    """List mailboxes with the numbers of their messages by state."""
    _print_rows(
        """
        select mailbox, class, driver, enabled, polled, stored, done, skipped, quarantined, error,
          place, secret_days_left
        from mail.mailbox_status order by mailbox
        """,
        (),
        as_json,
        "no mailbox is defined",
    )


@mailbox.command("poll")
def poll_mailbox(
    name: Annotated[str, typer.Argument(help="Code of the mailbox, or model.mailbox.")],
    as_json: Json = False,
) -> None:
    """Read one batch of a mailbox now."""
    settings = load_settings()
    url = database_url(settings)
    with connect(url, name="pgears mailbox") as conn:
        (id,) = conn.execute("select mail.mailbox_id(%s)", (name,)).fetchone() or (0,)
    turn = asyncio.run(_poll(url, id, settings))
    if not turn.ran:
        raise UserError(
            f"mailbox {name} is switched off, or somebody else is reading it", "Try again later."
        )
    if as_json:
        print_json(asdict(turn))
    else:
        print_fields({key: value for key, value in asdict(turn).items() if key != "ran"})
    if turn.error is not None:
        raise UserError(f"mailbox {name}: {turn.error}", "What was stored before is kept.")


@mailbox.command("messages")
def list_messages(state: State = None, limit: Limit = 50, as_json: Json = False) -> None:
    """List received messages and what became of them."""
    _print_received(state, limit, as_json, "no message")


@mailbox.command("quarantine")
def list_quarantine(limit: Limit = 50, as_json: Json = False) -> None:
    """List messages that could not become records."""
    _print_received("quarantined", limit, as_json, "no message is quarantined")


@mailbox.command("retry")
def retry_message(id: ReceivedId, as_json: Json = False) -> None:
    """Read a quarantined message again at the next turn."""
    _settle("select mail.retry_received(%s)", id, as_json)


@mailbox.command("skip")
def skip_message(id: ReceivedId, as_json: Json = False) -> None:
    """Give a quarantined message up."""
    _settle("select mail.skip_received(%s)", id, as_json)


def sink() -> None:
    """Serve a mail server that keeps everything in PGEARS_HOME/sink and passes nothing on."""
    settings = load_settings()
    asyncio.run(_serve(settings))


async def _serve(settings: Settings) -> None:
    folder = sink_folder(settings.home)
    async with serve(folder, settings.sink_listen) as port:
        host = settings.sink_listen.rpartition(":")[0]
        console.print(f"sink at {host}:{port}, messages in {folder}", markup=False)
        stop = asyncio.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, stop.set)
        await stop.wait()


async def _poll(url: str, id: int, settings: Settings) -> Turn:
    async with AsyncConnectionPool(
        url, min_size=1, max_size=2, open=False, kwargs={"application_name": "pgears mailbox"}
    ) as pool:
        return await read_mailbox(pool, id, settings.home)


def _connect() -> psycopg.Connection:
    return connect(database_url(load_settings()), name="pgears mail")


def _rows(conn: psycopg.Connection, query: str, arguments: Sequence[Any]) -> list[dict[str, Any]]:
    with conn.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(query.encode(), arguments).fetchall()


def _print_rows(query: str, arguments: Sequence[Any], as_json: bool, nothing: str) -> None:
    with _connect() as conn:
        rows = _rows(conn, query, arguments)
    if as_json:
        print_json(rows)
    elif rows:
        print_table(list(rows[0]), [list(row.values()) for row in rows])
    else:
        console.print(nothing)


def _count(query: str, arguments: Sequence[Any], name: str, as_json: bool) -> None:
    with _connect() as conn:
        row = conn.execute(query.encode(), arguments).fetchone()
    found = {name: row[0] if row else 0}
    if as_json:
        print_json(found)
    else:
        print_fields(found)


def _print_received(state: str | None, limit: int, as_json: bool, nothing: str) -> None:
    _print_rows(
        """
        select * from (
          select id, mailbox, state, received, from_address, subject, reason, error, class, row_id
          from mail.received_status
          where state = coalesce(%s, state)
          order by id desc
          limit %s
        ) as newest
        order by id
        """,
        (state, limit),
        as_json,
        nothing,
    )


def _change(query: str, id: int, as_json: bool, *more: str) -> None:
    _act(query, (id, *more), "mail.message_status", id, as_json)


def _settle(query: str, id: int, as_json: bool) -> None:
    _act(query, (id,), "mail.received_status", id, as_json)


def _act(query: str, arguments: Sequence[Any], view: str, id: int, as_json: bool) -> None:
    with _connect() as conn:
        conn.execute(query.encode(), arguments)
        row = _rows(conn, f"select id, state, subject from {view} where id = %s", (id,))[0]
    if as_json:
        print_json(row)
    else:
        print_fields(row)
