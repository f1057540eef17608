"""pgears: classes, rules, mail and workflows that live in PostgreSQL."""
