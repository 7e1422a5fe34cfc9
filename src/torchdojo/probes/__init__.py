"""One training-run observer per file; each reads a trace and yields findings with evidence."""
