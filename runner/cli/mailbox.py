"""The commands of mailboxes: how they stand, what came, and reading one now."""

from __future__ import annotations

import asyncio
from dataclasses import asdict
from typing import Annotated

import typer
from psycopg_pool import AsyncConnectionPool

from ..config import Settings, load_settings
from ..db import connect, database_url
from ..errors import UserError
from ..mail.flow import Turn
from ..mail.reading import read_mailbox
from .output import Json, print_fields, print_json, print_one
from .rows import Limit, State, act, fetch, open_instance, print_rows

mailbox = typer.Typer(
    help="Mailboxes: list, status, poll, messages, quarantine, retry, skip.", no_args_is_help=True
)

ReceivedId = Annotated[int, typer.Argument(help="Number of the received message.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(mailbox, name="mailbox")


@mailbox.command("list")
def list_mailboxes(as_json: Json = False) -> None:
    """List mailboxes with the numbers of their messages by state."""
    print_rows(
        """
        select mailbox, class, driver, enabled, polled, stored, done, skipped, quarantined, error,
          hint, place, secret_days_left
        from mail.mailbox_status order by mailbox
        """,
        (),
        as_json,
        "no mailbox is defined",
    )


@mailbox.command("status")
def show_mailbox(
    name: Annotated[str, typer.Argument(help="Code of the mailbox, or model.mailbox.")],
    as_json: Json = False,
) -> None:
    """Show how the reading of a mailbox stands, and what stopped it."""
    with open_instance() as conn:
        (status,) = fetch(
            conn, "select * from mail.mailbox_status where id = mail.mailbox_id(%s)", (name,)
        )
    print_one(status, as_json)


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
        raise UserError(
            f"mailbox {name}: {turn.error}", turn.hint or "What was stored before is kept."
        )


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


async def _poll(url: str, id: int, settings: Settings) -> Turn:
    async with AsyncConnectionPool(
        url, min_size=1, max_size=2, open=False, kwargs={"application_name": "pgears mailbox"}
    ) as pool:
        return await read_mailbox(pool, id, settings.home)


def _print_received(state: str | None, limit: int, as_json: bool, nothing: str) -> None:
    print_rows(
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


def _settle(query: str, id: int, as_json: bool) -> None:
    act(query, (id,), ("mail", "received_status"), id, as_json)
