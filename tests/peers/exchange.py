"""A mailbox of Exchange in memory, by SOAP as its web services speak it (EWS).

Written from the vendor's documentation and what exchangelib sends; it shows that the driver
calls the library rightly, not that a real server answers so.
"""

from __future__ import annotations

import base64
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape, quoteattr

import spnego
from lxml import etree
from spnego.exceptions import SpnegoError

T = "http://schemas.microsoft.com/exchange/services/2006/types"
M = "http://schemas.microsoft.com/exchange/services/2006/messages"
S = "http://schemas.xmlsoap.org/soap/envelope/"
NAMES = {"t": T, "m": M, "s": S}


@dataclass
class Stored:
    """One item."""

    id: str
    raw: bytes
    received: datetime
    folder: str = "inbox"
    read: bool = False
    changed: int = 0


@dataclass
class ExchangeServer:
    """What it holds, what it was asked, and how it is told to misbehave."""

    items: dict[str, Stored] = field(default_factory=dict)
    folders: dict[str, str] = field(default_factory=dict)
    """Names of folders below the inbox by id."""
    removed: list[tuple[int, str]] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    password: str = "secret"
    bearer: str | None = None
    """The token that is taken, instead of the password."""
    ntlm: tuple[str, str, str, Path] | None = None
    """Domain, user and password for NTLM, and a folder for the file that names them."""
    epoch: int = 1
    """Sync states of another one are refused."""
    clock: int = 0
    busy: int = 0
    broken: set[str] = field(default_factory=set)
    vanish: bool = False
    port: int = 0

    @property
    def url(self) -> str:
        """The endpoint."""
        return f"http://127.0.0.1:{self.port}/EWS/Exchange.asmx"

    def add(self, raw: bytes) -> str:
        """An item comes."""
        self.clock += 1
        id = f"AAMkADx{self.clock:06d}"
        when = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=self.clock)
        self.items[id] = Stored(id, raw, when, changed=self.clock)
        return id

    def leave(self, item: Stored, folder: str | None) -> None:
        """It leaves the inbox; in another folder it has another id."""
        self.clock += 1
        self.removed.append((self.clock, item.id))
        del self.items[item.id]
        if folder is not None:
            item.id, item.folder, item.changed = f"{item.id}-moved", folder, self.clock
            self.items[item.id] = item


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1
    exchange: ExchangeServer
    context: spnego.ContextProxy | None = None

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""

    def do_POST(self) -> None:
        exchange = self.exchange
        request = etree.fromstring(self.rfile.read(int(self.headers["Content-Length"])))
        operation = request.find("s:Body", NAMES)[0]
        name = etree.QName(operation).localname
        exchange.asked.append(name)
        if not self._logged_in():
            return
        if exchange.busy:
            exchange.busy -= 1
            self._answer(name, [_error("ErrorServerBusy", "Busy", name)])
            return
        self._answer(name, getattr(self, f"_{name}")(operation))

    def _logged_in(self) -> bool:
        """Check the login; of NTLM the answer may be the next challenge."""
        exchange = self.exchange
        given = self.headers.get("Authorization") or ""
        if exchange.ntlm is not None:
            return self._ntlm(given)
        wanted = base64.b64encode(f"support:{exchange.password}".encode()).decode()
        if exchange.bearer is not None:
            wanted, kind = f"Bearer {exchange.bearer}", "Bearer"
        else:
            wanted, kind = f"Basic {wanted}", 'Basic realm="exchange"'
        if given == wanted:
            return True
        self._send(401, b"", {"WWW-Authenticate": kind})
        return False

    def _ntlm(self, given: str) -> bool:
        """NTLM logs a connection in: three messages, the rest needs none."""
        if self.context is not None and self.context.complete:
            return True
        assert self.exchange.ntlm is not None
        domain, user, password, folder = self.exchange.ntlm
        if not given.startswith("NTLM "):
            self._send(401, b"", {"WWW-Authenticate": "NTLM"})
            return False
        if self.context is None:
            users = folder / "users"
            users.write_text(f"{domain}:{user}:{password}\n")
            os.environ["NTLM_USER_FILE"] = str(users)
            options = spnego.NegotiateOptions.use_ntlm
            self.context = spnego.server(protocol="ntlm", options=options)
        try:
            challenge = self.context.step(base64.b64decode(given[5:]))
        except SpnegoError:
            self.context = None
            self._send(401, b"", {"WWW-Authenticate": "NTLM"})
            return False
        if self.context.complete:
            return True
        answer = base64.b64encode(challenge or b"").decode()
        self._send(401, b"", {"WWW-Authenticate": f"NTLM {answer}"})
        return False

    def _send(self, status: int, content: bytes, headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "text/xml; charset=utf-8")
        self.send_header("Content-Length", str(len(content)))
        for key, value in (headers or {}).items():
            self.send_header(key, value)
        self.end_headers()
        self.wfile.write(content)
        self.wfile.flush()

    def _answer(self, name: str, messages: list[str]) -> None:
        text = (
            f'<?xml version="1.0" encoding="utf-8"?><s:Envelope xmlns:s="{S}" xmlns:t="{T}" '
            f'xmlns:m="{M}"><s:Header><t:ServerVersionInfo MajorVersion="15" MinorVersion="0" '
            'MajorBuildNumber="847" MinorBuildNumber="32" Version="V2_23"/></s:Header><s:Body>'
            f"<m:{name}Response><m:ResponseMessages>{''.join(messages)}</m:ResponseMessages>"
            f"</m:{name}Response></s:Body></s:Envelope>"
        )
        self._send(200, text.encode())

    def _GetFolder(self, operation: Any) -> list[str]:
        found = []
        for element in operation.find("m:FolderIds", NAMES):
            id = element.get("Id")
            name = "Inbox" if id in ("inbox", "id-inbox") else "Root"
            if id in self.exchange.folders:
                name = self.exchange.folders[id]
            id = id if id in self.exchange.folders or id.startswith("id-") else f"id-{id}"
            found.append(
                _ok("GetFolder", f"<m:Folders>{_folder(id, name, id == 'id-inbox')}</m:Folders>")
            )
        return found

    def _FindFolder(self, operation: Any) -> list[str]:
        folders = "".join(_folder(id, name) for id, name in self.exchange.folders.items())
        count = len(self.exchange.folders)
        return [
            _ok(
                "FindFolder",
                f'<m:RootFolder TotalItemsInView="{count}" IncludesLastItemInRange="true" '
                f'IndexedPagingOffset="{count}"><t:Folders>{folders}</t:Folders></m:RootFolder>',
            )
        ]

    def _CreateFolder(self, operation: Any) -> list[str]:
        name = operation.find(".//t:DisplayName", NAMES).text
        id = f"id-folder-{len(self.exchange.folders)}"
        self.exchange.folders[id] = name
        ids = f'<t:Folder><t:FolderId Id="{id}" ChangeKey="c"/></t:Folder>'
        return [_ok("CreateFolder", f"<m:Folders>{ids}</m:Folders>")]

    def _SyncFolderItems(self, operation: Any) -> list[str]:
        exchange = self.exchange
        state = operation.findtext("m:SyncState", None, NAMES)
        since = 0
        if state:
            epoch, since = (int(part) for part in state.split("."))
            if epoch != exchange.epoch:
                return [
                    _error(
                        "ErrorInvalidSyncStateData", "no such state", "SyncFolderItems",
                        "<m:SyncState/><m:IncludesLastItemInRange>true</m:IncludesLastItemInRange>",
                    )
                ]  # fmt: skip
        size = int(operation.findtext("m:MaxChangesReturned", "10", NAMES))
        changes = [
            (item.changed, f"<t:Create>{_item(item)}</t:Create>")
            for item in exchange.items.values()
            if item.folder == "inbox" and item.changed > since
        ]
        changes += [
            (at, f'<t:Delete><t:ItemId Id={quoteattr(id)} ChangeKey="c"/></t:Delete>')
            for at, id in exchange.removed
            if state and at > since
        ]
        changes.sort(key=lambda change: change[0])
        page = changes[:size]
        last = page[-1][0] if len(page) < len(changes) else max([since, *(at for at, _ in page)])
        done = "false" if len(page) < len(changes) else "true"
        return [
            _ok(
                "SyncFolderItems",
                f"<m:SyncState>{exchange.epoch}.{last}</m:SyncState>"
                f"<m:IncludesLastItemInRange>{done}</m:IncludesLastItemInRange>"
                f"<m:Changes>{''.join(text for _, text in page)}</m:Changes>",
            )
        ]

    def _found(self, operation: Any, path: str) -> list[Stored | None]:
        ids = [element.get("Id") for element in operation.findall(path, NAMES)]
        return [self.exchange.items.get(id) for id in ids]

    def _GetItem(self, operation: Any) -> list[str]:
        fields = [e.get("FieldURI") for e in operation.findall(".//t:FieldURI", NAMES)]
        content = "item:MimeContent" in fields
        answers = []
        for item in self._found(operation, "m:ItemIds/t:ItemId"):
            if item is not None and content and self.exchange.vanish:
                self.exchange.leave(item, None)
                item = None
            if item is None:
                answers.append(_error("ErrorItemNotFound", "gone", "GetItem", "<m:Items/>"))
            elif content and item.id in self.exchange.broken:
                answers.append(_error("ErrorMimeContentInvalid", "broken", "GetItem", "<m:Items/>"))
            else:
                answers.append(_ok("GetItem", f"<m:Items>{_item(item, content)}</m:Items>"))
        return answers

    def _UpdateItem(self, operation: Any) -> list[str]:
        answers = []
        for item in self._found(operation, ".//t:ItemChange/t:ItemId"):
            if item is None:
                answers.append(_error("ErrorItemNotFound", "gone", "UpdateItem", "<m:Items/>"))
                continue
            item.read = operation.findtext(".//t:IsRead", "", NAMES) in ("true", "1")
            self.exchange.clock += 1
            item.changed = self.exchange.clock
            ids = f'<t:Message><t:ItemId Id={quoteattr(item.id)} ChangeKey="d"/></t:Message>'
            answers.append(
                _ok(
                    "UpdateItem",
                    f"<m:Items>{ids}</m:Items><m:ConflictResults><t:Count>0</t:Count>"
                    "</m:ConflictResults>",
                )
            )
        return answers

    def _MoveItem(self, operation: Any) -> list[str]:
        target = operation.find("m:ToFolderId/t:FolderId", NAMES).get("Id")
        answers = []
        for item in self._found(operation, "m:ItemIds/t:ItemId"):
            if item is None:
                answers.append(_error("ErrorItemNotFound", "gone", "MoveItem", "<m:Items/>"))
                continue
            self.exchange.leave(item, self.exchange.folders[target])
            ids = f'<t:Message><t:ItemId Id={quoteattr(item.id)} ChangeKey="e"/></t:Message>'
            answers.append(_ok("MoveItem", f"<m:Items>{ids}</m:Items>"))
        return answers

    def _DeleteItem(self, operation: Any) -> list[str]:
        answers = []
        for item in self._found(operation, "m:ItemIds/t:ItemId"):
            if item is None:
                answers.append(_error("ErrorItemNotFound", "gone", "DeleteItem"))
            else:
                self.exchange.leave(item, None)
                answers.append(_ok("DeleteItem", ""))
        return answers


