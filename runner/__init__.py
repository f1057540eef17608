"""pgears: classes, rules, mail and workflows that live in PostgreSQL."""

__version__ = "0.1.0"
