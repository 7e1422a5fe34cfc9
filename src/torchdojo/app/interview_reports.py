"""The report of an interview, the candidate's version of it, past interviews, and two interviewers side by side."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from importlib.util import find_spec
from typing import Any

from torchdojo.app.compose import Dojo
from torchdojo.app.interview_logs import about, content_of, read_log, readable_log, script_of
from torchdojo.app.interview_sheets import candidate_sheet, report_sheet
from torchdojo.app.interview_study import review_data, studies
from torchdojo.app.interviewing import written_update
from torchdojo.app.invitations import digest
from torchdojo.app.past_sessions import past_sessions
from torchdojo.app.shared_text import SharedText
from torchdojo.domain.errors import BadInput
from torchdojo.domain.exercise import Exercise
from torchdojo.domain.interview import Actor, Event, Happening, Interview
from torchdojo.domain.room import Link
from torchdojo.interview.comparing import Calibration, blank_sheet, calibrated, past_of
from torchdojo.interview.fields import text
from torchdojo.interview.handing_over import for_the_candidate
from torchdojo.interview.joint import decided
from torchdojo.interview.report import Report
from torchdojo.interview.reporting import report_of
from torchdojo.interview.seats import FIRST, NOBODY, Scoring, scoring_of
from torchdojo.interview.story import story_of
from torchdojo.paper import sheet_body, to_html, to_markdown, to_pdf
from torchdojo.paper.sheet import Sheet


@dataclass(frozen=True, slots=True)
class _Held:
    """An interview as it was held: its log, and the content that it was about as it is now."""

    room: str
    events: Sequence[Event]
    fault: str
    interview: Interview
    exercise: Exercise | None
    remarks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Paper:
    """A report for one reader, ready to be written in any form."""

    sheet: Sheet
    data: dict[str, Any]
    fault: str

    def html(self) -> bytes:
        """One page that needs nothing else."""
        return to_html(self.sheet).encode("utf-8", "replace")

    def body(self) -> str:
        """The same without a head, for a page that has its own."""
        return sheet_body(self.sheet)

    def pdf(self) -> bytes:
        """For printing. Raises BadInput without Typst."""
        return to_pdf(self.sheet)

    def markdown(self) -> bytes:
        """For wherever it is pasted."""
        return to_markdown(self.sheet).encode("utf-8", "replace")

    def json(self) -> bytes:
        """Everything as data; `torchdojo review --import` takes it."""
        return (json.dumps(self.data, indent=1) + "\n").encode()


#: The forms of a report by the ending of their files.
FORMS = {"html": Paper.html, "pdf": Paper.pdf, "md": Paper.markdown, "json": Paper.json}


@cache
def prints_pdf() -> bool:
    """Whether PDF files can be made here."""
    return find_spec("typst") is not None


def full_report(dojo: Dojo, room: str, seat: int = FIRST) -> Report:
    """The report of a room's log, for one of two interviewers by their seat, or for somebody who only reads along.

    Raises BadInput for an unknown room, and when its script is gone.
    """
    held = _held(dojo, room)
    before, after, unread = _texts(held.events)
    report = report_of(
        held.interview,
        held.exercise,
        held.events,
        seat=seat,
        room=room,
        before=before,
        after=after,
        fault=held.fault,
        remarks=(*held.remarks, *unread, *_apart(held.events, seat)),
    )
    return replace(
        report, study=studies(dojo, report), past=past_of(past_sessions(dojo, room, held.interview.slug, held.exercise))
    )


def _apart(events: Sequence[Event], seat: int) -> tuple[str, ...]:
    """What is not in the report of one of two interviewers."""
    scoring = scoring_of(events)
    if scoring.interviewers == 1 or (scoring.revealed and seat != NOBODY):
        return ()
    if seat == NOBODY:
        return ("Two interviewers score this interview; whoever reads along is not shown their scores.",)
    return (
        "There are two interviewers: this is what one of them gave. The other's scores are shown once both have handed "
        "in theirs, or the host has closed the scoring.",
    )


def interviewer_paper(dojo: Dojo, room: str, seat: int = FIRST) -> Paper:
    """Everything, as far as that one may see it."""
    report = full_report(dojo, room, seat)
    return Paper(report_sheet(report), report.to_json() | {"review": review_data(dojo, report)}, report.fault)


def candidate_paper(dojo: Dojo, room: str, seat: int = FIRST) -> Paper:
    """What the candidate may have, whether it was released or not, as far as that interviewer may see it."""
    report = full_report(dojo, room, seat)
    own = for_the_candidate(report)
    return Paper(candidate_sheet(own), own.to_json() | {"review": review_data(dojo, report)}, own.fault)


def is_released(dojo: Dojo, room: str) -> bool:
    """Whether the interviewer let the candidate have a report."""
    return any(
        event.kind is Happening.RELEASED and event.actor is Actor.INTERVIEWER and event.data.get("what") == "report"
        for event in dojo.store.room_events(room)
    )


def released_paper(dojo: Dojo, room: str) -> Paper:
    """What the candidate may have. Raises BadInput as long as the interviewer has not released it."""
    if not is_released(dojo, room):
        raise BadInput(
            "There is no report for you yet.", "Your interviewer decides when you get one; then this page shows it."
        )
    return candidate_paper(dojo, room)


def check_room(dojo: Dojo, room: str) -> int:
    """How many events the room's log has. Raises BadInput when it is not what was written."""
    events, fault = read_log(dojo, room)
    if fault:
        raise BadInput(
            f"The log of interview {room} was changed after it was written: {fault}.",
            "Its report can still be made and says so; compare with a backup of the database.",
        )
    return len(events)


