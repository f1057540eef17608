"""The runner: claims tasks, has handlers do them, settles them, and keeps the house in order."""

from .supervisor import serve
from .threads import leave

__all__ = ["leave", "serve"]
