"""A07: known ways round row security, each tried; docs/security.md says what stays visible."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest
from psycopg import errors, sql
from psycopg.types.json import Jsonb

from runner.errors import ForgedSeal
from runner.model.views import update_views
from tests.fix_rights import Company


@pytest.fixture
def guarded(company: Company) -> Company:
    """ann may all with tickets of her unit; bi reads tables of his; one row each is hidden."""
    company.definitions.scalar("select meta.set_keys(%s, '[[\"subject\"]]')", company.ticket.id)
    company.definitions.add_column(company.ticket, "number", type="integer", sequence="{#}")
    update_views(company.conn)
    company.units()
    right = {
        "class": "ticket", "allow": ["read", "insert", "change", "delete"],
        "scope": "units", "column": "unit",
    }  # fmt: skip
    company.role("clerk", right)
    company.role("bi", right, tables=True)
    mine, other = company.tree(None, None)
    for login, role in (("ann", "clerk"), ("bi", "bi")):
        company.account(login)
        company.join(login, mine)
        company.grant(login, role)
    company.ticket.insert(subject="mine", note="0", unit=mine)
    company.ticket.insert(subject="hidden", note="1", unit=other)
    gone = company.ticket.insert(subject="hidden and gone", unit=other)
    company.ticket.delete(gone)
    company.conn.execute(sql.SQL("analyze {}").format(company.ticket.table))
    return company


def units(company: Company) -> tuple[int, int]:
    """The unit of ann and bi, and the other one."""
    rows = company.conn.execute(
        sql.SQL("select id from {} order by id").format(company.unit.table)
    ).fetchall()
    return rows[0][0], rows[1][0]


def sees(company: Company, login: str, query: str, *values: Any) -> list[Any]:
    """First column of what an account gets."""
    with company.acting(login), company.conn.transaction():
        return [row[0] for row in company.conn.execute(query.encode(), values or None)]


def refused(
    company: Company,
    login: str,
    statement: str,
    *values: Any,
    error: type[psycopg.Error] = errors.InsufficientPrivilege,
) -> psycopg.Error:
    """The error of an account's statement; it never carries a hidden value."""
    with pytest.raises(error) as caught, company.conn.transaction(), company.acting_only(login):
        company.conn.execute(statement.encode(), values or None)
    assert "hidden" not in str(caught.value)
    return caught.value


def test_search_path_and_temporary_tables(guarded: Company) -> None:
    """Names in policies, views and triggers are bound when they are made."""
    with guarded.acting("ann"):
        guarded.conn.execute(
            "create temporary table scope"
            " (login name, structure_id bigint, depth int, unit_ids bigint[])"
        )
        guarded.conn.execute("create temporary table my_scope as select * from scope")
        for name in ("scope", "my_scope"):
            guarded.conn.execute(f"grant all on {name} to public".encode())
        guarded.conn.execute("set local search_path = pg_temp, api, pg_catalog")
        found = guarded.conn.execute("select subject from firm_ticket").fetchall()
    assert found == [("mine",)]


def test_leaky_functions(guarded: Company) -> None:
    """A cheap function of the account's own is called with visible rows only."""
    heard: list[str] = []
    guarded.conn.add_notice_handler(lambda notice: heard.append(notice.message_primary or ""))
    with guarded.acting("ann"):
        guarded.conn.execute(
            "create function pg_temp.leak(text) returns boolean language plpgsql cost 0.0000001"
            " as $$ begin raise notice '%', $1; return true; end $$"
        )
    for login, relation in (("ann", "api.firm_ticket_all"), ("bi", data_table(guarded))):
        column = "subject" if login == "ann" else guarded.ticket.physical("subject")
        with guarded.acting("ann"):
            guarded.conn.execute("grant execute on function pg_temp.leak(text) to public")
        assert (
            len(sees(guarded, login, f"select id from {relation} where pg_temp.leak({column})"))
            == 1
        )
    assert set(heard) == {"mine"}


def data_table(company: Company) -> str:
    """data.datarow_<id>, for SQL."""
    return company.ticket.table.as_string()


def test_errors_of_conditions(guarded: Company) -> None:
    """1 / (1 - note) fails on the hidden row only, and so does a cast."""
    for condition in ("1 / (1 - note::integer) > 0", "subject::text = 'x' or note::integer < 9"):
        assert sees(guarded, "ann", f"select subject from api.firm_ticket where {condition}")


def test_row_security_cannot_be_switched_off(guarded: Company) -> None:
    guarded.conn.execute("set local row_security = off")
    refused(guarded, "ann", "select * from api.firm_ticket")


