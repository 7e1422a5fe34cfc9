"""`torchdojo start`."""

from __future__ import annotations

from pathlib import Path

import click

from torchdojo.cli.opened import opened


@click.command("start")
@click.argument("exercise_id", metavar="ID")
@click.option(
    "--dir", "directory", type=click.Path(file_okay=False, path_type=Path), help="Where to write it (default: here)."
)
@click.option("--reset", is_flag=True, help="Start over; asks first, keeps your file as a backup.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.pass_obj
def command(content: tuple[Path, ...], exercise_id: str, directory: Path | None, reset: bool, yes: bool) -> None:
    """Write an exercise's file to work on. Never overwrites your work.

    The file of an implement exercise is graded by running it: python FILE does what torchdojo grade ID FILE does.
    """
    from torchdojo.app.workspace import start_exercise

    if reset and not yes:
        click.confirm("Start over? Your file is kept as a backup.", abort=True)
    with opened(content) as dojo:
        workspace = start_exercise(dojo, exercise_id, directory, reset=reset)
    if workspace.backup is not None:
        click.echo(f"Your file is kept as {workspace.backup}")
    click.echo(f"{'Wrote' if workspace.created else 'Left as it is:'} {workspace.path}")
    click.echo()
    where = "" if directory is None else f" --dir {directory}"
    click.echo(f"torchdojo watch {exercise_id}{where}    judges again whenever you save")
    click.echo(f"torchdojo grade {exercise_id} {workspace.path}    judges once")
    if workspace.grades_itself:
        click.echo(f"python {workspace.path}    does the same")
