"""The runner: claims tasks, has handlers do them, settles them, and keeps the house in order."""

from .supervisor import serve

__all__ = ["serve"]
