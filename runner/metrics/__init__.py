"""Metrics for Prometheus and health checks: what the database tells, and what a process counts."""
