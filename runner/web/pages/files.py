"""/files/<id>: a file of a record that the person may read, always as a download."""

from __future__ import annotations

from urllib.parse import quote

from starlette.responses import Response

from ..problem import Problem
from .inquiry import rows_of
from .page import HEADERS, Page

IMAGES = ("image/png", "image/jpeg", "image/gif", "image/webp")
"""Types that a browser may show; everything else is saved, so that no file acts here."""


async def show_file(page: Page, id: int) -> Response:
    """The content, under the name of the file."""
    return await download(page, "file", ("id", f"eq.{id}"))


async def download(page: Page, view: str, *which: tuple[str, str]) -> Response:
    """The one file of a view with name, media_type and content that meets the conditions."""
    described = rows_of(await page.ask("GET", view, query=[*which, ("select", "name,media_type")]))
    if not described:
        raise Problem(404, "PG635", "there is no such file for you")
    name, kind = described[0]["name"], described[0]["media_type"]
    answer = await page.ask(
        "GET", view, query=[*which, ("select", "content")], accept="application/octet-stream"
    )
    how = "inline" if kind in IMAGES else "attachment"
    return Response(
        answer.body,
        media_type=kind if kind in IMAGES else "application/octet-stream",
        headers={
            **HEADERS,
            "Content-Disposition": f"{how}; filename*=UTF-8''{quote(name, safe='')}",
            "Content-Security-Policy": "sandbox; default-src 'none'",
        },
    )
