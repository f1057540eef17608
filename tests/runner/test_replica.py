"""Rows move from instance to instance by code and uid."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import replace

import psycopg
import pytest
from psycopg import sql
from psycopg.types.json import Jsonb

from runner.errors import ForgedSource, PeerPositionLost, ReadingNotOpened, ReadingRefused
from runner.replica.peer import Batch, Position
from runner.replica.turn import Turn
from tests.fix_replica import Instance

Pair = tuple[Instance, Instance]
Instances = Callable[[int], list[Instance]]


def both_ways(one: Instance, other: Instance, policy: str = "newer") -> None:
    """Each reads the other."""
    one.subscribe(other, policy)
    other.subscribe(one, policy)


def settle(*instances: Instance) -> None:
    """Read until nothing new arrives anywhere."""
    for _ in range(10):
        if not sum(instance.read().rows for instance in instances):
            return
    raise AssertionError("the instances hand rows to and fro")


def same(*instances: Instance) -> None:
    """All hold the same rows."""
    for of in ("customer", "ticket"):
        for other in instances[1:]:
            assert instances[0].rows(of) == other.rows(of)


def test_rows_arrive_with_references_by_uid(pair: Pair) -> None:
    """What was there is copied, what changes follows; system columns are the writer's."""
    here, there = pair
    first = there.insert("customer", name="Ada")
    here.subscribe(there)
    here.read()
    assert here.rows("customer") == there.rows("customer")

    second = there.insert("customer", name="Bob", parent=there.id("customer", first))
    ticket = there.insert(
        "ticket",
        subject="late",
        customer=there.id("customer", second),
        others=[there.id("customer", second), there.id("customer", first)],
        about=there.id("customer", first),
        about__class="shop.customer",
    )
    there.update("customer", first, city="Ghent")
    assert here.read().rows > 0
    assert here.classes["ticket"].id != there.classes["ticket"].id
    same(here, there)
    assert here.rows("ticket")[ticket]["others"] == [second, first]
    assert here.read().rows == 0


def test_a_reference_waits_for_its_target(pair: Pair) -> None:
    """Rows may come in any order; a row that waits goes on to others as it came."""
    here, there = pair
    here.subscribe(there, classes=["ticket", "customer"])
    ada, bob = (there.insert("customer", name=name) for name in ("Ada", "Bob"))
    ticket = there.insert(
        "ticket",
        customer=there.id("customer", ada),
        others=[there.id("customer", bob), there.id("customer", ada)],
        about=there.id("customer", bob),
        about__class="shop.customer",
    )
    later = here.subscribe(there, classes=["ticket"])
    here.read()
    row = here.rows("ticket")[ticket]
    assert (row["customer"], row["others"], row["about"]) == (None, [], None)
    assert here.status()["waiting"] == 3

    assert here.subscribe(there, classes=["ticket", "customer"]) == later
    here.read()
    same(here, there)
    assert here.status()["waiting"] == 0


def test_users_classes_and_files_travel_by_what_is_the_same_everywhere(pair: Pair) -> None:
    """Logins, class paths, and files with their content, each content once."""
    here, there = pair
    for instance in pair:
        instance.conn.execute("select access.ensure_account(session_user::text)")
    here.subscribe(there)
    content = bytes(range(256)) * 9000  # more than two pieces
    files = [
        there.definitions.scalar("select core.store_file(%s, 'text/plain', %s)", name, content)
        for name in ("a.txt", "b.txt")
    ]
    ticket = there.insert(
        "ticket",
        owner=there.definitions.scalar("select id from access.account where login = session_user"),
        kind=there.classes["ticket"].id,
        paper=files[0],
        papers=files,
    )
    here.read()
    same(here, there)
    row = here.rows("ticket")[ticket]
    assert (row["kind"], row["paper"]["name"], len(row["papers"])) == ("shop.ticket", "a.txt", 2)
    assert here.definitions.scalar(
        "select content = %s from core.file_content where sha256 = sha256(%s)", content, content
    )
    assert here.definitions.scalar("select count(*) from core.file_content") == 1


