"""`torchdojo serve`."""

from __future__ import annotations

from pathlib import Path

import click

from torchdojo.cli.opened import opened

#: A run keeps the processor busy; what is typed in an interview meanwhile has to reach the other page at once.
GRADING_NICENESS = 5


@click.command("serve")
@click.option("--port", type=click.IntRange(0, 65535), default=8765, show_default=True, help="0 takes any free one.")
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--no-browser", is_flag=True, help="Only print the address.")
@click.pass_obj
def command(content: tuple[Path, ...], port: int, host: str, no_browser: bool) -> None:
    """Open the practice page in the browser. Ctrl-C ends it; your drafts are kept."""
    from torchdojo.web import serve

    with opened(content, with_grader=True, niceness=GRADING_NICENESS) as dojo:
        serve(dojo, host=host, port=port, open_browser=not no_browser, announce=_announce)


def _announce(address: str) -> None:
    click.echo(f"torchdojo is at {address}")
    click.echo("Ctrl-C ends it.")
