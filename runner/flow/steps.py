"""Steps of jobs that the runner does: commands of the allow-list and Python entry points.

The attempt and its outcome are two transactions: a runner that dies in between does the step
again. What a step prints is kept in the log of the job.
"""

from __future__ import annotations

import asyncio
import fnmatch
import inspect
import json
import os
import shlex
from collections.abc import Callable, Mapping
from importlib.metadata import entry_points
from typing import Any

from ..hiding import hide
from ..tasks import SETTLED, Outcome, Retry, Services, Task
from ..texts import storable

GROUP = "pgears.actions"
MOST_OUTPUT = 100_000
"""Bytes of output that are kept."""
DEFAULT_TIMEOUT = 600.0


class StepFailed(Exception):
    """The step did not succeed; the text goes into the log."""

    def __init__(self, message: str, output: str = "") -> None:
        super().__init__(message)
        self.output = output


async def run_command(task: Task, services: Services) -> Outcome:
    """Run a command, if the settings allow it, without a shell."""
    return await _settle(task, services, _command(task.payload, services))


async def run_action(task: Task, services: Services) -> Outcome:
    """Call an entry point of the group pgears.actions with the parameters of the step."""
    return await _settle(task, services, _action(task.payload))


async def _settle(task: Task, services: Services, attempt: Any) -> Outcome:
    error: str | None = None
    try:
        output = await attempt
    except StepFailed as failure:
        error, output = hide(storable(str(failure))), failure.output
    output = hide(storable(output))
    async with services.pool.connection() as conn, conn.transaction():
        await conn.execute(
            "select flow.end_job_step(%s, %s, %s, %s)",
            (task.payload["run"], task.payload["position"], error, output),
        )
        row = await (
            await conn.execute("select queue.settle_one(%s, %s)", (task.id, task.token))
        ).fetchone()
        if row is None or not row[0]:
            raise Retry("the lease is lost")
    return SETTLED


def _timeout(payload: Mapping[str, Any]) -> float:
    return float(payload.get("timeout", DEFAULT_TIMEOUT))


def allowed(command: list[str], patterns: tuple[str, ...]) -> bool:
    """Whether a command as it would be typed matches a pattern of the settings."""
    typed = shlex.join(command)
    return any(fnmatch.fnmatchcase(typed, pattern) for pattern in patterns)


async def _command(payload: Mapping[str, Any], services: Services) -> str:
    command = [str(part) for part in payload["command"]]
    if not command or not allowed(command, services.settings.commands):
        raise StepFailed(f"the command {shlex.join(command)} is not in PGEARS_COMMANDS")
    try:
        process = await asyncio.create_subprocess_exec(
            *command,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            start_new_session=True,
        )
    except OSError as error:
        raise StepFailed(f"{command[0]}: {error.strerror}") from error
    kept = bytearray()
    try:
        async with asyncio.timeout(_timeout(payload)):
            assert process.stdout is not None
            while chunk := await process.stdout.read(65536):
                kept += chunk[: max(0, MOST_OUTPUT - len(kept))]
            code = await process.wait()
    except TimeoutError:
        raise StepFailed(f"time-out after {_timeout(payload):g} s", _text(kept)) from None
    finally:
        if process.returncode is None:
            os.killpg(process.pid, 9)
            await process.wait()
    if code != 0:
        raise StepFailed(f"exit code {code}", _text(kept))
    return _text(kept)


def _text(output: bytes | bytearray) -> str:
    return bytes(output).decode("utf-8", "replace")


async def _action(payload: Mapping[str, Any]) -> str:
    function = _entry_point(str(payload["action"]))
    parameters = dict(payload.get("parameters", {}))
    try:
        async with asyncio.timeout(_timeout(payload)):
            if inspect.iscoroutinefunction(function):
                result = await function(**parameters)
            else:
                result = await asyncio.to_thread(function, **parameters)
    except TimeoutError:
        raise StepFailed(f"time-out after {_timeout(payload):g} s") from None
    except Exception as error:
        raise StepFailed(f"{type(error).__name__}: {error}") from error
    return "" if result is None else json.dumps(result, ensure_ascii=False, default=str)


def _entry_point(name: str) -> Callable[..., Any]:
    found = [point for point in entry_points(group=GROUP) if point.name == name]
    if len(found) != 1:
        raise StepFailed(f"there is no entry point {name} in the group {GROUP}")
    try:
        function = found[0].load()
    except (ImportError, AttributeError) as error:
        raise StepFailed(f"the entry point {name} cannot be loaded: {error}") from error
    if not callable(function):
        raise StepFailed(f"the entry point {name} is no function")
    return function  # type: ignore[no-any-return]
