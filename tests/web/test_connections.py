"""What a connection gives out, and when."""

from __future__ import annotations

import h11
import pytest

from runner.web.connections import HEAD_BYTES, Joined

TEXT = [("content-type", "text/plain"), ("content-length", "5")]


@pytest.fixture
def asked() -> Joined:
    """A connection that has read a request."""
    return after(b"GET / HTTP/1.1\r\nhost: a\r\n\r\n")


def after(request: bytes) -> Joined:
    found = Joined(h11.SERVER, HEAD_BYTES)
    found.receive_data(request)
    assert isinstance(found.next_event(), h11.Request)
    return found


def test_head_comes_with_the_body(asked: Joined) -> None:
    """Nothing is to be sent before the first of the body, which brings the head along."""
    assert asked.send(h11.Response(status_code=200, headers=TEXT)) == b""
    first = asked.send(h11.Data(data=b"he"))
    assert first.startswith(b"HTTP/1.1 200")
    assert first.endswith(b"\r\n\r\nhe")
    assert asked.send(h11.Data(data=b"llo")) == b"llo"
    assert asked.send(h11.EndOfMessage()) == b""


def test_head_alone(asked: Joined) -> None:
    """An answer without a body is its head."""
    assert asked.send(h11.Response(status_code=204, headers=[])) == b""
    assert asked.send(h11.EndOfMessage()).startswith(b"HTTP/1.1 204")


def test_head_of_the_next_answer(asked: Joined) -> None:
    """Each answer of a kept connection has its own head, once."""
    for _ in range(2):
        asked.send(h11.Response(status_code=200, headers=TEXT))
        sent = asked.send(h11.Data(data=b"hello")) + asked.send(h11.EndOfMessage())
        assert sent.count(b"HTTP/1.1") == 1
        assert isinstance(asked.next_event(), h11.EndOfMessage)
        asked.start_next_cycle()
        asked.receive_data(b"GET / HTTP/1.1\r\nhost: a\r\n\r\n")
        assert isinstance(asked.next_event(), h11.Request)


def test_permission_to_go_on_is_not_kept_back() -> None:
    """A client that waits for 100 gets it at once."""
    found = after(
        b"POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 1\r\nexpect: 100-continue\r\n\r\n"
    )
    going = h11.InformationalResponse(status_code=100, headers=[], reason="Continue")
    assert found.send(going).startswith(b"HTTP/1.1 100")
