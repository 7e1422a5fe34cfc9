"""The terminal: one file per command."""

from __future__ import annotations


def main() -> None:
    """The `torchdojo` command."""
    from torchdojo.cli.root import cli

    cli()
