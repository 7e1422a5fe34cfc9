"""One comparison per file."""
