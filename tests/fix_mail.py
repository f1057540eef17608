"""Fixtures of mailboxes on servers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.peers.dovecot import Dovecot, dovecot, missing
from tests.runner.mail_boxes import KINDS, Box, EwsBox, GraphBox, ImapBox, open_box


@pytest.fixture(scope="session")
def dovecot_server() -> Iterator[Dovecot | None]:
    """Dovecot, or None where it is not installed."""
    if missing() is not None:
        yield None
        return
    with dovecot() as server:
        yield server


@pytest.fixture(params=KINDS)
def box(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Box]:
    """An empty mailbox of each kind in turn."""
    server = request.getfixturevalue("dovecot_server") if request.param == "imap" else None
    with open_box(request.param, tmp_path, server) as opened:
        yield opened


@pytest.fixture
def imap_box(tmp_path: Path, dovecot_server: Dovecot | None) -> Iterator[ImapBox]:
    """An empty account of Dovecot."""
    with open_box("imap", tmp_path, dovecot_server) as opened:
        assert isinstance(opened, ImapBox)
        yield opened


@pytest.fixture
def graph_box(tmp_path: Path) -> Iterator[GraphBox]:
    """An empty mailbox of Graph."""
    with open_box("graph", tmp_path, None) as opened:
        assert isinstance(opened, GraphBox)
        yield opened


@pytest.fixture
def ews_box(tmp_path: Path) -> Iterator[EwsBox]:
    """An empty mailbox of Exchange."""
    with open_box("ews", tmp_path, None) as opened:
        assert isinstance(opened, EwsBox)
        yield opened
