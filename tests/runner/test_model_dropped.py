"""A model goes with all that was made for it, or is kept with a reason."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql
from psycopg.types.json import Jsonb

from runner import errors
from runner.errors import UserError
from runner.model.apply import apply
from runner.model.file import load

from ..fix_database import Database
from ..fix_rights import Company

ROOT = Path(__file__).parents[2]

REST = """\
model: rest
classes:
  base: {columns: {name: {type: text}, number: {type: text, sequence: "R{#:000}"}}}
  unit:
    parent: base
    archive: true
    partition_by: {hash: id, parts: 2}
    columns:
      above: {type: reference, class: unit}
      papers: {type: file, multiple: true}
      friends: {type: reference, class: base, multiple: true}
      loud: {type: calculated, sql: "upper({{column.name}})", result: text}
    keys: [[name]]
  member: {columns: {person: {type: reference, target: user}, unit: {type: reference, class: unit}}}
groups: {board: {addresses: board@example.org}}
targets: {erp: {url: "https://erp.example"}}
structures:
  firm: {kind: unit, class: unit, superior: above, membership: member, user: person, unit: unit}
roles: {clerk: {rights: [{class: unit, allow: [read]}]}}
scripts: {tidy: {class: unit, sql: "null;"}}
rules:
  shout: {class: unit, event: before_update, set: {name: "upper({{column.name}})"}}
  tidy: {class: unit, event: after_update, script: tidy}
workflows:
  hire: {class: unit, steps: {start: {kind: start, next: end}, end: {kind: end}}}
jobs: {nightly: {steps: [{workflow: hire}, {script: tidy}]}}
syncs:
  units: {class: unit, direction: in, url: "env:E", table: units, columns: {name: n}, keys: [name]}
