"""`torchdojo search`."""

from __future__ import annotations

import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from torchdojo.cli.opened import opened

if TYPE_CHECKING:
    from rich.text import Text

    from torchdojo.app.searching import Hit

#: What shows a page in the terminal, by what it is.
_SHOW = {"exercise": "show", "question": "explain", "guide": "explain", "kind": "explain"}


@click.command("search")
@click.argument("words", nargs=-1, required=True)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def command(content: tuple[Path, ...], words: tuple[str, ...], as_json: bool) -> None:
    """Search exercises, questions and what is asked after them, guides and kinds of bugs. Exit status 1: nothing."""
    from torchdojo.app.searching import Search, plain
    from torchdojo.cli.printing import console, print_json

    with opened(content) as dojo:
        pages = Search(dojo).find(" ".join(words))
    if as_json:
        print_json([asdict(page) for page in pages])
    elif not pages:
        click.echo("Nothing has these words. Try fewer, or the beginning of one.")
    else:
        out = console()
        for page in pages:
            click.echo(f"{click.style(plain(page.title), bold=True)}  torchdojo {_SHOW[page.kind]} {page.slug}")
            for hit in page.hits:
                out.print(_line(hit), soft_wrap=False)
    sys.exit(0 if pages else 1)


def _line(hit: Hit) -> Text:
    from rich.text import Text

    from torchdojo.app.searching import plain

    line = Text("  ")
    if hit.place:
        line.append(f"{plain(hit.title)}: ", style="italic")
    for number, part in enumerate(hit.excerpt):
        line.append(part, style="bold yellow" if number % 2 else "dim")
    return line
