"""Find, parse and hand out content folders."""
