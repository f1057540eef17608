"""Pages for people: every read and write goes through the web service's own way, as the account."""

from .routes import routes

__all__ = ["routes"]
