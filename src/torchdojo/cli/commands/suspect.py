"""`torchdojo suspect`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from torchdojo.cli.opened import opened

if TYPE_CHECKING:
    from torchdojo.domain.suspicion import Suspicion

_SIGNS = {
    "found": ("✓", "green"),
    "right place, another kind": ("~", "yellow"),
    "right kind, another place": ("~", "yellow"),
}


@click.command("suspect")
@click.argument("exercise_id", metavar="ID")
@click.argument("suspicions", metavar="LINE=KIND...", nargs=-1)
@click.option("--kinds", "list_kinds", is_flag=True, help="List the kinds that can be named.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def command(
    content: tuple[Path, ...], exercise_id: str, suspicions: tuple[str, ...], list_kinds: bool, as_json: bool
) -> None:
    """Diagnose before you mend: say which lines of a debugging exercise's starter are wrong, and in which way.

    For example: torchdojo suspect spiral-classifier 41=missing-zero-grad 63=missing-eval-mode. A hit counts one, the
    place or the kind alone one half; correct code that only looks wrong costs one half. Only the first time counts.
    """
    from torchdojo.app import suspicions as app
    from torchdojo.cli.printing import print_json

    if list_kinds:
        for slug, title in app.suspects():
            click.echo(f"{click.style(slug, bold=True)}  {title}")
        return
    marked = [_read(text) for text in suspicions]
    with opened(content) as dojo:
        diagnosis = app.diagnose_first(dojo, exercise_id, marked)
        state = app.diagnosis_state(dojo, exercise_id)
    if as_json:
        judged = [
            {"line": j.suspicion.line, "kind": j.suspicion.kind, "standing": str(j.standing), "remark": j.remark}
            for j in diagnosis.judged
        ]
        print_json(
            {"score": diagnosis.score, "judged": judged, "missed": len(diagnosis.missed), "first": state.latest_counts}
        )
        return
    for each in diagnosis.judged:
        sign, colour = _SIGNS.get(str(each.standing), ("✗", "red"))
        place = f"line {each.suspicion.line}, {each.suspicion.kind}"
        click.echo(f"{click.style(sign, fg=colour)} {place}: {each.standing}. {each.remark}".rstrip())
    left = len(diagnosis.missed)
    click.echo(f"Score {diagnosis.score:.0%}; {left} {'bug is' if left == 1 else 'bugs are'} not named yet.")
    if state.latest_counts:
        return
    if state.counted is None:
        click.echo("It does not count: a run was judged before, and its verdict named the bugs.")
    else:
        click.echo(f"Your first diagnosis counts: {state.counted:.0%}.")


def _read(text: str) -> Suspicion:
    from torchdojo.domain.errors import BadInput
    from torchdojo.domain.suspicion import Suspicion

    line, equals, kind = text.partition("=")
    if not equals or not line.strip().isdigit() or not kind.strip():
        raise BadInput(f"{text!r} is no suspicion.", "Write a line number, '=' and a kind: 41=missing-zero-grad.")
    return Suspicion(int(line), kind.strip())
