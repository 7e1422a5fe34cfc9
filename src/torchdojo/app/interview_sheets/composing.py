"""The report as a sheet: what it says, in the order it is read."""

from __future__ import annotations

from torchdojo.app.interview_sheets.course import difference, own_timeline, runs_made, timeline_of
from torchdojo.app.interview_sheets.evidence import (
    bonuses_said,
    bugs_found,
    checks_passed,
    criteria_rated,
    looked_for,
    looks_opened,
    nudges_given,
    own_bugs,
    own_looks,
    own_nudges,
    questions_asked,
    words_said,
)
from torchdojo.app.interview_sheets.saying import clock, when
from torchdojo.app.interview_sheets.scores import (
    both_interviewers,
    earlier_sessions,
    how_scored,
    own_result,
    remarks_made,
    result,
    warnings,
)
from torchdojo.app.interview_sheets.studying import study_next
from torchdojo.interview.handing_over import CandidateReport
from torchdojo.interview.report import Report
from torchdojo.paper.sheet import Sheet


def report_sheet(report: Report) -> Sheet:
    """Everything, for the interviewer."""
    blocks = [
        *warnings(report.fault, ended=report.ended),
        *remarks_made(report.remarks),
        *result(report),
        *both_interviewers(report),
        *timeline_of(report),
        *criteria_rated(report),
        *looks_opened(report),
        *bugs_found(report),
        *checks_passed(report.checks),
        *runs_made(report.runs, around=report.filename),
        *nudges_given(report),
        *questions_asked(report),
        *looked_for(report),
        *bonuses_said(report),
        *words_said(report),
        *difference(report.lines, report.filename),
        *study_next(report.study),
        *earlier_sessions(report),
        *how_scored(report),
    ]
    about = f"Report of an interview · {when(report.began)}" + (f" · room {report.room}" if report.room else "")
    return Sheet(report.title, about, f"{report.title} · {when(report.began)} · for the interviewer", tuple(blocks))


def candidate_sheet(report: CandidateReport) -> Sheet:
    """What the candidate is given, made of nothing but what the candidate is given."""
    blocks = [
        *warnings(report.fault, ended=report.ended),
        *own_result(report),
        *own_timeline(report),
        *own_looks(report),
        *own_bugs(report),
        *checks_passed(report.checks),
        *runs_made(report.runs, around=report.filename),
        *own_nudges(report),
        *difference(report.lines, report.filename),
        *study_next(report.study),
    ]
    about = f"Your interview · {when(report.began)} · {clock(report.spent)} of {report.minutes:g} minutes"
    return Sheet(report.title, about, f"{report.title} · {when(report.began)}", tuple(blocks))
