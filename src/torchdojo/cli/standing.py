"""What `torchdojo` alone prints."""

from __future__ import annotations

from pathlib import Path

import click

from torchdojo.cli.opened import opened


def print_standing(content: tuple[Path, ...]) -> None:
    """Where you stand, what to do next."""
    from torchdojo.app.overview import overview
    from torchdojo.domain.exercise import Kind

    with opened(content) as dojo:
        seen = overview(dojo)
    click.echo(f"{seen.done} of {seen.total} exercises passed.")
    for attempt in seen.last_attempts[:3]:
        when = attempt.submitted_at.astimezone().strftime("%d %b %H:%M")
        click.echo(f"  {when}  {attempt.exercise}  {attempt.report.verdict}  {attempt.report.score:.0%}")
    click.echo()
    if seen.next_exercise is None:
        click.echo("You have passed everything there is. 'torchdojo list' to do one again.")
        return
    nxt = seen.next_exercise
    click.echo(f"Next: {click.style(nxt.id, bold=True)} ({nxt.title}, level {nxt.level}, {nxt.minutes} min)")
    click.echo("  in the browser      torchdojo serve")
    if nxt.kind is Kind.COMPUTE:
        click.echo(f"  here                torchdojo compute {nxt.id}")
        return
    click.echo(f"  in your own editor  torchdojo start {nxt.id}")
