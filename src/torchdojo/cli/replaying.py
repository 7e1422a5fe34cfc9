"""`torchdojo interview replay`: an interview once more, in the browser or as a list."""

from __future__ import annotations

from pathlib import Path

import click

from torchdojo.cli.opened import opened


@click.command("replay")
@click.argument("room")
@click.option("--text", "as_text", is_flag=True, help="Print what happened when, instead of an address.")
@click.option("--address", default="http://127.0.0.1:8765", show_default=True, help="Where `torchdojo serve` is.")
@click.pass_obj
def replay(content: tuple[Path, ...], room: str, as_text: bool, address: str) -> None:
    """Watch the interview of ROOM again: print a link that is good for a day, or what happened when."""
    from torchdojo.app.invitations import new_link
    from torchdojo.app.replaying import fault_of
    from torchdojo.app.replaying import replay as replayed
    from torchdojo.domain.interview import Actor

    with opened(content) as dojo:
        made = replayed(dojo, room, Actor.INTERVIEWER)
        fault = fault_of(dojo, room)
        path = "" if as_text else new_link(dojo, room, Actor.INTERVIEWER, days=1)
    if fault:
        click.echo(click.style(f"This log was changed after it was written: {fault}.", fg="red"), err=True)
    if as_text:
        for moment in made.moments:
            whole = int(moment.elapsed)
            click.echo(f"{whole // 60:3d}:{whole % 60:02d}  {moment.kind:6}  {' '.join(moment.text.split())}")
    else:
        click.echo(f"{address.rstrip('/')}{path}/replay")
        click.echo("It needs the server: torchdojo serve. Without it: --text", err=True)
