"""Which tests are run: --again leaves out those that said the same in the run before.

Only fixture `server` knows which PostgreSQL is tested. A test that does not ask for it, by
itself or by its other fixtures, does the same whatever PGEARS_TEST_SERVER says.
"""

from __future__ import annotations

from typing import Any

import pytest

LEFT_OUT = pytest.StashKey[int]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """The option of `make test` for its run on a second server."""
    parser.addoption(
        "--again",
        action="store_true",
        help="leave out the tests that do not use fixture `server`",
    )


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what another server cannot change."""
    if not config.getoption("--again"):
        return
    kept = [item for item in items if "server" in getattr(item, "fixturenames", ())]
    left_out = [item for item in items if "server" not in getattr(item, "fixturenames", ())]
    config.hook.pytest_deselected(items=left_out)
    config.stash[LEFT_OUT] = len(left_out)
    items[:] = kept


def pytest_sessionfinish(session: pytest.Session) -> None:
    """A worker tells the number to the process that reports."""
    told = getattr(session.config, "workeroutput", None)
    if told is not None:
        told["left_out"] = session.config.stash.get(LEFT_OUT, 0)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any, error: object) -> None:
    """Every worker has collected the same."""
    node.config.stash[LEFT_OUT] = getattr(node, "workeroutput", {}).get("left_out", 0)


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    """Say what was not run."""
    if config.getoption("--again"):
        number = config.stash.get(LEFT_OUT, 0)
        terminalreporter.write_line(
            f"--again: {number} tests that do not use the server were left out"
        )
