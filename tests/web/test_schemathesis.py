"""The generated contract, asked by schemathesis: nothing in it makes an error of the service."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable
from schemathesis import Case, GenerationMode
from schemathesis.core.result import Ok
from schemathesis.schemas import APIOperation

from tests.fix_database import Database
from tests.fix_web import WebServer, serving, token

BOUNDED = settings(
    max_examples=4,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)
"""Few examples for each of the many operations, the same in every run."""


@pytest.fixture(scope="module")
def undoing(
    web_database: Database, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[WebServer]:
    """A server that rolls back what it is asked to write."""
    folder: Path = tmp_path_factory.mktemp("schemathesis")
    with serving(web_database, folder, web_tx_end="rollback") as served:
        yield served
        assert "Traceback" not in served.log.read_text()


def operations(server: WebServer) -> list[APIOperation[Any, Any, Any, Any]]:
    """All operations of the contract of web_ann."""
    document = server.client("web_ann").get("/").json()
    document["servers"] = [{"url": server.url}]
    found = []
    for result in schemathesis.openapi.from_dict(document).get_all_operations():
        assert isinstance(result, Ok)
        found.append(result.ok())
    assert len(found) == sum(len(item) for item in document["paths"].values())
    return found


@pytest.mark.slow
@pytest.mark.parametrize("mode", list(GenerationMode))
def test_no_server_error(undoing: WebServer, mode: GenerationMode) -> None:
    """Requests as the contract says and against it: refused or answered, never 5xx (W21)."""
    bearer = {"Authorization": f"Bearer {token('web_ann')}"}
    statuses: dict[str, set[int]] = {}

    @BOUNDED
    @given(data=st.data())
    def ask(data: st.DataObject) -> None:
        case: Case[Any] = data.draw(strategy)
        answer = case.call(base_url=undoing.url, headers=bearer, timeout=60)
        assert answer.status_code < 500, (case.as_curl_command(), answer.text)
        statuses.setdefault(operation.label, set()).add(answer.status_code)

    for operation in operations(undoing):
        strategy = operation.as_strategy(generation_mode=mode)
        try:
            ask()
        except Unsatisfiable:
            # Where all is allowed, nothing contradicts the contract.
            assert mode is GenerationMode.NEGATIVE
    assert len(statuses) > 40
    if mode is GenerationMode.POSITIVE:
        assert {200, 201} <= set.union(*statuses.values())
