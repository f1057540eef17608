"""The whole scene: two instances on two servers, their processes, peers, folders, proxies."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
from pathlib import Path

import jwt
import psycopg
from psycopg.types.json import Jsonb

from runner.apply import upgrade
from runner.cluster import free_port
from runner.model.apply import apply
from runner.model.file import load
from runner.model.views import update_views

from .peers import Ledger, Loop, MailServer
from .processes import Program, Server
from .proxy import Proxy

MODEL = Path(__file__).with_name("model.yaml")
SECRET = "a secret of the fault injection, longer than 32 bytes"
ACCOUNT = "books_clerk"
DISK = 1024
"""Megabytes of the disk for files: room for the exports of an hour, which stay there."""


class Scene:
    """Everything that can be killed, and what is left standing."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.loop = Loop()
        self.mail, self.ledger = MailServer(self.loop), Ledger()
        self.disk = folder / "disk"
        self.mounted = self._mount()
        self.here, self.there = Server(folder / "here"), Server(folder / "there")
        self.proxies = {
            "runner": Proxy(self.loop, self.here.port),
            "web": Proxy(self.loop, self.here.port),
            "replica": Proxy(self.loop, self.here.port),
        }
        self._prepare()
        self.web_port = free_port()
        self.web = f"http://127.0.0.1:{self.web_port}"
        self.token = jwt.encode({"role": ACCOUNT}, SECRET, algorithm="HS256")
        self.programs = self._programs()

    def _mount(self) -> bool:
        """A small disk for files, so that it can be full; only root can make one."""
        self.disk.mkdir()
        if os.geteuid() != 0:
            return False
        command = ["mount", "-t", "tmpfs", "-o", f"size={DISK}m", "books", str(self.disk)]
        return subprocess.run(command, check=False, capture_output=True).returncode == 0

    def fill_disk(self) -> None:
        """Take all the room that files have."""
        with contextlib.suppress(OSError), (self.disk / "filler").open("wb", 0) as file:
            for size in (1 << 20, 512):
                with contextlib.suppress(OSError):
                    while True:
                        file.write(bytes(size))

    def free_disk(self) -> None:
        """Give it back."""
        (self.disk / "filler").unlink(missing_ok=True)

    def _prepare(self) -> None:
        for server, files in ((self.here, self.disk), (self.there, self.folder / "nothing")):
            upgrade(server.url, environment="development")
            text = MODEL.read_text().replace("@TARGET@", self.ledger.url)
            file = self.folder / "model.yaml"
            file.write_text(text.replace("@FOLDER@", str(files)))
            with psycopg.connect(server.url) as conn:
                apply(conn, load(file))
                update_views(conn)
        with psycopg.connect(self.here.url) as conn:
            account = {
                "host": "127.0.0.1", "port": self.mail.port, "tls": "none", "is_default": True,
                "from_address": "books@books.example", "timeout_seconds": 5,
            }  # fmt: skip
            conn.execute("select mail.set_account('books', %s)", (Jsonb(account),))
            conn.execute("select mail.set_guard('deliver')")
            conn.execute("select http.set_guard('deliver')")
            rights = {"rights": [{"class": "ticket", "allow": ["read", "insert", "change"]}]}
            conn.execute(
                "select access.set_role((select id from meta.model where code = 'books'), %s, %s)",
                ("clerk", Jsonb(rights)),
            )
            conn.execute("select access.create_account(%s, p_can_login => false)", (ACCOUNT,))
            conn.execute("select access.grant_role(%s, 'clerk')", (ACCOUNT,))
        with psycopg.connect(self.there.url) as conn:
            conn.execute("select replica.set_peer('books', 'env:BOOKS_PEER')")

    def _programs(self) -> dict[str, Program]:
        def through(server: Server, name: str) -> str:
            return server.through(self.proxies[name].port)

        shared = {"PGEARS_HOME": str(self.folder / "home")}
        return {
            "runner": Program(
                self.folder / "runner",
                ["run", "--name", "here"],
                {**shared, "PGEARS_DATABASE_URL": through(self.here, "runner")},
            ),
            "web": Program(
                self.folder / "web",
                ["serve"],
                {
                    **shared,
                    "PGEARS_DATABASE_URL": through(self.here, "web"),
                    "PGEARS_WEB_LISTEN": f"127.0.0.1:{self.web_port}",
                    "PGEARS_WEB_JWT_SECRET": SECRET,
                },
            ),
            "replica": Program(
                self.folder / "replica",
                ["run", "--name", "there"],
                {
                    **shared,
                    "PGEARS_DATABASE_URL": self.there.url,
                    "BOOKS_PEER": through(self.here, "replica"),
                },
            ),
        }

    def ensure(self) -> None:
        """Everything runs, as a supervisor sees to it."""
        for server in (self.here, self.there):
            server.start()
        for program in self.programs.values():
            program.ensure()

    def close(self) -> None:
        """End all of it."""
        for program in self.programs.values():
            program.stop()
        for server in (self.here, self.there):
            server.stop()
        self.ledger.stop()
        self.loop.stop()
        if self.mounted:
            subprocess.run(["umount", "-l", str(self.disk)], check=True)
        shutil.rmtree(self.folder, ignore_errors=True)
