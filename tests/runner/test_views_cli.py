"""pgears views: status, update and drop from the command line."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.fix_database import Database
from tests.fix_meta import ClassTable, Definitions

ROOT = Path(__file__).parents[2]
Views = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def views(tmp_path: Path, database: Database) -> Views:
    """Run `pgears views ...` on the test's instance."""

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        clean = {name: value for name, value in os.environ.items() if "PGEARS_" not in name}
        return subprocess.run(
            [sys.executable, "-m", "runner", "views", *arguments],
            cwd=tmp_path,
            env={**clean, "PGEARS_DATABASE_URL": database.url, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            check=False,
        )

    return run


@pytest.fixture
def customer(database: Database) -> Iterator[ClassTable]:
    """A committed class without views, with a connection."""
    with database.connect() as conn:
        yield Definitions(conn).create_class(
            "shop.customer", {"name": {"type": "text"}, "email": {"type": "text"}}
        )


def states(views: Views, *target: str) -> dict[str, tuple[str, str]]:
    """State and difference by view."""
    shown: dict[str, list[dict[str, Any]]] = json.loads(views("status", *target, "--json").stdout)
    return {view["name"]: (view["state"], view["difference"]) for view in shown["views"]}


def test_from_missing_to_dropped(views: Views, customer: ClassTable) -> None:
    """The life of a view, a command each; update twice does nothing."""
    assert states(views) == {
        "shop_customer": ("missing", ""),
        "shop_customer_all": ("missing", ""),
    }
    done = json.loads(views("update", "--json").stdout)
    assert done == [
        {"name": "shop_customer", "action": "created"},
        {"name": "shop_customer_all", "action": "created"},
    ]
    assert views("update").stdout.splitlines()[-1] == "0 views renewed"

    definitions = Definitions(customer.conn)
    definitions.add_column(customer, "phone", type="text")
    assert states(views, "shop.customer")["shop_customer"] == ("stale", "+phone")
    assert "+phone" in views("status").stdout
    assert views("update", "shop").stdout.splitlines()[-1] == "2 views renewed"
    assert views("drop", "shop.customer").stdout.splitlines()[-1] == "2 views dropped"
    assert states(views)["shop_customer"] == ("missing", "")


def test_a_refusal_lists_what_stands_in_the_way(views: Views, customer: ClassTable) -> None:
    assert views("update").returncode == 0
    customer.conn.execute(
        "create materialized view public.kept as select name from api.shop_customer"
    )
    customer.conn.execute("select meta.drop_column(%s)", (customer.column_id("email"),))
    refused = views("update")
    assert refused.returncode == 1
    assert "materialized view public.kept" in refused.stderr
    assert "hint: " in refused.stderr
    assert "Traceback" not in refused.stderr
    assert states(views)["shop_customer"] == ("stale", "-email")


def test_wrong_usage(views: Views, customer: ClassTable) -> None:
    assert views("drop").returncode == 2
    assert views("drop", "shop", "--orphans").returncode == 2
    unknown = views("status", "shop.nobody")
    assert unknown.returncode == 1
    assert "shop.nobody" in unknown.stderr


def test_a_table_altered_by_hand_is_shown(views: Views, customer: ClassTable) -> None:
    customer.conn.execute(f"alter table data.datarow_{customer.id} add column mine integer")
    shown = views("status")
    assert "column mine was added by hand" in shown.stdout
    assert json.loads(views("status", "--json").stdout)["tables"] == [
        {
            "object": "shop.customer",
            "relation": f"data.datarow_{customer.id}",
            "difference": "column mine was added by hand: kept, not shown",
        }
    ]