@pytest.mark.parametrize("deletion", ["logical", "physical"])
def test_deletions_arrive(instances: Instances, deletion: str) -> None:
    """Deleted rows are deleted everywhere, with who and when; unseen ones never come to life."""
    here, there = (instance.make_shop(deletion) for instance in instances(2))
    both_ways(here, there)
    ada = there.insert("customer", name="Ada")
    settle(here, there)
    here.delete("customer", ada)
    bob = there.insert("customer", name="Bob")
    there.delete("customer", bob)
    settle(here, there)
    same(here, there)
    assert not here.has("customer", ada)
    assert not there.has("customer", ada)
    assert not here.has("customer", bob)
    assert len(there.rows("customer")) == (2 if deletion == "logical" else 0)


def test_both_directions_without_loops(pair: Pair) -> None:
    """Changes go back and forth; nothing comes home as news."""
    one, other = pair
    both_ways(one, other)
    ada = one.insert("customer", name="Ada")
    settle(one, other)
    other.update("customer", ada, city="Oslo")
    settle(one, other)
    one.update("customer", ada, name="Ada L.")
    settle(one, other)
    same(one, other)
    row = one.rows("customer")[ada]
    assert (row["name"], row["city"], row["version"]) == ("Ada L.", "Oslo", 3)
    feed = "select count(*) from feed.change where source = 'replica'"
    assert one.definitions.scalar(feed) == 1
    assert other.definitions.scalar(feed) == 2


def test_the_later_change_wins(pair: Pair) -> None:
    """Policy newer: both sides decide alike, and both keep what lost."""
    one, other = pair
    both_ways(one, other)
    ada = one.insert("customer", name="Ada")
    settle(one, other)
    one.update("customer", ada, city="Oslo")
    other.update("customer", ada, city="Rome")
    settle(one, other)
    same(one, other)
    assert one.rows("customer")[ada]["city"] == "Rome"
    assert one.conflicts() + other.conflicts() == []
    (there,) = [c for c in one.conflicts("resolved") if c["kind"] == "conflict"]
    assert there["differences"]["city"] == {"old": None, "current": "Oslo", "incoming": "Rome"}
    assert there["resolution"] == "source"
    # A change on top of the settled row is no conflict again.
    one.update("customer", ada, city="Bonn")
    settle(one, other)
    same(one, other)
    assert len(one.conflicts("resolved")) + len(other.conflicts("resolved")) <= 2


@pytest.mark.parametrize("authority", ["one", "other"])
def test_an_authority_wins(pair: Pair, authority: str) -> None:
    """Policies source and target: one side's row counts, whenever it was written."""
    one, other = pair
    one.subscribe(other, "target" if authority == "one" else "source")
    other.subscribe(one, "source" if authority == "one" else "target")
    ada = one.insert("customer", name="Ada")
    settle(one, other)
    other.update("customer", ada, city="other")
    one.update("customer", ada, city="one")
    settle(one, other)
    same(one, other)
    assert one.rows("customer")[ada]["city"] == authority


def test_two_authorities_are_refused(pair: Pair) -> None:
    """Each side would hand its row to the other for ever."""
    one, other = pair
    one.subscribe(other, "source")
    one.read()
    other.subscribe(one, "source")
    with pytest.raises(psycopg.DatabaseError, match="both sides") as refused:
        other.read()
    assert refused.value.sqlstate == "PG806"
    assert other.status()["state"] == "failing"


