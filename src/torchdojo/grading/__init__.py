"""Starts the sandbox and the judge for one submission and hands out the report."""
