"""What accounts may do with rows: roles, scopes, columns, switches; through views and tables."""

from __future__ import annotations

from typing import Any

import pytest
from psycopg import errors, sql

from runner.errors import (
    BadRight,
    ForeignFile,
    HiddenColumnShows,
    InTheWay,
    MassRightMissing,
    NoSuchStructure,
    NotFound,
)
from runner.model.views import update_views
from tests.fix_rights import Company

READ_ALL = {"class": "ticket", "allow": ["read"]}
ALL = ["read", "insert", "change", "delete"]


def of_units(*allow: str, depth: int = 0, column: str = "unit", **more: Any) -> dict[str, Any]:
    """A right on tickets of the own units, or of units below too."""
    return {
        "class": "ticket", "allow": list(allow), "scope": "units", "column": column,
        "depth": depth, **more,
    }  # fmt: skip


def run(company: Company, login: str, statement: str, **values: Any) -> int:
    """Rows that a statement of an account touches."""
    with company.acting(login), company.conn.transaction():
        return company.conn.execute(statement.encode(), values).rowcount


def test_without_a_role_nothing(company: Company) -> None:
    company.account("ann")
    company.ticket.insert(subject="a")
    with pytest.raises(errors.InsufficientPrivilege, match="view firm_ticket"):
        run(company, "ann", "select * from api.firm_ticket")
    company.role("clerk", {"class": "unit", "allow": ["read"]})
    company.grant("ann", "clerk")
    with pytest.raises(errors.InsufficientPrivilege, match="firm_ticket"):
        run(company, "ann", "select * from api.firm_ticket")


def test_the_administrator_sees_no_data(company: Company) -> None:
    """pgears_admin owns definitions; rows only by a role, like everybody."""
    company.role("reader", READ_ALL)
    company.account("admin")
    company.conn.execute("grant pgears_admin to admin")
    ticket = company.ticket.insert(subject="a")
    with pytest.raises(errors.InsufficientPrivilege):
        run(company, "admin", "select * from api.firm_ticket")
    table = company.ticket.table.as_string()
    with pytest.raises(errors.InsufficientPrivilege):
        run(company, "admin", f"select * from {table}")
    with company.acting("admin"):
        company.grant("admin", "reader")
    assert company.ids("admin") == [ticket]


def test_read_all(company: Company) -> None:
    company.role("reader", READ_ALL)
    company.account("ann")
    company.grant("ann", "reader")
    one = company.ticket.insert(subject="a")
    assert company.ids("ann") == company.ids("ann", "firm_ticket_all") == [one]
    for statement in (
        "insert into api.firm_ticket (subject) values ('x')",
        "update api.firm_ticket set subject = 'x'",
        "delete from api.firm_ticket",
        "update api.firm_ticket_all set subject = 'x'",
    ):
        with pytest.raises(errors.InsufficientPrivilege):
            run(company, "ann", statement)


def test_own_units_and_below(company: Company) -> None:
    company.units()
    company.role("own", of_units("read"))
    company.role("below", of_units("read", depth=1))
    for login in ("ann", "bob"):
        company.account(login)
    root, left, right, leaf = company.tree(None, 0, 0, 1)
    tickets = {u: company.ticket.insert(unit=u) for u in (root, left, right, leaf, None)}
    company.join("ann", root)
    company.join("bob", left)
    company.grant("ann", "below")
    company.grant("bob", "own")

    assert company.ids("ann") == [tickets[root], tickets[left], tickets[right]]
    assert company.ids("bob") == [tickets[left]]
    company.grant("bob", "below")
    assert company.ids("bob") == [tickets[left], tickets[leaf]]


def test_rights_add_up(company: Company) -> None:
    company.units()
    company.role("own", of_units("read"))
    company.role("reader", READ_ALL)
    company.account("ann")
    (unit,) = company.tree(None)
    company.join("ann", unit)
    mine, other = company.ticket.insert(unit=unit), company.ticket.insert(subject="b")
    company.grant("ann", "own")
    assert company.ids("ann") == [mine]
    company.grant("ann", "reader")
    assert company.ids("ann") == [mine, other]
    company.scalar("select access.revoke_role('ann', 'reader')")
    assert company.ids("ann") == [mine]