@dataclass(frozen=True, slots=True)
class RoomRow:
    """A past or coming interview. `total` and `band` are of how it stands, None and "" when nothing can be said."""

    room: str
    made: datetime
    began: datetime | None
    ended: bool
    interview: str
    exercise: str
    total: float | None
    band: str
    complete: bool
    candidate_link: str
    released: bool
    whole: bool
    alone: bool
    scoring: Scoring


def room_rows(dojo: Dojo) -> list[RoomRow]:
    """All interviews, the latest first."""
    return [_row(dojo, room.id, room.created_at) for room in dojo.store.rooms()]


def _row(dojo: Dojo, room: str, made: datetime) -> RoomRow:
    events, fault = readable_log(dojo, room)
    interview_slug, exercise = about(events)
    interview = script_of(dojo, interview_slug)
    story = story_of(events, 0.0)
    started = any(event.kind is Happening.STARTED for event in events)
    card = decided(interview, content_of(dojo, exercise), events) if interview and started else None
    scoring = scoring_of(events)
    bands = {band.id: band.title for band in interview.bands} if interview else {}
    return RoomRow(
        room=room,
        made=made,
        began=story.began if started else None,
        ended=story.ended,
        interview=interview_slug,
        exercise=exercise,
        total=card.total if card else None,
        band=bands.get(card.band, "") if card else "",
        complete=card.complete if card else False,
        candidate_link=_link_state(dojo, dojo.store.room_links(room)),
        released="report" in story.released,
        whole=not fault,
        alone=any(event.kind is Happening.CREATED and event.data.get("alone") is True for event in events),
        scoring=scoring,
    )


def _link_state(dojo: Dojo, links: Iterable[Link]) -> str:
    """How the best of the candidate's links stands."""
    found = [link for link in links if link.role is Actor.CANDIDATE]
    still = [link for link in found if link.revoked_at is None]
    good = [link.expires_at for link in still if link.expires_at > dojo.clock.now()]
    if good:
        return f"open until {max(good):%Y-%m-%d}"
    return "over" if still else "closed" if found else "none"


def sheet_to_fill_in(dojo: Dojo, room: str) -> dict[str, Any]:
    """An empty scoring sheet for a second interviewer."""
    held = _held(dojo, room)
    return blank_sheet(held.interview, held.exercise, held.events, room)


def calibration(dojo: Dojo, room: str, sheet: str) -> Calibration:
    """The first interviewer's scorecard beside that of a filled-in sheet, which is JSON.

    Raises BadInput when it is no sheet of this room, and as long as not both have rated everything: until then neither
    sees what the other thinks.
    """
    held = _held(dojo, room)
    try:
        data = json.loads(sheet)
        if not isinstance(data, dict):
            raise ValueError("it is no JSON object")
        if data.get("room") != room:
            raise ValueError(f"it is of room {data.get('room')!r}")
        return calibrated(held.interview, held.exercise, held.events, data)
    except (ValueError, RecursionError) as error:
        raise BadInput(
            f"These two cannot be compared: {error}.",
            f"`torchdojo interview calibrate {room} --blank FILE.json` writes a sheet to fill in.",
        ) from error


def _held(dojo: Dojo, room: str) -> _Held:
    events, fault = read_log(dojo, room)
    slug, exercise_id = about(events)
    interview = script_of(dojo, slug)
    if interview is None:
        raise BadInput(
            f"The script {slug!r} of this interview is gone or broken, so that nothing can be scored.",
            "The log is safe. Put the script's folder back and ask again.",
        )
    exercise = content_of(dojo, exercise_id)
    remarks: tuple[str, ...] = ()
    if exercise_id and exercise is None:
        remarks = (f"The exercise {exercise_id} is gone or broken: what was proved cannot be scored.",)
    elif _digest(events) not in ("", digest(interview, exercise)):
        remarks = (
            "The script or the exercise was changed since this room was made; the score follows it as it is now.",
        )
    return _Held(room, events, fault, interview, exercise, remarks)


def _digest(events: Iterable[Event]) -> str:
    return next((text(event.data, "digest") for event in events if event.kind is Happening.CREATED), "")


def _texts(events: Iterable[Event]) -> tuple[str, str, tuple[str, ...]]:
    """The shared text at its beginning and its end; and what to say when the log's changes cannot be read."""
    edits = [event for event in events if event.kind is Happening.EDIT]
    try:
        updates = [written_update(event) for event in edits]
        first = SharedText(updates[:1] if edits and edits[0].actor is Actor.SYSTEM else ()).text
        return first, SharedText(updates).text, ()
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException:  # The reader of changes breaks in its own ways on what is none.
        return "", "", ("The changes of the text cannot be read from the log, so the text is left out.",)
