"""Replication where it is awkward: keys that move, rows that wait, instances from a backup."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import psycopg
import pytest
from psycopg import sql

from runner.apply import upgrade
from runner.errors import PeerPositionLost
from tests.fix_database import Database, new_database
from tests.fix_replica import Instance
from tests.fix_server import TestServer
from tests.runner.test_replica import both_ways, same, settle

Pair = tuple[Instance, Instance]
Instances = Callable[[int], list[Instance]]


def unique_names(instance: Instance) -> Instance:
    """No two customers of one name, beside deleted ones."""
    table = instance.classes["customer"]
    instance.conn.execute(
        sql.SQL("create unique index on {} ({}) where deleted is null").format(
            table.table, table.column("name")
        )
    )
    return instance


def fill(instance: Instance, number: int, *, anew: bool = False) -> None:
    """Customers with names, in one transaction; anew: instead of those that are there."""
    table = instance.classes["customer"]
    with instance.conn.transaction():
        if anew:
            instance.conn.execute(sql.SQL("delete from {}").format(table.table))
        instance.conn.execute(
            sql.SQL("insert into {} ({}) select 'n' || g from generate_series(1, %s) as g").format(
                table.table, table.column("name")
            ),
            (number,),
        )


@pytest.mark.parametrize("deletion", ["logical", "physical"])
def test_rows_replaced_under_the_same_keys(instances: Instances, deletion: str) -> None:
    """What is deleted makes room for what is new, however much it is."""
    here, there = [unique_names(instance.make_shop(deletion)) for instance in instances(2)]
    here.subscribe(there)
    fill(there, 250)
    here.read()
    fill(there, 250, anew=True)
    here.read()
    same(here, there)
    assert here.conflicts() == []


def test_rows_that_never_fit_keep_no_others_waiting(pair: Pair) -> None:
    """Each has its turn again, and those that fit by then come in one reading."""
    here, there = pair
    table = here.classes["customer"]
    here.conn.execute(
        sql.SQL("alter table {} add constraint odd check ({} not like 'n%%')").format(
            table.table, table.column("name")
        )
    )
    here.subscribe(there)
    fill(there, 230)
    here.read()
    assert len(here.conflicts()) == 230
    here.conn.execute(
        sql.SQL(
            "alter table {0} drop constraint odd, add constraint odd"
            " check ({1} not like 'n%%' or substr({1}, 2)::integer > 110)"
        ).format(table.table, table.column("name"))
    )
    for number in range(3):
        there.insert("customer", name=f"other {number}")
        here.read()
    assert len(here.conflicts()) == 110
    assert len(here.rows("customer")) == 230 - 110 + 3


def test_a_reference_set_while_another_waits(pair: Pair) -> None:
    """What a person writes counts, here and at the peer; what nobody touched still waits."""
    here, there = pair
    both_ways(here, there)
    table = here.classes["customer"]
    here.conn.execute(
        sql.SQL("alter table {} add constraint odd check ({} <> 'odd')").format(
            table.table, table.column("name")
        )
    )
    odd, ada, bea = [there.insert("customer", name=name) for name in ("odd", "Ada", "Bea")]
    values = {
        "customer": there.id("customer", odd),
        "others": [there.id("customer", uid) for uid in (odd, ada)],
    }
    tickets = [there.insert("ticket", subject=str(n), **values) for n in range(3)]
    here.read()
    assert {row["customer"] for row in here.rows("ticket").values()} == {None}
    here.update("ticket", tickets[0], customer=here.id("customer", ada), others=[])
    here.update("ticket", tickets[1], others=[here.id("customer", bea)])
    here.update("ticket", tickets[2], subject="new")
    settle(here, there)
    seen = there.rows("ticket")
    assert [seen[uid]["customer"] for uid in tickets] == [ada, odd, odd]
    assert [seen[uid]["others"] for uid in tickets] == [[], [bea], [odd, ada]]
    there.update("customer", odd, name="Odette")
    settle(here, there)
    same(here, there)


def test_several_references_that_come_one_after_the_other(pair: Pair) -> None:
    """Each is filled when its row comes, also after others were."""
    here, there = pair
    both_ways(here, there)
    table = here.classes["customer"]
    here.conn.execute(
        sql.SQL("alter table {} add constraint odd check ({} not like 'odd%%')").format(
            table.table, table.column("name")
        )
    )
    odd = [there.insert("customer", name=f"odd {n}") for n in range(3)]
    ticket = there.insert("ticket", others=[there.id("customer", uid) for uid in odd])
    here.read()
    for number, uid in enumerate(odd, 1):
        there.update("customer", uid, name="even")
        settle(here, there)
        assert here.rows("ticket")[ticket]["others"] == odd[:number]
        assert there.rows("ticket")[ticket]["others"] == odd
    assert here.status()["waiting"] == 0


def test_references_that_wait_during_an_upgrade(pair: Pair) -> None:
    """From the revision before 0031: they wait on, with what stands in their place."""
    here, there = pair
    here.subscribe(there)
    table = here.classes["customer"]
    here.conn.execute(
        sql.SQL("alter table {} add constraint odd check ({} <> 'odd')").format(
            table.table, table.column("name")
        )
    )
    uids = [there.insert("customer", name=name) for name in ("odd", "Ada")]
    ticket = there.insert("ticket", others=[there.id("customer", uid) for uid in uids])
    here.read()
    here.conn.execute(
        "alter table replica.pending drop column put;"
        " alter table replica.conflict drop column tried;"
        " update core.alembic_version set version_num = '0030'"
    )
    upgrade(here.database.url)
    there.update("customer", uids[0], name="even")
    here.read()
    assert here.rows("ticket")[ticket]["others"] == uids
    assert here.status()["waiting"] == 0


def at(instance: Instance, database: Database, conn: psycopg.Connection[Any]) -> Instance:
    """The instance as it is in another database."""
    other = Instance.__new__(Instance)
    other.__dict__.update(vars(instance), database=database, conn=conn)
    other.classes = {code: replace(table, conn=conn) for code, table in instance.classes.items()}
    return other


@pytest.mark.parametrize("deletion", ["logical", "physical"])
def test_one_side_from_a_backup(
    instances: Instances, deletion: str, server: TestServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What it lost comes back; what it writes anew is no write of before."""
    former, there = [instance.make_shop(deletion) for instance in instances(2)]
    both_ways(former, there)
    uids = [former.insert("customer", name=f"n{n}") for n in range(5)]
    theirs = there.insert("customer", name="theirs")
    before = there.insert("customer", name="deleted before")
    settle(former, there)
    former.delete("customer", before)
    settle(former, there)
    former.conn.close()
    with (
        new_database(server, former.database.name) as backup,
        backup.connect() as restored,
        former.database.connect() as original,
    ):
        here = at(former, backup, restored)
        former = at(former, former.database, original)
        former.update("customer", uids[0], city="lost")
        former.update("customer", uids[1], city="lost")
        former.update("customer", theirs, city="lost")
        if deletion == "logical":  # a physical one is told by the feed alone
            former.delete("customer", uids[2])
        lost = former.insert("customer", name="lost")
        settle(former, there)
        monkeypatch.setenv(f"PEER_{former.database.name}", backup.url)
        here.update("customer", uids[0], city="again")
        here.update("customer", theirs, city="again")
        here.update("customer", uids[3], city="new")
        for instance in (here, there):
            with pytest.raises(PeerPositionLost):
                instance.read()
            instance.conn.execute("select replica.resync(id) from replica.subscription")
        settle(here, there)
        same(here, there)
        assert here.has("customer", lost)
        assert not here.has("customer", before)
        rows = here.rows("customer")
        assert [rows[uid]["city"] for uid in (*uids[:2], uids[3], theirs)] == [
            "again", "lost", "new", "again",
        ]  # fmt: skip
        decided = {c["uid"] for c in (*here.conflicts("resolved"), *there.conflicts("resolved"))}
        assert decided == {uids[0], theirs}
