"""A05: HTTP, pages, exports and imports answer row by row as plain Python says, as SQL does."""

from __future__ import annotations

import re
import uuid
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from psycopg import sql
from psycopg.types.json import Jsonb

from runner.batch.exporter import request_export, run_export
from runner.batch.importer import request_import, run_import
from tests.fix_database import Database, new_database
from tests.fix_pages import PASSWORD
from tests.fix_runner import PATIENCE
from tests.fix_server import TestServer
from tests.fix_web import WebServer, serving
from tests.rights_model import Row, World, rows, worlds
from tests.sql.test_rights_everywhere import (
    Built,
    Ground,
    alter,
    build,
    ground_on,
    view_door,
)

LINK = re.compile(r'href="/pages/firm/ticket/(\d+)"')
COLUMNS = ["unit", "units", "owner", "team"]
REFUSED = (401, 403)


@dataclass
class Office:
    """The company in a database that is served; worlds come and go on it."""

    database: Database
    server: WebServer
    ground: Ground
    folder: Path
    accounts: list[str] = field(default_factory=list)
    answers: Counter[tuple[str, bool]] = field(default_factory=Counter)
    """How often the rules said yes or no to reading and changing a row."""

    @property
    def conn(self) -> psycopg.Connection[Any]:
        """The owner's connection."""
        return self.ground.company.conn

    def settle(self, world: World) -> Built:
        """Make a world of accounts that nobody had before; rows of former ones are deleted."""
        company = self.ground.company
        for table in (
            company.ticket, company.membership, company.report, self.ground.team, company.unit,
        ):  # fmt: skip
            self.conn.execute(sql.SQL("delete from {}").format(table.table))
        login = f"m{uuid.uuid4().hex[:8]}_"
        built = build(self.ground, world, tables=False, login=login)
        for place in range(len(world.accounts)):
            self.accounts.append(f"{login}{place}")
            company.grant(f"{login}{place}", "see")
            self.conn.execute(f"alter role {login}{place} password '{PASSWORD}'".encode())
        for place in range(len(world.rows)):
            self.mark(built, place)
        return built

    def mark(self, built: Built, place: int) -> None:
        """The row as the world has it, under the name by which an import finds it."""
        self.ground.company.ticket.update(
            built.rows[place],
            subject=f"row {place}",
            note=None,
            **built.values(built.world.rows[place]),
        )

    def noted(self, built: Built, note: str) -> set[int]:
        """Places of rows with this note, which are then as they were before."""
        found = {
            built.rows.index(row)
            for (row,) in self.conn.execute(
                "select id from api.firm_ticket where note = %s", (note,)
            ).fetchall()
        }
        for place in found:
            self.mark(built, place)
        return found


@pytest.fixture(scope="module")
def office(server: TestServer, template: str, web_folder: Path) -> Iterator[Office]:
    """The company, an export and an import of tickets, and the web service."""
    with new_database(server, template) as database, database.connect() as conn:
        ground = ground_on(conn)
        company = ground.company
        company.role("see", *({"class": code, "allow": ["read"]} for code in ("unit", "team")))
        conn.execute("update meta.class set web_service = true")
        for kind, definition in (
            ("export", {"columns": ["id"]}),
            (
                "import",
                {
                    "columns": {code: code for code in ("subject", "note", *COLUMNS)},
                    "references": {code: "id" for code in COLUMNS if code != "owner"},
                    "match": ["subject"],
                    "action": "update",
                },
            ),
        ):
            conn.execute(
                f"select batch.set_{kind}(%s, 'tickets', %s)".encode(),
                (company.model, Jsonb({"class": "ticket", "format": "csv", **definition})),
            )
        with serving(database, web_folder, web_schemas="api") as served:
            office = Office(database, served, ground, web_folder)
            yield office
        for login in office.accounts:
            name = sql.Identifier(login)
            conn.execute(sql.SQL("drop owned by {}").format(name))
            conn.execute(sql.SQL("drop role {}").format(name))


def places(built: Built, ids: set[int]) -> set[int]:
    """Places of rows by their ids, all of which must be of this world."""
    return {built.rows.index(row) for row in ids}


def get(office: Office, built: Built, login: str) -> set[int]:
    """What GET gives."""
    with httpx.Client(base_url=office.server.url, timeout=PATIENCE) as http:
        answer = http.get("/firm_ticket?select=id", headers=headers(office, login))
    if answer.status_code in REFUSED:
        return set()
    assert answer.status_code == 200, answer.text
    return places(built, {row["id"] for row in answer.json()})


