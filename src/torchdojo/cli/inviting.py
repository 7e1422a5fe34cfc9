"""`torchdojo interview new`, `link` and `revoke`: rooms and the links into them."""

from __future__ import annotations

from pathlib import Path

import click

from torchdojo.cli.opened import opened

ROLES = ("candidate", "interviewer", "observer")


@click.command("new")
@click.argument("slug")
@click.option("--minutes", type=click.IntRange(1, 480), help="How long it takes (default: what the script says).")
@click.option("--exercise", default="", metavar="ID", help="For a script without an exercise of its own.")
@click.option("--drill-seed", type=click.IntRange(0), help="Work on a fresh drill, made from this seed.")
@click.option("--interviewers", type=click.IntRange(1, 2), default=1, show_default=True, help="2 score apart.")
@click.option("--days", type=click.IntRange(1, 90), default=7, show_default=True, help="How long the links are good.")
@click.option("--address", default="http://127.0.0.1:8765", show_default=True, help="Where `torchdojo serve` is.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def new(
    content: tuple[Path, ...],
    slug: str,
    minutes: int | None,
    exercise: str,
    drill_seed: int | None,
    interviewers: int,
    days: int,
    address: str,
    as_json: bool,
) -> None:
    """Make a room for the interview SLUG, or for the exercise of that name, and print its links.

    The links are shown once: only what recognises them is kept.
    """
    from torchdojo.app.invitations import INVITED, new_room
    from torchdojo.cli.printing import console, print_json

    out = console(stderr=True)
    with opened(content, with_grader=drill_seed is not None) as dojo, out.status("Making the room ...") as status:
        made = new_room(
            dojo,
            slug,
            minutes=minutes,
            exercise=exercise,
            drill_seed=drill_seed,
            interviewers=interviewers,
            days=days,
            say=lambda text: status.update(f"Proving the drill: {text} ..."),
        )
    links = {str(role): f"{address.rstrip('/')}{made.path(role)}" for role in INVITED}
    if made.second_path:
        links["second"] = f"{address.rstrip('/')}{made.second_path}"
    if as_json:
        held_with = made.exercise.id if made.exercise else None
        print_json({"room": made.room, "interview": made.interview.slug, "exercise": held_with, "links": links})
        return
    click.echo(f"{click.style(made.interview.title, bold=True)}, {made.minutes} minutes")
    if made.exercise:
        click.echo(f"Exercise: {made.exercise.title} ({made.exercise.id})")
    for role, link in links.items():
        click.echo(f"{role:12} {link}")
    click.echo(f"They are good for {days} days and are not shown again. Start the server: torchdojo serve")
    click.echo(f"Close one early: torchdojo interview revoke {made.room} candidate")


@click.command("revoke")
@click.argument("room")
@click.argument("role", type=click.Choice(ROLES))
@click.pass_obj
def revoke(content: tuple[Path, ...], room: str, role: str) -> None:
    """Close the links of ROLE into ROOM, also for whoever is in there now."""
    from torchdojo.app.invitations import revoke_links
    from torchdojo.domain.interview import Actor

    with opened(content) as dojo:
        closed = revoke_links(dojo, room, Actor(role))
    click.echo(f"Closed {closed} {'link' if closed == 1 else 'links'}.")


@click.command("link")
@click.argument("room")
@click.argument("role", type=click.Choice(ROLES))
@click.option("--second", is_flag=True, help="For a second interviewer, who scores apart from the first.")
@click.option("--days", type=click.IntRange(1, 90), default=7, show_default=True, help="How long the link is good.")
@click.option("--address", default="http://127.0.0.1:8765", show_default=True, help="Where `torchdojo serve` is.")
@click.pass_obj
def link(content: tuple[Path, ...], room: str, role: str, second: bool, days: int, address: str) -> None:
    """One more link for ROLE into ROOM."""
    from torchdojo.app.interviewing import LiveRoom
    from torchdojo.app.invitations import invite_second, new_link
    from torchdojo.domain.errors import BadInput
    from torchdojo.domain.interview import Actor

    if second and role != "interviewer":
        raise BadInput(f"There is no second {role}.", f"torchdojo interview link {room} interviewer --second")
    with opened(content) as dojo:
        if second:
            path, _ = invite_second(dojo, LiveRoom(dojo, room), days=days)
        else:
            path = new_link(dojo, room, Actor(role), days=days)
        click.echo(f"{address.rstrip('/')}{path}")


@click.command("close-scoring")
@click.argument("room")
@click.pass_obj
def close_scoring(content: tuple[Path, ...], room: str) -> None:
    """Wait no longer for the scores of both interviewers of ROOM: each sees what the other gave so far."""
    from torchdojo.app.interview_acts import close_scoring as close
    from torchdojo.app.interviewing import LiveRoom

    with opened(content) as dojo:
        close(LiveRoom(dojo, room))
    click.echo(f"The scoring is closed. Read it: torchdojo interview report {room}")