def test_set_role_leads_nowhere(guarded: Company) -> None:
    guarded.account("boss")
    for statement in ("set role boss", "set role pgears_admin", "set role pgears_runner"):
        with guarded.conn.transaction(force_rollback=True):
            guarded.conn.execute("set local session authorization ann")
            with pytest.raises(errors.InsufficientPrivilege), guarded.conn.transaction():
                guarded.conn.execute(statement.encode())


def test_schema_data_is_closed(guarded: Company) -> None:
    """By name, by number, by the functions that take a table."""
    table = data_table(guarded)
    oid = guarded.scalar("select %s::regclass::oid", table)
    archive = guarded.ticket.archive.as_string()
    for statement in (
        f"select * from {table}",
        f"select * from {archive}",
        f"table {table}",
        f"insert into {table} default values",
        f"create temporary table t (like {table})",
        f"copy {table} to stdout",
        f"lock table {table}",
        f"truncate {table}",
        "select * from access.scope",
        "select * from access.account",
        "select * from meta.class",
        "select * from core.file",
        "select core.store_file('a', 'b', 'c')",
        "select access.refresh_depths('{1}')",
        "select access.explain('ann', 'firm.ticket')",
        "select access.may('ann', 'class', 'firm.ticket', 'read')",
    ):
        refused(guarded, "ann", statement)
    for function in (f"table_to_xml({oid}::regclass", f"query_to_xml('select * from {table}'"):
        # Some servers are built without XML.
        with pytest.raises((errors.InsufficientPrivilege, errors.FeatureNotSupported)):
            sees(guarded, "ann", f"select {function}, true, false, '')")


def test_a_stranger_reads_nothing_by_the_public_columns(guarded: Company) -> None:
    """Everybody may select the columns that texts of references need: of no rows."""
    guarded.conn.execute("create role stranger; grant usage on schema data to stranger")
    for relation in (data_table(guarded), f"data.described_{guarded.ticket.id}"):
        assert sees(guarded, "stranger", f"select id from {relation}") == []
    refused(guarded, "stranger", f"select * from {data_table(guarded)}")


def test_my_scope_is_ones_own(guarded: Company) -> None:
    guarded.conn.execute("grant usage on schema access to ann")
    mine, _ = units(guarded)
    assert sees(guarded, "ann", "select unit_ids from access.my_scope") == [[mine]]
    refused(guarded, "ann", "update access.my_scope set unit_ids = '{1,2,3}'")


def test_deleted_rows_and_archive(guarded: Company) -> None:
    assert sees(guarded, "ann", "select subject from api.firm_ticket_all") == ["mine"]
    assert sees(guarded, "bi", f"select 1 from {guarded.ticket.archive.as_string()}") == []


def test_unique_violations(guarded: Company) -> None:
    """That the key is taken shows; whose it is, and its value from the index, do not."""
    mine, _ = units(guarded)
    insert = "insert into api.firm_ticket (unit, subject) values (%s, %s)"
    taken = refused(guarded, "ann", insert, mine, "hid" + "den", error=errors.UniqueViolation)
    assert taken.diag.message_detail is None
    upsert = insert + " on conflict (subject) where deleted is null do "
    nothing = upsert + "nothing returning id"
    assert sees(guarded, "ann", nothing, mine, "hidden") == []
    refused(guarded, "ann", upsert + "update set note = 'x'", mine, "hidden")


def test_foreign_keys(guarded: Company) -> None:
    """That a row of this id exists shows; nothing of it does."""
    mine, _ = units(guarded)
    insert = "insert into api.firm_ticket (unit, units) values (%s, %s)"
    missing = refused(
        guarded, "ann", insert, mine, [mine, 999_999], error=errors.ForeignKeyViolation
    )
    assert "api" not in str(missing)
    shown = sees(guarded, "ann", "select unit__text from api.firm_ticket")
    assert shown == [None]


def test_returning_shows_what_may_be_read(guarded: Company) -> None:
    _, other = units(guarded)
    change = "update api.firm_ticket set note = 'x' returning subject"
    assert sees(guarded, "ann", change) == ["mine"]
    assert (
        sees(guarded, "ann", "delete from api.firm_ticket where unit = %s returning id", other)
        == []
    )
    refused(guarded, "ann", "insert into api.firm_ticket (unit) values (%s) returning id", other)
    assert sees(guarded, "ann", "select subject from api.firm_ticket for update") == ["mine"]


def test_merge(guarded: Company) -> None:
    mine, _ = units(guarded)
    table, subject = data_table(guarded), guarded.ticket.physical("subject")
    note, unit = guarded.ticket.physical("note"), guarded.ticket.physical("unit")
    statement = (
        f"merge into {table} as t using (values ('mine'), ('hidden')) as v (s) on t.{subject} = v.s"
        f" when matched then update set {note} = 'm'"
        f" when not matched then insert ({subject}, {unit}) values (v.s, {mine})"
    )
    refused(guarded, "bi", statement, error=errors.UniqueViolation)
    assert sees(guarded, "bi", f"select {note} from {table}") == ["0"]


