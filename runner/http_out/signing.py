"""Signatures of Standard Webhooks: webhook-id, webhook-timestamp, webhook-signature (v1)."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Sequence

from ..secrets import SecretMissing

PREFIX = "whsec_"


def signing_key(secret: str) -> bytes:
    """The bytes of a key as it is given out: base64, mostly behind whsec_."""
    text = secret.strip().removeprefix(PREFIX)
    try:
        key = base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
    except ValueError as error:  # binascii.Error is one
        raise SecretMissing("a signing secret is base64, behind whsec_ if you like") from error
    if not key:
        raise SecretMissing("a signing secret is empty")
    return key


def signature(keys: Sequence[bytes], id: str, timestamp: int, body: bytes) -> dict[str, str]:
    """The three headers; with several keys the receiver may know any of them."""
    signed = f"{id}.{timestamp}.".encode() + body
    made = [
        "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
        for key in keys
    ]
    return {
        "webhook-id": id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(made),
    }
