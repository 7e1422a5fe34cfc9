"""`torchdojo watch`."""

from __future__ import annotations

from pathlib import Path

import click

from torchdojo.cli.opened import opened


@click.command("watch")
@click.argument("exercise_id", metavar="[ID]", required=False)
@click.option(
    "--dir", "directory", type=click.Path(file_okay=False, path_type=Path), help="Where the file is (default: here)."
)
@click.pass_obj
def command(content: tuple[Path, ...], exercise_id: str | None, directory: Path | None) -> None:
    """Judge again whenever you save. Without ID: the next exercise you have not passed.

    Keys: n next, h hint, r reset, l list, q quit. It never goes on to another exercise by itself.
    """
    import sys

    from torchdojo.app.catalogue import find_scripted
    from torchdojo.app.overview import overview
    from torchdojo.cli.watching import Watch
    from torchdojo.domain.errors import BadInput

    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise BadInput(
            "'watch' needs a terminal to draw on and to read keys from.", "In scripts use 'torchdojo grade ID FILE'."
        )
    with opened(content, with_grader=True) as dojo:
        if exercise_id is None:
            following = overview(dojo).next_exercise
            if following is None:
                raise BadInput("You have passed every exercise.", "Name one: torchdojo watch ID")
            exercise_id = following.id
        Watch(dojo, find_scripted(dojo, exercise_id), directory or Path()).run()
