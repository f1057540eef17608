"""Fault injection: an instance under load while everything around it fails, then the books."""
