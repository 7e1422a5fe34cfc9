"""One file per command, found by walking."""
