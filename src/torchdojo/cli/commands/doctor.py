"""`torchdojo doctor`."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from torchdojo.cli.opened import opened

_SIGN = {"ok": ("✓", "green"), "warning": ("!", "yellow"), "failed": ("✗", "red")}


@click.command("doctor")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def command(content: tuple[Path, ...], as_json: bool) -> None:
    """Say what works on this machine, and what to do about the rest."""
    from torchdojo.app.health import checkup
    from torchdojo.cli.printing import print_json

    with opened(content, with_grader=True) as dojo:
        checks = checkup(dojo)
    if as_json:
        print_json([{"name": c.name, "state": c.state, "fact": c.fact, "cure": c.cure} for c in checks])
    else:
        for check in checks:
            sign, colour = _SIGN[check.state]
            click.echo(f"{click.style(sign, fg=colour, bold=True)} {click.style(check.name, bold=True)}: {check.fact}")
            if check.cure:
                click.echo(f"    {check.cure}")
    sys.exit(3 if any(check.state == "failed" for check in checks) else 0)
