"""Headers of mails as they leave: what a receiver reads in them is what was meant."""

from __future__ import annotations

import random
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from typing import Any

import pytest

from runner.mail.message import Unsendable, build, needs_utf8, to_bytes, wire_address

OUTLOOK = (
    "<DB9PR08MB1234567890ABCDEF1234567890ABCDEFGHIJKL@DB9PR08MB12345.eurprd08.prod.outlook.com>"
)


def sent(**more: Any) -> tuple[bytes, EmailMessage]:
    """A mail as bytes, and as a receiver reads it."""
    mail: dict[str, Any] = {
        "date": "2026-01-01T00:00:00+00:00",
        "message_id": "<a@b.example>",
        "from": {"address": "help@helpdesk.example", "name": "Müller, Hans (IT)"},
        "to": [{"address": "ann@a.example", "name": None}],
        "cc": [],
        "bcc": None,
        "reply_to": [],
        "subject": "Hello",
        "in_reply_to": None,
        "priority": "normal",
        "automatic": False,
        "body": "Text",
        "html": None,
        "attachments": [],
    } | more
    message = build(mail)
    raw = to_bytes(message, utf8=needs_utf8(message))
    return raw, BytesParser(policy=policy.default).parsebytes(raw)


def test_an_answer_names_the_message_that_it_answers_however_long_its_id() -> None:
    """Programs that know no encoded words in ids put the answer into the thread."""
    raw, message = sent(in_reply_to=OUTLOOK)
    assert f"\r\nIn-Reply-To: {OUTLOOK}\r\nReferences: {OUTLOOK}\r\n".encode() in raw
    assert message["references"] == OUTLOOK


def test_names_of_recipients_keep_the_recipients_apart() -> None:
    """Whatever letters, commas and quotes are in them; each line is short enough for a server."""
    chance = random.Random(1)
    for _ in range(300):
        people = [
            {
                "address": f"{'u' * chance.randint(1, 60)}{number}@a.example",
                "name": "".join(chance.choices('aü ,."()<>@;:\\日😀', k=chance.randint(1, 60))),
            }
            for number in range(chance.randint(1, 6))
        ]
        raw, message = sent(to=people, reply_to=people[:1])
        assert [address.addr_spec for address in message["to"].addresses] == [
            person["address"] for person in people
        ]
        assert [address.addr_spec for address in message["reply-to"].addresses] == [
            people[0]["address"]
        ]
        assert raw.isascii()
        assert max(map(len, raw.split(b"\r\n"))) < 998
    _, message = sent(to=[{"address": "j@c.example", "name": 'Jörg "J." Groß, IT'}])
    assert str(message["to"]) == r'"Jörg \"J.\" Groß, IT" <j@c.example>'


@pytest.mark.parametrize("body", ["Grüße\n.\n.two", "日本\n" * 50, "é" * 5000])
def test_no_byte_of_a_text_needs_a_server_for_8_bits(body: str) -> None:
    """It is announced nowhere: a server need not take it, and others on the way may change it."""
    raw, message = sent(body=body, html=f"<p>{body}</p>")
    assert raw.isascii()
    for form in ("plain", "html"):
        part = message.get_body((form,))
        assert part is not None
        assert body in part.get_content().replace("\r\n", "\n")


def test_domains_of_other_letters() -> None:
    """As registries have them today: "straße.de" is another domain than "strasse.de"."""
    assert wire_address("a@Straße.de") == "a@xn--strae-oqa.de"
    assert wire_address("a@βόλος.gr") == "a@xn--nxasmm1c.gr"
    assert wire_address("a@BÜCHER.example") == "a@xn--bcher-kva.example"
    for address in ("a@x..ü", "a@" + "ü" * 80 + ".de", "a@" + "ß" * 80 + ".de"):
        with pytest.raises(Unsendable):
            wire_address(address)
