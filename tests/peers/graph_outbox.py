"""A mailbox of Microsoft Graph that sends, in memory: drafts, attachments, upload sessions.

Written from the vendor's documentation (create message in MIME format, send message, immutable
ids, large attachments); it shows that pgears keeps to that, not that the real service does.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
import threading
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from http.server import ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from .graph import GraphServer, _Handler

SENDER = "support@helpdesk.example"
MOST = 4 * 1024 * 1024
KINDS = ("to", "cc", "bcc")


@dataclass
class Item:
    """A draft, or a mail that was sent."""

    id: str
    message: EmailMessage
    recipients: dict[str, list[str]]
    draft: bool = True
    shown: bool = True
    """Whether it is found by its id: what is under way is not."""
    attachments: dict[str, bytes] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """As Graph describes it."""
        lists = {
            f"{kind}Recipients": [
                {"emailAddress": {"name": address, "address": address}}
                for address in self.recipients[kind]
            ]
            for kind in KINDS
        }
        return {
            "id": self.id,
            "internetMessageId": str(self.message["message-id"]),
            "subject": str(self.message["subject"]),
            "isDraft": self.draft,
            **lists,
        }


@dataclass
class Session:
    """An upload that has begun."""

    item: Item
    name: str
    size: int
    content: bytes = b""


@dataclass
class GraphOutbox(GraphServer):
    """What it holds, and how it is told to misbehave at points of its work.

    Points: `draft asked` and `draft made`, `attachment made`, `upload asked` and `uploaded`,
    `sending asked` and `sent`, `looked`. At the ones that end with "asked" nothing was done yet.
    """

    items: dict[str, Item] = field(default_factory=dict)
    sent: list[Item] = field(default_factory=list)
    sessions: dict[str, Session] = field(default_factory=dict)
    at: Callable[[str], None] = lambda point: None
    """Called at each point, before the answer."""
    lose: dict[str, int] = field(default_factory=dict)
    """How many answers are lost at a point: the connection ends."""
    refuse: dict[str, list[tuple[int, str, dict[str, str]]]] = field(
        default_factory=lambda: defaultdict(list)
    )
    """Status, code and headers that a point answers with, one after the other."""
    reads_bcc: bool = True
    """Whether it takes recipients from the header Bcc."""
    in_transit: bool = False
    """What is sent is not to be found for now."""
    largest: int = 0
    """Bytes of the largest request."""

    def drafts(self) -> list[Item]:
        """Drafts that there are."""
        return [item for item in self.items.values() if item.draft]

    def user(self) -> str:
        """The mailbox."""
        return f"/v1.0/users/{SENDER}"


class _Sending(_Handler):
    graph: GraphOutbox

    def _handle(self) -> None:
        graph = self.graph
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        graph.largest = max(graph.largest, len(body))
        address = urlsplit(self.path)
        path = unquote(address.path)
        try:
            if path == "/token":
                self._token(parse_qs(body.decode()))
            elif path.startswith("/upload/"):
                self._upload(path.removeprefix("/upload/"), body)
            else:
                prefer = self.headers.get("Prefer") or ""
                graph.asked.append((self.command, path, prefer))
                if self.headers.get("Authorization") != f"Bearer token-{graph.epoch}":
                    self._refuse(401, "InvalidAuthenticationToken")
                elif 'IdType="ImmutableId"' not in prefer:
                    self._refuse(400, "NotImmutable")
                elif not path.startswith(f"{graph.user()}/messages"):
                    self._refuse(404, "ErrorInvalidUser")
                elif len(body) > MOST:
                    self._refuse(413, "RequestEntityTooLarge")
                else:
                    rest = path.removeprefix(f"{graph.user()}/messages").lstrip("/")
                    self._messages(rest, parse_qs(address.query), body)
        except ConnectionError:
            self.close_connection = True  # whoever asked is not there any more

    do_GET = do_POST = do_PATCH = do_DELETE = do_PUT = _handle

    def _stopped(self, point: str) -> bool:
        """Whether a point ends the request."""
        graph = self.graph
        graph.at(point)
        if graph.lose.get(point, 0) > 0:
            graph.lose[point] -= 1
            self.close_connection = True
            return True
        if graph.refuse[point]:
            status, code, headers = graph.refuse[point].pop(0)
            self._refuse(status, code, **headers)
            return True
        return False

    def _messages(self, path: str, query: dict[str, list[str]], body: bytes) -> None:
        graph = self.graph
        if path == "" and self.command == "POST":
            self._create(body)
            return
        if path == "":
            wanted = re.fullmatch(r"internetMessageId eq '(.+)'", query["$filter"][0])
            assert wanted is not None
            found = [item.as_json() for item in graph.items.values() if item.shown]
            matching = [item for item in found if item["internetMessageId"] == wanted[1]]
            self._answer(200, {"value": matching})
            return
        id, _, part = path.partition("/")
        item = graph.items.get(id)
        if item is None or not item.shown:
            self._refuse(404, "ErrorItemNotFound")
        elif part == "send":
            self._send(item)
        elif part.startswith("attachments"):
            self._attach(item, part, json.loads(body))
        elif self.command == "GET":
            if not self._stopped("looked"):
                self._answer(200, item.as_json())
        elif self.command == "DELETE":
            del graph.items[id]
            self._answer(204)
        elif not item.draft:
            self._refuse(400, "ErrorInvalidPropertySet")
        else:
            for kind, entries in json.loads(body).items():
                item.recipients[kind.removesuffix("Recipients")] = [
                    entry["emailAddress"]["address"] for entry in entries
                ]
            self._answer(200, item.as_json())

    def _create(self, body: bytes) -> None:
        graph = self.graph
        if self._stopped("draft asked"):
            return
        if self.headers["Content-Type"] != "text/plain":
            self._refuse(400, "UnableToDeserializePostBody")
            return
        try:
            raw = base64.b64decode(body, validate=True)
        except binascii.Error:
            self._refuse(400, "ErrorMimeContentInvalidBase64String")
            return
        message = BytesParser(policy=policy.default).parsebytes(raw)
        lists = {
            kind: [
                address.addr_spec
                for header in message.get_all(kind, [])
                for address in header.addresses
            ]
            for kind in KINDS
        }
        if not graph.reads_bcc:
            lists["bcc"] = []
        del message["bcc"]
        graph.clock += 1
        item = Item(f"AAkALg-{graph.clock:04d}=", message, lists)
        for part in message.iter_attachments():
            content = part.get_payload(decode=True)
            assert isinstance(content, bytes)
            item.attachments[part.get_filename() or ""] = content
        graph.items[item.id] = item
        if not self._stopped("draft made"):
            self._answer(201, item.as_json())

    def _attach(self, item: Item, part: str, given: dict[str, Any]) -> None:
        graph = self.graph
        if part == "attachments":
            assert given["@odata.type"] == "#microsoft.graph.fileAttachment"
            item.attachments[given["name"]] = base64.b64decode(given["contentBytes"])
            if not self._stopped("attachment made"):
                self._answer(201, {"id": "attachment", "name": given["name"]})
            return
        assert part == "attachments/createUploadSession"
        wanted = given["AttachmentItem"]
        assert wanted["attachmentType"] == "file"
        key = f"session-{len(graph.sessions)}"
        graph.sessions[key] = Session(item, wanted["name"], wanted["size"])
        self._answer(
            201,
            {
                "uploadUrl": f"http://127.0.0.1:{graph.port}/upload/{key}",
                "expirationDateTime": "2030-01-01T00:00:00Z",
                "nextExpectedRanges": ["0-"],
            },
        )

    def _upload(self, key: str, body: bytes) -> None:
        session = self.graph.sessions[key]
        if self._stopped("upload asked"):
            return
        if self.headers.get("Authorization") is not None:
            self._refuse(401, "the address is the right, a token is too much")
            return
        first, last, size = (
            int(number) for number in re.findall(r"\d+", self.headers["Content-Range"])
        )
        if (first, last - first + 1, size) != (len(session.content), len(body), session.size):
            self._refuse(416, "ErrorInvalidRange")
            return
        session.content += body
        if len(session.content) < session.size:
            following = str(len(session.content))
            self._answer(200, {"nextExpectedRanges": [following]})
            return
        session.item.attachments[session.name] = session.content
        if not self._stopped("uploaded"):
            self._answer(201, None, Location=f"http://127.0.0.1:{self.graph.port}/attachment")

    def _send(self, item: Item) -> None:
        graph = self.graph
        if self._stopped("sending asked"):
            return
        if not item.draft:
            self._refuse(400, "ErrorInvalidOperation")
            return
        item.draft = False
        item.shown = not graph.in_transit
        graph.sent.append(item)
        if not self._stopped("sent"):
            self._answer(202, b"")


@contextmanager
def graph_outbox() -> Iterator[GraphOutbox]:
    """Serve until the block ends."""
    graph = GraphOutbox()
    handler = type("Handler", (_Sending,), {"graph": graph})
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
