"""Prefer: on-error=continue: each record by itself, with a result of its own."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import psycopg
from psycopg_pool import PoolTimeout

from .answering import answer
from .catalogue import Relation
from .exchange import Step
from .payload import Payload, split_records
from .problem import Problem
from .rendering import Outcome, outcome
from .request import Answer, Request
from .service import BEGIN, COMMIT, ROLLBACK, Service, busy, undo
from .status import from_database
from .transaction import rolls_back, tx_applied
from .tree import Query
from .wording import worded
from .writes import prepare

SAVEPOINT: Step = (b"savepoint record", ())
RELEASE: Step = (b"release savepoint record", ())
UNDO: Step = (b"rollback to savepoint record", ())
MOST = 10_000
"""Records of one request; each bad one costs a round trip."""


async def write_each(
    service: Service,
    request: Request,
    relation: Relation,
    query: Query,
    payload: Payload,
    values: list[str],
) -> Answer:
    """Insert each record under a savepoint: 201 when all are in, 207 when some are not."""
    if request.headers.get("idempotency-key") is not None:
        raise Problem(
            422, "PG604", "Idempotency-Key and Prefer: on-error=continue exclude each other"
        )
    if payload.count > MOST:
        raise Problem(413, "PG608", f"on-error=continue takes {MOST} records at most")
    records = split_records(payload)
    object_request = replace(request, kind="json")
    seen = service.catalogue
    steps: list[Step | Problem] = []
    for record in records:
        keys = query.columns if query.columns is not None else tuple(json.loads(record))
        one = Payload(record, tuple(keys), 1, False)
        try:
            prepared = prepare(service, object_request, relation, query, one, len(values))
            steps.append((prepared.text, prepared.fill([*values, record])))
        except Problem as problem:
            if problem.code == "PGRST204" and await service.library.is_newer(seen):
                raise  # the handler begins anew with the catalogue of now
            steps.append(problem)
    try:
        results, last = await _run(service, request, steps)
    except PoolTimeout as error:
        raise busy() from error
    failed = sum("error" in result for result in results)
    body = json.dumps(
        {"done": len(results) - failed, "failed": failed, "results": results}, ensure_ascii=False
    ).encode(errors="replace")
    names = ("return", "resolution", "missing", "handling", "on-error", *tx_applied(service))
    headers = [("Preference-Applied", request.preferences.applied(*names))]
    status = 207 if failed else 201
    return answer(object_request, status, headers, body, last)


async def _run(
    service: Service, request: Request, steps: list[Step | Problem]
) -> tuple[list[dict[str, Any]], Outcome]:
    found: list[dict[str, Any]] = []
    last = Outcome(None, 0, b"", None, None, None)
    end = ROLLBACK if rolls_back(service, request) else COMMIT
    async with service.pool.connection() as conn:
        try:
            before = [BEGIN, *service.sessions.steps(request, reads=False)]
            await service.exchange.run(conn, before)
            for position, step in enumerate(steps):
                if isinstance(step, Problem):
                    found.append(_failure(position, step))
                    continue
                try:
                    results = await service.exchange.run(conn, [SAVEPOINT, step, RELEASE])
                except psycopg.Error as error:
                    if error.sqlstate is None:
                        raise
                    await service.exchange.run(conn, [UNDO, RELEASE])
                    told = await worded(service, conn, error)
                    if isinstance(told, psycopg.Error):
                        told = from_database(told, anonymous=request.caller.anonymous)
                    found.append(_failure(position, told))
                    continue
                last = outcome(results[1])
                done: dict[str, Any] = {"position": position, "status": 201}
                if request.preferences.answer == "representation":
                    done["record"] = next(iter(json.loads(last.body)), None)
                found.append(done)
            await service.exchange.run(conn, [end])
        except BaseException:
            await undo(conn)
            raise
    return found, last


def _failure(position: int, problem: Problem) -> dict[str, Any]:
    return {"position": position, "status": problem.status, "error": problem.as_dict()}