def _ok(name: str, content: str) -> str:
    return (
        f'<m:{name}ResponseMessage ResponseClass="Success">'
        f"<m:ResponseCode>NoError</m:ResponseCode>{content}</m:{name}ResponseMessage>"
    )


def _error(code: str, words: str, name: str, content: str = "") -> str:
    return (
        f'<m:{name}ResponseMessage ResponseClass="Error"><m:MessageText>{escape(words)}'
        f"</m:MessageText><m:ResponseCode>{code}</m:ResponseCode>"
        f"<m:DescriptiveLinkKey>0</m:DescriptiveLinkKey>{content}</m:{name}ResponseMessage>"
    )


def _folder(id: str, name: str, inbox: bool = False) -> str:
    kind = "<t:DistinguishedFolderId>inbox</t:DistinguishedFolderId>" if inbox else ""
    return (
        f'<t:Folder><t:FolderId Id={quoteattr(id)} ChangeKey="c"/>'
        f'<t:ParentFolderId Id="id-root" ChangeKey="c"/>'
        f"<t:FolderClass>IPF.Note</t:FolderClass><t:DisplayName>{escape(name)}</t:DisplayName>"
        f"{kind}<t:TotalCount>0</t:TotalCount><t:ChildFolderCount>0</t:ChildFolderCount>"
        "</t:Folder>"
    )


def _item(item: Stored, content: bool = False) -> str:
    mime = base64.b64encode(item.raw).decode()
    text = f'<t:MimeContent CharacterSet="UTF-8">{mime}</t:MimeContent>' if content else ""
    return (
        f'<t:Message>{text}<t:ItemId Id={quoteattr(item.id)} ChangeKey="c"/>'
        f"<t:DateTimeReceived>{item.received.strftime('%Y-%m-%dT%H:%M:%SZ')}</t:DateTimeReceived>"
        f"<t:IsRead>{'true' if item.read else 'false'}</t:IsRead></t:Message>"
    )


@contextmanager
def exchange_server() -> Iterator[ExchangeServer]:
    """Serve until the block ends."""
    exchange = ExchangeServer()
    handler = type("Handler", (_Handler,), {"exchange": exchange})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    exchange.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield exchange
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
