"""The helpdesk example is what its READMEs say, read by Python's own parsers."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes
from email.errors import InvalidBase64CharactersDefect, InvalidBase64PaddingDefect
from email.message import EmailMessage
from email.policy import default
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import cast

import pytest

EXAMPLE = Path(__file__).parents[2] / "examples" / "helpdesk"
MAILS = EXAMPLE / "mails"
TEXTS = {"text/plain", "text/html"}
BAD_BASE64 = (InvalidBase64CharactersDefect, InvalidBase64PaddingDefect)
RESERVED = re.compile(r"(^|\.)(example|example\.(com|org|net))$")
SIGNATURES = {"application/pdf": b"%PDF-1.4", "image/png": b"\x89PNG\r\n\x1a\n"}


@dataclass(frozen=True)
class Mail:
    """A row of mails/README.md."""

    file: str
    special: str
    charset: str
    attachments: str
    reads: str
    outcome: str

    @property
    def raw(self) -> bytes:
        return (MAILS / self.file).read_bytes()

    @property
    def message(self) -> EmailMessage:
        return message_from_bytes(self.raw, policy=default)


def listed() -> list[Mail]:
    """The rows of the table, without its heading."""
    lines = (MAILS / "README.md").read_text(encoding="utf-8").splitlines()
    rows = [line.strip("| ").split(" | ") for line in lines if line.startswith("|")]
    return [Mail(*row) for row in rows[2:]]


def leaves(message: EmailMessage) -> Iterator[EmailMessage]:
    """Parts that hold content; a forwarded message is one of them, not its parts."""
    if message.get_content_maintype() != "multipart":
        yield message
        return
    for part in message.iter_parts():
        yield from leaves(cast(EmailMessage, part))


def texts(message: EmailMessage) -> list[EmailMessage]:
    return [
        part
        for part in leaves(message)
        if part.get_content_type() in TEXTS and not part.is_attachment()
    ]


def attachments(message: EmailMessage) -> list[EmailMessage]:
    return [
        part
        for part in leaves(message)
        if part.get_content_type() not in TEXTS or part.is_attachment()
    ]


def trouble(message: EmailMessage) -> str | None:
    """Why a message cannot be read without loss."""
    if message["from"] is None:
        return "no header"
    for part in leaves(message):
        try:
            part.get_content()
        except LookupError:
            return "unknown charset"
        except KeyError:
            continue
        if any(isinstance(defect, BAD_BASE64) for defect in part.defects):
            return "invalid base64"
    return None


def guard(message: EmailMessage) -> str | None:
    """Why an answer could begin a loop."""
    if message.get_content_type() == "multipart/report":
        return "delivery report"
    if str(message.get("auto-submitted", "no")).split()[0] != "no":
        return "auto-reply"
    if message["list-id"] is not None and message["precedence"] == "bulk":
        return "list mail"
    if message["x-loop"] is not None:
        return "loop"
    return None


ALL = listed()
READABLE = [mail for mail in ALL if mail.outcome != "quarantined"]
TICKETS = [mail for mail in ALL if mail.outcome == "ticket"]


def by_file(mails: list[Mail]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("mail", mails, ids=[mail.file for mail in mails])


def test_every_message_is_listed() -> None:
    assert [mail.file for mail in ALL] == sorted(path.name for path in MAILS.glob("*.eml"))


def test_counts_are_those_of_the_readme() -> None:
    outcomes = [mail.outcome.split()[0] for mail in ALL]
    counts = [outcomes.count(outcome) for outcome in ("ticket", "skipped", "quarantined")]
    text = (EXAMPLE / "README.md").read_text(encoding="utf-8")
    found = re.search(r"Of the (\d+) messages (\d+) become .* (\d+) are skipped", text)
    lost = re.search(r"and (\d+) are quarantined", text)
    assert found is not None
    assert lost is not None
    assert [int(n) for n in (*found.groups(), lost[1])] == [len(ALL), *counts]


@by_file(ALL)
def test_outcome_follows_from_the_message(mail: Mail) -> None:
    message = mail.message
    reason = guard(message)
    if trouble(message):
        assert mail.outcome == "quarantined"
    else:
        assert mail.outcome == (f"skipped as {reason}" if reason else "ticket")


@by_file(ALL)
def test_charset_and_attachments(mail: Mail) -> None:
    message = mail.message
    bodies = texts(message) if message["from"] else []
    charset = bodies[0].get_content_charset("us-ascii") if bodies else "-"
    assert charset == mail.charset
    assert len(attachments(message)) == int(mail.attachments)


@by_file(READABLE)
def test_reads_as_listed(mail: Mail) -> None:
    message = mail.message
    read = [part.get_content() for part in texts(message)]
    assert "�" not in "".join(read)
    assert any(mail.reads in " ".join(text.split()) for text in [*read, message["subject"]])


@by_file(TICKETS)
def test_attached_bytes_are_real(mail: Mail) -> None:
    for part in attachments(mail.message):
        kind = part.get_content_type()
        content = part.get_content()
        if kind in SIGNATURES:
            assert content.startswith(SIGNATURES[kind])
        elif kind == "text/csv":
            (width,) = {len(re.split("[,;]", line)) for line in content.splitlines()}
            assert width > 1
        elif kind == "message/rfc822":
            assert [len(attachments(content)), content["message-id"]] == [1, "<gate-1@example.org>"]
        else:
            assert kind == "text/calendar"
            assert content.startswith("BEGIN:VCALENDAR")


@by_file(ALL)
def test_kept_as_in_a_maildir(mail: Mail) -> None:
    assert b"\r" not in mail.raw


@by_file(ALL)
def test_only_reserved_domains(mail: Mail) -> None:
    message = mail.message
    read = [str(value) for value in message.values()]
    read += [part.get_content() for part in texts(message)] if mail in READABLE else []
    domains = re.findall(r"@([a-z0-9-]+(?:\.[a-z0-9-]+)+)", "\n".join(read).lower())
    assert [d for d in domains if not RESERVED.search(d) and not d.startswith("01dcab12.")] == []


@by_file(READABLE)
def test_date_has_its_own_weekday(mail: Mail) -> None:
    message = mail.message
    if message["date"] is None:
        assert mail.file == "27-no-date.eml"
        return
    date = " ".join(str(message["date"]).split())
    assert parsedate_to_datetime(date).strftime("%a") == date[:3]


def mail_named(start: str) -> EmailMessage:
    return next(mail.message for mail in ALL if mail.file.startswith(start))


def test_file_names_are_decoded() -> None:
    names = [attachments(mail_named(start))[0].get_filename() for start in ("22", "23")]
    assert names == ["Příliš žluťoučká smlouva o dílo 2026.pdf", "Fahrten März.csv"]


def test_subjects_at_their_limits() -> None:
    subjects = [str(mail_named(start)["subject"]) for start in ("25", "26", "34")]
    assert [len(subjects[0]), subjects[1]] == [250, ""]
    assert subjects[2].split() == ["please", "fold", "this", "subject"]


def test_replies_name_their_originals() -> None:
    assert mail_named("29")["in-reply-to"] == mail_named("12")["message-id"]
    assert len(str(mail_named("31")["references"]).split()) == 9


def test_inline_picture_is_the_one_shown() -> None:
    message = mail_named("20")
    (picture,) = attachments(message)
    assert f"cid:{picture['content-id'].strip('<>')}" in texts(message)[1].get_content()


# A customer who stands there already, a day that is none, an address and segment that break limits.
WRONG_LINES = (1301, 2601, 3901)


def customers() -> list[dict[str, str]]:
    """Those that can be imported: the file has three rows more, which cannot."""
    with (EXAMPLE / "customers.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return [row for line, row in enumerate(rows, 2) if line not in WRONG_LINES]


def test_customers() -> None:
    rows = customers()
    emails = {row["email"] for row in rows}
    assert list(rows[0]) == ["name", "email", "phone", "city", "segment", "since", "active"]
    assert len(rows) == len(emails) == 5000
    assert all(RESERVED.search(email.partition("@")[2]) for email in emails)
    assert all(email == email.lower() and email.isascii() for email in emails)
    assert (EXAMPLE / "customers.csv").stat().st_size < 600_000


def test_senders_are_customers_or_strangers() -> None:
    senders = {
        address.addr_spec.lower()
        for mail in ALL
        if (sender := mail.message["reply-to"] or mail.message["from"])
        for address in sender.addresses
    }
    known = senders & {row["email"] for row in customers()}
    assert f"{len(known)} senders are among" in (EXAMPLE / "README.md").read_text(encoding="utf-8")
    assert len(senders - known) > 10
