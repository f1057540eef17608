"""The commands of outgoing mail: what left, what did not, and what to do about it."""

from __future__ import annotations

from typing import Annotated

import typer

from ..errors import UserError
from .output import Json, console, print_fields, print_json, print_table
from .rows import Limit, State, act, count, fetch, open_instance, print_rows

mail = typer.Typer(
    help="Outgoing mail: list, show, of, resend, release, cancel, resolve, prune.",
    no_args_is_help=True,
)

MailId = Annotated[int, typer.Argument(help="Number of the mail.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(mail, name="mail")


@mail.command("list")
def list_mails(state: State = None, limit: Limit = 50, as_json: Json = False) -> None:
    """List outgoing mails."""
    print_rows(
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
    with open_instance() as conn:
        status = fetch(conn, "select * from mail.message_status where id = %s", (id,))
        if not status:
            raise UserError(f"there is no mail {id}", "`pgears mail list` shows what there is.")
        content = fetch(conn, "select * from mail.content where id = %s", (id,))[0]
        recipients = fetch(
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
    count("select mail.release(%s)", (account,), "released", as_json)


@mail.command("prune")
def prune_mails(as_json: Json = False) -> None:
    """Delete mails that were kept long enough, as runners do by themselves."""
    count("select mail.prune()", (), "deleted", as_json)


@mail.command("of")
def mails_of(
    name: Annotated[str, typer.Argument(help="The class, as model.class.")],
    row: Annotated[int, typer.Argument(help="Id of the row.")],
    as_json: Json = False,
) -> None:
    """List the mail of a record: sent about it, and received from which it grew."""
    print_rows(
        "select direction, id, at, state, address, subject from mail.of_record(%s, %s)",
        (name, row),
        as_json,
        "no mail",
    )


@mail.command("accounts")
def list_accounts(as_json: Json = False) -> None:
    """List the mail accounts and what the guard does with their mail."""
    print_rows(
        """
        select code, is_default, enabled, transport, place, tls, login, from_address, on_unknown,
          guard, guard_address, secret_days_left
        from mail.account_status order by code
        """,
        (),
        as_json,
        "no mail account",
    )


def _change(query: str, id: int, as_json: bool, *more: str) -> None:
    act(query, (id, *more), ("mail", "message_status"), id, as_json)