def test_a_row_with_several_units(company: Company) -> None:
    company.units()
    company.role("own", of_units("read", "change", column="units"))
    company.account("ann")
    one, two, three = company.tree(None, None, None)
    company.join("ann", two)
    seen = company.ticket.insert(units=[one, two])
    company.ticket.insert(units=[one, three])
    company.ticket.insert(subject="no unit")
    company.grant("ann", "own")
    assert company.ids("ann") == [seen]
    with pytest.raises(errors.InsufficientPrivilege):
        run(company, "ann", "update api.firm_ticket set units = array[%(u)s]", u=one)


def test_managers_see_rows_of_their_people(company: Company) -> None:
    company.structure("line", kind="manager", **{"class": "report"}, user="person", manager="boss")
    company.role("line", of_units("read", depth=5, column="owner") | {"scope": "line"})
    ann, bob = company.account("ann"), company.account("bob")
    company.report.insert(person=bob, boss=ann)
    hers, his = company.ticket.insert(owner=ann), company.ticket.insert(owner=bob)
    for login in ("ann", "bob"):
        company.grant(login, "line")
    assert company.ids("ann") == [hers, his]
    assert company.ids("bob") == [his]


def test_insert_change_delete_keep_to_the_scope(company: Company) -> None:
    company.units()
    company.role("clerk", of_units(*ALL))
    company.account("ann")
    mine, other = company.tree(None, None)
    company.join("ann", mine)
    company.grant("ann", "clerk")
    foreign = company.ticket.insert(unit=other)
    insert = "insert into api.firm_ticket (subject, unit) values ('x', %(u)s) returning id"
    assert run(company, "ann", insert, u=mine) == 1
    for unit in (other, None):
        with pytest.raises(errors.InsufficientPrivilege, match="row-level security"):
            run(company, "ann", insert, u=unit)
    assert run(company, "ann", "update api.firm_ticket set subject = 'y'") == 1
    with pytest.raises(errors.InsufficientPrivilege, match="row-level security"):
        run(company, "ann", "update api.firm_ticket set unit = %(u)s", u=other)
    assert run(company, "ann", "delete from api.firm_ticket") == 1
    assert company.ids("ann") == []
    assert len(company.ids("ann", "firm_ticket_all")) == 1
    assert company.ticket.row(foreign)["version"] == 1


def test_change_is_not_delete(company: Company) -> None:
    """Logical deletion is its own right, though it sets a column."""
    company.role("changer", {"class": "ticket", "allow": ["read", "change"]})
    company.role("deleter", {"class": "ticket", "allow": ["read", "delete"]})
    for login in ("ann", "bob"):
        company.account(login)
    company.grant("ann", "changer")
    company.grant("bob", "deleter")
    row = company.ticket.insert(subject="a")
    for statement in (
        "delete from api.firm_ticket",
        "update api.firm_ticket set deleted = now()",
    ):
        with pytest.raises((errors.InsufficientPrivilege, errors.DatabaseError)):
            run(company, "ann", statement)
    with pytest.raises(errors.InsufficientPrivilege):
        run(company, "bob", "update api.firm_ticket set subject = 'x'")
    assert run(company, "bob", "delete from api.firm_ticket") == 1
    assert company.ticket.row(row)["deleter"] == "bob"


def test_switched_off_and_on(company: Company) -> None:
    company.role("reader", READ_ALL)
    company.account("ann")
    company.grant("ann", "reader")
    row = company.ticket.insert(subject="a")
    for arguments in ("'reader', {}", "'reader', {}, 'firm'"):
        company.scalar(f"select access.switch_role({arguments.format('false')})")
        with pytest.raises(errors.InsufficientPrivilege):
            run(company, "ann", "select * from api.firm_ticket")
        assert company.scalar("select count(*) from pg_policy where polname ~ '^role_'") == 0
        company.scalar(f"select access.switch_role({arguments.format('true')})")
        assert company.ids("ann") == [row]


