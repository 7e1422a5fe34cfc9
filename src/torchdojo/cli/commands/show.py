"""`torchdojo show`."""

from __future__ import annotations

from pathlib import Path

import click

from torchdojo.cli.opened import opened


@click.command("show")
@click.argument("exercise_id", metavar="ID")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def command(content: tuple[Path, ...], exercise_id: str, as_json: bool) -> None:
    """Show an exercise: its task and where you stand."""
    from torchdojo.app.catalogue import find_exercise
    from torchdojo.app.guidance import hints
    from torchdojo.app.practice import attempts
    from torchdojo.cli.printing import print_json, print_markdown
    from torchdojo.domain.exercise import Kind

    with opened(content) as dojo:
        exercise = find_exercise(dojo, exercise_id)
        opened_hints = None if exercise.kind is Kind.COMPUTE else hints(dojo, exercise.id)
        tried = attempts(dojo, exercise.id)
    if as_json:
        print_json(
            {
                **exercise.summary_dict(),
                "filename": exercise.filename,
                "concepts": list(exercise.concepts),
                "prompt": exercise.prompt,
                "hints_opened": len(opened_hints.opened) if opened_hints else 0,
                "hints": opened_hints.total if opened_hints else 0,
                "attempts": [
                    {
                        "number": a.id,
                        "at": a.submitted_at.isoformat(),
                        "verdict": str(a.report.verdict),
                        "score": a.report.score,
                    }
                    for a in tried
                ],
            }
        )
        return
    print_markdown(exercise.prompt)
    click.echo()
    if opened_hints is None:
        click.echo(f"{len(tried)} answers.")
        click.echo(f"torchdojo compute {exercise.id}    asks a question")
        return
    click.echo(f"{len(tried)} attempts, {len(opened_hints.opened)} of {opened_hints.total} hints opened.")
    click.echo(f"torchdojo start {exercise.id}    writes {exercise.filename}")
