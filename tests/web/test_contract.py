"""GET /: a valid OpenAPI 3.1 document of what the caller may do, and nothing else."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from jsonschema import Draft202012Validator

from tests.fix_web import WebServer

METHODS = {"get", "post", "patch", "put", "delete"}


@pytest.fixture(scope="module")
def documents(ann: httpx.Client, shop: httpx.Client) -> list[dict[str, Any]]:
    """The contracts of both schemas."""
    return [ann.get("/").json(), shop.get("/").json()]


def walk(node: Any) -> Iterator[dict[str, Any]]:
    """Every object within a document."""
    if isinstance(node, dict):
        yield node
        for value in node.values():
            yield from walk(value)
    elif isinstance(node, list):
        for value in node:
            yield from walk(value)


def test_the_document_holds_together(documents: list[dict[str, Any]]) -> None:
    """References lead somewhere, operations are named once, schemas are JSON Schema."""
    for document in documents:
        assert document["openapi"] == "3.1.0"
        assert document["info"]["title"]
        for node in walk(document):
            if isinstance(node.get("$ref"), str):
                target: Any = document
                for part in node["$ref"].removeprefix("#/").split("/"):
                    target = target[part]
        names: list[str] = []
        for path, item in document["paths"].items():
            assert path.startswith("/")
            assert set(item) <= METHODS
            for operation in item.values():
                names.append(operation["operationId"])
                assert operation["responses"]
                parameters = [p for p in operation.get("parameters", []) if "name" in p]
                keys = [(p["name"], p["in"]) for p in parameters]
                assert len(keys) == len(set(keys))
        assert len(names) == len(set(names))
        for name, schema in document["components"]["schemas"].items():
            assert re.fullmatch(r"[a-zA-Z0-9._-]+", name)
            Draft202012Validator.check_schema(schema)


def test_rows_are_as_described(
    ann: httpx.Client, shop: httpx.Client, documents: list[dict[str, Any]]
) -> None:
    """Every readable relation answers with rows that its schema describes."""
    checked = 0
    for client, document in zip((ann, shop), documents, strict=True):
        for path, item in document["paths"].items():
            if path.startswith("/rpc/") or "get" not in item:
                continue
            answer = client.get(f"{path}?limit=20")
            assert answer.status_code == 200, answer.text
            media = item["get"]["responses"]["200"]["content"]["application/json"]["schema"]
            validator = Draft202012Validator({**media, "components": document["components"]})
            assert list(validator.iter_errors(answer.json())) == []
            checked += len(answer.json())
    assert checked > 50


def test_nobody_sees_more_than_his_own(web: WebServer) -> None:
    """A reader's contract has what he may read; that of who has no role has no class."""
    paths = web.client("web_ben").get("/").json()["paths"]
    assert set(paths["/helpdesk_ticket"]) == {"get"}
    assert "/helpdesk_note" not in paths
    assert "/helpdesk_agent" not in paths
    nobody = set(web.client("web_nobody").get("/").json()["paths"])
    # What asks for a right when it is called, and one's own runs, which are none.
    assert {path for path in nobody if not path.startswith("/rpc/")} == {
        "/export_run",
        "/import_error",
        "/import_run",
        "/run_file",
        "/workflow",
        "/workflow_instance",
    }
    assert nobody & {"/rpc/find_people", "/rpc/make_client"} == set()
    assert web.client("web_nobody").get("/helpdesk_ticket").status_code == 403
    everything = web.client("web_ann").get("/").json()["paths"]
    assert set(everything["/helpdesk_ticket"]) == {"get", "post", "patch", "delete"}
    assert set(everything["/helpdesk_ticket_all"]) == {"get"}


def test_names_by_language(web: WebServer) -> None:
    """Accept-Language chooses; unknown ones give the default, none gives all (W13)."""
    ann = web.client("web_ann")

    def ticket(**headers: str) -> dict[str, Any]:
        found: dict[str, Any] = ann.get("/", headers=headers).json()["components"]["schemas"][
            "helpdesk_ticket"
        ]
        return found

    german = ticket(**{"Accept-Language": "de-AT, en;q=0.5"})
    assert german["title"] == "Anfrage"
    assert german["properties"]["subject"]["title"] == "Betreff"
    assert "x-titles" not in german
    assert ticket(**{"Accept-Language": "xx"})["title"] == "Ticket"
    every = ticket()
    assert every["title"] == "Ticket"
    assert every["x-titles"] == {"en": "Ticket", "de": "Anfrage", "cs": "Požadavek"}


def test_kind_of_answer(ann: httpx.Client) -> None:
    """Its own media type; other kinds are refused."""
    assert ann.get("/").headers["Content-Type"].startswith("application/openapi+json")
    assert ann.get("/", headers={"Accept": "text/csv"}).status_code == 406
