"""What customers send back: two answers to acknowledgements, and one that was undeliverable."""

from __future__ import annotations

from email.message import EmailMessage
from email.utils import format_datetime, make_msgid
from pathlib import Path
from typing import Any

import psycopg

from ..mail import maildir

SENT = """
select m.message_id, m.row_id, m.subject, r.address
from mail.message_status as m
inner join mail.recipient_status as r on r.message_id = m.id and r.kind = 'to'
inner join api.helpdesk_ticket as t on t.id = m.row_id
where m.state = 'sent' and t.customer is not null
order by m.row_id
limit 3
"""
SOLVE = "update api.helpdesk_ticket set status = 'solved' where id = %s"


def deliver(conn: psycopg.Connection[Any], inbox: Path) -> int:
    """Put the messages into the mailbox; gives their number. The first ticket is solved before."""
    solved, other, lost = conn.execute(SENT).fetchall()
    conn.execute(SOLVE, (solved[1],))
    row = conn.execute("select core.now()").fetchone()
    assert row is not None
    for told, text in (
        (solved, "It is back again since this morning."),
        (other, "Thank you, the serial number is 4711."),
    ):
        maildir.deliver(inbox, _answer(told, text, format_datetime(row[0])).encode())
    maildir.deliver(inbox, _report(lost, format_datetime(row[0])).encode())
    return 3


def _answer(told: tuple[Any, ...], text: str, date: str) -> str:
    message_id, _, subject, address = told
    message = EmailMessage()
    message["From"] = address
    message["To"] = "support@helpdesk.example"
    message["Date"] = date
    message["Subject"] = f"Re: {subject}"
    message["Message-ID"] = make_msgid(domain="customer.example")
    message["In-Reply-To"] = message["References"] = message_id
    message.set_content(f"{text}\n")
    return message.as_string()


def _report(lost: tuple[Any, ...], date: str) -> str:
    """As mail servers write it (RFC 3464)."""
    message_id, _, _, address = lost
    head = [
        "Return-Path: <>",
        "From: Mail Delivery System <mailer-daemon@mx.example>",
        "To: support@helpdesk.example",
        f"Date: {date}",
        "Auto-Submitted: auto-replied",
        f"Message-ID: {make_msgid(domain='mx.example')}",
        "Subject: Undelivered Mail Returned to Sender",
        "MIME-Version: 1.0",
        'Content-Type: multipart/report; report-type=delivery-status; boundary="=_report"',
    ]
    parts = [
        ("text/plain", [f"Your message to {address} could not be delivered."]),
        (
            "message/delivery-status",
            [
                "Reporting-MTA: dns; mx.example",
                "",
                f"Final-Recipient: rfc822; {address}",
                "Action: failed",
                "Status: 5.1.1",
                "Diagnostic-Code: smtp; 550 5.1.1 no such mailbox",
            ],
        ),
        ("text/rfc822-headers", ["To: " + address, f"Message-ID: {message_id}"]),
    ]
    for kind, lines in parts:
        head += ["", "--=_report", f"Content-Type: {kind}", "", *lines]
    return "\n".join([*head, "", "--=_report--", ""])
