"""`torchdojo hint`."""

from __future__ import annotations

from pathlib import Path

import click

from torchdojo.cli.opened import opened


@click.command("hint")
@click.argument("exercise_id", metavar="ID")
@click.option("--again", is_flag=True, help="Show the opened ones again without opening another.")
@click.pass_obj
def command(content: tuple[Path, ...], exercise_id: str, again: bool) -> None:
    """Open the next hint. They rise from a question to the place."""
    from torchdojo.app.guidance import hints, open_hint

    with opened(content) as dojo:
        before = hints(dojo, exercise_id)
        state = before if again or len(before.opened) == before.total else open_hint(dojo, exercise_id)
    if len(before.opened) == before.total and not again:
        click.echo("There are no more hints. 'torchdojo solution' is left.")
    shown = state.opened if again else state.opened[-1:]
    first = len(state.opened) - len(shown) + 1
    for number, text in enumerate(shown, first):
        click.echo(f"Hint {number} of {state.total}: {text}")