def test_hidden_columns(company: Company) -> None:
    company.role("reader", READ_ALL | {"hide": ["note", "unit"], "allow": ["read", "change"]})
    company.account("ann")
    company.grant("ann", "reader")
    company.ticket.insert(subject="a", note="secret")
    assert run(company, "ann", "select id, subject, created from api.firm_ticket") == 1
    for columns in ("note", "unit", "unit__text", "*"):
        with pytest.raises(errors.InsufficientPrivilege):
            run(company, "ann", f"select {columns} from api.firm_ticket")
    for statement in (
        "select id from api.firm_ticket where note = 'secret'",
        "select id from api.firm_ticket order by note",
        "update api.firm_ticket set subject = 'b' returning note",
        "update api.firm_ticket set note = 'b'",
        "update api.firm_ticket set subject = note",
        "select note from api.firm_ticket_all",
        f"select * from {company.ticket.table.as_string()}",
        "select t from api.firm_ticket as t",
    ):
        with pytest.raises(errors.InsufficientPrivilege):
            run(company, "ann", statement)
    assert run(company, "ann", "update api.firm_ticket set subject = 'b'") == 1


@pytest.mark.parametrize("together", [True, False])
def test_hidden_columns_do_not_show_by_another_role(company: Company, together: bool) -> None:
    """Rows of one right with columns of another would show what neither allows."""
    company.units()
    hiding = READ_ALL | {"hide": ["note"]}
    if together:
        with pytest.raises(HiddenColumnShows):
            company.role("both", hiding, of_units("read"))
        return
    company.role("all", hiding)
    company.role("own", of_units("read"))
    company.account("ann")
    company.grant("ann", "all")
    with pytest.raises(HiddenColumnShows):
        company.grant("ann", "own")


def test_a_column_shown_in_the_same_rows_is_not_hidden(company: Company) -> None:
    company.units()
    company.role("both", READ_ALL, of_units("read", hide=["note"]))
    company.role("deep", of_units("read", depth=3), of_units("read", depth=1, hide=["note"]))
    company.account("ann")
    company.grant("ann", "both", "deep")
    assert run(company, "ann", "select note from api.firm_ticket") == 0


def test_class_tables_and_hidden_columns(company: Company) -> None:
    hiding = READ_ALL | {"hide": ["note"]}
    with pytest.raises(HiddenColumnShows), company.conn.transaction():
        company.role("both", hiding, tables=True)
    company.role("hiding", hiding)
    company.role("tables", READ_ALL | {"class": "unit"}, tables=True)
    company.account("ann")
    company.grant("ann", "tables")
    with pytest.raises(HiddenColumnShows), company.conn.transaction():
        company.grant("ann", "hiding")
    company.role("hiding", READ_ALL)
    company.grant("ann", "hiding")
    with pytest.raises(HiddenColumnShows, match="ann"):
        company.role("hiding", hiding)


def test_class_tables_are_read_and_joined(company: Company) -> None:
    """An outside SQL role with tables: true reads tables, archive and links, within its rows."""
    company.units()
    company.role("bi", of_units("read"), {"class": "unit", "allow": ["read"]}, tables=True)
    company.account("ann")
    mine, other = company.tree(None, None)
    company.join("ann", mine)
    seen = company.ticket.insert(unit=mine, units=[mine, other])
    unseen = company.ticket.insert(unit=other, units=[mine])
    company.ticket.update(seen, subject="b")
    company.ticket.update(unseen, subject="b")
    company.grant("ann", "bi")
    names = {
        "t": company.ticket.table, "a": company.ticket.archive, "u": company.unit.table,
        "c": company.ticket.column("unit"),
        "l": sql.Identifier("data", f"link_{company.ticket.column_id('units')}"),
    }  # fmt: skip
    with company.acting("ann"):
        join = sql.SQL("select t.id, u.id from {t} as t join {u} as u on t.{c} = u.id")
        assert company.conn.execute(join.format(**names)).fetchall() == [(seen, mine)]
        archive = sql.SQL("select id from {a}").format(**names)
        assert company.conn.execute(archive).fetchall() == [(seen,)]
        links = sql.SQL("select row_id, target_id from {l} order by position").format(**names)
        assert company.conn.execute(links).fetchall() == [(seen, mine), (seen, other)]


def test_new_columns_and_renewed_views_keep_rights(company: Company) -> None:
    company.role("reader", READ_ALL)
    company.role("hiding", READ_ALL | {"hide": ["note"], "class": "ticket"})
    for login, role in (("ann", "reader"), ("bob", "hiding")):
        company.account(login)
        company.grant(login, role)
    company.definitions.add_column(company.ticket, "extra", type="text")
    update_views(company.conn)
    company.ticket.insert(subject="a", extra="e")
    assert run(company, "ann", "select extra, note from api.firm_ticket") == 1
    assert run(company, "bob", "select extra from api.firm_ticket") == 1
    with pytest.raises(errors.InsufficientPrivilege):
        run(company, "bob", "select note from api.firm_ticket")


