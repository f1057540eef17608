"""pgears replicate: what it reads, prints and refuses; subscriptions of a model file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.fix_replica import Instance
from tests.runner.test_cli import Run, pgears

__all__ = ["pgears"]

Pair = tuple[Instance, Instance]


def told(pgears: Run, at: Instance, *arguments: str, **settings: str) -> Any:
    """JSON that a command prints."""
    done = pgears(*arguments, "--json", database_url=at.database.url, **settings)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_peer_read_and_readers(pgears: Run, pair: Pair, tmp_path: Path) -> None:
    """A peer by a file with its URL; --once reads all there is; the peer lists its reader."""
    here, there = pair
    here.subscribe(there)
    url = tmp_path / "url"
    url.write_text(there.database.url)
    told(pgears, here, "replicate", "peer", "set", "b", f"file:{url}")
    assert told(pgears, here, "replicate", "peer", "list") == [{"code": "b", "url": f"file:{url}"}]
    there.insert("customer", name="Ada")
    result = told(pgears, here, "replicate", "from_b", "--once")
    assert (result["ran"], result["rows"]) == (True, 1)
    (reader,) = told(pgears, there, "replicate", "readers")
    assert reader["classes"] == ["shop.customer", "shop.ticket"]
    assert told(pgears, there, "replicate", "readers", "--drop", reader["reader"]) == []

    url.unlink()
    lost = pgears("replicate", "from_b", "--once", database_url=here.database.url)
    assert lost.returncode == 1
    assert "cannot be read" in lost.stderr
    (state,) = told(pgears, here, "replicate", "status")
    assert state["state"] == "failing"
    assert "cannot be read" in state["error"]
    assert "/" in state["position"]
    assert float(state["lag_seconds"]) > 0
    bare = pgears(
        "replicate", "peer", "set", "x", there.database.url, database_url=here.database.url
    )
    assert bare.returncode == 1
    assert "reference" in bare.stderr
    assert pgears("replicate", "none", "--once", database_url=here.database.url).returncode == 1


def test_status_conflicts_and_resolve(pgears: Run, pair: Pair) -> None:
    """A conflict is in both states, is listed with its three values, and is decided."""
    one, other = pair
    one.subscribe(other, "manual")
    other.subscribe(one, "manual")
    ada = one.insert("customer", name="Ada", city="old")
    other.read()
    one.read()
    one.update("customer", ada, city="one")
    other.update("customer", ada, city="other")
    one.read()
    (state,) = told(pgears, one, "replicate", "status")
    assert (state["state"], state["conflicts"], state["lag_rows"]) == ("streaming", 1, 0)
    assert told(pgears, one, "status")["replication"][0]["conflicts"] == 1
    (conflict,) = told(pgears, one, "replicate", "conflicts")
    assert conflict["differences"]["city"] == {"old": "old", "current": "one", "incoming": "other"}
    wrong = pgears("replicate", "resolve", str(conflict["id"]), "me", database_url=one.database.url)
    assert wrong.returncode == 1
    assert "source" in wrong.stderr
    told(pgears, one, "replicate", "resolve", str(conflict["id"]), "source")
    assert one.rows("customer")[ada]["city"] == "other"
    assert told(pgears, one, "replicate", "conflicts") == []
    assert told(pgears, one, "replicate", "conflicts", "--all")[0]["resolution"] == "source"
    assert told(pgears, one, "replicate", "resync", "from_b", "--class", "customer") == {
        "classes": 1
    }


def test_subscriptions_are_part_of_the_model(pgears: Run, pair: Pair, tmp_path: Path) -> None:
    """A file makes, keeps and drops subscriptions; without a peer of that code they rest."""
    here, _ = pair
    file = tmp_path / "model.yaml"
    text = """
model: lab
classes:
  sample:
    columns: {code: {type: text}}
"""
    file.write_text(
        text + "subscriptions:\n  from_hq:\n    peer: hq\n    classes: [sample]\n"
        "    filter: {sample: {code: [a, b]}}\n    conflict: manual\n"
    )
    url = here.database.url
    assert pgears("model", "apply", str(file), database_url=url).returncode == 0
    state = here.status()
    assert (state["subscription"], state["state"]) == ("lab.from_hq", "no peer")
    again = pgears("model", "plan", str(file), "--json", database_url=url)
    assert json.loads(again.stdout) == []
    dumped = pgears("model", "dump", "lab", database_url=url)
    assert "from_hq" in dumped.stdout
    file.write_text(text)
    assert pgears("model", "apply", str(file), database_url=url).returncode == 0
    assert here.definitions.scalar("select count(*) from replica.status") == 0
    file.write_text(text + "subscriptions: {x: {peer: hq, classes: []}}\n")
    refused = pgears("model", "apply", str(file), database_url=url)
    assert refused.returncode == 1
    assert "names no class" in refused.stderr
