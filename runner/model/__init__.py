"""Models: definitions of classes and queries, and what is made of them."""
