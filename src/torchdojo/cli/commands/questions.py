"""`torchdojo questions`."""

from __future__ import annotations

from pathlib import Path

import click

from torchdojo.cli.opened import opened


@click.command("questions")
@click.argument("words", nargs=-1)
@click.option("--topic", help="Only this topic.")
@click.option("--level", type=click.IntRange(1, 5), help="Only this level, 1 to 5.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def command(
    content: tuple[Path, ...], words: tuple[str, ...], topic: str | None, level: int | None, as_json: bool
) -> None:
    """List the interview questions by topic; with WORDS those that have them all.

    `torchdojo explain SLUG` shows one with its answer.
    """
    from torchdojo.app.knowledge import by_topic, list_questions
    from torchdojo.app.searching import plain
    from torchdojo.cli.printing import console, print_json

    with opened(content) as dojo:
        rows = list_questions(dojo, topic=topic, level=level, text=" ".join(words))
        groups = by_topic(dojo, rows)
    if as_json:
        print_json(
            [
                {
                    "number": row.number,
                    "slug": row.question.slug,
                    "topic": row.question.topic,
                    "level": row.question.level,
                    "title": row.question.title,
                    "summary": row.question.summary,
                    "follow_ups": len(row.question.follow_ups),
                }
                for row in rows
            ]
        )
        return
    if not rows:
        click.echo("Nothing matches; leave a word or an option out.")
        return
    from rich.table import Table

    width = max(len(row.question.slug) for row in rows)
    for group in groups:
        click.secho(f"{group.topic.title}  ({group.topic.id})", bold=True)
        table = Table(box=None, pad_edge=False, show_header=False)
        table.add_column("number", min_width=3)
        table.add_column("slug", style="bold", min_width=width)
        table.add_column("level")
        table.add_column("title")
        for row in group.rows:
            table.add_row(str(row.number), row.question.slug, str(row.question.level), plain(row.question.title))
        console().print(table)
        click.echo()
