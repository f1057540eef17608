"""Random changes on two or three sides, with cuts in between: what is not alike is in dispute.

Cuts are real: the turn is abandoned like a killed process, or its backends are terminated,
at a call that is drawn. Databases are used for all examples; each begins where the last ended.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any
from uuid import UUID

import psycopg
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from runner.db import connect_async
from runner.replica import peer as peers
from runner.replica import turn as turns
from runner.replica.peer import PeerUnreachable
from runner.replica.turn import Turn
from tests.fix_database import new_database
from tests.fix_replica import Instance
from tests.fix_server import TestServer

SIDE = st.integers(0, 2)
PICK = st.integers(0, 30)
WORD = st.sampled_from(["a", "b", "c", "d"])
OPERATION = st.one_of(
    st.tuples(st.just("customer"), SIDE, WORD, PICK),
    st.tuples(st.just("ticket"), SIDE, WORD, PICK),
    st.tuples(st.just("rename"), SIDE, WORD, PICK),
    st.tuples(st.just("move"), SIDE, PICK, PICK),
    st.tuples(st.just("refer"), SIDE, PICK, PICK),
    st.tuples(st.just("delete"), SIDE, st.sampled_from(["customer", "ticket"]), PICK),
    st.tuples(st.just("read"), SIDE, st.just(0), st.just(0)),
    st.tuples(st.just("all read"), SIDE, st.just(0), st.just(0)),
    st.tuples(st.just("kill"), SIDE, st.integers(1, 9), st.just(0)),
    st.tuples(st.just("cut"), SIDE, st.integers(1, 9), st.integers(0, 1)),
)
SETTINGS = settings(
    max_examples=12,
    deadline=None,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


class Killed(BaseException):
    """The process is gone: nothing of it runs any more."""


class World:
    """Instances in a ring (two: both ways), and what is done to them."""

    def __init__(self, instances: list[Instance], policy: str) -> None:
        self.instances = instances
        for place, instance in enumerate(instances):
            instance.subscribe(instances[(place + 1) % len(instances)], policy)

    def do(self, what: str, side: int, one: Any, other: int) -> None:
        """One operation; what PostgreSQL refuses is refused."""
        at = self.instances[side % len(self.instances)]
        if what == "read":
            at.read()
        elif what == "all read":
            asyncio.run(self._all_read())
        elif what in ("kill", "cut"):
            asyncio.run(_broken_turn(at, what, one, other))
        else:
            try:
                self._write(at, what, one, other)
            except psycopg.errors.IntegrityError:
                return

    async def _all_read(self) -> None:
        """All read before any of them has written: each decides conflicts by itself."""
        read = asyncio.Barrier(len(self.instances))
        waiting = set(self.instances)
        rows = peers.rows_of

        async def together(on: Any, query: str, values: tuple[object, ...]) -> Any:
            found = await rows(on, query, values)
            here = next((i for i in waiting if i.database.name == on.info.dbname), None)
            if "replica.read_changes(" in query and here is not None:
                # One reader of each instance there is: the ring makes them as many.
                waiting.discard(here)
                await read.wait()
            return found

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(peers, "rows_of", together)
            async with asyncio.timeout(60):
                await asyncio.gather(*(instance.turn() for instance in self.instances))

    def _write(self, at: Instance, what: str, one: Any, other: int) -> None:
        customers, tickets = self._live(at, "customer"), self._live(at, "ticket")
        if what == "customer":
            at.insert("customer", name=one, **_reference(at, "parent", customers, other))
        elif what == "ticket":
            at.insert("ticket", subject=one, **_reference(at, "customer", customers, other))
        elif what == "rename" and customers:
            at.update("customer", customers[other % len(customers)], name=one)
        elif what == "move" and tickets:
            at.update(
                "ticket",
                tickets[one % len(tickets)],
                **_reference(at, "customer", customers, other),
            )
        elif what == "refer" and tickets:
            ids = [at.id("customer", uid) for uid in customers[other % 5 : other % 5 + 2]]
            at.update("ticket", tickets[one % len(tickets)], others=ids)
        elif what == "delete" and (found := self._live(at, one)):
            at.delete(one, found[other % len(found)])

    def _live(self, at: Instance, of: str) -> list[UUID]:
        return sorted(uid for uid, row in at.rows(of).items() if row["deleted"] is None)

    def settle(self) -> None:
        """Read until all is quiet."""
        for _ in range(20):
            if not sum(instance.read().rows for instance in self.instances):
                return
        raise AssertionError("the instances hand rows to and fro")

    def check(self) -> None:
        """Every difference is a conflict, or waits for a row that is one."""
        disputed = set()
        for at in self.instances:
            disputed |= {conflict["uid"] for conflict in at.conflicts()}
            disputed |= {row[0] for row in at.conn.execute("select uid from replica.pending")}
        for of in ("customer", "ticket"):
            first, *rest = (at.rows(of) for at in self.instances)
            for rows in rest:
                for uid in first.keys() | rows.keys():
                    if uid not in disputed:
                        assert first.get(uid) == rows.get(uid), (of, uid)


def _reference(at: Instance, code: str, rows: list[UUID], pick: int) -> dict[str, Any]:
    return {code: at.id("customer", rows[pick % len(rows)]) if rows and pick % 3 else None}


async def _broken_turn(at: Instance, how: str, call: int, end: int) -> None:
    """A turn that is killed, or loses a connection, before the call of that number."""
    (id,) = at.conn.execute("select id from replica.subscription").fetchone() or (0,)
    conn = await connect_async(at.database.url, autocommit=True)
    turn = Turn(conn, id)
    calls = 0
    rows = peers.rows_of

    async def counted(on: Any, query: str, values: tuple[object, ...]) -> Any:
        nonlocal calls
        calls += 1
        if calls == call and how == "kill":
            raise Killed
        if calls == call:
            victim = turn._peer.conn if end and turn._peer is not None else conn
            at.conn.execute("select pg_terminate_backend(%s)", (victim.info.backend_pid,))
        return await rows(on, query, values)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(turns, "rows_of", counted)
        patch.setattr(peers, "rows_of", counted)
        if how == "kill":

            async def gone(self: Turn, error: BaseException | None) -> None:
                """A killed process says nothing."""

            patch.setattr(Turn, "_end", gone)
        try:
            async with turn:
                if turn.result.ran:
                    await turn.catch_up()
        except (Killed, PeerUnreachable, psycopg.OperationalError):
            pass
        finally:
            if turn._peer is not None:
                await turn._peer.close()
            await conn.close()
    at.conn.execute("update replica.subscription set lease_until = null")


@pytest.fixture(scope="module")
def make_world(server: TestServer, template: str) -> Iterator[Callable[..., World]]:
    """Makes a world of so many instances."""
    with ExitStack() as stack:

        def make(number: int, deletion: str, policy: str) -> World:
            made = []
            for place in range(number):
                database = stack.enter_context(new_database(server, template))
                conn = stack.enter_context(database.connect())
                made.append(Instance(database, conn, place).make_shop(deletion))
            return World(made, policy)

        yield make


@pytest.mark.parametrize(
    ("number", "deletion", "policy"),
    [
        (2, "logical", "newer"),
        (2, "physical", "newer"),
        (2, "logical", "manual"),
        (3, "logical", "newer"),
        (3, "physical", "newer"),
    ],
)
def test_all_converge(
    make_world: Callable[..., World], number: int, deletion: str, policy: str
) -> None:
    """After any changes, kills and cuts: alike, or in dispute."""
    world = make_world(number, deletion, policy)

    @SETTINGS
    @given(st.lists(OPERATION, min_size=5, max_size=40))
    def run(operations: list[tuple[str, int, Any, int]]) -> None:
        for operation in operations:
            world.do(*operation)
        world.settle()
        world.check()

    run()
