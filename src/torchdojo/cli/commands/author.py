"""`torchdojo author`: for those who write content."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any, cast

import click

from torchdojo.cli.opened import opened


@click.group("author")
def command() -> None:
    """Write and check content."""


@command.command("new")
@click.argument("kind", type=click.Choice(["debug", "implement", "compute", "question", "guide", "interview"]))
@click.argument("name", metavar="[TRACK/|TOPIC/]SLUG")
@click.option(
    "--root",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("exercises"),
    show_default=True,
    help="The content folder it belongs to.",
)
@click.pass_obj
def new(content: tuple[Path, ...], kind: str, name: str, root: Path) -> None:
    """Write a new exercise, question, guide or interview to fill in. `verify` says what is still missing.

    An implement exercise needs its track, a question its topic: `author new implement losses/my-loss`,
    `author new question training/my-question`. Questions, guides and interviews lie beside the content folder.
    """
    from torchdojo.authoring import TEXTS, new_exercise, new_interview, new_text

    with opened(content) as dojo:
        library = cast(Any, dojo.library)
        if kind in TEXTS:
            written = [new_text(kind, name, root=root, library=library)]
        elif kind == "interview":
            written = new_interview(name, root=root, library=library)
        else:
            written = new_exercise(kind, name, root=root, library=library)
    for path in written:
        click.echo(f"wrote {path}")
    called = f"interview:{name}" if kind == "interview" else name.rpartition("/")[2]
    click.echo(f"\nFill it in, then: torchdojo --content {root} verify {called}")


@command.command("docs")
@click.option("--check", is_flag=True, help="Only say whether the pages are up to date.")
@click.option(
    "--dir",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("docs/reference"),
    show_default=True,
    help="Where the reference pages are.",
)
def docs(check: bool, folder: Path) -> None:
    """Generate the reference pages: every command and every kind of bug."""
    from torchdojo.authoring import stale_pages, write_reference
    from torchdojo.cli.reference import commands_page

    page, text = folder / "commands.md", commands_page()
    if check:
        stale = stale_pages(folder / "bugs")
        if not page.exists() or page.read_text(encoding="utf-8") != text:
            stale.append(page)
        for path in stale:
            click.echo(f"out of date: {path}", err=True)
        if stale:
            click.echo("Generate them: torchdojo author docs", err=True)
        sys.exit(1 if stale else 0)
    written = write_reference(folder / "bugs")
    page.write_text(text, encoding="utf-8")
    click.echo(f"{len(written) + 1} pages in {folder}")
