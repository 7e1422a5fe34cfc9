"""`torchdojo drill`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from torchdojo.cli.opened import opened

if TYPE_CHECKING:
    from torchdojo.app.drilling import BaseRow


@click.command("drill")
@click.option("--bugs", type=click.IntRange(1, 4), help="How many bugs (default: the seed decides).")
@click.option("--level", type=click.IntRange(1, 5), help="How hard, from 1 to 5.")
@click.option("--kinds", help="Only bugs of these kinds: slugs with commas between them.")
@click.option("--base", help="The script to break (see --bases).")
@click.option("--seed", type=click.IntRange(0), help="The same seed and options make the same challenge.")
@click.option(
    "--dir", "directory", type=click.Path(file_okay=False, path_type=Path), help="Where to write it (default: here)."
)
@click.option("--hidden", is_flag=True, help="Hide the script behind looks at its run (see torchdojo look).")
@click.option("--bases", is_flag=True, help="List the scripts that drills are made from, and the kinds each can have.")
@click.option("--made", is_flag=True, help="List the drills made so far.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def command(
    content: tuple[Path, ...],
    bugs: int | None,
    level: int | None,
    kinds: str | None,
    base: str | None,
    seed: int | None,
    directory: Path | None,
    hidden: bool,
    bases: bool,
    made: bool,
    as_json: bool,
) -> None:
    """A fresh debugging challenge: bugs planted in a sound script, and proved before you see it.

    Proved means: every bug shows when the script runs, none hides another, and mending one mends exactly that one.
    """
    from torchdojo.app import drilling
    from torchdojo.app.looks import hide, looks
    from torchdojo.app.workspace import start_exercise
    from torchdojo.cli.printing import console, print_json

    if bases or made:
        with opened(content) as dojo:
            if bases:
                _print_bases(drilling.base_rows(dojo), as_json)
            else:
                _print_made([exercise.summary_dict() for exercise in drilling.drills(dojo)], as_json)
        return
    chosen = [kind.strip() for kind in (kinds or "").split(",") if kind.strip()]
    number = drilling.fresh_seed() if seed is None else seed
    out = console(stderr=True)
    with opened(content, with_grader=True) as dojo, out.status("Choosing a script and its bugs ...") as status:
        drill = drilling.drill(
            dojo,
            seed=number,
            bugs=bugs or 0,
            level=level or 0,
            kinds=chosen,
            base=base or "",
            say=lambda text: status.update(f"Proving it: {text} ..."),
        )
        exercise = drill.exercise
        standing = hide(dojo, exercise.id) if hidden else looks(dojo, exercise.id)
        # A file would give away what is hidden.
        unseen = standing is not None and standing.hidden
        workspace = None if unseen else start_exercise(dojo, exercise.id, directory)
    if as_json:
        file = None if workspace is None else str(workspace.path)
        print_json({**exercise.summary_dict(), "file": file, "command": drill.recipe.command})
        return
    level_text = f"level {exercise.level}, about {exercise.minutes} minutes"
    click.echo(f"{click.style(exercise.title, bold=True)}  ({level_text})")
    click.echo(exercise.summary)
    if drill.made:
        runs = f"{drill.gradings} runs"
        dropped = f"; {drill.dropped} other choices were dropped" if drill.dropped else ""
        click.echo(f"Proved by {runs}{dropped}. The same challenge again: {drill.recipe.command}")
    click.echo()
    if workspace is None:
        click.echo("The script is hidden. What you can look at costs minutes:")
        click.echo(f"torchdojo show {exercise.id}     the task")
        click.echo(f"torchdojo look {exercise.id}     the looks and their prices")
        return
    click.echo(f"{'Wrote' if workspace.created else 'Left as it is:'} {workspace.path}")
    where = "" if directory is None else f" --dir {directory}"
    click.echo(f"torchdojo show {exercise.id}     the task")
    click.echo(f"torchdojo watch {exercise.id}{where}    judges again whenever you save")
    click.echo(f"torchdojo grade {exercise.id} {workspace.path}    judges once")


def _print_bases(rows: list[BaseRow], as_json: bool) -> None:
    from torchdojo.cli.printing import print_json

    if as_json:
        said = ({"id": r.base.id, "title": r.base.title, "places": r.places, "kinds": list(r.kinds)} for r in rows)
        print_json(list(said))
        return
    for row in rows:
        click.echo(f"{click.style(row.base.id, bold=True)}  {row.base.title}: {row.places} places")
        click.echo(f"    {', '.join(row.kinds)}")


def _print_made(rows: list[dict[str, Any]], as_json: bool) -> None:
    from torchdojo.cli.printing import print_json

    if as_json:
        print_json(rows)
        return
    for row in rows:
        click.echo(f"{click.style(row['id'], bold=True)}  {row['title']}, level {row['level']}")
    if not rows:
        click.echo("None yet: `torchdojo drill` makes one.")
