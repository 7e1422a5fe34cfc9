"""`torchdojo review`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from torchdojo.cli.opened import opened

_ANSWERS = 30


@click.command("review")
@click.option("--topic", default="", help="Only cards of this topic.")
@click.option(
    "--limit", type=click.IntRange(1), default=_ANSWERS, show_default=True, help="Stop after so many answers."
)
@click.option("--topics", is_flag=True, help="List the topics, with how many cards each has and how many are known.")
@click.option(
    "--set",
    "changes",
    multiple=True,
    metavar="NAME=VALUE",
    help="Change a setting: new, reviews (a day), retention, hour (a day begins), zone, interview.",
)
@click.option("--bring-back", metavar="CARD", help="Ask a card again that was set aside.")
@click.option(
    "--export",
    "export_to",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write your history to FILE.json, or the cards for Anki to FILE.apkg.",
)
@click.option(
    "--import",
    "import_from",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Take the history in a file that --export wrote.",
)
@click.option("--json", "as_json", is_flag=True, help="Print what is due as JSON, and ask nothing.")
@click.pass_obj
def command(
    content: tuple[Path, ...],
    topic: str,
    limit: int,
    topics: bool,
    changes: tuple[str, ...],
    bring_back: str | None,
    export_to: Path | None,
    import_from: Path | None,
    as_json: bool,
) -> None:
    """Review the cards that are due: questions, facts, and what you got wrong.

    Enter shows the answer; then 1 again, 2 hard, 3 good, 4 easy. Also: x run the
    code on a card, u undo, s set aside, n note, q quit.
    """
    from torchdojo.app import card_exchange, review_figures, review_settings, reviewing
    from torchdojo.cli.printing import print_json

    with opened(content, with_grader=True) as dojo:
        if changes:
            settings = review_settings.change_review_settings(dojo, **_pairs(changes))
            _print_settings(settings, as_json)
        elif bring_back:
            reviewing.set_aside(dojo, bring_back, aside=False)
            click.echo(f"{bring_back} will be asked again.")
        elif export_to:
            _export(dojo, export_to)
        elif import_from:
            told = card_exchange.imported(dojo, import_from.read_text(encoding="utf-8", errors="replace"))
            click.echo(
                f"Histories taken: {told.histories}, left as they are here: {told.left_out}. Notes: {told.notes}."
            )
        elif topics:
            _print_topics(review_figures.review_figures(dojo), as_json)
        elif as_json:
            print_json(_due(reviewing.desk(dojo, topic=topic)))
        else:
            from torchdojo.cli.asking import replies
            from torchdojo.cli.reviewing import Review

            Review(dojo, replies(), topic=topic, limit=limit).run()


def _pairs(changes: tuple[str, ...]) -> dict[str, str]:
    pairs = [change.partition("=") for change in changes]
    if wrong := [change for change, (_, sign, _) in zip(changes, pairs, strict=True) if not sign]:
        raise click.UsageError(f"{wrong[0]!r} is not NAME=VALUE, e.g. --set new=10")
    return {name.strip(): value for name, _, value in pairs}


def _export(dojo: Any, file: Path) -> None:
    import json

    from torchdojo.app import card_exchange
    from torchdojo.domain.errors import BadInput

    if file.suffix == ".apkg":
        click.echo(f"Wrote {card_exchange.write_anki(dojo, file)} cards to {file}.")
        return
    data = card_exchange.exported(dojo)
    try:
        file.write_text(json.dumps(data, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    except OSError as error:
        raise BadInput(f"{file} cannot be written: {error.strerror}.", "Name another file.") from error
    click.echo(f"Wrote {len(data['log'])} entries and {len(data['notes'])} notes to {file}.")


def _due(desk: Any) -> dict[str, Any]:
    queue = desk.queue
    return {
        "due": [
            {
                "card": card,
                "topic": desk.cards[card].topic,
                "front": desk.cards[card].front,
                "source": desk.cards[card].source,
            }
            for card in queue.order
        ],
        "learning": len(queue.learning),
        "reviews": len(queue.reviews),
        "new": len(queue.new),
        "held_back": queue.held_back,
        "next_at": None if desk.next_at is None else desk.next_at.isoformat(),
    }


def _print_settings(settings: Any, as_json: bool) -> None:
    from dataclasses import asdict

    from torchdojo.cli.printing import print_json

    if as_json:
        print_json(asdict(settings))
        return
    for name, value in asdict(settings).items():
        click.echo(f"{name:10} {value}")


def _print_topics(figures: Any, as_json: bool) -> None:
    from dataclasses import asdict

    from torchdojo.cli.printing import print_json

    if as_json:
        print_json([asdict(topic) for topic in figures.topics])
        return
    for topic in figures.topics:
        click.echo(f"{topic.topic:28} {topic.total:5} cards  {topic.seen:5} seen  {topic.well:5} known well")