@pytest.mark.parametrize("winner", ["source", "target"])
def test_a_person_decides(pair: Pair, winner: str) -> None:
    """Policy manual: both rows stay until one is chosen; the choice ends it on both sides."""
    one, other = pair
    both_ways(one, other, "manual")
    ada = one.insert("customer", name="Ada", city="old")
    settle(one, other)
    one.update("customer", ada, city="one")
    other.update("customer", ada, city="other")
    settle(one, other)
    assert one.rows("customer")[ada]["city"] == "one"
    assert other.rows("customer")[ada]["city"] == "other"
    (conflict,) = one.conflicts()
    assert conflict["differences"] == {
        "city": {"old": "old", "current": "one", "incoming": "other"},
    }
    one.conn.execute("set role pgears_admin")
    (hidden,) = one.conflicts()
    one.conn.execute("reset role")
    assert (hidden["uid"], hidden["differences"], hidden["current"]) == (ada, None, None)
    one.conn.execute("select replica.resolve(%s, %s)", (conflict["id"], winner))
    settle(one, other)
    same(one, other)
    assert one.rows("customer")[ada]["city"] == {"source": "other", "target": "one"}[winner]
    assert one.conflicts() + other.conflicts() == []


def test_ring_of_three(instances: Instances) -> None:
    """A reads B, B reads C, C reads A: all see all, and nothing goes round twice."""
    ring = [instance.make_shop() for instance in instances(3)]
    for place, instance in enumerate(ring):
        instance.subscribe(ring[(place + 1) % 3])
    made = [instance.insert("customer", name=instance.name) for instance in ring]
    settle(*ring)
    same(*ring)
    assert set(ring[0].rows("customer")) == set(made)
    for instance in ring:
        instance.update("customer", made[0], city=instance.name)
    settle(*ring)
    same(*ring)
    assert ring[0].rows("customer")[made[0]]["city"] == "c"
    before = [i.definitions.scalar("select count(*) from feed.change") for i in ring]
    settle(*ring)
    assert [i.definitions.scalar("select count(*) from feed.change") for i in ring] == before


def test_a_refused_row_stops_nothing(pair: Pair) -> None:
    """A row that breaks a key here is set aside, and comes when it fits."""
    here, there = pair
    here.conn.execute(
        sql.SQL("create unique index on {} ({})").format(
            here.classes["customer"].table, here.classes["customer"].column("name")
        )
    )
    mine = here.insert("customer", name="Ada")
    here.subscribe(there)
    theirs = there.insert("customer", name="Ada")
    rest = [there.insert("customer", name=f"n{n}") for n in range(20)]
    here.read()
    assert set(here.rows("customer")) == {mine, *rest}
    (refused,) = here.conflicts()
    assert (refused["kind"], refused["uid"]) == ("refused", theirs)
    assert "unique" in refused["reason"]
    here.update("customer", mine, name="Ada 2")
    there.update("customer", rest[0], city="news")
    here.read()
    assert here.has("customer", theirs)
    assert not here.conflicts()


def test_an_older_schema_keeps_up(instances: Instances) -> None:
    """Columns unknown here are ignored and named; those missing there keep their values."""
    one, other = instances(2)
    one.make_shop(phone={"type": "text"})
    other.make_shop(street={"type": "text"})
    both_ways(one, other)
    ada = one.insert("customer", name="Ada", phone="1")
    settle(one, other)
    other.update("customer", ada, street="Main")
    settle(one, other)
    other.update("customer", ada, name="Ada L.")
    settle(one, other)
    row = one.rows("customer")[ada]
    assert (row["name"], row["phone"]) == ("Ada L.", "1")
    assert other.rows("customer")[ada]["street"] == "Main"
    assert one.status()["unknown"] == {"shop.customer": ["street"]}
    assert one.status()["missing"] == {"shop.customer": ["phone"]}


def test_filter(pair: Pair) -> None:
    """Only rows with the values asked for come."""
    here, there = pair
    here.subscribe(there, filter={"customer": {"city": ["Oslo", "Rome"]}})
    rows = {city: there.insert("customer", city=city) for city in ("Oslo", "Rome", "Bonn")}
    here.read()
    assert set(here.rows("customer")) == {rows["Oslo"], rows["Rome"]}
    there.update("customer", rows["Bonn"], city="Rome")
    here.read()
    assert set(here.rows("customer")) == set(rows.values())


