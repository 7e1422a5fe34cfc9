"""`torchdojo interview`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from torchdojo.cli.inviting import close_scoring, link, new, revoke
from torchdojo.cli.opened import opened
from torchdojo.cli.replaying import replay
from torchdojo.cli.reporting import calibrate, check, report, rooms

if TYPE_CHECKING:
    from torchdojo.domain.interview import Interview


@click.group("interview")
def command() -> None:
    """Hold an interview: make a room, list and show the scripts, print the interviewer's guide and the report."""


for part in (new, link, revoke, close_scoring, rooms, report, check, calibrate, replay):
    command.add_command(part)


@command.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def list_(content: tuple[Path, ...], as_json: bool) -> None:
    """List the interview scripts."""
    from torchdojo.cli.printing import console, print_json

    with opened(content) as dojo:
        interviews = dojo.library.interviews()
    if as_json:
        print_json([_summary(interview) for interview in interviews])
        return
    if not interviews:
        click.echo("There are no interviews; `torchdojo doctor` says where content is looked for.")
        return
    from rich.table import Table

    table = Table(box=None, pad_edge=False)
    for name in ("slug", "round", "min", "exercise", "title"):
        table.add_column(name, style="bold" if name == "slug" else "")
    for interview in interviews:
        table.add_row(
            interview.slug, interview.round, str(interview.minutes), interview.exercise or "–", interview.title
        )
    console().print(table)


@command.command("show")
@click.argument("slug")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def show(content: tuple[Path, ...], slug: str, as_json: bool) -> None:
    """Show a script: its stages with what is said and looked for, its criteria and bands."""
    from torchdojo.app.interview_scripts import find_interview
    from torchdojo.cli.printing import print_json, print_markdown

    with opened(content) as dojo:
        interview = find_interview(dojo, slug)
    if as_json:
        print_json(_in_full(interview))
    else:
        print_markdown("\n\n".join(_markdown(interview)))


@command.command("guide")
@click.argument("slug")
@click.option("--pdf", type=click.Path(dir_okay=False, path_type=Path), help="Write it as PDF (needs the extra `pdf`).")
@click.option("--html", type=click.Path(dir_okay=False, path_type=Path), help="Write it as one HTML file that prints.")
@click.option(
    "--exercise", "exercise_id", default="", metavar="ID", help="For a script without an exercise of its own."
)
@click.pass_obj
def guide(content: tuple[Path, ...], slug: str, pdf: Path | None, html: Path | None, exercise_id: str) -> None:
    """Write the interviewer's guide to print: speech, stages, bugs, questions, anchors, scoring sheet."""
    from torchdojo.app.interview_scripts import guide_sheet
    from torchdojo.domain.errors import BadInput
    from torchdojo.paper import to_html, to_pdf

    if pdf is None and html is None:
        raise BadInput("Nothing says where to write the guide.", f"torchdojo interview guide {slug} --pdf guide.pdf")
    with opened(content) as dojo:
        sheet = guide_sheet(dojo, slug, exercise_id)
    if html is not None:
        _write(html, to_html(sheet).encode())
    if pdf is not None:
        _write(pdf, to_pdf(sheet))


def _write(file: Path, data: bytes) -> None:
    from torchdojo.domain.errors import BadInput

    try:
        file.write_bytes(data)
    except OSError as error:
        raise BadInput(f"{file} could not be written: {error.strerror}.", "Name another place.") from error
    click.echo(f"wrote {file}")


def _summary(interview: Interview) -> dict[str, Any]:
    return {
        "slug": interview.slug,
        "round": str(interview.round),
        "minutes": interview.minutes,
        "exercise": interview.exercise,
        "title": interview.title,
        "summary": interview.summary,
    }


def _in_full(interview: Interview) -> dict[str, Any]:
    from dataclasses import asdict

    return {
        **_summary(interview),
        "handout": interview.handout,
        "stages": [asdict(stage) for stage in interview.stages],
        "criteria": [asdict(criterion) for criterion in interview.criteria],
        "bands": [asdict(band) for band in interview.bands],
        "bonuses": [asdict(bonus) for bonus in interview.bonuses],
        "shares": asdict(interview.shares),
    }


def _markdown(interview: Interview) -> list[str]:
    about = f"{interview.minutes} minutes, exercise: {interview.exercise or 'none of its own'}. {interview.summary}"
    lines = [f"# {interview.title}", about, _quoted(interview.handout)]
    for stage in interview.stages:
        lines += [f"## {stage.title} ({stage.minutes} min)", _quoted(stage.say)]
        for label, items in (
            ("Look for", [f"{each.text} *({each.criterion})*" for each in stage.look_fors]),
            ("Conclude", list(stage.conclusions)),
            ("Nudges", [f"{each.text} *(−{each.price})*" for each in stage.nudges]),
            ("Ask", [f"{each.question} *({each.level})*" for each in stage.questions]),
        ):
            if items:
                lines.append(f"**{label}**\n\n" + "\n".join(f"- {item}" for item in items))
    lines.append("## Criteria")
    for criterion in interview.criteria:
        anchors = "\n".join(f"- {signal}: {text}" for signal, text in criterion.anchors.items())
        lines.append(f"**{criterion.title}**, weight {criterion.weight}. {criterion.about}\n\n{anchors}")
    bands = "\n".join(f"- from {band.least}: **{band.title}**. {band.reading}" for band in interview.bands)
    return [*lines, "## Bands", bands]


def _quoted(text: str) -> str:
    return "\n".join(f"> {line}".rstrip() for line in text.splitlines())
