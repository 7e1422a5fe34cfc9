"""`torchdojo explain`."""

from __future__ import annotations

from pathlib import Path

import click

from torchdojo.cli.opened import opened


@click.command("explain")
@click.argument("slug")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def command(content: tuple[Path, ...], slug: str, as_json: bool) -> None:
    """Explain a kind of bug, a verdict or a state; show an interview question or a study guide."""
    from torchdojo.app.explain import explain
    from torchdojo.cli.printing import print_json, print_markdown

    with opened(content) as dojo:
        explanation = explain(dojo, slug)
    if as_json:
        print_json({"slug": slug, "title": explanation.title, "markdown": explanation.markdown})
    else:
        print_markdown(f"# {explanation.title}\n\n{explanation.markdown}")