"""

MADE = """
select 'relation ' || c.oid::regclass
from pg_class as c
where c.relnamespace in ('data'::regnamespace, 'api'::regnamespace)
union all
select 'function ' || p.oid::regprocedure
from pg_proc as p
where p.pronamespace in ('data'::regnamespace, 'api'::regnamespace)
union all
select format('trigger %s of %s', t.tgname, t.tgrelid::regclass) from pg_trigger as t where not t.tgisinternal
union all
select format('policy %s of %s', p.polname, p.polrelid::regclass) from pg_policy as p
union all
select format('constraint %s of %s', c.conname, c.conrelid::regclass) from pg_constraint as c
"""  # noqa: E501

KEPT = {
    "access.role": "their members stay",
    "core.parameter": "instances differ in them",
    "feed.change": "the reader has not seen them yet",
    "feed.consumer": "the reader",
    "queue.task": "a rule that was called; the runner finds it gone",
    "replica.instance": "this one, as peers call it",
}
"""Tables that have more rows after a model has come, had rows and gone; and why."""


def made(conn: psycopg.Connection[Any]) -> set[str]:
    """What stands in the catalogue."""
    return {row[0] for row in conn.execute(MADE)}


def counts(conn: psycopg.Connection[Any]) -> dict[str, int]:
    """Rows of every table of pgears."""
    tables = conn.execute(
        """
        select relnamespace::regnamespace::text, relname
        from pg_class
        where relkind = 'r' and relnamespace::regnamespace::text in (
          'core', 'access', 'meta', 'queue', 'feed', 'mail', 'flow', 'batch', 'sync', 'http', 'replica', 'web'
        )
        """  # noqa: E501
    ).fetchall()
    found = {}
    for table in tables:
        row = conn.execute(
            sql.SQL("select count(*) from {}").format(sql.Identifier(*table))
        ).fetchone()
        assert row is not None
        found[".".join(table)] = row[0]
    return found


def test_a_model_goes_without_a_trace(database: Database, tmp_path: Path) -> None:
    """Emptied by a file that has nothing but its code, then dropped: tables, views, functions,
    sequences and rights have gone; of rows only those that belong to the instance stay."""
    rest = tmp_path / "rest.yaml"
    with database.connect() as conn:
        before, rows = made(conn), counts(conn)
        conn.execute("select feed.subscribe('reader')")
        rest.write_text(REST)
        for path in (ROOT / "examples" / "helpdesk" / "model.yaml", rest):
            apply(conn, load(path))
        conn.execute("insert into api.rest_unit (name) values ('one'), ('two')")
        conn.execute(
            "insert into api.rest_unit (name, above) select 'low', min(id) from api.rest_unit"
        )
        conn.execute("update api.rest_unit set name = 'ONE' where name = 'one'")
        conn.execute(
            "insert into api.helpdesk_customer (name, email) values ('Ann', 'a@b.example')"
        )
        assert made(conn) > before
        for code in ("helpdesk", "rest"):
            with pytest.raises(
                errors.InTheWay, match=f'model "{code}" is not empty: [0-9]+ classes'
            ):
                conn.execute("select meta.drop_model(meta.model_id(%s))", (code,))
            rest.write_text(f"model: {code}\n")
            apply(conn, load(rest), allow_destructive=True)
            conn.execute("select meta.drop_model(meta.model_id(%s))", (code,))
        assert made(conn) - before == set()
        more = {table for table, count in counts(conn).items() if count > rows[table]}
        assert more == set(KEPT)
        (task,) = conn.execute("select payload from queue.task_list").fetchone() or (None,)
        conn.execute("select flow.run_rule(%s)", (Jsonb(task),))
        read = conn.execute("select count(*) from feed.read_changes('reader')").fetchone()
        assert read is not None
        assert read[0] >= 4


SECTIONS: list[dict[str, Any]] = [
    {"queries": {"q": {"sql": "select 1 as one"}}},
    {"groups": {"g": {"addresses": "a@b.example"}}},
    {"frames": {"f": {"html": "{{content}}"}}},
    {"targets": {"t": {"url": "https://a.example"}}},
    {"scripts": {"s": {"sql": "null;"}}},
    {
        "workflows": {
            "w": {"steps": {"start": {"kind": "start", "next": "e"}, "e": {"kind": "end"}}}
        }
    },
    {"jobs": {"j": {"steps": [{"command": ["/bin/true"]}]}}},
    {"roles": {"r": {"rights": [{"class": "firm.unit", "allow": ["read"]}]}}},
    {"subscriptions": {"s": {"peer": "p", "classes": ["firm.unit"]}}},
]


@pytest.mark.parametrize("section", SECTIONS, ids=lambda section: next(iter(section)))
def test_a_model_with_anything_left_stays(company: Company, section: dict[str, Any]) -> None:
    """A cascade would take it without asking who needs it, and leave behind what it made."""
    conn, file = company.conn, {"model": "other", **section}
    conn.execute("select meta.apply_model(%s)", (Jsonb(file),))
    with (
        pytest.raises(
            errors.InTheWay, match=f'model "other" is not empty: 1 {next(iter(section))}'
        ) as kept,
        conn.transaction(),
    ):
        conn.execute("select meta.drop_model(meta.model_id('other'))")
    assert '"model: other"' in (kept.value.diag.message_hint or "")
    conn.execute("select meta.apply_model(%s, true, false)", (Jsonb({"model": "other"}),))
    conn.execute("select meta.drop_model(meta.model_id('other'))")
    with pytest.raises(errors.NotFound), conn.transaction():
        conn.execute("select meta.model_id('other')")


def test_what_others_refer_to_keeps_a_model(company: Company, tmp_path: Path) -> None:
    """A class of another model, and a view of somebody else, are named."""
    conn, definitions = company.conn, company.definitions
    path = tmp_path / "firm.yaml"
    path.write_text("model: firm\n")
    thing = definitions.create_class(
        "other.thing", {"unit": {"type": "reference", "class": "firm.unit"}}
    )
    with pytest.raises(UserError, match=r"firm.unit is in use by column unit of other.thing"):
        apply(conn, load(path), allow_destructive=True)
    conn.execute("select meta.drop_class(%s)", (thing.id,))
    conn.execute("create view public.of_somebody as select subject from api.firm_ticket")
    with pytest.raises(UserError, match="of_somebody"):
        apply(conn, load(path), allow_destructive=True)
    assert conn.execute("select count(*) from public.of_somebody").fetchone() == (0,)
    conn.execute("drop view public.of_somebody")
    apply(conn, load(path), allow_destructive=True)
    conn.execute("select meta.drop_model(meta.model_id('firm'))")
    assert conn.execute("select name from meta.api_view_status").fetchall() == []


def test_who_may_drop_a_model(company: Company) -> None:
    """Administrators; not an account with every right on the classes."""
    model = company.definitions.model("empty")
    company.role("all", {"class": "ticket", "allow": ["read", "insert", "change", "delete"]})
    company.account("ann")
    company.grant("ann", "all")
    drop = "select meta.drop_model(%s)"
    with (
        pytest.raises(psycopg.errors.InsufficientPrivilege),
        company.conn.transaction(),
        company.acting_only("ann"),
    ):
        company.conn.execute(drop, (model,))
    company.account("boss")
    company.conn.execute("grant pgears_admin to boss")
    with company.acting("boss"):
        company.conn.execute(drop, (model,))
    assert company.conn.execute(
        "select count(*) from meta.model where code = 'empty'"
    ).fetchone() == (0,)
