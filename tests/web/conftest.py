"""What only tests of the web service name so."""

from __future__ import annotations

import httpx
import pytest

from tests.fix_web import WebServer


@pytest.fixture(scope="session")
def shop(web: WebServer) -> httpx.Client:
    """A client of schema shop."""
    return web.client("web_ann", **{"Accept-Profile": "shop", "Content-Profile": "shop"})
