"""Accounts and memberships: made, adopted, suspended, given roles by hand and from outside."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest
from psycopg import sql
from psycopg.types.json import Jsonb

from runner.apply import upgrade
from runner.errors import (
    AccountDropped,
    BadCode,
    BadLogin,
    DoesNotInherit,
    GroupTaken,
    MembershipStays,
    NameTooLong,
    NoSuchAccount,
    NoSuchPgearsRole,
    NoSuchRole,
    NotAVerifier,
    RoleExists,
)
from tests.fix_meta import Definitions
from tests.fix_server import TestServer

VERIFIER = (
    "SCRAM-SHA-256$4096:AAECAwQFBgcICQoLDA0ODw==$"
    "A2smsi52/ufJr3Y9cISoHkoK1xh2RB4wS4zq5qVfeJk=:5mm4tQ9hkJzWr6TwFzp9uPQ8cDEFFZ4DBr3hlXgFyAM="
)


@pytest.fixture
def access(definitions: Definitions) -> Definitions:
    """Roles agent and boss in an empty model."""
    model = definitions.model("shop")
    for code in ("agent", "boss"):
        definitions.scalar("select access.set_role(%s, %s, '{}')", model, code)
    return definitions


def group(access: Definitions, code: str) -> str:
    """The group role of a role."""
    return str(access.scalar("select access.group_name(%s)", code))


def is_member(access: Definitions, login: str, code: str) -> bool:
    """True when PostgreSQL gives the account the rights of the role."""
    return bool(
        access.scalar("select pg_has_role(%s::name, %s, 'usage')", login, group(access, code))
    )


def roles(access: Definitions, login: str) -> list[str]:
    """Roles as access.account_state shows them."""
    found = access.scalar("select roles from access.account_state where login = %s", login)
    return list(found)


def state(access: Definitions, login: str) -> str:
    """State as access.account_state shows it."""
    return str(access.scalar("select state from access.account_state where login = %s", login))


def execute(access: Definitions, statement: str, *names: str) -> None:
    """SQL with names."""
    access.conn.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))


@pytest.mark.parametrize("login", ["ann", "Ann Other", 'o"hara', "o'hara", "sîm"])
def test_an_account_is_a_role(access: Definitions, login: str) -> None:
    number = access.scalar(
        "select access.create_account(%s, true, 'Ann', 'a@example.com', %s)", login, VERIFIER
    )
    assert access.conn.execute(
        "select rolcanlogin, rolsuper, rolcreaterole, rolpassword from pg_authid"
        " where rolname = %s", (login,)
    ).fetchone() == (True, False, False, VERIFIER)  # fmt: skip
    assert state(access, login) == "login"
    access.scalar("select access.grant_role(%s, 'agent')", login)
    assert is_member(access, login, "agent")
    assert not is_member(access, login, "boss")
    assert number == access.scalar("select access.ensure_account(%s)", login)


def test_without_login(access: Definitions) -> None:
    access.scalar("select access.create_account('ann', p_can_login => false)")
    assert state(access, "ann") == "no login"


@pytest.mark.parametrize(
    ("login", "error"),
    [
        ("", BadLogin),
        ("x" * 64, BadLogin),
        ("pg_monitor", BadLogin),
        ("public", BadLogin),
        ("pgears_admin", BadLogin),
        ("postgres", None),
    ],
)
def test_logins_that_cannot_be(
    access: Definitions, login: str, error: type[Exception] | None
) -> None:
    if error is None:
        access.scalar("select access.create_account(%s)", login)
        return
    with pytest.raises(error):
        access.scalar("select access.create_account(%s)", login)


def test_a_group_is_no_account(access: Definitions) -> None:
    with pytest.raises(BadLogin):
        access.scalar("select access.adopt_account(%s)", group(access, "agent"))


def test_a_plain_password_is_refused(access: Definitions) -> None:
    with pytest.raises(NotAVerifier):
        access.scalar("select access.create_account('ann', p_verifier => 'secret')")


def test_adopt(access: Definitions) -> None:
    access.conn.execute("create role ann login")
    with pytest.raises(RoleExists), access.conn.transaction():
        access.scalar("select access.create_account('ann')")
    with pytest.raises(NoSuchRole), access.conn.transaction():
        access.scalar("select access.adopt_account('bob')")
    number = access.scalar("select access.adopt_account('ann', 'Ann')")
    assert number == access.scalar("select access.adopt_account('ann')")
    assert state(access, "ann") == "login"


@pytest.mark.parametrize("can_login", [True, False])
def test_suspend_and_resume(access: Definitions, can_login: bool) -> None:
    """Works without login too; what was granted past us is kept as well."""
    access.scalar("select access.create_account('ann', %s)", can_login)
    access.scalar("select access.grant_role('ann', 'agent')")
    execute(access, "grant {} to ann", group(access, "boss"))
    access.scalar("select access.suspend_account('ann')")
    access.scalar("select access.suspend_account('ann')")
    assert state(access, "ann") == "suspended"
    assert not is_member(access, "ann", "agent")
    assert not is_member(access, "ann", "boss")
    assert not access.scalar("select rolcanlogin from pg_roles where rolname = 'ann'")
    assert roles(access, "ann") == ["agent", "boss"]

    access.scalar("select access.revoke_role('ann', 'boss')")
    access.scalar("select access.resume_account('ann')")
    assert state(access, "ann") == ("login" if can_login else "no login")
    assert is_member(access, "ann", "agent")
    assert not is_member(access, "ann", "boss")


def test_dropped_behind_our_back(access: Definitions) -> None:
    """The account stays with its number; made again, it starts without roles."""
    number = access.scalar("select access.create_account('ann')")
    access.scalar("select access.grant_role('ann', 'agent')")
    access.conn.execute("drop role ann")

    assert state(access, "ann") == "dropped"
    assert access.scalar("select finding from access.findings where name = 'ann'") == (
        "the PostgreSQL role was dropped"
    )
    assert access.scalar("select access.may('ann', 'class', 'shop.item', 'read')") is False
    for call in ("grant_role('ann', 'boss')", "sync_groups('ann', '{}')", "resume_account('ann')"):
        with pytest.raises(AccountDropped), access.conn.transaction():
            access.scalar(f"select access.{call}")
    access.scalar("select access.revoke_role('ann', 'boss')")
    access.scalar("select access.suspend_account('ann')")

    assert access.scalar("select access.create_account('ann')") == number
    assert (state(access, "ann"), roles(access, "ann")) == ("login", [])


def test_outside_groups(access: Definitions) -> None:
    """Exact names; by hand stays by hand; what came from outside goes with the group."""
    access.scalar("select access.create_account('ann')")
    for name, role in (("CN=Agents", "agent"), ("CN=All", "agent"), ("CN=All", "boss")):
        access.scalar("select access.set_outside_group(%s, %s)", name, role)

    def sync(*names: str) -> list[str]:
        access.scalar("select access.sync_groups('ann', %s)", list(names))
        assert [is_member(access, "ann", code) for code in ("agent", "boss")] == [
            code in roles(access, "ann") for code in ("agent", "boss")
        ]
        return roles(access, "ann")

    assert sync("cn=agents", "CN=Agents ") == []
    assert sync("CN=Agents", "unknown") == ["agent"]
    assert sync("CN=All") == ["agent", "boss"]
    access.scalar("select access.grant_role('ann', 'boss')")
    assert sync() == ["boss"]
    assert sync("CN=All") == ["agent", "boss"]
    access.scalar("select access.set_outside_group('CN=All', 'agent', false)")
    assert sync("CN=All") == ["boss"]
    access.scalar("select access.revoke_role('ann', 'boss')")
    assert roles(access, "ann") == []
    assert sync("CN=All") == ["boss"]


def test_synchronised_while_suspended(access: Definitions) -> None:
    access.scalar("select access.create_account('ann')")
    access.scalar("select access.set_outside_group('g', 'agent')")
    access.scalar("select access.suspend_account('ann')")
    access.scalar("select access.sync_groups('ann', array['g'])")
    assert not is_member(access, "ann", "agent")
    access.scalar("select access.resume_account('ann')")
    assert is_member(access, "ann", "agent")


@pytest.mark.parametrize("code", ['a"b', "a'b", "A", "1a", "a.b", "a;drop", "", "ä", "a b"])
def test_role_codes_with_quotes_and_such(access: Definitions, code: str) -> None:
    with pytest.raises(BadCode):
        access.scalar("select access.set_role(%s, %s, '{}')", model(access), code)


def test_a_long_role_code_is_measured_with_the_database(access: Definitions) -> None:
    room = 62 - len(access.conn.info.dbname)
    with pytest.raises(NameTooLong), access.conn.transaction():
        access.scalar("select access.set_role(%s, %s, '{}')", model(access), "x" * (room + 1))
    access.scalar("select access.set_role(%s, %s, '{}')", model(access), "x" * room)


def model(access: Definitions) -> int:
    """Id of the model."""
    return int(access.scalar("select id from meta.model"))


@pytest.mark.parametrize("how", ["no mark", "members", "login"])
def test_a_group_of_others_is_refused(access: Definitions, how: str) -> None:
    name = group(access, "extra")
    mark = f"pgears role extra of database {access.conn.info.dbname}"
    execute(access, "create role {} nologin", name)
    if how != "no mark":
        access.conn.execute(
            sql.SQL("comment on role {} is {}").format(sql.Identifier(name), sql.Literal(mark))
        )
    if how == "login":
        execute(access, "alter role {} login", name)
    if how == "members":
        access.conn.execute("create role stranger")
        execute(access, "grant {} to stranger", name)
    with pytest.raises(GroupTaken), access.conn.transaction():
        access.scalar("select access.set_role(%s, 'extra', '{}')", model(access))
    if how == "members":
        execute(access, "revoke {} from stranger", name)
        access.scalar("select access.set_role(%s, 'extra', '{}')", model(access))


def test_unknown_names(access: Definitions) -> None:
    access.scalar("select access.create_account('ann')")
    for call, error in (
        ("grant_role('bob', 'agent')", NoSuchAccount),
        ("suspend_account('bob')", NoSuchAccount),
        ("grant_role('ann', 'nothing')", NoSuchPgearsRole),
        ("switch_role('nothing', true)", NoSuchPgearsRole),
        ("switch_role('agent', false, 'shop')", None),
        ("set_outside_group('g', 'nothing')", NoSuchPgearsRole),
    ):
        if error is None:
            access.scalar(f"select access.{call}")
            continue
        with pytest.raises(error), access.conn.transaction():
            access.scalar(f"select access.{call}")


def test_a_membership_granted_by_another_is_told(access: Definitions) -> None:
    """What we cannot take away is not said to be gone."""
    name = group(access, "agent")
    access.scalar("select access.create_account('ann')")
    access.conn.execute("create role chief")
    execute(access, "grant {} to chief with admin option", name)
    access.conn.execute("set local role chief")
    execute(access, "grant {} to ann", name)
    access.conn.execute("reset role")
    if access.conn.info.server_version < 160000:
        access.scalar("select access.suspend_account('ann')")
        assert not is_member(access, "ann", "agent")
        return
    with pytest.raises(MembershipStays):
        access.scalar("select access.suspend_account('ann')")


def test_a_role_that_does_not_inherit(access: Definitions) -> None:
    access.conn.execute("create role ann noinherit")
    access.scalar("select access.adopt_account('ann')")
    if access.conn.info.server_version < 160000:
        with pytest.raises(DoesNotInherit):
            access.scalar("select access.grant_role('ann', 'agent')")
        return
    access.scalar("select access.grant_role('ann', 'agent')")
    assert is_member(access, "ann", "agent")


def test_nobody_hides_behind_a_group(access: Definitions) -> None:
    """With "set role <group>" a row would be stamped with the group instead of the account."""
    if access.conn.info.server_version < 160000:
        pytest.skip("PostgreSQL 15 lets members take on a group; docs/security.md says so")
    access.scalar("select access.create_account('ann')")
    access.scalar("select access.grant_role('ann', 'agent')")
    access.conn.execute("set local session authorization ann")
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        execute(access, "set local role {}", group(access, "agent"))


def test_roles_are_dropped_with_their_groups(access: Definitions) -> None:
    access.scalar("select access.create_account('ann')")
    access.scalar("select access.grant_role('ann', 'agent')")
    name = group(access, "agent")
    access.scalar("select access.drop_role('agent')")
    assert access.scalar("select count(*) from pg_roles where rolname = %s", name) == 0
    assert roles(access, "ann") == []


def test_rights_of_other_kinds(access: Definitions) -> None:
    """Stored and answered now; the objects come with their rooms."""
    access.scalar(
        "select access.set_role(%s, 'agent', %s)",
        model(access),
        Jsonb({"rights": [
            {"import": "customers", "allow": ["start"]},
            {"script": "other.tidy", "allow": ["execute"]},
            {"workflow": "order", "allow": ["view", "manage"]},
        ]}),
    )  # fmt: skip
    access.scalar("select access.create_account('ann')")
    access.scalar("select access.grant_role('ann', 'agent')")

    def may(kind: str, object: str, operation: str) -> Any:
        return access.scalar("select access.may('ann', %s, %s, %s)", kind, object, operation)

    assert may("import", "shop.customers", "start")
    assert not may("import", "shop.customers", "view_log")
    assert may("script", "other.tidy", "execute")
    assert not may("script", "shop.tidy", "execute")
    assert may("workflow", "shop.order", "manage")
    assert not may("workflow", "shop.order", "start")
    access.scalar("select access.switch_role('agent', false)")
    assert not may("script", "other.tidy", "execute")


def test_group_of_accounts_has_a_name_in_every_database(server: TestServer) -> None:
    """The longest name of a database leaves no room for the suffix."""
    name = "long_" + "x" * 58
    with psycopg.connect(server.url, autocommit=True) as conn:
        conn.execute(f"create database {name}".encode())
        try:
            upgrade(server.url_of(name))
            with psycopg.connect(server.url_of(name), autocommit=True) as inside:
                (group,) = inside.execute("select access.accounts_group()").fetchone() or ("",)
                assert len(group) == 32 + len(":accounts")
                known = inside.execute("select 1 from pg_roles where rolname = %s", (group,))
                assert known.fetchone() == (1,)
                inside.execute(f'drop role "{group}"'.encode())
        finally:
            conn.execute(f"drop database {name} with (force)".encode())