def headers(office: Office, login: str) -> dict[str, str]:
    """The token of an account."""
    with office.server.client(login) as client:
        return {"Authorization": client.headers["Authorization"]}


def page(office: Office, built: Built, login: str) -> set[int]:
    """What the list page shows; who is suspended does not come so far."""
    with httpx.Client(base_url=office.server.url, timeout=PATIENCE) as http:
        entered = http.post("/pages/login", data={"login": login, "password": PASSWORD})
        if entered.status_code == 401:
            return set()
        assert entered.status_code == 303, entered.text
        answer = http.get("/pages/firm/ticket")
        if answer.status_code in (403, 404):
            return set()
        assert answer.status_code == 200, answer.text
        found = {int(row) for row in LINK.findall(answer.text)}
        for place, row in enumerate(built.rows):
            shown = http.get(f"/pages/firm/ticket/{row}")
            assert (shown.status_code == 200) == (row in found), (place, shown.text)
    return places(built, found)


def exported(office: Office, built: Built, login: str) -> set[int]:
    """What an export of the account writes."""
    path = office.folder / f"{uuid.uuid4().hex}.csv"
    try:
        run = request_export(office.conn, "tickets", login)
    except psycopg.errors.InsufficientPrivilege:
        return set()
    done = run_export(office.database.url, run, to=path)
    if done.state != "done":
        assert not path.exists()
        return set()
    return places(built, {int(line) for line in path.read_text().splitlines()[1:]})


def patched(office: Office, built: Built, login: str, new: Row) -> set[int]:
    """Rows that PATCH gives other values."""
    note = uuid.uuid4().hex
    with httpx.Client(
        base_url=office.server.url, timeout=PATIENCE, headers=headers(office, login)
    ) as http:
        for row in built.rows:
            body = {"note": note, **built.values(new)}
            answer = http.patch(f"/firm_ticket?id=eq.{row}", json=body)
            assert answer.status_code in (204, *REFUSED), answer.text
    return office.noted(built, note)


def imported(office: Office, built: Built, login: str, new: Row) -> set[int]:
    """Rows that an import of the account gives other values, all of them being in its file."""
    note = uuid.uuid4().hex
    values = built.values(new)
    line = [
        note,
        values["unit"] or "",
        "|".join(map(str, values["units"])),
        "" if new.owner is None else f"{built.login}{new.owner}",
        values["team"] or "",
    ]
    path = office.folder / f"{note}.csv"
    path.write_text(
        "\n".join(
            ",".join(map(str, cells))
            for cells in (
                ["subject", "note", *COLUMNS],
                *([f"row {place}", *line] for place in range(len(built.rows))),
            )
        )
    )
    try:
        run = request_import(office.conn, "tickets", path, account=login)
    except psycopg.errors.InsufficientPrivilege:
        return set()
    run_import(office.database.url, run, path)
    return office.noted(built, note)


def agree(office: Office, built: Built, new: Row) -> None:
    """Every door, for everybody, and every row."""
    world = built.world
    everything = range(len(world.rows))
    door = view_door(built)
    for account in range(len(world.accounts)):
        login = f"{built.login}{account}"
        readable = {place for place in everything if world.reads(account, place)}
        with office.conn.transaction():
            assert door.read(account) == readable
        for way in (get, page, exported):
            assert way(office, built, login) == readable, way.__name__
        changeable = {place for place in everything if world.changes(account, place, new)}
        for place in everything:
            office.answers["read", place in readable] += 1
            office.answers["change", place in changeable] += 1
        for change in (patched, imported):
            assert change(office, built, login, new) == changeable, change.__name__


def test_every_door_answers_as_the_rules_say(office: Office) -> None:
    """Before and after something in the organisation changed."""

    @settings(
        max_examples=4,
        deadline=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=[HealthCheck.too_slow],
    )
    @given(data=st.data())
    def ask(data: st.DataObject) -> None:
        world = data.draw(worlds())
        built = office.settle(world)
        new = data.draw(rows(len(world.parents), len(world.accounts), len(world.team_parents)))
        agree(office, built, new)
        alter(built, data)
        agree(office, built, new)

    ask()
    assert min(office.answers.values()) > 2, office.answers
    assert len(office.answers) == 4
