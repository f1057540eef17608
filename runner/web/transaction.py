"""How a request that may write ends: committed, rolled back, or answered from before."""

from __future__ import annotations

import json
from collections.abc import Callable
from hashlib import sha256

import psycopg
from psycopg_pool import PoolTimeout

from .exchange import Step
from .problem import Problem
from .rendering import Outcome, outcome
from .request import Answer, Request
from .service import BEGIN, COMMIT, ROLLBACK, Service, busy, undo
from .statement import Prepared
from .wording import worded

Values = list[str | bytes | None]
Finish = Callable[[Outcome], Answer]
"""Makes the answer, or raises a Problem, which undoes what was written."""

RESET_ROLE: Step = (b"select pg_catalog.set_config('role', 'none', true)", ())
BEGIN_ANSWER = b"select status, headers, body from web.begin_answer($1, $2, $3)"
MEANT = ("content-type", "prefer", "accept")
"""Headers that belong to what a request asks for: with others it is another request."""
KEEP_ANSWER = b"select web.keep_answer($1, $2, $3, $4, $5)"


def rolls_back(service: Service, request: Request) -> bool:
    """True when the transaction of the request is to be undone in the end."""
    end = service.settings.web_tx_end
    wish = request.preferences.tx
    if end.endswith("-allow-override") and wish is not None:
        return wish == "rollback"
    return end.startswith("rollback")


def tx_applied(service: Service) -> tuple[str, ...]:
    """tx, where a client may choose it."""
    return ("tx",) if service.settings.web_tx_end.endswith("-allow-override") else ()


async def write(
    service: Service,
    request: Request,
    prepared: Prepared,
    values: Values,
    finish: Finish,
    *,
    checked: bool,
) -> Answer:
    """Run a statement that writes and answer; checked when finish may still refuse."""
    step: Step = (prepared.text, prepared.fill(values))
    key = request.headers.get("idempotency-key")
    if key is not None and request.method == "POST":
        return await _once(service, request, key, step, finish)
    end = ROLLBACK if rolls_back(service, request) else COMMIT
    before = [BEGIN, *service.sessions.steps(request, reads=False)]
    try:
        async with service.pool.connection() as conn:
            try:
                if not checked:
                    results = await service.exchange.run(conn, [*before, step, end])
                    return finish(outcome(results[-2]))
                results = await service.exchange.run(conn, [*before, step])
                answer = finish(outcome(results[-1]))
                await service.exchange.run(conn, [end])
            except psycopg.Error as error:
                await undo(conn)
                raise await worded(service, conn, error) from error
            except BaseException:
                await undo(conn)
                raise
            return answer
    except PoolTimeout as error:
        raise busy() from error


async def _once(service: Service, request: Request, key: str, step: Step, finish: Finish) -> Answer:
    """Answer a request with a key: from the table where it was answered before.

    The answer is stored in the transaction of the request. Who repeats it meanwhile waits
    for its end; after a refusal nothing is stored, and it may be tried again.
    """
    if not 1 <= len(key) <= 255 or not key.isascii() or not key.isprintable():
        raise Problem(
            422,
            "PG604",
            "the header Idempotency-Key is not usable",
            hint="Send 1 to 255 printable characters of ASCII, such as a UUID.",
        )
    named = [request.caller.role.encode(), key.encode()]
    said = [request.schema, *(request.headers.get(header, "") for header in MEANT)]
    parts = (request.method.encode(), request.target.encode(), request.query, request.body)
    fingerprint = sha256(b"\0".join((*(text.encode() for text in said), *parts))).digest()
    asked: Step = (BEGIN_ANSWER, [*named, b"\\x" + fingerprint.hex().encode()])
    admitted = service.sessions.steps(request, reads=False)
    try:
        async with service.pool.connection() as conn:
            try:
                # The account is let in first: a stored answer is for nobody else.
                *_, found = await service.exchange.run(
                    conn, [BEGIN, admitted[0], RESET_ROLE, asked]
                )
                if found.ntuples:
                    status, headers, body = (found.get_value(0, n) for n in range(3))
                    await conn.rollback()
                    return Answer(
                        int(status or 0),
                        [(k, v) for k, v in json.loads(headers or b"[]")]
                        + [("Idempotent-Replayed", "true")],
                        bytes.fromhex(bytes(body or b"\\x").decode()[2:]),
                    )
                results = await service.exchange.run(conn, [*admitted, step])
                answer = finish(outcome(results[-1]))
                kept: Step = (
                    KEEP_ANSWER,
                    [
                        *named,
                        str(answer.status).encode(),
                        json.dumps(answer.headers).encode(),
                        b"\\x" + answer.body.hex().encode(),
                    ],
                )
                end = ROLLBACK if rolls_back(service, request) else COMMIT
                await service.exchange.run(conn, [RESET_ROLE, kept, end])
            except psycopg.Error as error:
                await undo(conn)
                raise await worded(service, conn, error) from error
            except BaseException:
                await undo(conn)
                raise
            return answer
    except PoolTimeout as error:
        raise busy() from error
