"""`torchdojo mock`."""

from __future__ import annotations

from pathlib import Path

import click

from torchdojo.cli.opened import opened


@click.command("mock")
@click.argument("slug", required=False, default="")
@click.option("--exercise", default="", metavar="ID", help="What a script without an exercise of its own is held with.")
@click.option("--minutes", type=click.IntRange(1, 480), help="How long it takes (default: what the script says).")
@click.option("--drill-seed", type=click.IntRange(0), help="Work on a fresh drill, made from this seed.")
@click.option(
    "--dir", "directory", type=click.Path(file_okay=False, path_type=Path), help="Where your file is (default: here)."
)
@click.option("--resume", is_flag=True, help="Go on with the last one that has not ended.")
@click.pass_obj
def command(
    content: tuple[Path, ...],
    slug: str,
    exercise: str,
    minutes: int | None,
    drill_seed: int | None,
    directory: Path | None,
    resume: bool,
) -> None:
    """Rehearse an interview alone: SLUG, or the one you have rehearsed least.

    The parts come by the clock. Say or write what you think; only then you see what was expected, and rate yourself by
    the anchors. Nudges cost points. Ctrl-C loses nothing: go on with --resume.
    """
    from torchdojo.app.interviewing import LiveRoom
    from torchdojo.app.rehearsal_file import work_file
    from torchdojo.app.rehearsing import flow_of, last_open, new_mock
    from torchdojo.cli.asking import replies
    from torchdojo.cli.mocking import Mock
    from torchdojo.cli.printing import console
    from torchdojo.domain.errors import BadInput

    if resume and (slug or exercise or minutes is not None or drill_seed is not None):
        raise BadInput("--resume goes on with what was begun as it was begun.", "Leave the other options out.")
    with opened(content, with_grader=True) as dojo:
        if resume:
            name = last_open(dojo)
        else:
            with console(stderr=True).status("Getting ready ...") as status:
                name = new_mock(
                    dojo,
                    slug,
                    exercise=exercise,
                    minutes=minutes,
                    drill_seed=drill_seed,
                    say=lambda text: status.update(f"Proving the drill: {text} ..."),
                ).room
        room = LiveRoom(dojo, name)
        task = flow_of(room).exercise
        file = None if task is None or room.state.script_hidden else work_file(room, task, directory)
        Mock(room, replies(), file, directory).run()
