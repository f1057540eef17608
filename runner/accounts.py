"""Accounts, roles and rights: what commands and services ask of the schema access."""

from __future__ import annotations

from typing import Any

from psycopg import Connection
from psycopg.rows import dict_row

Row = dict[str, Any]


def verifier(conn: Connection[Any], login: str, password: str) -> str:
    """The SCRAM verifier of a password, made here so that the server never sees the password."""
    encrypted = conn.pgconn.encrypt_password(
        password.encode(), login.encode(conn.info.encoding), b"scram-sha-256"
    )
    return encrypted.decode("ascii")


def create_account(
    conn: Connection[Any],
    login: str,
    *,
    can_login: bool = True,
    full_name: str | None = None,
    email: str | None = None,
    password: str | None = None,
) -> int:
    """Number of a new account; without a password it has none until somebody sets one."""
    secret = None if password is None else verifier(conn, login, password)
    [(number,)] = conn.execute(
        "select access.create_account(%s, %s, %s, %s, %s)",
        (login, can_login, full_name, email, secret),
    ).fetchall()
    return int(number)


def create_service(
    conn: Connection[Any], login: str, kind: str, password: str | None = None
) -> None:
    """Make the login of a process: "runner" or "web"."""
    secret = None if password is None else verifier(conn, login, password)
    conn.execute("select access.create_service(%s, %s, %s)", (login, kind, secret))


def ensure_service(conn: Connection[Any], login: str, kind: str, password: str | None) -> bool:
    """Whether the login had to be made; one that is there is given the password."""
    secret = None if password is None else verifier(conn, login, password)
    [(made,)] = conn.execute(
        "select access.ensure_service(%s, %s, %s)", (login, kind, secret)
    ).fetchall()
    return bool(made)


def adopt_account(
    conn: Connection[Any], login: str, *, full_name: str | None = None, email: str | None = None
) -> int:
    """Account number of a PostgreSQL role that was there before."""
    [(number,)] = conn.execute(
        "select access.adopt_account(%s, %s, %s)", (login, full_name, email)
    ).fetchall()
    return int(number)


def suspend_account(conn: Connection[Any], login: str) -> None:
    """Take login and roles away until resumed."""
    conn.execute("select access.suspend_account(%s)", (login,))


def resume_account(conn: Connection[Any], login: str) -> None:
    """Give login and roles back."""
    conn.execute("select access.resume_account(%s)", (login,))


def grant_role(conn: Connection[Any], login: str, role: str) -> None:
    """Make an account a member of a role."""
    conn.execute("select access.grant_role(%s, %s)", (login, role))


def revoke_role(conn: Connection[Any], login: str, role: str) -> None:
    """End a membership."""
    conn.execute("select access.revoke_role(%s, %s)", (login, role))


def switch_role(conn: Connection[Any], role: str, on: bool, model: str | None = None) -> None:
    """Switch a role on or off, everywhere or in a model."""
    conn.execute("select access.switch_role(%s, %s, %s)", (role, on, model))


def accounts(conn: Connection[Any]) -> list[Row]:
    """Accounts with state and roles."""
    return _rows(
        conn,
        "select login, state, full_name, email, language, roles"
        " from access.account_state order by login",
    )


def roles(conn: Connection[Any]) -> list[Row]:
    """Roles with the models that define them and their members."""
    return _rows(
        conn,
        "select code, group_name, enabled, models, members from access.role_state order by code",
    )


def explain(conn: Connection[Any], login: str, path: str, row: int | None) -> list[Row]:
    """What grants each operation on a class or row, or why nothing does."""
    return _rows(
        conn,
        "select operation, granted, role, reason from access.explain(%s, %s, %s)",
        (login, path, row),
    )


def findings(conn: Connection[Any]) -> list[Row]:
    """What somebody changed past the functions of access."""
    return _rows(conn, "select kind, name, finding, mend from access.findings order by 1, 2, 3")


def _rows(conn: Connection[Any], query: str, values: tuple[Any, ...] = ()) -> list[Row]:
    with conn.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(query.encode(), values).fetchall()
