# ruff: noqa: E501 - definitions and queries in one line
"""P01: what was built in one instance works in another, where every id is another one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import psycopg

from runner.batch.exporter import request_export, run_export
from runner.batch.importer import request_import, run_import
from runner.model.apply import apply, plan
from runner.model.dump import dump
from runner.model.file import load
from runner.model.views import view_states

from ..fix_database import Database, new_database
from ..fix_server import TestServer

STORE = """\
model: store
classes:
  city:
    description: "{{column.name}}"
    columns:
      code: {type: text}
      name: {type: text, mandatory: true}
    keys: [[code]]
  person:
    description: "{{column.name}}"
    columns:
      name: {type: text, mandatory: true, max_length: 40}
      email: {type: text}
      city: {type: reference, class: city}
      cities: {type: reference, class: city, multiple: true}
      about: {type: reference, classes: [city, person]}
      kind: {type: class}
      points: {type: integer, max: 1000}
      twice: {type: calculated, result: integer, sql: "{{column.points}} * 2"}
    keys: [[email]]
    archive: true
  customer:
    parent: person
    columns:
      discount: {type: decimal, min: 0}
queries:
  by_city:
    sql: |
      select c.code as city, count(*) as people, sum(p.twice) as points
      from {{class.customer}} as p
      inner join {{class.city}} as c on c.id = p.city
      group by c.code
  best_city:
    sql: |
      select b.city, b.points from api.store_by_city as b order by b.points desc limit 1
imports:
  cities: {class: city, match: [code]}
  customers:
    class: customer
    separator: ";"
    decimal: ","
    columns:
      name: Name
      email: Mail
      city: Home
      cities: Others
      kind: Kind
      points: Points
      discount: Discount
    references: {cities: text}
    match: [email]
exports:
  customers: {class: customer, columns: [email, name, city, cities, kind, twice, discount], order: [email]}
  best: {query: best_city}
"""
OTHER = """\
model: other
classes:
  a: {columns: {x: {type: text}, y: {type: integer}}}
  b: {columns: {z: {type: reference, class: a}}}
  c: {}
queries:
  q: {sql: "select a.x from {{class.a}} as a"}
"""
CITIES = "code,name\nPRG,Praha\nBRN,Brno\nOVA,Ostrava\n"
CUSTOMERS = """\
Name;Mail;Home;Others;Kind;Points;Discount
Ann;ann@x;PRG;Brno|Ostrava;store.city;7;1,5
Bob;bob@x;BRN;Praha;store.customer;11;0
Cyr;cyr@x;PRG;;;1001;
Dan;dan@x;XXX;;;1;
"""
READ: dict[str, str] = {
    "customer": "select name, email, city__text, cities__text, kind__text, twice, discount, shortdescription from api.store_customer order by email",
    "by_city": "select * from api.store_by_city order by city",
    "best_city": "select * from api.store_best_city",
    "about": "select name, about__text, about__class from api.store_customer where about is not null",
    "archive": "select count(*) from api.store_customer_all",
}  # fmt: skip


def bring(database: Database, conn: psycopg.Connection[Any], code: str, file: Path) -> list[Any]:
    """Import a file; the counters of the run, and the rows in error."""
    run = request_import(conn, f"store.{code}", file, force=True)
    run_import(database.url, run, file)
    counters = conn.execute(
        "select state, inserted, updated, unchanged, errors from batch.import_run_status where run = %s",
        (run,),
    ).fetchall()
    errors = conn.execute(
        'select line, "column", value from batch.import_error_list where run = %s order by line',
        (run,),
    ).fetchall()
    return [*counters, *errors]


def work(database: Database, conn: psycopg.Connection[Any], folder: Path) -> dict[str, Any]:
    """Import everything, write, read every view and query, export."""
    done: dict[str, Any] = {}
    for code, content in (("cities", CITIES), ("customers", CUSTOMERS)):
        file = folder / f"{code}.csv"
        file.write_text(content)
        done[code] = bring(database, conn, code, file)
    conn.execute(
        """
        update api.store_customer as p set about = c.id, about__class = 'store.city'
        from api.store_city as c where p.name = 'Ann' and c.code = 'OVA'
        """
    )
    for code in ("customers", "best"):
        out = folder / f"{code}.out"
        exported = run_export(database.url, request_export(conn, f"store.{code}"), to=out)
        done[f"export {code}"] = (exported.state, out.read_text())
    return done | seen(conn)


def seen(conn: psycopg.Connection[Any]) -> dict[str, Any]:
    """What every view and query shows, without ids."""
    return {name: conn.execute(query.encode()).fetchall() for name, query in READ.items()}


def ids(conn: psycopg.Connection[Any]) -> dict[str, int]:
    """Ids of the model's classes, columns and queries, by what they are."""
    found = conn.execute(
        """
        select 'class ' || c.code, c.id
        from meta.class as c inner join meta.model as m on m.id = c.model_id where m.code = 'store'
        union all
        select 'column ' || c.code || '.' || k.code, k.id
        from meta.class_column as k
        inner join meta.class as c on c.id = k.class_id
        inner join meta.model as m on m.id = c.model_id
        where m.code = 'store'
        union all
        select 'query ' || q.code, q.id
        from meta.query as q inner join meta.model as m on m.id = q.model_id where m.code = 'store'
        union all
        select 'city ' || code, id from api.store_city
        """
    )
    return dict(found.fetchall())


def test_queries_views_and_imports_work_where_ids_differ(
    server: TestServer, template: str, tmp_path: Path
) -> None:
    """Built and changed in one, moved twice to the other: the same files give the same rows."""
    file, other = tmp_path / "store.yaml", tmp_path / "other.yaml"
    file.write_text(STORE)
    other.write_text(OTHER)
    with (
        new_database(server, template) as one,
        new_database(server, template) as two,
        one.connect() as a,
        two.connect() as b,
    ):
        apply(a, load(file))
        file.write_text(dump(a, "store"))
        apply(b, load(other))
        b.execute("insert into api.other_a (x) select 'x' from generate_series(1, 5)")
        apply(b, load(file))
        b.execute(
            "insert into api.store_city (code, name) select n, n from generate_series(1, 7) as n"
        )
        b.execute("delete from api.store_city")
        built = work(one, a, tmp_path)
        assert built["customers"] == [
            ("done", 2, 0, 0, 2), (4, "points", "1001"), (5, "city", "XXX"),
        ]  # fmt: skip
        assert built["by_city"] == [("BRN", 1, 22), ("PRG", 1, 14)]
        assert built["best_city"] == [("BRN", 22)]
        assert built["about"] == [("Ann", "Ostrava", "store.city")]
        assert work(two, b, tmp_path) == built
        here, there = ids(a), ids(b)
        assert here.keys() == there.keys()
        assert [name for name in here if here[name] == there[name]] == []

        assert apply(b, load(file)) == []
        assert seen(b) == seen(a)
        changed = STORE.replace(
            "      discount: {", "      since: {type: date}\n      discount: {"
        ).replace("as people", "as number")
        file.write_text(changed)
        apply(a, load(file))
        file.write_text(dump(a, "store"))
        apply(b, load(file))
        assert plan(b, load(file)) == []
        assert dump(b, "store") == dump(a, "store")
        assert {state.state for state in view_states(b)} == {"current"}
        assert seen(b) == seen(a)
        again = work(two, b, tmp_path)
        assert again["customers"][0] == ("done", 0, 0, 2, 2)
        assert {name: again[name] for name in READ} == {name: built[name] for name in READ}
