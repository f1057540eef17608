"""Mail out and in: what a runner does for the outbox and for mailboxes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..tasks import Chore, Handler
from .outbox import hang_up, send, sweep
from .push import listen
from .reading import enqueue_polls, poll

HANDLERS: Mapping[str, Handler] = {
    "mail.send": Handler(send, parallel=40),
    "mailbox.poll": Handler(poll, parallel=2),
}

CHORES: Sequence[Chore] = (
    Chore("mailboxes", enqueue_polls, every=1.0),
    Chore("mailbox push", listen, every=5.0, lasting=True),
    Chore("mail sweep", sweep, every=60.0),
    Chore("mail connections", hang_up, every=5.0),
)
