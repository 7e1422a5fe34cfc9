"""`torchdojo list`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from torchdojo.cli.opened import opened

if TYPE_CHECKING:
    from rich.table import Table

    from torchdojo.app.catalogue import ExerciseRow
    from torchdojo.app.grouping import Grouping


@click.command("list")
@click.option("--by", metavar="track|lesson|folder", help="In groups, with what each group asks for.")
@click.option("--track", help="Only this track.")
@click.option("--kind", help="Only this kind (debug, ...).")
@click.option("--level", type=click.IntRange(1, 5), help="Only this level, 1 to 5.")
@click.option("--todo", is_flag=True, help="Only what you have not passed yet.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def command(
    content: tuple[Path, ...],
    by: str | None,
    track: str | None,
    kind: str | None,
    level: int | None,
    todo: bool,
    as_json: bool,
) -> None:
    """List the exercises and where you stand with each.

    --by lesson follows a course on PyTorch interviews, --by folder a practice repository: what each lesson or folder
    asks for, and the exercises that practise it. An exercise may stand at several places.
    """
    from torchdojo.app.catalogue import list_exercises
    from torchdojo.app.grouping import grouped
    from torchdojo.cli.printing import print_json

    narrowed = todo or any(option is not None for option in (track, kind, level))
    with opened(content) as dojo:
        rows = list_exercises(dojo, track=track, kind=kind, level=level, todo=todo)
        grouping = None if by is None else grouped(dojo, by, rows)
    if as_json:
        print_json([_row(row) for row in rows] if grouping is None else _groups(grouping))
    elif not rows:
        click.echo("Nothing matches; leave an option out.")
    elif grouping is None:
        _print(_table(rows))
    else:
        _print_groups(grouping, keep_empty=not narrowed)


def _row(row: ExerciseRow) -> dict[str, Any]:
    return {**row.exercise.summary_dict(), "passed": row.progress.passed, "best_score": row.progress.best_score}


def _groups(grouping: Grouping) -> dict[str, Any]:
    groups = [
        {
            "id": group.id,
            "title": group.title,
            "items": [
                {"id": item.id, "title": item.title, "exercises": [_row(row) for row in item.rows]}
                for item in group.items
            ],
        }
        for group in grouping.groups
    ]
    return {"title": grouping.title, "groups": groups, "others": [_row(row) for row in grouping.others]}


def _print_groups(grouping: Grouping, *, keep_empty: bool) -> None:
    for group in grouping.groups:
        items = [item for item in group.items if item.rows or (item.title and keep_empty)]
        if not items:
            continue
        number = "" if group.id in group.title.lower() else f"{group.id}  "
        click.secho(f"{number}{group.title}", bold=True)
        for item in items:
            if item.title:
                click.echo(f"  {item.id}  {item.title}")
            if item.rows:
                _print(_group_table(item.rows), indent=4 if item.title else 2)
            else:
                click.secho("    no exercise yet", dim=True)
        click.echo()
    if grouping.others:
        click.echo(f"{len(grouping.others)} more are at none of these places: torchdojo list")


#: The columns of all groups stand under each other.
_WIDTHS = {"": 4, "id": 28, "level": 2, "min": 3}


def _table(rows: Sequence[ExerciseRow]) -> Table:
    from rich.table import Table

    table = Table("", box=None, pad_edge=False)
    for name in ("id", "level", "min", "kind", "title"):
        table.add_column(name, style="bold" if name == "id" else "")
    for row in rows:
        exercise = row.exercise
        table.add_row(
            _sign(row), exercise.id, str(exercise.level), str(exercise.minutes), str(exercise.kind), exercise.title
        )
    return table


def _group_table(rows: Sequence[ExerciseRow]) -> Table:
    from rich.table import Table

    table = Table(box=None, pad_edge=False, show_header=False)
    for name, width in _WIDTHS.items():
        table.add_column(name, style="bold" if name == "id" else "", min_width=width)
    table.add_column("title")
    for row in rows:
        exercise = row.exercise
        table.add_row(_sign(row), exercise.id, str(exercise.level), str(exercise.minutes), exercise.title)
    return table


def _sign(row: ExerciseRow) -> str:
    return "✓" if row.progress.passed else "·" if not row.progress.attempts else f"{row.progress.best_score:.0%}"


def _print(table: Table, indent: int = 0) -> None:
    from rich.padding import Padding

    from torchdojo.cli.printing import console

    # Padding has the table measured and drawn once more.
    console().print(Padding(table, (0, 0, 0, indent), expand=False) if indent else table)
