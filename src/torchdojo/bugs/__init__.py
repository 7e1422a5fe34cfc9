"""One bug kind per file, and injection: source text in, source text out."""
