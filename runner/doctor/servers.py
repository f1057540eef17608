"""Look at the certificates of servers: connect, shake hands, and go.

Nothing is said to a server beyond what leads to TLS, and no login is tried. All are looked at
side by side in threads that nobody waits for longer than SECONDS: a name server or a peer that
does not answer holds nothing up.
"""

from __future__ import annotations

import imaplib
import smtplib
import socket
import ssl
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import datetime

from cryptography import x509

from ..http_out.addresses import Allowance, Forbidden
from .endpoint import Endpoint
from .finding import Finding
from .secretfiles import DAYS, days_left

SECONDS = 5.0
"""That one look may take."""
TOGETHER = 32
"""Looks at a time."""

_SSL_REQUEST = (8).to_bytes(4, "big") + (80877103).to_bytes(4, "big")


class NoTls(Exception):
    """The server answers and offers no TLS."""


@dataclass(slots=True)
class Look:
    """What came of one endpoint."""

    endpoint: Endpoint
    ends: datetime | None = None
    """Of the server's own certificate; none without TLS."""
    error: Exception | None = None
    done: bool = False

    def take(self) -> None:
        """Connect and read the certificate."""
        try:
            self.ends = _certificate_ends(self.endpoint)
        except Exception as error:  # noqa: BLE001 - whatever a peer brings about is what was found
            self.error = error
        self.done = True  # without it, nothing came back: as good as no answer


def look(known: Sequence[Endpoint], seconds: float = SECONDS) -> list[Look]:
    """One look at each, a number of them at a time."""
    looks = [Look(endpoint) for endpoint in known]
    for begin in range(0, len(looks), TOGETHER):
        threads = [
            threading.Thread(target=each.take, daemon=True)
            for each in looks[begin : begin + TOGETHER]
        ]
        for thread in threads:
            thread.start()
        deadline = time.monotonic() + seconds
        for thread in threads:
            thread.join(max(0.0, deadline - time.monotonic()))
    return looks


def servers(known: Iterable[Endpoint], seconds: float = SECONDS) -> Iterator[Finding]:
    """A finding for each endpoint that has a place."""
    looks = look([endpoint for endpoint in known if endpoint.host], seconds)
    if not looks:
        yield Finding("servers", "fine", "none is configured")
    for each in looks:
        yield _finding(each)


def _finding(look: Look) -> Finding:
    endpoint, error = look.endpoint, look.error
    who = f"{endpoint.name} ({endpoint.place})"
    if not look.done:
        error = TimeoutError(f"no answer within {SECONDS:.0f} s")
    if isinstance(error, Forbidden):
        mend = f"Name it in allow of the {endpoint.name.removeprefix('tokens of ')}."
        return Finding("servers", "wrong", f"{who}: {error}", mend)
    if isinstance(error, ssl.SSLCertVerificationError):
        text = f"{who}: its certificate is not trusted: {error.verify_message}"
        mend = "Renew the certificate of the server, or trust its authority (ca_file)."
        return Finding("servers", "wrong", text, mend)
    if isinstance(error, NoTls):
        mend = "Switch TLS on at the server, or say how it has it (tls, port)."
        return Finding("servers", "wrong", f"{who} offers no TLS", mend)
    if error is not None:
        text = f"{who} is not reached: {str(error) or type(error).__name__}"
        mend = (
            f"Start {endpoint.place}, or correct its address; a firewall may keep doctor from it."
        )
        return Finding("servers", "doubtful", text, mend)
    if look.ends is None:
        return Finding("servers", "fine", f"{who} answers, without TLS")
    unverified = ", which sslmode lets nobody verify" if endpoint.verified == "nothing" else ""
    days = days_left(look.ends)
    if days < 0:
        text = f"{who}: its certificate ended on {look.ends:%Y-%m-%d}{unverified}"
        return Finding("servers", "doubtful", text, "Renew the certificate of the server.")
    text = f"{who}: its certificate ends on {look.ends:%Y-%m-%d}, in {days} days{unverified}"
    if days < DAYS:
        return Finding("servers", "doubtful", text, "Renew the certificate of the server.")
    return Finding("servers", "fine", text)


def _certificate_ends(endpoint: Endpoint) -> datetime | None:
    host, port = endpoint.host or "", endpoint.port or 0
    address = host
    if endpoint.allow is not None:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        addresses = list(dict.fromkeys(str(each[4][0]) for each in found))
        address = Allowance(endpoint.allow).check(host, addresses)[0]
    if endpoint.tls == "none":
        socket.create_connection((address, port), SECONDS).close()
        return None
    context = _context(endpoint)
    if endpoint.tls == "starttls" and endpoint.protocol == "smtp":
        return _of_mail(host, port, context)
    if endpoint.tls == "starttls" and endpoint.protocol == "imap":
        return _of_mailbox(host, port, context)
    with closing(socket.create_connection((address, port), SECONDS)) as plain:
        if endpoint.protocol == "postgresql":
            plain.sendall(_SSL_REQUEST)
            if plain.recv(1) != b"S":
                if endpoint.tls == "prefer":
                    return None
                raise NoTls
        with context.wrap_socket(plain, server_hostname=host) as secured:
            return _ends(secured)


def _of_mail(host: str, port: int, context: ssl.SSLContext) -> datetime | None:
    mail = smtplib.SMTP(host, port, "localhost", SECONDS)
    try:
        mail.starttls(context=context)
        return _ends(mail.sock)
    except smtplib.SMTPNotSupportedError as error:
        raise NoTls from error
    finally:
        mail.close()


def _of_mailbox(host: str, port: int, context: ssl.SSLContext) -> datetime | None:
    mailbox = imaplib.IMAP4(host, port, SECONDS)
    try:
        if "STARTTLS" not in mailbox.capabilities:
            raise NoTls
        mailbox.starttls(context)
        return _ends(mailbox.sock)
    finally:
        with suppress(OSError):  # a handshake that failed has taken the socket along
            mailbox.shutdown()


def _context(endpoint: Endpoint) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=endpoint.ca_file)
    if endpoint.verified != "name":
        context.check_hostname = False
    if endpoint.verified == "nothing":
        context.verify_mode = ssl.CERT_NONE
    return context


def _ends(secured: object) -> datetime | None:
    assert isinstance(secured, ssl.SSLSocket)
    certificate = secured.getpeercert(binary_form=True)
    return (
        None
        if certificate is None
        else x509.load_der_x509_certificate(certificate).not_valid_after_utc
    )
