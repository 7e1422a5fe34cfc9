"""`torchdojo verify`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import click

from torchdojo.cli.opened import opened

if TYPE_CHECKING:
    from torchdojo.authoring import Standing, Verification


@click.command("verify")
@click.argument("exercise_ids", metavar="[ID]...", nargs=-1)
@click.option("--jobs", type=click.IntRange(1), help="Gradings at the same time (default: one per core).")
@click.option("--quick", is_flag=True, help="One seed, not five; a few of the mutants; of what is proved a sample.")
@click.option("--write", is_flag=True, help="Write proof.json beside each exercise whose every claim holds.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def command(
    content: tuple[Path, ...], exercise_ids: tuple[str, ...], jobs: int | None, quick: bool, write: bool, as_json: bool
) -> None:
    """Prove exercises, questions, guides and interviews: all of them, or those named.

    An interview may have the name of its exercise, so it is called interview:NAME.

    Exit status 0 when every claim holds, else 1.
    """
    from torchdojo.authoring import verify_content
    from torchdojo.cli.printing import print_json

    with opened(content, with_grader=True) as dojo, _Bar(silent=as_json) as progress:
        results = verify_content(
            # The port is narrower than the library behind it, which authoring needs whole.
            cast(Any, dojo.library),
            exercise_ids,
            dojo.grader.grade,
            ask=dojo.grader.questions,
            run_block=dojo.grader.run_block,
            quick=quick,
            write=write,
            jobs=jobs,
            on_progress=progress,
        )
    if as_json:
        print_json([result.to_json() for result in results])
    else:
        for result in results:
            _print(result)
    sys.exit(0 if all(result.ok for result in results) else 1)


def _print(result: Verification) -> None:
    sign = click.style("✓", fg="green") if result.ok else click.style("✗", fg="red")
    spent = f", {result.gradings} gradings in {result.seconds:.0f} s" if result.gradings else ""
    click.echo(f"{sign} {click.style(result.exercise, bold=True)}: {len(result.claims)} claims{spent}")
    for claim in result.broken:
        click.echo(f"    {click.style(claim.name, fg='red')}: {claim.evidence}")


class _Bar:
    """A progress bar on a terminal, a line for each exercise in a pipe."""

    def __init__(self, *, silent: bool) -> None:
        self._silent = silent
        self._progress: Any = None
        self._task: Any = None

    def __enter__(self) -> _Bar:
        from torchdojo.cli.printing import console

        out = console(stderr=True)
        if out.is_terminal and not self._silent:
            from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

            self._progress = Progress(
                BarColumn(),
                TaskProgressColumn(),
                TimeRemainingColumn(),
                TextColumn("{task.description}"),
                console=out,
                transient=True,
            )
            self._progress.start()
            self._task = self._progress.add_task("reading", total=1.0)
        return self

    def __exit__(self, *_: object) -> None:
        if self._progress is not None:
            self._progress.stop()

    def __call__(self, standing: Standing) -> None:
        exercises = f"{standing.finished} of {standing.of} texts and exercises" if standing.of > 1 else "1 of 1"
        if self._progress is not None:
            told = f"{exercises}, {standing.gradings} gradings, {standing.what}"
            self._progress.update(self._task, completed=standing.share, description=told)
        elif not self._silent and standing.ended is not None and standing.of > 1:
            click.echo(f"{exercises}: {standing.what} {'holds' if standing.ended.ok else 'does not hold'}", err=True)