def test_copy(guarded: Company) -> None:
    """Out: what may be read. In: PostgreSQL refuses COPY where row security applies."""
    with guarded.acting("bi"):
        with guarded.conn.cursor().copy(f"copy {data_table(guarded)} to stdout".encode()) as copy:
            text = b"".join(bytes(chunk) for chunk in copy).decode()
        with pytest.raises(errors.FeatureNotSupported), guarded.conn.transaction():
            guarded.conn.cursor().execute(f"copy {data_table(guarded)} from stdin".encode())
    assert "mine" in text
    assert "hidden" not in text


def test_cursors_show_no_more_to_another_role(guarded: Company) -> None:
    """Rights are those of who opened it, the scope is that of who fetches."""
    guarded.account("bob")
    with guarded.acting("ann"):
        guarded.conn.execute("declare c cursor for select subject from api.firm_ticket")
    with guarded.acting("bob"):
        assert guarded.conn.execute("fetch all from c").fetchall() == []


def test_statistics(guarded: Company) -> None:
    """pg_stats hides tables under row security, from those too who may select them."""
    for login in ("ann", "bi"):
        for catalogue in ("pg_stats", "pg_stats_ext", "pg_stats_ext_exprs"):
            found = sees(
                guarded, login, f"select tablename from {catalogue} where schemaname = 'data'"
            )
            assert found == []
    refused(guarded, "bi", "select * from pg_statistic")


def test_sequences_tell_how_many_numbers_were_drawn(guarded: Company) -> None:
    """A number of a sequence is not a row; the next one can be drawn, not set back."""
    sequence = f"data.seq_{guarded.ticket.column_id('number')}"
    refused(guarded, "ann", f"select nextval('{sequence}')")
    refused(guarded, "bi", f"select setval('{sequence}', 1)")
    refused(guarded, "bi", f"select last_value from {sequence}")


def test_ones_own_view_lends_no_rows(guarded: Company) -> None:
    """API views ask for the rights of whoever runs the statement, also beneath other views."""
    guarded.conn.execute("create schema ann authorization ann; create role bob")
    with guarded.acting("ann"):
        guarded.conn.execute("create view ann.v as select subject from api.firm_ticket_all")
        guarded.conn.execute("grant usage on schema ann to bob; grant select on ann.v to bob")
    assert sees(guarded, "ann", "select subject from ann.v") == ["mine"]
    refused(guarded, "bob", "select subject from ann.v")


def test_api_views_lend_no_rights(guarded: Company) -> None:
    """All run with the reader's rights, but for those that ask themselves whose they are."""
    lending = guarded.conn.execute(
        "select c.relname from pg_class as c where c.relnamespace = 'api'::regnamespace"
        " and c.relkind = 'v'"
        " and not coalesce(c.reloptions, '{}') @> array['security_invoker=true']"
    ).fetchall()
    assert {name for (name,) in lending} == {
        "export_run",
        "import_error",
        "import_run",
        "mail",
        "run_file",
        "workflow",
    }


def test_a_seal_is_on_nobody_else(guarded: Company) -> None:
    """What lends rights to the account of a seal cannot be told another account."""
    guarded.conn.execute("grant usage on schema access to public")
    for call in (
        "access.row_seen(%s, s.seal, 1, 1)",
        "web.history_of(%s, s.seal, 1, 1)",
        "web.pages_of(%s, s.seal, null)",
        "web.class_page(%s, s.seal, 'firm', 'ticket', null)",
    ):
        query = f"select {call} from access.my_seal as s"
        refused(guarded, "ann", query, "bi", error=ForgedSeal)
        sees(guarded, "ann", query, "ann")


def test_a_refresh_by_somebody_else_sees_for_the_owner(guarded: Company) -> None:
    """A superuser who refreshes somebody's materialized view lends it no rights."""
    conn, ticket = guarded.conn, guarded.ticket
    query = sql.SQL("select id from {} where {} = 'hidden'").format(
        ticket.table, sql.Identifier(f"c{ticket.column_id('subject')}")
    )
    (hidden,) = conn.execute(query).fetchone() or (0,)
    record = f"{ticket.id}, {hidden}"
    asked = {
        "seen": f"select access.sees_row({record}) as value",
        "history": f"select count(*) as value from web.record_history({record})",
    }
    conn.execute("grant usage on schema access to public")
    conn.execute("create schema spy authorization ann")
    for name, text in asked.items():
        with guarded.acting("ann"):
            conn.execute(f"create materialized view spy.{name} as {text} with no data".encode())
        conn.execute(f"refresh materialized view spy.{name}".encode())
        (stored,) = sees(guarded, "ann", f"select value from spy.{name}")
        assert [stored] == sees(guarded, "ann", text), name
        assert conn.execute(text.encode()).fetchone() != (stored,), name


