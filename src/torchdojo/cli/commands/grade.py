"""`torchdojo grade`."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from torchdojo.cli.opened import opened


@click.command("grade")
@click.argument("exercise_id", metavar="ID")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--seed", type=click.IntRange(0, 2**31 - 1), help="Seed of the run (default: a fresh one).")
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
@click.option("--quiet", is_flag=True, help="Do not show what the script prints.")
@click.pass_obj
def command(
    content: tuple[Path, ...], exercise_id: str, file: Path, seed: int | None, as_json: bool, quiet: bool
) -> None:
    """Judge FILE as a submission for the exercise ID. Exit status: 0 passed, 1 not, 2 bad input, 3 our fault.

    FILE may have any name and lie anywhere; - is standard input.
    """
    from torchdojo.app import practice
    from torchdojo.app.catalogue import find_scripted
    from torchdojo.cli.printing import console, print_curve, print_json, print_report
    from torchdojo.cli.progress import RunDisplay
    from torchdojo.domain.report import Verdict

    piped = str(file) == "-"
    with opened(content, with_grader=True) as dojo:
        exercise = find_scripted(dojo, exercise_id)
        if piped:
            source = practice.submission_text(sys.stdin.buffer.read(practice.MAX_BYTES + 1), "Standard input")
        else:
            source = practice.read_submission(file)
        out = console()
        with RunDisplay(out, silent=as_json, show_output=not quiet) as display:
            attempt = practice.grade(dojo, exercise.id, source, origin="cli", seed=seed, on_event=display.take)
        remarks = practice.remarks(dojo, exercise.id, source)
    report = attempt.report
    if as_json:
        print_json(report.to_json())
    else:
        print_curve(report, out)
        print_report(report, {bug.id: bug.title for bug in exercise.bugs}, out, path="" if piped else str(file))
        for remark in remarks:
            out.print(remark, style="dim")
        if report.verdict is Verdict.PASSED:
            out.print(f"Read the debrief, with a solution to compare: torchdojo solution {exercise.id}", style="green")
    sys.exit(report.verdict.exit_status)
