"""Another instance that lies: its batches are taken in or refused, the position never moves wrongly."""

# ruff: noqa: E501, PT017 - an example is refused or understood, and both are looked at

from __future__ import annotations

import json
from typing import Any

import psycopg
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from runner.replica.peer import PeerUnreachable
from tests.fix_replica import Instance

from . import CALM

LIE = """
create table if not exists public.lie (n serial, head jsonb, rows text);
create or replace function replica.read_changes(
  p_reader text, p_transaction xid8, p_position bigint, p_piece bigint, p_limit integer default 2000,
  p_confirm boolean default true
)
returns table (head jsonb, rows text)
language sql
as $$ select l.head, l.rows from public.lie as l order by l.n $$;
drop function replica.read_content(text, text, bigint, integer);
create function replica.read_content(p_reader text, p_sha256 text, p_offset bigint, p_length integer)
returns bytea
language sql
as $$ select case when p_offset = 0 then '\\x00'::bytea end $$;
"""

WORDS = st.sampled_from(
    ["id", "uid", "version", "name", "creator", "created", "deleted", "shop.customer", "'", "x" * 300,
     "2026-01-01", "00000000-0000-0000-0000-000000000001", "sha256", "\u202e", "9" * 40, "-1", "NaN"]
)  # fmt: skip
ODD = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**20), 10**20) | WORDS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(WORDS, inner, max_size=4),
    max_leaves=12,
)
HEAD = st.fixed_dictionaries(
    {"transaction": st.sampled_from(["3", "999999", "-1", "x"]), "position": st.integers(-1, 10),
     "piece": st.integers(-1, 3), "more": st.booleans(), "behind": st.integers(0, 5)}
)  # fmt: skip
PART = st.fixed_dictionaries({"class": st.just("shop.customer"), "columns": ODD})
ROWS = (ODD | st.lists(st.dictionaries(WORDS, ODD, max_size=6), max_size=3)).map(json.dumps)
BATCH = st.lists(st.tuples(PART | ODD, ROWS | WORDS | st.none()), max_size=3)


@pytest.fixture
def liar(pair: tuple[Instance, Instance]) -> tuple[Instance, Instance]:
    """An instance that reads from one whose answers the test makes up."""
    here, there = pair
    there.insert("customer", name="Ada")
    here.subscribe(there)
    here.read()
    there.conn.execute(LIE.encode())
    return here, there


@CALM
@given(parts=BATCH, last=HEAD | ODD)
@example(parts=[], last={"transaction": "3", "position": 0, "piece": 0, "more": True, "behind": 1})
@example(parts=[({"class": "shop.customer", "columns": ["name"]}, '[{"sha256"')], last={})
@example(
    parts=[({"class": "shop.customer", "columns": ["name"]}, "[" * 5_000 + '"sha256"')], last={}
)
def test_batches(liar: tuple[Instance, Instance], parts: list[Any], last: Any) -> None:
    """Whatever a peer gives: rows, an error in words, never a fault; what was right stays."""
    here, there = liar
    there.conn.execute("truncate public.lie")
    for head, rows in [*parts, (last, None)]:
        there.conn.execute(
            "insert into public.lie (head, rows) values (%s, %s)", (json.dumps(head), rows)
        )
    # One answer, over and over, would have no end.
    if isinstance(last, dict) and last.get("more") is True and "position" in last:
        there.conn.execute(
            "update public.lie set head = head || '{\"more\": false}' where rows is null"
        )
    try:
        here.read()
    except PeerUnreachable as error:
        assert str(error).startswith("the peer")
    except psycopg.Error as error:
        assert error.sqlstate is not None
        assert not error.sqlstate.startswith("XX"), error
    assert here.has("customer", next(iter(there.rows("customer"))))
    state = here.status()
    assert state["peer"] == there.name


def test_a_peer_that_never_comes_forward(liar: tuple[Instance, Instance]) -> None:
    """It says that there is more and gives the same place again: refused, not asked for ever."""
    here, there = liar
    position = here.conn.execute(
        "select transaction_id::text, position, piece from replica.subscription"
    ).fetchone() or ("0", 0, 0)
    head = dict(zip(("transaction", "position", "piece"), position, strict=True))
    there.conn.execute(
        "insert into public.lie (head) values (%s)",
        (json.dumps({**head, "more": True, "behind": 1}),),
    )
    with pytest.raises(PeerUnreachable, match="gives none of it"):
        here.read()
