"""What a class has of the one it inherits from, and what stays each one's own."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest
from psycopg import sql
from psycopg.types.json import Jsonb

from runner.errors import LimitsBroken
from runner.model.views import update_views

FILE = {
    "model": "zoo",
    "classes": {
        "animal": {
            "description": "{{column.name}}",
            "archive": True,
            "columns": {
                "name": {"type": "text", "mandatory": True, "position": 1},
                "legs": {"type": "integer", "max": 8, "default": 4, "position": 2},
            },
            "keys": [["name"]],
        },
        "dog": {"parent": "animal", "columns": {"trick": {"type": "text", "position": 1}}},
        "cage": {"columns": {"guest": {"type": "reference", "class": "animal", "position": 1}}},
    },
    "queries": {
        "all_animals": {
            "sql": "select id, name, legs, 'animal' as class from {{class.animal}}\n"
            "union all\n"
            "select id, name, legs, 'dog' from {{class.dog}}\n"
        }
    },
    "rules": {
        "shout": {
            "class": "animal",
            "event": "before_insert",
            "set": {"name": "upper({{column.name}})"},
        }
    },
    "roles": {
        "keeper": {
            "rights": [
                {"class": "animal", "allow": ["read"]},
                {"query": "all_animals", "allow": ["read"]},
            ]
        },
        "trainer": {"rights": [{"class": "dog", "allow": ["read"]}]},
    },
}


@pytest.fixture
def zoo(conn: psycopg.Connection[Any]) -> psycopg.Connection[Any]:
    """An animal, a dog of the same name, and both in a cage."""
    conn.execute("select meta.apply_model(%s)", (Jsonb(FILE),))
    update_views(conn)
    conn.execute("insert into api.zoo_animal (name) values ('Rex')")
    conn.execute("insert into api.zoo_dog (name, trick) values ('REX', 'sits')")
    conn.execute(
        "insert into api.zoo_cage (guest) select id from api.zoo_all_animals order by class"
    )
    return conn


def names(conn: psycopg.Connection[Any], view: str) -> list[str]:
    """Names in a view, by id."""
    query = sql.SQL("select name from {} order by id").format(sql.Identifier("api", view))
    return [row[0] for row in conn.execute(query)]


def test_each_view_shows_its_own_rows(zoo: psycopg.Connection[Any]) -> None:
    """All of a family are a query over their views; ids are those of one row of numbers."""
    assert names(zoo, "zoo_animal") == ["REX"]
    assert names(zoo, "zoo_dog") == ["REX"]
    family = zoo.execute("select class, name, legs from api.zoo_all_animals order by id").fetchall()
    assert family == [("animal", "REX", 4), ("dog", "REX", 4)]
    ids = zoo.execute("select count(distinct id) from api.zoo_all_animals").fetchone()
    assert ids == (2,)
    assert zoo.execute("select guest__text from api.zoo_cage").fetchall() == [("REX",), ("REX",)]


def test_columns_limits_keys_and_description_are_inherited(zoo: psycopg.Connection[Any]) -> None:
    with pytest.raises(LimitsBroken, match="legs"), zoo.transaction():
        zoo.execute("insert into api.zoo_dog (name, legs) values ('Ant', 9)")
    with pytest.raises(psycopg.errors.UniqueViolation), zoo.transaction():
        zoo.execute("insert into api.zoo_dog (name) values ('REX')")
    assert zoo.execute("select shortdescription from api.zoo_dog").fetchone() == ("REX",)


def test_archive_rules_and_rights_are_not(zoo: psycopg.Connection[Any]) -> None:
    """They are said of each class."""
    archived = "select to_regclass('data.archive_' || meta.class_id(%s)) is not null"
    assert zoo.execute(archived, ("zoo.animal",)).fetchone() == (True,)
    assert zoo.execute(archived, ("zoo.dog",)).fetchone() == (False,)
    zoo.execute("insert into api.zoo_dog (name) values ('low')")
    assert names(zoo, "zoo_dog") == ["REX", "low"]
    zoo.execute("select access.create_account('kim')")
    zoo.execute("select access.grant_role('kim', 'keeper')")
    zoo.execute("set local role kim")
    assert names(zoo, "zoo_animal") == ["REX"]
    for view in ("zoo_dog", "zoo_all_animals"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege), zoo.transaction():
            names(zoo, view)
    zoo.execute("reset role")
    zoo.execute("select access.grant_role('kim', 'trainer')")
    zoo.execute("set local role kim")
    assert names(zoo, "zoo_all_animals") == ["REX", "REX", "low"]
