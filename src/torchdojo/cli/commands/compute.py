"""`torchdojo compute`."""

from __future__ import annotations

import random
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from torchdojo.cli.opened import opened

if TYPE_CHECKING:
    from torchdojo.app.compose import Dojo
    from torchdojo.app.computing import Answered
    from torchdojo.domain.computation import Instance

#: Exit status by what an answer came to.
_STATUS = {"right": 0, "wrong": 1, "unreadable": 2}


@click.command("compute")
@click.argument("family", required=False)
@click.option("--seed", type=click.IntRange(0, 2**31 - 1), help="The same seed and level ask the same question.")
@click.option("--level", type=click.IntRange(1, 3), default=2, show_default=True, help="1 plain, 2 usual, 3 hard.")
@click.option("--answer", "typed", help="Your answer; without it you are asked.")
@click.option("--sprint", "minutes", type=click.IntRange(1, 60), help="Answer as many as you can in so many minutes.")
@click.option("--list", "listing", is_flag=True, help="List the families and your record.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON and ask nothing.")
@click.pass_obj
def command(
    content: tuple[Path, ...],
    family: str | None,
    seed: int | None,
    level: int,
    typed: str | None,
    minutes: int | None,
    listing: bool,
    as_json: bool,
) -> None:
    """A computation question with fresh numbers: shapes, parameters, FLOPs, bytes, rates.

    The answer comes from PyTorch itself. You are told which part is wrong and which mistake leads there; an empty line
    shows the working. Exit status: 0 right, 1 wrong, 2 unreadable.
    """
    from torchdojo.app import computing

    if minutes is not None and (family or typed or as_json or listing or seed is not None):
        raise click.UsageError("A sprint takes --level and nothing else.")
    with opened(content, with_grader=not listing) as dojo:
        if listing:
            _list(dojo, as_json)
            return
        if minutes is not None:
            _sprint(dojo, minutes, level)
            return
        names = [each.id for each in computing.families(dojo)]
        # Without any, the name that is not found says so.
        name = family or (random.choice(names) if names else "")
        asked = computing.instance(dojo, name, computing.fresh_seed() if seed is None else seed, level)
        if as_json:
            status = _as_json(dojo, asked, typed)
        else:
            _print_question(asked)
            status = _ask(dojo, asked) if typed is None else _once(dojo, asked, typed)
    sys.exit(status)


def _list(dojo: Dojo, as_json: bool) -> None:
    from torchdojo.app import computing
    from torchdojo.cli.printing import print_json

    rows = computing.rows(dojo)
    if as_json:
        print_json([{**row.family.summary_dict(), "answered": row.answered, "right": row.right} for row in rows])
        return
    for row in rows:
        told = f"{row.right} of {row.answered} right" if row.answered else ""
        click.echo(f"{click.style(f'{row.family.id:30}', bold=True)} {row.family.title:46} {told}".rstrip())


def _as_json(dojo: Dojo, asked: Instance, typed: str | None) -> int:
    from torchdojo.app import computing
    from torchdojo.cli.printing import print_json

    question = asked.question
    told: dict[str, Any] = {
        "family": asked.family,
        "seed": asked.seed,
        "level": asked.level,
        "prompt": question.prompt,
        "kind": str(question.kind),
        "unit": question.unit,
        "choices": list(question.choices),
    }
    if typed is None:
        print_json(told)
        return 0
    answered = computing.answer(dojo, asked, typed, origin="cli")
    judged = answered.judged
    told |= {"outcome": str(judged.outcome), "said": judged.said, "mistake": judged.mistake}
    if answered.attempt is not None:
        told |= {"answer": computing.shown_answer(asked), "working": question.working}
    print_json(told)
    return _STATUS[judged.outcome]


def _print_question(asked: Instance) -> None:
    from torchdojo.app import computing
    from torchdojo.cli.printing import print_markdown

    print_markdown(asked.question.prompt)
    click.secho(computing.how_to_answer(asked), dim=True)


def _ask(dojo: Dojo, asked: Instance) -> int:
    """Ask until it is right or given up; the first answer that can be read decides the exit status."""
    from torchdojo.app import computing

    first: int | None = None
    while True:
        typed = _typed()
        if not typed.strip():
            _print_working(asked)
            return 1 if first is None else first
        answered = computing.answer(dojo, asked, typed, origin="cli")
        _print_judged(answered)
        if answered.attempt is not None and first is None:
            first = _STATUS[answered.judged.outcome]
        if answered.judged.outcome == "right":
            _print_working(asked)
            return first or 0


def _once(dojo: Dojo, asked: Instance, typed: str) -> int:
    from torchdojo.app import computing

    answered = computing.answer(dojo, asked, typed, origin="cli")
    _print_judged(answered)
    if answered.attempt is not None:
        _print_working(asked)
    return _STATUS[answered.judged.outcome]


def _sprint(dojo: Dojo, minutes: int, level: int) -> None:
    from torchdojo.app import sprinting

    running = sprinting.begin(dojo, minutes=minutes, level=level)
    click.echo(f"{minutes} minute{'' if minutes == 1 else 's'}. An empty line skips one, Ctrl-D ends the sprint.")
    place = 1
    while not sprinting.is_over(dojo, running):
        asked = sprinting.question(dojo, running, place)
        left = int((running.ends - dojo.clock.now()).total_seconds())
        click.secho(f"\n{place}. {left // 60}:{left % 60:02} left", bold=True)
        _print_question(asked)
        try:
            typed = _typed(ends=True)
        except EOFError:
            break
        if typed.strip():
            if sprinting.is_over(dojo, running):
                click.echo("The time is over: this one no longer counts.")
                break
            answered = sprinting.answer(dojo, running, place, typed)
            _print_judged(answered)
            if answered.attempt is None:
                continue
        place += 1
    score = sprinting.score(dojo, running)
    click.secho(f"\n{score.right} right of {score.answered} answered", bold=True)
    for row in score.rows:
        if not row.right:
            click.echo(f"  torchdojo compute {row.family} --seed {row.seed} --level {row.level}")


def _typed(*, ends: bool = False) -> str:
    try:
        click.echo("> ", nl=False)
        return input()
    except EOFError:
        click.echo()
        if ends:
            raise
        return ""


def _print_judged(answered: Answered) -> None:
    judged = answered.judged
    if judged.outcome == "right":
        click.secho("Right.", fg="green")
        return
    click.secho(" ".join(filter(None, ("Wrong." if answered.attempt else "", judged.said))), fg="red")
    if judged.mistake:
        click.echo(f"That is what comes out when {judged.mistake}.")


def _print_working(asked: Instance) -> None:
    from torchdojo.app import computing
    from torchdojo.cli.printing import print_markdown

    click.secho(f"The answer: {computing.shown_answer(asked)}", bold=True)
    print_markdown(asked.question.working)
    click.secho(f"Again: torchdojo compute {asked.family} --seed {asked.seed} --level {asked.level}", dim=True)
