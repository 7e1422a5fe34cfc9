"""`torchdojo stats`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from torchdojo.cli.opened import opened

if TYPE_CHECKING:
    from torchdojo.app.overview import Overview
    from torchdojo.app.review_figures import ReviewFigures


@click.command("stats")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def command(content: tuple[Path, ...], as_json: bool) -> None:
    """Where you stand: exercises, cards, how much you remember, what comes when."""
    from torchdojo.app.overview import overview
    from torchdojo.app.review_figures import review_figures
    from torchdojo.cli.printing import print_json

    with opened(content) as dojo:
        seen, figures = overview(dojo), review_figures(dojo)
    if as_json:
        print_json(_data(seen, figures))
    else:
        _print(seen, figures)


def _data(seen: Overview, figures: ReviewFigures) -> dict[str, Any]:
    return {
        "exercises": {"passed": seen.done, "total": seen.total},
        "cards": {"total": figures.total, "seen": figures.seen, "due": len(figures.desk.queue)},
        "retention": {
            "asked": figures.retention.asked,
            "remembered": figures.retention.remembered,
            "share": figures.retention.share,
            "wanted": figures.desk.settings.retention,
        },
        "topics": [
            {"topic": topic.topic, "total": topic.total, "seen": topic.seen, "well": topic.well}
            for topic in figures.topics
        ],
        "forecast": [{"day": day.isoformat(), "cards": count} for day, count in figures.forecast],
        "answered": [{"day": day.isoformat(), "cards": count} for day, count in figures.answered],
        "leeches": [card.id for card in figures.leeches],
        "set_aside": [card.id for card in figures.aside],
    }


def _print(seen: Overview, figures: ReviewFigures) -> None:
    click.echo(f"{seen.done} of {seen.total} exercises passed.")
    click.echo(f"{figures.seen} of {figures.total} cards seen, {len(figures.desk.queue)} due now.")
    share = figures.retention.share
    if share is None:
        click.echo("How much you remember can be said once cards have come back after a day or more.")
    else:
        asked = figures.retention.asked
        wanted = figures.desk.settings.retention
        click.echo(f"{share:.0%} remembered of {asked} that came back in the last 30 days ({wanted:.0%} wanted).")
    click.echo("\nCards that come back (new ones are not counted)")
    most = max((count for _, count in figures.forecast), default=0)
    for number, (day, count) in enumerate(figures.forecast):
        name = "today" if number == 0 else day.strftime("%a %d %b")
        click.echo(f"  {name:>10} {'█' * round(30 * count / most) if most else ''} {count}")
    started = [topic for topic in figures.topics if topic.seen]
    if started:
        click.echo("\nTopics you have begun")
        for topic in started:
            click.echo(f"  {topic.topic:28} {topic.seen} of {topic.total} seen, {topic.well} known well")
    if figures.leeches:
        click.echo("\nForgotten often: practise these another way")
        for card in figures.leeches:
            click.echo(f"  {card.id}  ({card.source})")
    if figures.aside:
        click.echo("\nSet aside (torchdojo review --bring-back CARD)")
        for card in figures.aside:
            click.echo(f"  {card.id}")
