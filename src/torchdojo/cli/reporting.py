"""`torchdojo interview report`, `rooms`, `check` and `calibrate`: what interviews came to."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from torchdojo.cli.opened import opened

if TYPE_CHECKING:
    from torchdojo.app.interview_reports import Paper, RoomRow
    from torchdojo.interview.comparing import Calibration
    from torchdojo.interview.joint import Apart


@click.command("report")
@click.argument("room")
@click.option("--html", type=click.Path(dir_okay=False, path_type=Path), help="Write it as one HTML file.")
@click.option("--pdf", type=click.Path(dir_okay=False, path_type=Path), help="Write it as PDF (needs the extra `pdf`).")
@click.option("--md", type=click.Path(dir_okay=False, path_type=Path), help="Write it as Markdown.")
@click.option("--json", "json_", metavar="FILE", help="Write it as JSON; - prints it.")
@click.option(
    "--candidate", is_flag=True, help="The candidate's version: no script, notes, flags, look-fors, questions."
)
@click.pass_context
def report(
    ctx: click.Context,
    room: str,
    html: Path | None,
    pdf: Path | None,
    md: Path | None,
    json_: str | None,
    candidate: bool,
) -> None:
    """Make the report of an interview from its log: score, evidence, bugs, runs, nudges, what to study.

    Without a file it is printed as Markdown. A log that was changed afterwards gives a report that says so at its top,
    and exit status 2.
    """
    from torchdojo.app.interview_reports import candidate_paper, interviewer_paper

    with opened(ctx.obj) as dojo:
        paper = candidate_paper(dojo, room) if candidate else interviewer_paper(dojo, room)
        asked = (("html", html), ("pdf", pdf), ("md", md), ("json", None if json_ in (None, "-") else Path(str(json_))))
        for form, file in asked:
            if file is not None:
                _write(paper, form, file)
        if json_ == "-":
            click.echo(paper.json().decode(), nl=False)
        elif json_ is None and not (html or pdf or md):
            click.echo(paper.markdown().decode(), nl=False)
    if paper.fault:
        click.echo(f"The log was changed after it was written: {paper.fault}. The report says so.", err=True)
        ctx.exit(2)


def _write(paper: Paper, form: str, file: Path) -> None:
    from torchdojo.app.interview_reports import FORMS
    from torchdojo.domain.errors import BadInput

    data = FORMS[form](paper)
    try:
        file.write_bytes(data)
    except OSError as error:
        raise BadInput(f"{file} could not be written: {error.strerror}.", "Name another place.") from error
    click.echo(f"wrote {file}")


@click.command("rooms")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def rooms(content: tuple[Path, ...], as_json: bool) -> None:
    """List the interviews held and prepared: when, which script, the band, whether the candidate's link is open."""
    from torchdojo.app.interview_reports import room_rows
    from torchdojo.cli.printing import console, print_json

    with opened(content) as dojo:
        rows = room_rows(dojo)
    if as_json:
        print_json([_row_data(row) for row in rows])
        return
    if not rows:
        click.echo("There are no interviews yet; torchdojo interview new SLUG makes a room.")
        return
    from rich.table import Table

    table = Table(box=None, pad_edge=False)
    for name in ("room", "date", "script", "came to", "candidate's link", "report"):
        whole = name in ("room", "date", "script")
        table.add_column(name, style="bold" if name == "room" else "", no_wrap=whole, overflow="fold")
    for row in rows:
        date = f"{row.began or row.made:%Y-%m-%d %H:%M}"
        table.add_row(row.room, date, row.interview, _came_to(row), row.candidate_link, _report_state(row))
    console().print(table)


def _came_to(row: RoomRow) -> str:
    if row.total is None:
        return "not begun" if row.began is None else "its script is gone"
    open_ = "" if row.ended else ", going on"
    return f"{row.total:g}, {row.band}{'' if row.complete else ' (provisional)'}{open_}"