def test_what_rights_use_is_not_dropped(company: Company) -> None:
    company.units()
    company.role("own", of_units("read", hide=["note"]))
    for column in ("unit", "note"):
        with pytest.raises(InTheWay, match="own"), company.conn.transaction():
            company.scalar("select meta.drop_column(%s)", company.ticket.column_id(column))
    for column in ("person", "unit"):
        with pytest.raises(InTheWay, match="units"), company.conn.transaction():
            company.scalar("select meta.drop_column(%s)", company.membership.column_id(column))
    with pytest.raises(InTheWay, match="units"), company.conn.transaction():
        company.scalar("select meta.drop_class(%s)", company.membership.id)
    company.scalar("select meta.drop_class(%s)", company.ticket.id)
    assert company.scalar("select count(*) from access.role_right") == 0


@pytest.mark.parametrize(
    ("right", "error"),
    [
        ({"class": "ticket", "allow": ["execute"]}, BadRight),
        ({"class": "ticket", "query": "q", "allow": ["read"]}, BadRight),
        ({"allow": ["read"]}, BadRight),
        (of_units("read", depth=6), BadRight),
        (of_units("read", depth=-1), BadRight),
        (of_units("read", column="subject"), BadRight),
        (of_units("read", column="owner"), BadRight),
        (of_units("read", column="missing"), BadRight),
        (of_units("read") | {"scope": "missing"}, NoSuchStructure),
        (READ_ALL | {"depth": 1}, BadRight),
        (READ_ALL | {"hide": ["missing"]}, BadRight),
        ({"script": "s", "allow": ["execute"], "scope": "units"}, BadRight),
        ({"script": "s", "allow": ["execute"], "hide": ["a"]}, BadRight),
    ],
)
def test_rights_that_do_not_fit(
    company: Company, right: dict[str, Any], error: type[Exception]
) -> None:
    company.units(max_depth=5)
    with pytest.raises(error):
        company.role("bad", right)


def explained(
    company: Company, login: str, row: int | None = None
) -> dict[str, list[tuple[bool, str | None, str]]]:
    """What access.explain says, by operation."""
    found: dict[str, list[tuple[bool, str | None, str]]] = {}
    for operation, granted, role, reason in company.conn.execute(
        "select * from access.explain(%s, 'firm.ticket', %s)", (login, row)
    ):
        found.setdefault(operation, []).append((granted, role, reason))
    return found


def test_explain(company: Company) -> None:
    company.units()
    company.role("own", of_units("read", "change", depth=1))
    company.role("all", READ_ALL | {"hide": ["note"]})
    company.account("ann")
    top, low, other = company.tree(None, 0, None)
    tickets = {u: company.ticket.insert(unit=u) for u in (low, other, None)}

    assert explained(company, "ann")["read"] == [
        (False, None, "no role of the account has this right; it is held by all, own")
    ]
    company.grant("ann", "own")
    assert explained(company, "ann", tickets[low])["read"] == [
        (False, "own", "the account belongs to no unit of structure units")
    ]
    company.join("ann", top)
    assert explained(company, "ann")["change"] == [
        (True, "own", "rows in 2 units of structure units, 1 levels down")
    ]
    [(granted, _, reason)] = explained(company, "ann", tickets[low])["read"]
    assert granted
    assert f"unit {low} is among the 2 units" in reason
    [(granted, _, reason)] = explained(company, "ann", tickets[other])["read"]
    assert not granted
    assert f"unit {other} is not among" in reason
    assert explained(company, "ann", tickets[None])["read"] == [
        (False, "own", "the row belongs to no unit")
    ]
    company.scalar("select access.revoke_role('ann', 'own')")
    company.grant("ann", "all")
    assert explained(company, "ann")["read"] == [(True, "all", "every row, without note")]
    assert explained(company, "ann")["delete"] == [
        (False, None, "no role of the account has this right")
    ]
    company.scalar("select access.switch_role('all', false, 'firm')")
    assert explained(company, "ann")["read"][0][2] == "the role is switched off in the model"
    company.scalar("select access.switch_role('all', false)")
    assert explained(company, "ann")["read"][0][2] == "the role is switched off"
    company.scalar("select access.suspend_account('ann')")
    assert explained(company, "ann")["read"][0][2] == "the account is suspended"
    with pytest.raises(NotFound):
        explained(company, "ann", 999_999)


