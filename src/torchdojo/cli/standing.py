"""What `torchdojo` alone prints."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from torchdojo.cli.opened import opened

if TYPE_CHECKING:
    from torchdojo.app.reviewing import Desk


def print_standing(content: tuple[Path, ...]) -> None:
    """What is due, where you stand, what to do next."""
    from torchdojo.app.overview import overview
    from torchdojo.app.reviewing import desk
    from torchdojo.domain.exercise import Kind

    with opened(content) as dojo:
        seen, due = overview(dojo), desk(dojo)
    _print_due(due)
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


def _print_due(due: Desk) -> None:
    queue = due.queue
    interview = due.settings.interview_day()
    left = (interview - due.settings.days.day_of(due.now)).days if interview else -1
    if left >= 0:
        click.echo(
            "Your interview is today." if left == 0 else f"{left} day{'' if left == 1 else 's'} to your interview."
        )
    back = len(queue.learning) + len(queue.reviews)
    if len(queue):
        parts = [f"{back} to remember" if back else "", f"{len(queue.new)} new" if queue.new else ""]
        click.echo(f"Cards due: {' and '.join(filter(None, parts))}. torchdojo review")
    else:
        click.echo("No cards are due.")