def test_a_statement_larger_than_a_batch(pair: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    """Positions lie within statements, too."""
    monkeypatch.setattr("runner.replica.turn.ROWS", 7)
    here, there = pair
    here.subscribe(there)
    here.read()
    customer = there.classes["customer"]
    there.conn.execute(
        sql.SQL("insert into {} ({}) select n::text from generate_series(1, 100) as n").format(
            customer.table, customer.column("name")
        )
    )
    there.conn.execute(
        sql.SQL("update {} set {} = 'x'").format(customer.table, customer.column("city"))
    )
    assert here.read().batches > 14
    same(here, there)


def test_only_what_lasts_is_confirmed(pair: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    """Batches before the last do not wait for the disk, so no position of theirs is confirmed."""
    monkeypatch.setattr("runner.replica.turn.ROWS", 7)
    here, there = pair
    here.subscribe(there)
    here.read()
    table = here.classes["customer"].table
    here.conn.execute(
        sql.SQL("alter database {} set synchronous_commit = local").format(
            sql.Identifier(here.database.name)
        )
    )
    here.conn.execute(
        sql.SQL("""
            create table public.waited (n bigint generated always as identity, waits text);
            create function public.note() returns trigger language plpgsql as $$ begin
              insert into public.waited (waits) values (current_setting('synchronous_commit'));
              return null;
            end $$;
            create trigger note after insert on {} execute function public.note();
        """).format(table)
    )
    customer = there.classes["customer"]
    there.conn.execute(
        sql.SQL("insert into {} ({}) select n::text from generate_series(1, 40) as n").format(
            customer.table, customer.column("name")
        )
    )
    confirmed: list[bool] = []
    applied: list[bool] = []
    read, apply = Turn._read, Turn._apply

    async def reads(self: Turn, position: Position, *, confirm: bool = False) -> Batch:
        confirmed.append(confirm)
        return await read(self, position, confirm=confirm)

    async def applies(self: Turn, batch: Batch) -> None:
        applied.append(True)
        if len(applied) == 3:
            raise psycopg.errors.SerializationFailure("somebody else")
        await apply(self, batch)

    monkeypatch.setattr(Turn, "_read", reads)
    monkeypatch.setattr(Turn, "_apply", applies)
    here.read()
    same(here, there)
    # At the start, ahead of three, and again from a position that is not known to last.
    assert confirmed[:5] == [True, False, False, False, False]
    assert not any(confirmed[1:])
    waits = [row[0] for row in here.conn.execute("select waits from public.waited order by n")]
    assert len(waits) > 3
    assert set(waits[:-1]) == {"off"}
    assert waits[-1] == "local"
    here.read()
    assert confirmed[-1]


def test_nothing_is_passed_over_when_a_class_cannot_be_read(pair: Pair) -> None:
    """A right that is gone for a moment stops the reading; it does not lose changes."""
    here, there = pair
    here.subscribe(there)
    here.read()
    there.conn.execute("update meta.class set code = 'hidden' where code = 'customer'")
    there.insert("ticket", subject="meanwhile")
    with pytest.raises(psycopg.DatabaseError) as refused:
        here.read()
    assert refused.value.sqlstate == "PG803"
    there.conn.execute("update meta.class set code = 'customer' where code = 'hidden'")
    here.read()
    same(here, there)


def test_resync_of_one_class(pair: Pair) -> None:
    """What was lost here comes again; what is right is not written."""
    here, there = pair
    id = here.subscribe(there)
    uids = [there.insert("customer", name=str(n)) for n in range(5)]
    here.read()
    table = here.classes["customer"].table
    with here.conn.transaction():
        here.conn.execute(sql.SQL("alter table {} disable trigger user").format(table))
        here.conn.execute(sql.SQL("delete from {} where uid = %s").format(table), (uids[2],))
        here.conn.execute("delete from replica.row_state where uid = %s", (uids[2],))
        here.conn.execute(sql.SQL("alter table {} enable trigger user").format(table))
    here.conn.execute("select replica.resync(%s, 'customer')", (id,))
    assert here.status()["state"] == "copying"
    assert here.read().rows == 1
    same(here, there)
    assert here.status()["state"] == "streaming"


def test_a_restored_peer_is_noticed(pair: Pair) -> None:
    """Another database behind the same URL is not read as if it were the former one."""
    here, there = pair
    id = here.subscribe(there)
    ada = there.insert("customer", name="Ada")
    here.read()
    here.conn.execute("update replica.subscription set epoch = 'elsewhere'")
    with pytest.raises(PeerPositionLost):
        here.read()
    here.conn.execute("select replica.resync(%s)", (id,))
    there.update("customer", ada, city="Oslo")
    here.read()
    same(here, there)


def test_nobody_else_writes_system_columns(pair: Pair) -> None:
    """The mark "replica" cannot be set by hand or by administrators."""
    here, _ = pair
    customer = here.classes["customer"]
    customer.insert(name="Ada")
    statements = (
        "update {} set version = 99, modifier = 'me'",
        "insert into {} (deleted, deleter) values (now(), 'me')",
        "insert into {} (version) values (7)",
    )
    for statement in statements:
        here.conn.execute("select set_config('pgears.source', 'replica', false)")
        with pytest.raises(ForgedSource):
            here.conn.execute(sql.SQL(statement).format(customer.table))
    here.conn.execute("select set_config('pgears.source', '', false)")
    with pytest.raises(psycopg.DatabaseError, match="apply_changes alone"):
        here.conn.execute("select core.set_source('replica')")


@pytest.fixture
def logins(pair: Pair) -> Iterator[tuple[str, str]]:
    """A runner of the first instance and an account of a peer at the second, nothing more."""
    here, there = pair
    names = (f"run_{here.database.name[-8:]}", f"peer_{there.database.name[-8:]}")
    for name, group in zip(names, ("pgears_runner", "pgears_peer"), strict=True):
        here.conn.execute(
            sql.SQL("create role {} in role {}").format(sql.Identifier(name), sql.Identifier(group))
        )
    yield names
    for instance, name in zip(pair, names, strict=True):
        instance.conn.execute(sql.SQL("drop owned by {}").format(sql.Identifier(name)))
    for name in names:
        here.conn.execute(sql.SQL("drop role {}").format(sql.Identifier(name)))


def test_narrow_accounts_are_enough(pair: Pair, logins: tuple[str, str]) -> None:
    """A peer's account needs pgears_peer and the right to read; a runner's, pgears_runner."""
    here, there = pair
    run, peer = logins
    here.subscribe(there)
    reference = f"PEER_{there.database.name}"
    os.environ[reference] = f"{there.database.url}?options=-c%20role%3D{peer}"
    uids = [there.insert("customer", name=str(number)) for number in range(3)]
    as_runner = replace(here.database, url=f"{here.database.url}?options=-c%20role%3D{run}")
    with pytest.raises(ReadingRefused):
        here.read_from(as_runner)

    there.conn.execute("select access.adopt_account(%s)", (peer,))
    rights = [{"class": of, "allow": ["read"]} for of in ("customer", "ticket")]
    there.conn.execute(
        "select access.set_role(id, 'reader', %s) from meta.model where code = 'shop'",
        (Jsonb({"rights": rights}),),
    )
    there.conn.execute("select access.grant_role(%s, 'reader')", (peer,))
    here.conn.execute("update core.setting set value = '1' where code = 'mass_threshold'")
    here.read_from(as_runner)
    there.conn.execute(
        sql.SQL("update {} set {} = 'Oslo'").format(
            there.classes["customer"].table, there.classes["customer"].column("city")
        )
    )
    here.read_from(as_runner)
    same(here, there)
    assert set(here.rows("customer")) == set(uids)

    with psycopg.connect(os.environ[reference], autocommit=True) as conn:
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            conn.execute("select * from replica.status")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            conn.execute("select replica.apply_changes(1, gen_random_uuid(), '[]', '{}')")
        with pytest.raises(ReadingNotOpened):
            conn.execute("select replica.read_changes('x', '1', 0, 0)")
    with as_runner.connect() as conn, pytest.raises(psycopg.errors.InsufficientPrivilege):
        conn.execute("select replica.begin_writing(false)")