def _report_state(row: RoomRow) -> str:
    if not row.whole:
        return "log changed"
    return "released" if row.released else ""


def _row_data(row: RoomRow) -> dict[str, object]:
    from dataclasses import asdict

    began = None if row.began is None else row.began.isoformat()
    return asdict(row) | {"made": row.made.isoformat(), "began": began}


@click.command("check")
@click.argument("room")
@click.pass_obj
def check(content: tuple[Path, ...], room: str) -> None:
    """Check that ROOM's log is what was written: every event is sealed with the one before it."""
    from torchdojo.app.interview_reports import check_room

    with opened(content) as dojo:
        events = check_room(dojo, room)
    click.echo(f"The log of {room} is whole: {events} events, each sealed with the one before it.")


@click.command("calibrate")
@click.argument("room")
@click.argument("sheet", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--blank", type=click.Path(dir_okay=False, path_type=Path), help="Write an empty scoring sheet to FILE.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def calibrate(content: tuple[Path, ...], room: str, sheet: Path | None, blank: Path | None, as_json: bool) -> None:
    """Compare two interviewers' scores of ROOM: those given in it, and those in the file SHEET.

    The second interviewer gets an empty sheet by --blank and sees nothing of the first one's scores. The differences
    are shown once both have rated everything.
    """
    import json

    from torchdojo.app.interview_reports import calibration, sheet_to_fill_in
    from torchdojo.cli.printing import print_json
    from torchdojo.domain.errors import BadInput

    if (sheet is None) == (blank is None):
        raise BadInput(
            "Give either a filled-in sheet or --blank FILE.", f"torchdojo interview calibrate {room} --blank sheet.json"
        )
    with opened(content) as dojo:
        if blank is not None:
            text = json.dumps(sheet_to_fill_in(dojo, room), indent=1, ensure_ascii=False) + "\n"
            try:
                blank.write_text(text, encoding="utf-8", errors="replace")
            except OSError as error:
                raise BadInput(f"{blank} could not be written: {error.strerror}.", "Name another place.") from error
            click.echo(f'wrote {blank}: write weak, medium or strong behind each "signal" and "rating".')
            return
        assert sheet is not None
        found = calibration(dojo, room, sheet.read_text(encoding="utf-8", errors="replace"))
    if as_json:
        print_json(_calibration_data(found))
    else:
        _print_calibration(found)


def _calibration_data(found: Calibration) -> dict[str, object]:
    def apart(each: Apart) -> dict[str, object]:
        return {"id": each.id, "first": each.first, "second": each.second, "steps": each.steps}

    return {
        "first": {"total": found.first.total, "band": found.first.band},
        "second": {"total": found.second.total, "band": found.second.band},
        "agreed": found.agreed,
        "criteria": [apart(each) for each in found.criteria],
        "questions": [apart(each) for each in found.questions],
    }


def _print_calibration(found: Calibration) -> None:
    from rich.table import Table

    from torchdojo.cli.printing import console

    table = Table(box=None, pad_edge=False)
    for name in ("", "first", "second", "apart"):
        table.add_column(name, style="" if name else "bold")
    for each in (*found.criteria, *found.questions):
        apart = {None: "–", 0: "", 1: "one step", 2: "two steps"}[each.steps]
        table.add_row(each.title, str(each.first or "not rated"), str(each.second or "not rated"), apart)
    table.add_row("total", f"{found.first.total:g}", f"{found.second.total:g}", "")
    table.add_row(
        "band", found.first.band, found.second.band, "" if found.first.band == found.second.band else "differs"
    )
    console().print(table)
    click.echo(f"The same signal for {found.agreed} of {len(found.criteria)} criteria.")
    for each in found.criteria:
        if each.steps and (each.first_said or each.second_said):
            click.echo(f"{each.title}\n  first:  {each.first_said or '–'}\n  second: {each.second_said or '–'}")
