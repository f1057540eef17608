"""The commands of replication: read from a peer, how it stands, and what is in dispute."""

from __future__ import annotations

import asyncio
from dataclasses import asdict
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from ..config import load_settings
from ..db import database_url
from ..errors import UserError
from ..replica import read as read_subscription
from ..replica.peer import PeerUnreachable
from .output import Json, print_json
from .rows import Limit, open_instance, print_rows


class _Subscriptions(TyperGroup):
    """`pgears replicate CODE` is short for `pgears replicate read CODE`."""

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        if args and args[0] not in self.commands and not args[0].startswith("-"):
            args = ["read", *args]
        return super().resolve_command(ctx, args)


replicate = typer.Typer(
    cls=_Subscriptions,
    help="Replication: CODE [--once] reads a subscription; status, conflicts, resolve, resync.",
    no_args_is_help=True,
)
peer = typer.Typer(help="Peers: list, set, drop.", no_args_is_help=True)
replicate.add_typer(peer, name="peer")

Name = Annotated[str, typer.Argument(help="Code of the subscription, or model.subscription.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(replicate, name="replicate")


@replicate.command()
def read(
    name: Name,
    once: Annotated[
        bool, typer.Option("--once", help="End when the peer has nothing more.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Read a subscription from its peer, and go on reading until Ctrl-C."""
    url = database_url(load_settings())
    try:
        result = asyncio.run(read_subscription(url, name, once=once))
    except PeerUnreachable as error:
        raise UserError(
            f"the peer of {name} cannot be read: {error}",
            'Look at the URL behind the reference that "pgears replicate peer list" shows.',
        ) from error
    if not result.ran:
        raise UserError(
            f"{name} is switched off, has no peer here, or is being read by a runner",
            '"pgears replicate status" tells which.',
        )
    if as_json:
        print_json(asdict(result))
    else:
        typer.echo(f"{result.rows} rows in {result.batches} batches")


@replicate.command()
def status(as_json: Json = False) -> None:
    """Show subscriptions with position, lag, conflicts and the last error."""
    print_rows(
        """
        select subscription, peer, state, copying, position, applied, lag_rows, lag_seconds,
          conflicts, refused, waiting, unknown, missing, error
        from replica.status order by subscription
        """,
        (),
        as_json,
        "no subscription is defined",
    )


@replicate.command()
def conflicts(
    every: Annotated[bool, typer.Option("--all", help="Resolved ones, too.")] = False,
    limit: Limit = 50,
    as_json: Json = False,
) -> None:
    """List rows changed on both sides, and rows that this instance refuses."""
    print_rows(
        """
        select id, subscription, class, uid, kind, state, found, differences, reason, resolution
        from replica.conflict_status where %s or state = 'open' order by id desc limit %s
        """,
        (every, limit),
        as_json,
        "no conflict is open",
    )


@replicate.command()
def resolve(
    conflict: Annotated[int, typer.Argument(help="Number of the conflict.")],
    winner: Annotated[
        str, typer.Argument(help="source: the row of the peer; target: the one here.")
    ],
    as_json: Json = False,
) -> None:
    """Decide a conflict; the decision travels to the peer."""
    with open_instance() as conn:
        conn.execute("select replica.resolve(%s, %s)", (conflict, winner))
    _tell({"id": conflict, "resolution": winner}, f"conflict {conflict}: {winner} wins", as_json)


@replicate.command()
def resync(
    name: Name,
    of: Annotated[str | None, typer.Option("--class", help="This class only.")] = None,
    as_json: Json = False,
) -> None:
    """Have classes copied again while everything runs."""
    with open_instance() as conn:
        (classes,) = conn.execute(
            "select replica.resync(replica.subscription_id(%s), %s)", (name, of)
        ).fetchone() or (0,)
    _tell({"classes": classes}, f"{classes} classes will be copied again", as_json)


@replicate.command()
def readers(
    drop: Annotated[str | None, typer.Option("--drop", help="Forget this reader.")] = None,
    as_json: Json = False,
) -> None:
    """List instances that read this one."""
    if drop is not None:
        with open_instance() as conn:
            (found,) = conn.execute("select replica.drop_reader(%s)", (drop,)).fetchone() or (
                False,
            )
        if not found:
            raise UserError(f"there is no reader {drop}", "Run: pgears replicate readers")
    print_rows(
        "select reader, login, classes, position, advanced from replica.reader_status order by 1",
        (),
        as_json,
        "nobody reads this instance",
    )


@peer.command("list")
def list_peers(as_json: Json = False) -> None:
    """List peers with the references to their URLs."""
    print_rows("select code, url from replica.peers()", (), as_json, "no peer is defined")


@peer.command("set")
def set_peer(
    code: Annotated[str, typer.Argument(help="Code that subscriptions name.")],
    url: Annotated[str, typer.Argument(help="Where its URL is kept: env:NAME or file:PATH.")],
    as_json: Json = False,
) -> None:
    """Make or change a peer."""
    with open_instance() as conn:
        conn.execute("select replica.set_peer(%s, %s)", (code, url))
    _tell({"peer": code, "url": url}, f"peer {code}: {url}", as_json)


@peer.command("drop")
def drop_peer(
    code: Annotated[str, typer.Argument(help="Code of the peer.")], as_json: Json = False
) -> None:
    """Forget a peer; its subscriptions rest."""
    with open_instance() as conn:
        conn.execute("select replica.drop_peer(%s)", (code,))
    _tell({"peer": code}, f"peer {code} is forgotten", as_json)


def _tell(state: dict[str, Any], text: str, as_json: bool) -> None:
    if as_json:
        print_json(state)
    else:
        typer.echo(text)
