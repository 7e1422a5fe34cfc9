"""`torchdojo solution`."""

from __future__ import annotations

from pathlib import Path

import click

from torchdojo.cli.opened import opened


@click.command("solution")
@click.argument("exercise_id", metavar="ID")
@click.option("--yes", is_flag=True, help="Even without an attempt.")
@click.option("--raw", is_flag=True, help="Only the script, as it is.")
@click.pass_obj
def command(content: tuple[Path, ...], exercise_id: str, yes: bool, raw: bool) -> None:
    """Show the solution and the debrief: after an attempt, or with --yes."""
    from torchdojo.app.guidance import solution
    from torchdojo.cli.printing import console, print_markdown

    with opened(content) as dojo:
        answer = solution(dojo, exercise_id, confirmed=yes)
    if raw:
        click.echo(answer.source, nl=False)
        return
    from rich.syntax import Syntax

    console().print(Syntax(answer.source, "python", theme="ansi_dark", line_numbers=True))
    print_markdown(answer.debrief)
