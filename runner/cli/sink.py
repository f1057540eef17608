"""The command sink: the mail server for development."""

from __future__ import annotations

import asyncio
import signal

import typer

from ..config import Settings, load_settings
from ..mail.sink import serve, sink_folder
from .output import console


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(sink)


def sink() -> None:
    """Serve a mail server that keeps everything in PGEARS_HOME/sink and passes nothing on."""
    settings = load_settings()
    asyncio.run(_serve(settings))


async def _serve(settings: Settings) -> None:
    folder = sink_folder(settings.home)
    async with serve(folder, settings.sink_listen) as port:
        host = settings.sink_listen.rpartition(":")[0]
        console.print(f"sink at {host}:{port}, messages in {folder}", markup=False)
        stop = asyncio.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, stop.set)
        await stop.wait()