def test_functions_that_lend_rights_are_not_for_everybody(guarded: Company) -> None:
    """Security definer, callable by any account: yes, no, one word, a token's or a seal's due."""
    lending = guarded.conn.execute(
        "select distinct p.oid::regproc::text from pg_proc as p"
        " join pg_namespace as n on p.pronamespace = n.oid"
        " cross join aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) as a"
        " where n.nspname in ('core', 'access', 'meta', 'data', 'api', 'queue', 'feed', 'mail',"
        " 'flow', 'batch', 'replica', 'web') and p.prosecdef and a.grantee = 0"
    ).fetchall()
    assert {name for (name,) in lending} == {
        "access.row_seen", "web.class_page", "web.history_of", "web.pages_of",
        "api.import_by_url", "api.import_content", "api.run_export", "api.run_import",
        "api.show_link", "api.store_file", "api.use_link",
        "core.check_source", "core.environment", "core.integration", "meta.refuse_limits",
        "meta.refuse_values", "web.constraint_words", "web.now",
    }  # fmt: skip


def test_hooks_act_for_nobody_else(guarded: Company) -> None:
    """Statements in triggers of a class come from administrators; accounts cannot place any."""
    for statement in (
        "insert into meta.class_hook values (1, 'x', 'inserted', 0, 'null')",
        "select access.set_role(1, 'x', '{}')",
        "select access.grant_role('ann', 'bi')",
        "select meta.rebuild_class(1)",
        "create trigger t after insert on api.firm_ticket for each row execute function f()",
        "create rule r as on insert to api.firm_ticket do also select 1",
        "create policy p on api.firm_ticket using (true)",
        "alter view api.firm_ticket set (security_invoker = false)",
    ):
        refused(guarded, "ann", statement, error=psycopg.errors.Error)


def test_a_description_follows_the_row(guarded: Company) -> None:
    """Texts of references come from rows that the reader may read, by every column kind."""
    guarded.definitions.add_column(guarded.report, "about", type="reference", **{"class": "ticket"})
    update_views(guarded.conn)
    guarded.role("reports", {"class": "report", "allow": ["read"]})
    guarded.grant("ann", "reports")
    rows = guarded.conn.execute(
        sql.SQL("select id from {} where deleted is null order by id").format(guarded.ticket.table)
    ).fetchall()
    for (row,) in rows:
        guarded.report.insert(about=row)
    assert sees(guarded, "ann", "select about__text from api.firm_report order by id") == [
        "mine", None,
    ]  # fmt: skip


def test_history_and_pages_hide_what_rights_hide(guarded: Company) -> None:
    """Class tables are granted whole: what reads them for an account asks its rights on columns."""
    guarded.account("cy")
    shown = {"class": "ticket", "allow": ["read", "insert"], "hide": ["note", "units"]}
    guarded.role("blind", shown, {"class": "ticket", "allow": ["change"], "hide": ["owner"]})
    guarded.grant("cy", "blind")
    row = guarded.ticket.insert(subject="first", note="hidden one")
    guarded.ticket.update(row, subject="second", note="hidden two")
    history = "select changes from web.record_history(%s, %s)"
    assert sees(guarded, "cy", history, guarded.ticket.id, row) == [
        {"subject": ["first", "second"]}, {}
    ]  # fmt: skip
    assert sees(guarded, "cy", "select subject from api.firm_ticket where id = %s", row)
    refused(guarded, "cy", "select note from api.firm_ticket")
    (page,) = sees(guarded, "cy", "select web.page_class('firm', 'ticket')")
    may = {c["code"]: (c["insert"], c["change"]) for c in page["columns"]}
    assert may == {
        "subject": (True, True), "unit": (True, True),
        "owner": (True, False), "number": (True, True),
    }  # fmt: skip
    guarded.role("blind", {"class": "ticket", "allow": ["read"]})
    assert "note" in sees(guarded, "cy", history, guarded.ticket.id, row)[0]


def test_history_of_many_columns(company: Company) -> None:
    """More than a function of PostgreSQL takes arguments for."""
    wide = company.definitions.create_class(
        "firm.wide", {f"n{i}": {"type": "integer"} for i in range(70)}, archive=True
    )
    values = Jsonb({f"n{i}": 1 for i in range(70)})
    (row,) = company.scalar("select meta.insert_records(%s, %s)", wide.id, [values])
    wide.update(row, n69=2)
    assert company.scalar(
        "select array_agg(changes order by version) from web.record_history(%s, %s)", wide.id, row
    ) == [{}, {"n69": [1, 2]}]
