"""A large message of an IMAP server as a temporary file, fetched piece by piece."""

from __future__ import annotations

import tempfile

from imapclient import IMAPClient
from imapclient.exceptions import IMAPClientAbortError, IMAPClientError

from .contract import PIECE, Fetched


def in_pieces(client: IMAPClient, uid: int, key: str) -> Fetched:
    """The message; what the server cannot give is said in it."""
    file = tempfile.TemporaryFile()  # noqa: SIM115
    try:
        while True:
            begin = file.tell()
            answers = client.fetch([uid], [f"BODY.PEEK[]<{begin}.{PIECE}>"])
            piece = answers.get(uid, {}).get(f"BODY[]<{begin}>".encode())
            if piece is None and begin == 0:
                file.close()
                return Fetched(key)
            file.write(piece or b"")
            if len(piece or b"") < PIECE:
                return Fetched(key, file)
    except IMAPClientError as error:
        file.close()
        if isinstance(error, IMAPClientAbortError):
            raise
        return Fetched(key, error=f"the server does not give it: {error}")
    except BaseException:
        file.close()
        raise
