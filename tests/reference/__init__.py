"""Pages of docs/ that are made from their sources; `make docs-reference` writes them."""
