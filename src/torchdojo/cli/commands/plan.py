"""`torchdojo plan`."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from torchdojo.cli.opened import opened

if TYPE_CHECKING:
    from torchdojo.scheduling.planning import Plan

#: Days that are printed one by one; the others are in `--all` and in the JSON.
_SHOWN = 7


@click.command("plan")
@click.option(
    "--date", "interview", type=click.DateTime(["%Y-%m-%d"]), metavar="YYYY-MM-DD", help="The day of the interview."
)
@click.option("--all", "whole", is_flag=True, help="Print every day, not the next seven only.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def command(content: tuple[Path, ...], interview: datetime | None, whole: bool, as_json: bool) -> None:
    """What to do until the interview: one evening, one week or one month, day by day.

    The date is remembered, and cards are scheduled so that all of them come back before it.
    """
    from torchdojo.app.study_plan import study_plan
    from torchdojo.cli.printing import print_json
    from torchdojo.domain.errors import BadInput

    with opened(content) as dojo:
        made = study_plan(dojo, interview.date() if interview else None)
    if made is None:
        raise BadInput("No interview is ahead that a plan could be made for.", "torchdojo plan --date YYYY-MM-DD")
    if as_json:
        print_json(_data(made))
    else:
        _print(made, len(made.days) if whole else _SHOWN)


def _data(made: Plan) -> dict[str, Any]:
    return {
        "path": str(made.path),
        "interview": made.interview.isoformat(),
        "days": [
            {
                "day": day.day.isoformat(),
                "minutes": day.minutes,
                "new_cards": day.new_cards,
                "drill": day.drill,
                "exercises": [task.id for task in day.tasks],
            }
            for day in made.days
        ],
        "left_out": [task.id for task in made.left_out],
    }


def _print(made: Plan, shown: int) -> None:
    left = (made.interview - made.days[0].day).days
    when = "today" if left == 0 else "tomorrow" if left == 1 else f"in {left} days"
    click.echo(f"{str(made.path).capitalize()}: the interview is {when}, on {made.interview:%A %d %B %Y}.\n")
    for number, day in enumerate(made.days[:shown]):
        name = "Today" if number == 0 else f"{day.day:%a %d %b}"
        click.echo(f"{click.style(name, bold=True)}, about {day.minutes} minutes")
        new = f", {day.new_cards} of them new" if day.new_cards else ""
        click.echo(f"  cards that are due{new}: torchdojo review")
        for task in day.tasks:
            click.echo(f"  {task.title} (level {task.level}, {task.minutes} min): torchdojo start {task.id}")
        if day.drill:
            click.echo("  a drill, against the clock: torchdojo drill")
    if len(made.days) > shown:
        click.echo(f"\n{len(made.days) - shown} more days: torchdojo plan --all")
    if made.left_out:
        click.echo(f"\n{len(made.left_out)} exercises did not fit; the most wanted are in the plan.")
