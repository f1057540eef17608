"""What the runner may execute is what its Python calls, and what that calls with its rights."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import psycopg

ROOT = Path(__file__).parents[2]
NAME = re.compile(r"\b([a-z_]+\.[a-z0-9_]+)\b")

FOR_HANDLERS = {
    "api.send_mail",
    "core.store_file",
    "http.answer",
    "http.send",
    "queue.enqueue",
    "queue.enqueue_keyed",
}
"""What docs/queue.md promises to handlers and actions of others beside the public functions."""

GRANTED = """
select distinct p.oid::regproc::text
from pg_proc as p
cross join lateral aclexplode(p.proacl) as a
where a.grantee = 'pgears_runner'::regrole
"""
# What is not executed with somebody else's rights names what has to be granted as well;
# functions in views are executed with the rights of whoever reads the view.
SOURCES = """
select
  p.oid::regproc::text,
  case when p.prosecdef then '' when p.prosqlbody is null then p.prosrc else pg_get_functiondef(p.oid) end
from pg_proc as p
where p.pronamespace in (select n.oid from pg_namespace as n where n.nspname = any (%(schemas)s))
union all
select c.oid::regclass::text, pg_get_viewdef(c.oid)
from pg_class as c
where c.relkind = 'v' and c.relnamespace in (select n.oid from pg_namespace as n where n.nspname = any (%(schemas)s))
"""  # noqa: E501
VIEWS = """
select c.oid::regclass::text
from pg_class as c
cross join lateral aclexplode(c.relacl) as a
where a.grantee = 'pgears_runner'::regrole and c.relkind = 'v'
"""
"""Roots as well: core.metrics() and core.findings() read those of each room by the same name."""
SCHEMAS = [
    "access", "api", "batch", "core", "data", "feed", "flow", "http",
    "mail", "meta", "queue", "replica", "sync", "web",
]  # fmt: skip


def named_in_python() -> set[str]:
    """All that looks like schema.name in the runner."""
    return {
        name
        for path in (ROOT / "runner").rglob("*.py")
        for name in NAME.findall(path.read_text("utf-8"))
    }


def reached(conn: psycopg.Connection[Any], roots: set[str]) -> set[str]:
    """The roots and what they execute with the rights of their caller."""
    sources: dict[str, str] = {}
    for name, source in conn.execute(SOURCES.encode(), {"schemas": SCHEMAS}):
        sources[name] = sources.get(name, "") + source.replace('"', "")
    found, left = set(), [name for name in roots if name in sources]
    while left:
        name = left.pop()
        if name in found:
            continue
        found.add(name)
        left += [other for other in NAME.findall(sources[name]) if other in sources]
    return found


def test_the_runner_may_execute_what_it_needs(conn: psycopg.Connection[Any]) -> None:
    """Nothing that nobody calls stays granted."""
    granted = {str(name) for (name,) in conn.execute(GRANTED.encode())}
    views = {str(name) for (name,) in conn.execute(VIEWS.encode())}
    needed = reached(conn, named_in_python() | views)
    assert sorted(granted - needed) == sorted(FOR_HANDLERS)


def test_handlers_know_what_they_may_call() -> None:
    """Each of these functions is named where handlers are documented."""
    told = (ROOT / "docs" / "queue.md").read_text("utf-8")
    assert [name for name in sorted(FOR_HANDLERS) if f"`{name}`" not in told] == []
