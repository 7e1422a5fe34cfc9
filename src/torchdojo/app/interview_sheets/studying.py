"""What to study next."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from torchdojo.interview.report import Study
from torchdojo.paper.sheet import Block, Grid, Heading, Prose


def study_next(studies: Sequence[Study]) -> Iterator[Block]:
    """What to study, with the command for each."""
    yield Heading(1, "What to study next")
    if not studies:
        yield Prose("Nothing was left open.")
        return
    rows = tuple((study.title, f"`{_command(study.link)}`", study.why) for study in studies)
    yield Grid(("What", "with", "because of"), rows, (5, 6, 4))
    yield Prose(
        "The JSON of this report brings these as cards and drills into your own torchdojo: "
        "`torchdojo review --import report.json`."
    )


def _command(link: str) -> str:
    kind, _, name = link.partition(":")
    commands = {
        "kind": f"torchdojo explain {name}",
        "drill": f"torchdojo drill --kinds {name}",
        "question": f"torchdojo explain {name}",
        "exercise": f"torchdojo start {name}",
    }
    return commands.get(kind, name)
