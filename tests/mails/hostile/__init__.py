"""Odd and hostile messages, each with its reason and what is to become of it."""
