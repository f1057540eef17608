"""A model goes with all that was made for it, or is kept with a reason."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql

from runner import errors
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
  firm:
    {kind: unit, unit_class: unit, parent: above,
     class: member, member: person, unit: unit, units: {unit: above}}
roles: {clerk: {rights: [{class: unit, allow: [read]}]}}
scripts: {tidy: {class: unit, sql: "null;"}}
rules:
  shout: {class: unit, event: before_insert, set: {name: "upper(new.name)"}}
  tidy: {class: unit, event: after_update, script: tidy}
workflows:
  hire: {class: unit, steps: {start: {kind: start, next: end}, end: {kind: end}}}
jobs: {nightly: {steps: [{workflow: hire}, {script: tidy}]}}
syncs:
  units: {class: unit, direction: in, url: "env:ERP", table: units, columns: {name: n}, keys: [name]}
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
    "access.role": "its members stay",
    "core.parameter": "instances differ in them",
    "core.schema_lock": "",
    "feed.change": "readers have not read them yet",
    "meta.language": "a language is the instance's",
}
"""Tables that have more rows after a model has come, had rows and gone."""


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
        conn.execute("insert into api.rest_unit (name, above) select 'low', min(id) from api.rest_unit")
        conn.execute("update api.rest_unit set name = 'ONE' where name = 'one'")
        conn.execute("insert into api.helpdesk_customer (name) values ('Ann')")
        assert made(conn) > before
        for code in ("helpdesk", "rest"):
            with pytest.raises(errors.InTheWay, match=f'model "{code}" is not empty: [0-9]+ classes'):
                conn.execute("select meta.drop_model(meta.model_id(%s))", (code,))
            rest.write_text(f"model: {code}\n")
            apply(conn, load(rest), allow_destructive=True)
            conn.execute("select meta.drop_model(meta.model_id(%s))", (code,))
        assert made(conn) - before == set()
        more = {table for table, count in counts(conn).items() if count > rows[table]}
        assert more == set(KEPT)
        read = conn.execute("select count(*) from feed.read_changes('reader')").fetchone()
        assert read is not None
        assert read[0] >= 4