def test_mass_operations(company: Company) -> None:
    company.role("clerk", {"class": "ticket", "allow": ALL})
    company.role("boss", {"class": "ticket", "allow": ["mass_change"]})
    company.account("ann")
    company.grant("ann", "clerk")
    company.conn.execute("update core.setting set value = '3' where code = 'mass_threshold'")
    insert = "insert into api.firm_ticket (subject) select 'x' from generate_series(1, 5)"
    assert run(company, "ann", insert) == 5
    first = "where id in (select id from api.firm_ticket order by id limit %(n)s)"
    change = f"update api.firm_ticket set subject = 'y' {first}"
    delete = f"delete from api.firm_ticket {first}"
    assert run(company, "ann", change, n=3) == 3
    for statement in (change, delete):
        with pytest.raises(MassRightMissing):
            run(company, "ann", statement, n=4)
    company.grant("ann", "boss")
    assert run(company, "ann", change, n=5) == 5
    with pytest.raises(MassRightMissing):
        run(company, "ann", delete, n=4)
    assert run(company, "ann", delete, n=3) == 3
    company.conn.execute("update api.firm_ticket set subject = 'owner'")


def test_files_follow_their_rows(company: Company) -> None:
    """Read by who reads a row that holds them; a number alone gives nobody a file."""
    company.definitions.add_column(company.ticket, "paper", type="file")
    company.definitions.add_column(company.ticket, "papers", type="file", multiple=True)
    update_views(company.conn)
    company.units()
    company.role("clerk", of_units("read", "insert", "change"))
    company.role("hiding", READ_ALL | {"hide": ["paper", "papers"]})
    for login in ("ann", "bob"):
        company.account(login)
    mine, other = company.tree(None, None)
    company.join("ann", mine)
    company.grant("ann", "clerk")
    company.grant("bob", "hiding")
    one, two, three, loose = (
        company.scalar("select core.store_file(%s, 'text/plain', %s)", name, name.encode())
        for name in ("one", "two", "three", "loose")
    )
    company.ticket.insert(unit=mine, paper=one, papers=[two])
    company.ticket.insert(unit=other, papers=[three])

    def files(login: str) -> list[tuple[str, bytes]]:
        with company.acting(login):
            return company.conn.execute("select name, content from api.file order by id").fetchall()

    assert files("ann") == [("one", b"one"), ("two", b"two")]
    assert files("bob") == []
    company.role("hiding", READ_ALL)
    assert files("bob") == [("one", b"one"), ("two", b"two"), ("three", b"three")]
    insert = "insert into api.firm_ticket (unit, paper, papers) values (%(u)s, %(p)s, %(q)s)"
    for paper, papers in ((three, []), (loose, []), (None, [one, three])):
        with pytest.raises(ForeignFile):
            run(company, "ann", insert, u=mine, p=paper, q=papers)
    with pytest.raises(ForeignFile):
        run(company, "ann", "update api.firm_ticket set paper = %(p)s", p=three)
    assert run(company, "ann", insert, u=mine, p=two, q=[one]) == 1
    assert run(company, "ann", "update api.firm_ticket set papers = null, paper = null") == 2
    assert files("ann") == []
    for column in ("paper", "papers"):
        company.scalar("select meta.drop_column(%s)", company.ticket.column_id(column))
    update_views(company.conn)
    assert company.scalar("select count(*) from meta.dropped_column where column_id > 0") == 0


def test_a_file_that_one_has_stored_may_be_used(company: Company) -> None:
    company.definitions.add_column(company.ticket, "paper", type="file")
    update_views(company.conn)
    company.role("clerk", {"class": "ticket", "allow": ["read", "insert"]})
    company.account("ann")
    company.grant("ann", "clerk")
    company.conn.execute("grant execute on function core.store_file(text, text, bytea) to ann")
    company.conn.execute("grant usage on schema core to ann")
    with company.acting("ann"):
        stored = company.scalar("select core.store_file('a', 'text/plain', 'a')")
    assert run(company, "ann", "insert into api.firm_ticket (paper) values (%(p)s)", p=stored) == 1
