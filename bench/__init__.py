"""Measurements against the budgets: `python -m bench`, described in docs/benchmarks.md."""
