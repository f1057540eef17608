"""Reading under rights: every row, one's units, and what is not leakproof; against no rights."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo
from psycopg.types.json import Jsonb

from runner.model.views import update_views

from .lab import Lab
from .results import Budget, Result, ratio
from .rounds import interleave

ROWS = 1_000_000
ACCOUNTS = 1_000
UNITS = 364  # a tree of depth 6 with three below each: 1 + 3 + 9 + 27 + 81 + 243
DEPTH = 6

ALL = Budget(1.05)
UNIT = Budget(1.3)

# Statement of one sample, and its transactions; {own} is what the account reaches.
READS = {
    "by id": (
        "\\set number random(1, :rows)\nselect id, subject, amount from {t} where id = :number;",
        2_000,
    ),
    "1,000 rows by an index": (
        "\\set number random(0, 999)\nselect id, subject from {t} where category = :number;", 60,
    ),
    "newest 100": ("select id, subject from {t} order by id desc limit 100", 300),
    "aggregate over what is visible": ("select count(*), sum(weight) from {t}", 3),
}  # fmt: skip
LEAKY = {
    "a range of decimals, by an index": (
        "select count(*) from {t} where amount between 500 and 500.5", 3,
    ),
}  # fmt: skip
LEAKPROOF = "numeric_ge(numeric, numeric)", "numeric_le(numeric, numeric)"


def make(conn: psycopg.Connection[Any], rows: int, accounts: int) -> None:
    """Units, members, roles, accounts and tickets."""

    def call(query: str, *arguments: Any) -> Any:
        row = conn.execute(query.encode(), arguments or None).fetchone()
        return None if row is None else row[0]

    def create(code: str, columns: dict[str, Any]) -> int:
        numbered = {c: {**k, "position": p} for p, (c, k) in enumerate(columns.items(), 1)}
        return int(
            call("select meta.create_class(%s, %s, %s)", model, code, Jsonb({"columns": numbered}))
        )

    model = call("select meta.create_model('bench', '{}')")
    unit_ref = {"type": "reference", "class": "unit"}
    create("unit", {"name": {"type": "text"}, "parent": unit_ref})
    create("membership", {"person": {"type": "reference", "target": "user"}, "unit": unit_ref})
    ticket = create(
        "ticket",
        {
            "subject": {"type": "text"},
            "category": {"type": "integer"},
            "weight": {"type": "integer"},
            "amount": {"type": "decimal"},
            "unit": unit_ref,
        },
    )
    update_views(conn)
    call(
        "select access.set_structure(%s, 'units', %s)",
        model,
        Jsonb({"kind": "unit", "class": "unit", "superior": "parent", "membership": "membership",
               "user": "person", "unit": "unit"}),
    )  # fmt: skip
    right = {"class": "ticket", "allow": ["read"]}
    for code, scope in (
        ("everything", {}),
        ("units", {"scope": "units", "column": "unit", "depth": DEPTH}),
    ):
        call("select access.set_role(%s, %s, %s)", model, code, Jsonb({"rights": [right | scope]}))
    conn.execute("insert into api.bench_unit (name) values ('1')")
    conn.execute(
        "insert into api.bench_unit (name, parent) select n::text, (n + 1) / 3"
        " from generate_series(2, %s) as n",
        (UNITS,),
    )
    conn.execute(
        "select access.create_account('bench_' || n, p_can_login => false)"
        " from generate_series(1, %s) as n",
        (accounts,),
    )
    conn.execute(
        "insert into api.bench_membership (person, unit)"
        " select a.id, (1 + (a.id * 7) %% %s)::bigint from access.account as a",
        (UNITS,),
    )
    conn.execute(
        "insert into api.bench_ticket (subject, category, weight, amount, unit)"
        " select 'ticket ' || n, n %% 1000, n, (n %% 100000)::numeric / 100, 1 + (n * 17) %% %s"
        " from generate_series(1, %s::bigint) as n",
        (UNITS, rows),
    )
    table = sql.Identifier("data", f"datarow_{ticket}")
    for code in ("category", "amount"):
        column = call(
            "select physical from meta.effective_column where class_id = %s and code = %s",
            ticket,
            code,
        )
        conn.execute(sql.SQL("create index on {} ({})").format(table, sql.Identifier(column)))
    conn.execute(sql.SQL("vacuum (freeze, analyze) {}").format(table))
    conn.execute("analyze")


def reader(conn: psycopg.Connection[Any], login: str, unit: int, *roles: str) -> None:
    """An account that belongs to one unit."""
    conn.execute("select access.create_account(%s, p_can_login => false)", (login,))
    conn.execute(
        "insert into api.bench_membership (person, unit)"
        " select a.id, %s from access.account as a where a.login = %s",
        (unit, login),
    )
    for role in roles:
        conn.execute("select access.grant_role(%s, %s)", (login, role))


def run(lab: Lab) -> Iterator[Result]:
    """Every row against no row security; units against the same rows by a condition."""
    rows, accounts = lab.size(ROWS), lab.size(ACCOUNTS)
    with lab.database() as url:
        with psycopg.connect(url, autocommit=True) as conn:
            make(conn, rows, accounts)
            for login, unit, role in (
                ("bench_all", 1, "everything"),
                ("bench_root", 1, "units"),
                ("bench_third", 5, "units"),
                ("bench_leaf", UNITS, "units"),
            ):
                reader(conn, login, unit, role)
            reached = {
                login: conn.execute(
                    "select unit_ids from access.scope where login = %s", (login,)
                ).fetchone()
                for login in ("bench_root", "bench_third", "bench_leaf")
            }
            conn.execute("analyze access.scope")
            conn.execute("checkpoint")
        yield from _reads(lab, url, rows, reached)
        yield from _trap(lab, url, rows)
        with psycopg.connect(url, autocommit=True) as conn:
            conn.execute("select access.drop_role(r.code) from access.role as r")
            for (login,) in conn.execute("select login from access.account").fetchall():
                if login.startswith("bench_"):
                    conn.execute(sql.SQL("drop role {}").format(sql.Identifier(login)))


def _measure(
    lab: Lab, url: str, rows: int, script: str, times: int, variants: dict[str, tuple[str, str]]
) -> Any:
    """Variants are (role or "", relation); "" is the owner, whom row security leaves alone."""

    def sample(role: str, relation: str) -> float:
        target = make_conninfo(url, options=f"-c role={role}") if role else url
        tps = lab.pgbench(
            target, script.format(t=relation), transactions=times, variables={"rows": rows}
        )
        return 1e6 / tps

    return interleave(
        {name: partial(sample, role, relation) for name, (role, relation) in variants.items()},
        rounds=lab.rounds(7),
        unit="us",
    )


def _reads(lab: Lab, url: str, rows: int, reached: dict[str, Any]) -> Iterator[Result]:
    view = "api.bench_ticket"
    for work, (script, times) in READS.items():
        figures = _measure(
            lab, url, rows, script, times, {"owner": ("", view), "role": ("bench_all", view)}
        )
        yield Result(
            f"{work}, under a right to every row", "the owner, without row security", ALL,
            ratio(figures["role"], figures["owner"]), list(figures.values()),
        )  # fmt: skip
        for login, units in reached.items():
            listed = ",".join(map(str, units[0]))
            narrowed = f"(select * from {view} where unit = any ('{{{listed}}}'::bigint[])) as t"
            figures = _measure(
                lab, url, rows, script, times, {"owner": ("", narrowed), "role": (login, view)}
            )
            yield Result(
                f"{work}, under units ({len(units[0])} of {UNITS})",
                "the owner, the same rows by a condition", UNIT,
                ratio(figures["role"], figures["owner"]), list(figures.values()),
            )  # fmt: skip


def _trap(lab: Lab, url: str, rows: int) -> Iterator[Result]:
    """A condition that is not leakproof waits for the policy: the trap, and its two mends."""
    view = "api.bench_ticket"
    [(work, (script, times))] = LEAKY.items()
    for name, mended in (("as PostgreSQL has it", False), ("marked leakproof", True)):
        with psycopg.connect(url, autocommit=True) as conn:
            for function in LEAKPROOF:
                conn.execute(
                    f"alter function {function} {'' if mended else 'not '}leakproof".encode()
                )
        figures = _measure(
            lab, url, rows, script, times,
            {"owner": ("", view), "every row": ("bench_all", view), "root": ("bench_root", view)},
        )  # fmt: skip
        for variant in ("every row", "root"):
            yield Result(
                f"{work}, {name}, {variant}", "the owner, without row security", None,
                ratio(figures[variant], figures["owner"]), [figures["owner"], figures[variant]],
            )  # fmt: skip
    with psycopg.connect(url, autocommit=True) as conn:
        for function in LEAKPROOF:
            conn.execute(f"alter function {function} not leakproof".encode())
