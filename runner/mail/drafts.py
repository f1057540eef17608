"""Mail by Microsoft Graph: a draft that is sent, so that its fate can be looked up afterwards.

The immutable id of the draft is committed before Graph is asked to send it, and stays the id of
what was sent. An attempt that takes over from a lost one looks at the item: one that is no draft
any more has left; a draft is sent, which the server does once for each draft, whoever asks.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from .connections import Connections
from .graphmailbox import GraphMailbox, Passing, Refused
from .inline import shown
from .message import build, to_bytes, wire_address
from .smtp import Progress, Result, everybody
from .spool import Read, attached
from .uploads import PIECE, attach

IN_MIME = 2 * 1024 * 1024
"""Attachments up to this size together go along in the draft: a request takes 4 MB of base64."""
TRANSIT = 3600.0
"""Seconds in which a mail may be neither a draft any more nor among the sent ones yet."""
LOOK_AGAIN = 60.0

Keep = Callable[[str | None, bool], Awaitable[None]]
"""Commits the id of the draft, and whether it is about to be sent."""


def held_as_draft(mail: Mapping[str, Any]) -> int:
    """About how many bytes are held while a mail is sent: its message, and that as base64."""
    files = sum(file["size"] for file in mail["attachments"])
    texts = len(mail["body"]) + len(mail["html"] or "")
    return 3 * (texts + (files if files <= IN_MIME else PIECE))


async def send_draft(
    connections: Connections,
    mail: Mapping[str, Any],
    read: Read,
    keep: Keep,
    progress: Progress,
) -> tuple[Sequence[Result], float | None]:
    """Try once: an outcome for each recipient, and how long the server wants to be left alone."""
    envelope: list[str] = mail["envelope"]
    progress.after_content = "unclear"
    progress.content_given = mail["asked"] is not None and not mail["redirected"]
    async with connections.web() as client:
        attempt = _Attempt(GraphMailbox(client, mail["account"]), mail, read, keep, progress)
        try:
            return await attempt.run(), attempt.after
        except Passing as error:
            undone = attempt.sending and not error.unclear
            outcome = "deferred" if undone else progress.outcome
            return everybody(envelope, outcome, str(error), error.status), error.after
        except Refused as error:
            return everybody(envelope, "refused", str(error), error.status), None


class _Attempt:
    """One mail on its way."""

    def __init__(
        self,
        mailbox: GraphMailbox,
        mail: Mapping[str, Any],
        read: Read,
        keep: Keep,
        progress: Progress,
    ) -> None:
        self.mailbox, self.mail, self.read, self.keep = mailbox, mail, read, keep
        self.progress = progress
        self.envelope: list[str] = mail["envelope"]
        self.after: float | None = None
        self.sending = False
        """What was before is known: only the request to send counts."""

    async def run(self) -> Sequence[Result]:
        """Look what an attempt before has left, make a draft unless there is one, send it."""
        # Of a redirected mail nothing is touched that may be the one of another instance.
        draft: str | None = None if self.mail["redirected"] else self.mail["draft"]
        if draft is not None:
            item = await self.mailbox.look(draft)
            if item is not None and not item["isDraft"]:
                return everybody(self.envelope, "sent", "found as sent by its id")
            if item is None and self.mail["asked"] is not None:
                return self._gone()
            if item is None or self.mail["asked"] is None or self._others(item):
                # Unfinished, or of an envelope that has changed: it never was to be sent.
                await self.keep(None, False)
                self.progress.content_given = False
                await self.mailbox.delete(draft)
                draft = None
        elif self.mail["attempt"] > 1 and not self.mail["redirected"]:
            await self.mailbox.delete_drafts(self.mail["message_id"])
        if draft is None:
            draft = await self._create()
        await self.keep(draft, True)
        self.progress.content_given = self.sending = True
        return await self._send(draft)

    def _gone(self) -> Sequence[Result]:
        """The server has taken the draft, and shows nothing yet, or nothing any more."""
        if self.mail["asked"] < TRANSIT:
            self.after = LOOK_AGAIN
            return everybody(self.envelope, "unclear", "taken for sending, not among the sent yet")
        return everybody(self.envelope, "unknown", "neither a draft nor among the sent mails")

    async def _create(self) -> str:
        """A draft of the mail with all its attachments; its id."""
        files: Sequence[Mapping[str, Any]] = self.mail["attachments"]
        small = sum(file["size"] for file in files) <= IN_MIME
        inside = files if small else shown(self.mail["html"], files, IN_MIME)
        message = build(self._addressed(), await attached(inside, self.read))
        item = await self.mailbox.create(to_bytes(message, utf8=True))
        draft = str(item["id"])
        if self._others(item):
            await self.mailbox.address(draft, self._places())
        if not small:
            await self.keep(draft, False)
            for file in files:
                if file not in inside:
                    await attach(self.mailbox, draft, file, self.read)
        return draft

    async def _send(self, draft: str) -> Sequence[Result]:
        try:
            answer = await self.mailbox.send(draft)
        except Refused as error:
            item = await self.mailbox.look(draft)
            if item is None:
                raise Passing(str(error), error.status) from error
            if not item["isDraft"]:  # another attempt, whose lease is lost, was quicker
                return everybody(self.envelope, "sent", "found as sent by its id")
            await self.mailbox.delete(draft)
            raise
        return everybody(self.envelope, "sent", answer.reason_phrase, answer.status_code)

    def _places(self) -> dict[str, list[Mapping[str, Any]]]:
        """Recipients of this attempt where the mail has them; the others get blind copies."""
        left = {address.lower(): address for address in self.envelope}
        places: dict[str, list[Mapping[str, Any]]] = {"to": [], "cc": [], "bcc": []}
        for place in ("to", "cc"):
            for entry in self.mail[place]:
                if left.pop(entry["address"].lower(), None) is not None:
                    places[place].append(entry)
        places["bcc"] = [{"address": address, "name": None} for address in left.values()]
        if not places["to"] and not places["cc"] and self.mail["redirected"]:
            places["to"], places["bcc"] = places["bcc"], []
        return places

    def _addressed(self) -> dict[str, Any]:
        return {**self.mail, **self._places()}

    def _others(self, item: Mapping[str, Any]) -> bool:
        """Whether a draft goes to others than this attempt is for."""
        found = {
            (kind, str(entry["emailAddress"]["address"]).lower())
            for kind in ("to", "cc", "bcc")
            for entry in item.get(f"{kind}Recipients") or ()
        }
        wanted = {
            (kind, wire_address(entry["address"]).lower())
            for kind, entries in self._places().items()
            for entry in entries
        }
        return found != wanted
