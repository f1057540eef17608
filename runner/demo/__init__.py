"""The helpdesk example from nothing to its result, with the product's own parts only."""

from .play import play

__all__ = ["play"]
