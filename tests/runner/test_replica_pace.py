"""How often a peer is asked."""

from __future__ import annotations

from runner.replica.continuous import IDLE, POLL, next_pause


def test_an_idle_peer_is_asked_less_often() -> None:
    """Pauses grow up to a limit below a second, and start anew when something came."""
    pauses = [POLL]
    for _ in range(20):
        pauses.append(next_pause(pauses[-1], 0))
    assert pauses == sorted(pauses)
    assert pauses[1] > POLL
    assert pauses[-1] == pauses[-2] == IDLE < 1
    assert next_pause(IDLE, 1) == POLL
