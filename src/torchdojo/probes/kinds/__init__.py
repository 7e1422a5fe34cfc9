"""The probes: every module here is one, named after the bug kind it looks for."""
