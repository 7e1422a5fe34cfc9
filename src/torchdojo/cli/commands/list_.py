"""`torchdojo list`."""

from __future__ import annotations

from pathlib import Path

import click

from torchdojo.cli.opened import opened


@click.command("list")
@click.option("--track", help="Only this track.")
@click.option("--kind", help="Only this kind (debug, ...).")
@click.option("--level", type=click.IntRange(1, 5), help="Only this level, 1 to 5.")
@click.option("--todo", is_flag=True, help="Only what you have not passed yet.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def command(
    content: tuple[Path, ...], track: str | None, kind: str | None, level: int | None, todo: bool, as_json: bool
) -> None:
    """List the exercises and where you stand with each."""
    from torchdojo.app.catalogue import list_exercises
    from torchdojo.cli.printing import console, print_json

    with opened(content) as dojo:
        rows = list_exercises(dojo, track=track, kind=kind, level=level, todo=todo)
    if as_json:
        print_json(
            [
                {**row.exercise.summary_dict(), "passed": row.progress.passed, "best_score": row.progress.best_score}
                for row in rows
            ]
        )
        return
    from rich.table import Table

    table = Table(box=None, pad_edge=False)
    for name in ("", "id", "level", "min", "kind", "title"):
        table.add_column(name, style="bold" if name == "id" else "")
    for row in rows:
        sign = "✓" if row.progress.passed else "·" if not row.progress.attempts else f"{row.progress.best_score:.0%}"
        exercise = row.exercise
        table.add_row(sign, exercise.id, str(exercise.level), str(exercise.minutes), str(exercise.kind), exercise.title)
    console().print(table if rows else "Nothing matches; leave an option out.")
