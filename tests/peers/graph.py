"""A mailbox of Microsoft Graph in memory, by HTTP: delta with links, immutable ids, $value.

Written from the vendor's documentation; it shows that the driver keeps to that, not that
the real service does.
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

USER = "support@example.test"


@dataclass
class Stored:
    """One message."""

    id: str
    raw: bytes
    received: datetime
    folder: str = "inbox"
    read: bool = False
    changed: int = 0


@dataclass
class GraphServer:
    """What it holds, what it was asked, and how it is told to misbehave."""

    messages: dict[str, Stored] = field(default_factory=dict)
    folders: dict[str, str] = field(default_factory=dict)
    """Display names of folders below the inbox by id."""
    asked: list[tuple[str, str, str]] = field(default_factory=list)
    """Method, address, Prefer."""
    removed: list[tuple[int, str]] = field(default_factory=list)
    secret: str = "secret"
    refresh: str = "refresh-1"
    tokens: int = 0
    token: str | None = None
    """The token that is given out, instead of one of its own."""
    gone_links: bool = False
    throttle: int = 0
    foreign_link: bool = False
    broken: set[str] = field(default_factory=set)
    vanish: bool = False
    """Each message is gone when it is asked for."""
    port: int = 0
    clock: int = 0
    epoch: int = 1

    @property
    def url(self) -> str:
        """Base address."""
        return f"http://127.0.0.1:{self.port}/v1.0"

    def add(self, raw: bytes) -> str:
        """A message comes."""
        self.clock += 1
        id = f"AAkALgAA-{self.clock:06d}="
        when = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=self.clock)
        self.messages[id] = Stored(id, raw, when, changed=self.clock)
        return id

    def touch(self, message: Stored) -> None:
        """It changed: a delta says so."""
        self.clock += 1
        message.changed = self.clock

    def leave(self, message: Stored, folder: str | None) -> None:
        """It leaves the inbox."""
        self.touch(message)
        self.removed.append((self.clock, message.id))
        if folder is None:
            del self.messages[message.id]
        else:
            message.folder = folder


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1
    graph: GraphServer

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""

    def _answer(self, status: int, body: Any = None, **headers: str) -> None:
        content = body if isinstance(body, bytes) else json.dumps(body or {}).encode()
        if status == 204:
            content = b""
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(content)
        self.wfile.flush()

    def _refuse(self, status: int, code: str, **headers: str) -> None:
        self._answer(status, {"error": {"code": code, "message": f"because of {code}"}}, **headers)

    def _token(self, form: dict[str, list[str]]) -> None:
        graph = self.graph
        if form.get("client_secret") != [graph.secret]:
            self._answer(401, {"error": "invalid_client", "error_description": "bad secret"})
            return
        answer: dict[str, Any] = {"token_type": "Bearer", "expires_in": 3599}
        if form["grant_type"] == ["refresh_token"]:
            if form["refresh_token"] != [graph.refresh]:
                self._answer(400, {"error": "invalid_grant"})
                return
            graph.refresh = f"refresh-{int(graph.refresh.partition('-')[2]) + 1}"
            answer |= {"refresh_token": graph.refresh, "refresh_token_expires_in": 86400 * 90}
        graph.tokens += 1
        self._answer(200, {**answer, "access_token": graph.token or f"token-{graph.epoch}"})

    def _handle(self) -> None:
        graph = self.graph
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length)
        address = urlsplit(self.path)
        path = unquote(address.path)
        query = parse_qs(address.query)
        if path == "/token":
            self._token(parse_qs(body.decode()))
            return
        prefer = self.headers.get("Prefer") or ""
        graph.asked.append((self.command, self.path, prefer))
        if self.headers.get("Authorization") != f"Bearer token-{graph.epoch}":
            self._refuse(401, "InvalidAuthenticationToken")
        elif graph.throttle:
            graph.throttle -= 1
            self._refuse(429, "TooManyRequests", Retry_After="7")
        elif 'IdType="ImmutableId"' not in prefer:
            self._refuse(400, "NotImmutable")
        elif not path.startswith(f"/v1.0/users/{USER}/"):
            self._refuse(404, "ErrorInvalidUser")
        else:
            given = json.loads(body) if body else {}
            self._mailbox(path.removeprefix(f"/v1.0/users/{USER}/"), query, prefer, given)

    do_GET = do_POST = do_PATCH = do_DELETE = _handle

    def _mailbox(
        self, path: str, query: dict[str, list[str]], prefer: str, given: dict[str, Any]
    ) -> None:
        graph = self.graph
        if path == "mailFolders/inbox/messages/delta":
            self._delta(query, prefer)
        elif path == "mailFolders/inbox/childFolders" and self.command == "GET":
            found = [{"id": id, "displayName": name} for id, name in graph.folders.items()]
            self._answer(200, {"value": found})
        elif path == "mailFolders/inbox/childFolders":
            id = f"folder-{len(graph.folders)}"
            graph.folders[id] = given["displayName"]
            self._answer(201, {"id": id, "displayName": given["displayName"]})
        else:
            found_path = re.fullmatch(r"messages/([^/]+)(?:/(\$value|move))?", path)
            message = found_path and graph.messages.get(found_path[1])
            if not found_path or message is None:
                self._refuse(404, "ErrorItemNotFound")
            else:
                self._message(message, found_path[2], given)

    def _message(self, message: Stored, part: str | None, given: dict[str, Any]) -> None:
        graph = self.graph
        if part == "$value" and message.id in graph.broken:
            self._refuse(500, "ErrorMimeContentInvalid")
        elif part == "$value" and graph.vanish:
            graph.leave(message, None)
            self._refuse(404, "ErrorItemNotFound")
        elif part == "$value":
            self._answer(200, message.raw)
        elif part == "move":
            if given["destinationId"] not in graph.folders:
                self._refuse(404, "ErrorFolderNotFound")
                return
            graph.leave(message, graph.folders[given["destinationId"]])
            self._answer(201, {"id": message.id})
        elif self.command == "DELETE":
            graph.leave(message, None)
            self._answer(204)
        else:
            if not message.read:
                graph.touch(message)
            message.read = bool(given["isRead"])
            self._answer(200, {"id": message.id})

    def _delta(self, query: dict[str, list[str]], prefer: str) -> None:
        graph = self.graph
        token = query.get("$skiptoken") or query.get("$deltatoken")
        if token is not None and graph.gone_links:
            graph.gone_links = False
            self._refuse(410, "SyncStateNotFound")
            return
        epoch, since = (int(part) for part in (token[0].split(".") if token else ("0", "0")))
        size = re.search(r"maxpagesize=(\d+)", prefer)
        changes: list[tuple[int, dict[str, Any]]] = [
            (
                message.changed,
                {
                    "id": message.id,
                    "isRead": message.read,
                    "receivedDateTime": message.received.strftime("%Y-%m-%dT%H:%M:%SZ"),
                },
            )
            for message in graph.messages.values()
            if message.folder == "inbox" and message.changed > since
        ]
        changes += [
            (at, {"id": id, "@removed": {"reason": "deleted"}})
            for at, id in graph.removed
            if token and at > since
        ]
        changes.sort(key=lambda change: change[0])
        page = changes[: int(size[1]) if size else 10]
        more = len(changes) > len(page)
        last = page[-1][0] if more else max([since, *(at for at, _ in page)])
        base = graph.url
        if graph.foreign_link:
            base = f"http://evil.example:{graph.port}/v1.0"
        kind, name = ("@odata.nextLink", "skip") if more else ("@odata.deltaLink", "delta")
        link = f"{base}/users/{USER}/mailFolders/inbox/messages/delta?${name}token={epoch}.{last}"
        self._answer(200, {"value": [item for _, item in page], kind: link})


@contextmanager
def graph_server() -> Iterator[GraphServer]:
    """Serve until the block ends."""
    graph = GraphServer()
    handler = type("Handler", (_Handler,), {"graph": graph})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    graph.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield graph
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
