"""`torchdojo look`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from torchdojo.cli.opened import opened

if TYPE_CHECKING:
    from torchdojo.app.looks import Looks


@click.command("look")
@click.argument("exercise_id", metavar="ID")
@click.argument("what", required=False, default="")
@click.option("--hide", "hide_it", is_flag=True, help="Hide the script of an exercise that you have not worked on.")
@click.option(
    "--dir", "directory", type=click.Path(file_okay=False, path_type=Path), help="Where to write the script (here)."
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def command(
    content: tuple[Path, ...], exercise_id: str, what: str, hide_it: bool, directory: Path | None, as_json: bool
) -> None:
    """Debug without the script: open one look at a recorded run of it, at its price in minutes.

    Without WHAT: the looks, their prices and what you have spent. The last look is the script itself, which is then
    written as `torchdojo start` does.
    """
    from torchdojo.app import looks as app
    from torchdojo.app.workspace import start_exercise
    from torchdojo.cli.exhibits import print_exhibit
    from torchdojo.cli.printing import console, print_json
    from torchdojo.domain.errors import BadInput
    from torchdojo.domain.looks import Look

    out = console(stderr=True)
    written = None
    with opened(content, with_grader=bool(what)) as dojo:
        if hide_it:
            app.hide(dojo, exercise_id)
        if what:
            with out.status("Looking ..."):
                state = app.open_look(dojo, exercise_id, what)
            if what == Look.SCRIPT:
                written = start_exercise(dojo, exercise_id, directory)
        else:
            found = app.looks(dojo, exercise_id)
            if found is None:
                cure = f"torchdojo look {exercise_id} --hide    hides it"
                raise BadInput(f"The script of {exercise_id} is not hidden.", cure)
            state = found
    if as_json:
        print_json({**_json(state), "file": None if written is None else str(written.path)})
        return
    if not what:
        _print_prices(state, exercise_id)
        return
    for exhibit in state.row(Look(what)).exhibits:
        print_exhibit(exhibit)
    if written is not None:
        click.echo(f"{'Wrote' if written.created else 'Left as it is:'} {written.path}")
    click.echo(_spent(state))


def _json(state: Looks) -> dict[str, object]:
    rows = [
        {
            "look": str(row.look),
            "minutes": row.minutes,
            "opened": row.opened,
            "exhibits": [exhibit.to_json() for exhibit in row.exhibits],
        }
        for row in state.rows
    ]
    return {"hidden": state.hidden, "spent": state.spent, "looks": rows}


def _print_prices(state: Looks, exercise_id: str) -> None:
    for row in state.rows:
        price = "open" if row.opened else f"{row.minutes} min"
        click.echo(f"{click.style(f'{row.look:<12}', bold=True)} {price:>6}  {row.look.shows}")
    click.echo(f"{_spent(state)} torchdojo look {exercise_id} WHAT opens one.")


def _spent(state: Looks) -> str:
    return f"Spent so far: {state.spent} {'minute' if state.spent == 1 else 'minutes'}."
