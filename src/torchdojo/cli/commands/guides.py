"""`torchdojo guides`."""

from __future__ import annotations

from pathlib import Path

import click

from torchdojo.cli.opened import opened


@click.command("guides")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def command(content: tuple[Path, ...], as_json: bool) -> None:
    """List the study guides. `torchdojo explain SLUG` shows one."""
    from torchdojo.cli.printing import console, print_json

    with opened(content) as dojo:
        guides = dojo.library.guides()
    if as_json:
        print_json(
            [
                {"slug": guide.slug, "title": guide.title, "minutes": guide.minutes, "summary": guide.summary}
                for guide in guides
            ]
        )
        return
    if not guides:
        click.echo("There are no guides; `torchdojo doctor` says where content is looked for.")
        return
    from rich.table import Table

    table = Table(box=None, pad_edge=False)
    for name in ("slug", "min", "title"):
        table.add_column(name, style="bold" if name == "slug" else "")
    for guide in guides:
        table.add_row(guide.slug, str(guide.minutes), guide.title)
    console().print(table)
