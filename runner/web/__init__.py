"""The web service: the PostgREST protocol for what the exposed schemas have."""
