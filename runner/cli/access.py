"""The commands account, role and access: who works here, and what each may do."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from .. import accounts
from ..errors import UserError
from .output import Json, print_json, print_table
from .rows import open_instance

account = typer.Typer(
    help="Accounts: list, create, adopt, suspend, resume; logins of services.", no_args_is_help=True
)
role = typer.Typer(help="Roles: list, grant, revoke, on, off.", no_args_is_help=True)
access = typer.Typer(help="Rights: explain.", no_args_is_help=True)

Login = Annotated[str, typer.Argument(help="Name of the PostgreSQL role.")]
Role = Annotated[str, typer.Argument(help="Code of the role.")]
FullName = Annotated[str | None, typer.Option("--name", help="Name for people.")]
Email = Annotated[str | None, typer.Option("--email", help="Address.")]
Model = Annotated[str | None, typer.Option("--model", help="In this model only.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(account, name="account")
    app.add_typer(role, name="role")
    app.add_typer(access, name="access")


@account.command("list")
def list_accounts(as_json: Json = False) -> None:
    """List accounts with state and roles."""
    with open_instance() as conn:
        found = accounts.accounts(conn)
    _print(found, as_json)


@account.command("create")
def create_account(
    login: Login,
    name: FullName = None,
    email: Email = None,
    no_login: Annotated[
        bool, typer.Option("--no-login", help="Only the web service takes it on.")
    ] = False,
    password: Annotated[
        bool,
        typer.Option(
            "--password", help="Ask for a password, or read it from the first line of input."
        ),
    ] = False,
) -> None:
    """Make an account; what leaves this machine of its password is a SCRAM verifier."""
    secret = _ask_password() if password else None
    with open_instance() as conn:
        accounts.create_account(
            conn,
            login,
            can_login=not no_login,
            full_name=name,
            email=email,
            password=secret,
        )
    typer.echo(f'account "{login}" made')
    if secret is None and not no_login:
        typer.echo(f"it has no password; psql sets one: \\password {login}")


@account.command("adopt")
def adopt_account(login: Login, name: FullName = None, email: Email = None) -> None:
    """Make an existing PostgreSQL role an account."""
    with open_instance() as conn:
        accounts.adopt_account(conn, login, full_name=name, email=email)
    typer.echo(f'"{login}" is an account')


@account.command("service")
def create_service(
    login: Login,
    process: Annotated[str, typer.Option("--for", help="runner or web.")],
    password: Annotated[
        bool,
        typer.Option(
            "--password", help="Ask for a password, or read it from the first line of input."
        ),
    ] = False,
) -> None:
    """Make the login of a runner or web service, with no more rights than it needs."""
    secret = _ask_password() if password else None
    with open_instance() as conn:
        accounts.create_service(conn, login, process, secret)
    typer.echo(f'login "{login}" made for the {process}')


@account.command("suspend")
def suspend_account(login: Login) -> None:
    """Take login and roles away; what it had is kept."""
    with open_instance() as conn:
        accounts.suspend_account(conn, login)
    typer.echo(f'account "{login}" suspended')


@account.command("resume")
def resume_account(login: Login) -> None:
    """Give a suspended account its login and roles back."""
    with open_instance() as conn:
        accounts.resume_account(conn, login)
    typer.echo(f'account "{login}" resumed')


@role.command("list")
def list_roles(as_json: Json = False) -> None:
    """List roles with models and members."""
    with open_instance() as conn:
        found = accounts.roles(conn)
    _print(found, as_json)


@role.command("grant")
def grant_role(role: Role, login: Login) -> None:
    """Give an account a role."""
    with open_instance() as conn:
        accounts.grant_role(conn, login, role)
    typer.echo(f'account "{login}" has role "{role}"')


@role.command("revoke")
def revoke_role(role: Role, login: Login) -> None:
    """Take a role from an account."""
    with open_instance() as conn:
        accounts.revoke_role(conn, login, role)
    typer.echo(f'account "{login}" has role "{role}" no more')


@role.command("on")
def switch_on(role: Role, model: Model = None) -> None:
    """Switch a role on, everywhere or in a model."""
    _switch(role, True, model)


@role.command("off")
def switch_off(role: Role, model: Model = None) -> None:
    """Switch a role off, everywhere or in a model; its members stay."""
    _switch(role, False, model)


@access.command("explain")
def explain(
    login: Login,
    path: Annotated[str, typer.Argument(metavar="MODEL.CLASS", help="Class by codes.")],
    row: Annotated[int | None, typer.Argument(metavar="[ID]", help="Id of a row.")] = None,
    as_json: Json = False,
) -> None:
    """Say what grants an account each operation on a class or row, or why nothing does."""
    with open_instance() as conn:
        found = accounts.explain(conn, login, path, row)
    _print(found, as_json)


def _switch(role: str, on: bool, model: str | None) -> None:
    with open_instance() as conn:
        accounts.switch_role(conn, role, on, model)
    where = "" if model is None else f" in model {model}"
    typer.echo(f'role "{role}" switched {"on" if on else "off"}{where}')


def _ask_password() -> str:
    if sys.stdin.isatty():
        return str(typer.prompt("Password", hide_input=True, confirmation_prompt=True))
    password = sys.stdin.readline().rstrip("\r\n")
    if not password:
        raise UserError("the first line of input is empty", "It is the password.")
    return password


def _print(found: list[accounts.Row], as_json: bool) -> None:
    if as_json:
        print_json(found)
        return
    if not found:
        typer.echo("none")
        return
    print_table(
        list(found[0]),
        [
            [", ".join(value) if isinstance(value, list) else value for value in row.values()]
            for row in found
        ],
    )
